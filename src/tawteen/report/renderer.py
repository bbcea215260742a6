"""Charts drawn by processes of their own, beside the one that works out the figures.

Drawing holds the interpreter for most of its time, so that threads would wait for each other.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from tawteen.report.params import LAYOUT
from tawteen.report.script_process import start_script


class DrawingError(Exception):
    """A chart could not be drawn; the text says why."""


class Renderer:
    """Draws Vega-Lite specifications in the background; to be left by `with`, which ends its processes.

    The processes get ready while the first figures are worked out. They end by themselves when this one does.
    """

    def __init__(self, processes: int | None = None) -> None:
        count = max(1, min(LAYOUT.drawing_processes, (os.cpu_count() or 2) - 1)) if processes is None else processes
        self._idle: list[subprocess.Popen[bytes]] = [start_script("vega_process.py") for _ in range(count)]
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=kind is None, cancel_futures=True)
        for process in self._idle:
            process.kill()
            process.communicate()

    def submit(self, spec: dict[str, Any], numbers: dict[str, Any]) -> Future[str]:
        """The SVG of a specification, with numbers in the d3 format locale `numbers`, once it is drawn.

        The result raises DrawingError for a specification that cannot be drawn, and where its process ends.
        """
        task = json.dumps([spec, numbers], ensure_ascii=False).encode() + b"\n"
        return self._threads.submit(self._draw, task)

    def _draw(self, task: bytes) -> str:
        with self._lock:
            process = self._idle.pop()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(task)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            with self._lock:
                self._idle.append(process)
        if not line:
            raise DrawingError(f"the process that draws ended with {process.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise DrawingError(answer["failed"])
        return str(answer["drawn"])
