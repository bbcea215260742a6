"""Scripts of the report as processes of their own, beside the one that works out the figures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start_script(name: str) -> subprocess.Popen[bytes]:
    """The script of that name in this folder as a process that finds the same libraries as this one.

    It reads from a pipe and writes to one, and ends by itself when its input ends.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name(name))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
