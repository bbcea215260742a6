"""A workbook written by a process of its own, sheet by sheet, while the next figures are worked out."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from tawteen.case.atomic_write import folder_beside
from tawteen.report.script_process import start_script
from tawteen.report.sheets import IndexHeads, TitledSheet


class UnfinishedWorkbookError(Exception):
    """The process that writes the workbook ended without it; the text says how."""


class BackgroundWorkbook:
    """A workbook to which sheets are added in any order; to be left by `with`, which ends its process.

    `path` appears whole once `finished` has returned, or not at all.
    """

    def __init__(self, path: Path, lang: str) -> None:
        self._path = path
        self._process = start_script("workbook_process.py")
        self._messages: SimpleQueue[Any] = SimpleQueue()
        # The process takes longer to write a sheet than it takes to hand it over.
        self._sender = threading.Thread(target=self._send, daemon=True)
        self._sender.start()
        self._messages.put((path, lang))

    def __enter__(self) -> BackgroundWorkbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._messages.put(None)
        self._sender.join()
        self._process.communicate()
        # What a killed process left beside the workbook goes when the same place is used again.
        with suppress(OSError), folder_beside(self._path):
            pass

    def add(self, sheet: TitledSheet) -> None:
        """Hands over a sheet to be written."""
        self._messages.put(sheet)

    def close(self, heads: IndexHeads, order: Sequence[str]) -> None:
        """Says that all sheets are there, the heads of the first sheet and the order of the others."""
        self._messages.put((heads, list(order)))

    def finished(self) -> None:
        """Waits until the workbook is in its place.

        Raises OSError where it cannot be written, UnfinishedWorkbookError where its process ended.
        """
        assert self._process.stdout is not None
        answer = self._process.stdout.read()
        if not answer:
            raise UnfinishedWorkbookError(f"the process that writes the workbook ended with {self._process.wait()}")
        failed = pickle.loads(answer)  # of a process of ours # nosec B301
        if failed is not None:
            raise failed

    def _send(self) -> None:
        assert self._process.stdin is not None
        try:
            while (message := self._messages.get()) is not None:
                pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                self._process.stdin.flush()
        except OSError:
            # The process has ended; `finished` tells how.
            return
