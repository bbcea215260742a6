"""A process that draws charts: on each line of its input a task as JSON, on each line of its output what came of it.

It is run as a script and imports what it needs to draw and nothing of the product, so that it is ready at once.
"""

from __future__ import annotations

import json
import signal
import sys


def main() -> None:
    """Answers tasks (chart specification, number format) with {"drawn": SVG} or {"failed": reason} until input ends."""
    # Ctrl-C reaches every process of a terminal; the one that gives the tasks decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import vl_convert  # noqa: PLC0415 - an interrupt must find the line above done

    for line in sys.stdin.buffer:
        spec, numbers = json.loads(line)
        try:
            answer = {"drawn": vl_convert.vegalite_to_svg(spec, format_locale=numbers)}
        except ValueError as error:
            answer = {"failed": str(error)}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
