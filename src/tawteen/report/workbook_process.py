"""A process that writes a workbook: path and language, then sheets as they come, then heads and order of the sheets.

It is run as a script. Its input is pickled objects one after the other; when the workbook stands in its place, its
output is None, else the exception.
"""

from __future__ import annotations

import pickle
import signal
import sys

from tawteen.report.sheets import TitledSheet, sheet_book


def main() -> None:
    """Writes one workbook."""
    # Ctrl-C reaches every process of a terminal; the one that gives the sheets decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = sys.stdin.buffer
    failed: Exception | None = None
    try:
        with sheet_book(*pickle.load(source)) as book:  # of the process that started this one # nosec B301
            while isinstance(content := pickle.load(source), TitledSheet):  # of the process that started this one # nosec B301
                book.add(content)
            book.close(*content)
    except Exception as error:
        failed = error
    sys.stdout.buffer.write(pickle.dumps(failed))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
