"""Charts drawn by one process for all tests of a worker, and reports drawn without a process of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from tawteen.progress import ProgressCallback, ignore
from tawteen.report.renderer import Renderer
from tawteen.runs.drawing import Drawing, write_drawing


class KeptRenderer(Renderer):
    """A renderer that stays when it is left, until it is closed; a chart that it has drawn is not drawn again."""

    def __init__(self) -> None:
        super().__init__(1)
        self._pictures: dict[str, Future[str]] = {}

    def __enter__(self) -> KeptRenderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def close(self) -> None:
        super().__exit__(None, None, None)

    def submit(self, spec: dict[str, Any], numbers: dict[str, Any]) -> Future[str]:
        key = json.dumps([spec, numbers])
        if key not in self._pictures:
            self._pictures[key] = super().submit(spec, numbers)
        return self._pictures[key]


def draw_here(
    drawing: Drawing,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[str]:
    """`tawteen.runs.drawing.draw` in this process: an exception stays what it is, and nothing stops it."""
    meanwhile()
    return write_drawing(drawing, progress or ignore)
