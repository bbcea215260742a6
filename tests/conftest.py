"""What every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from importlib import import_module

# Tests run on all cores at once: threads of one would only wait for those of another. Before polars is loaded.
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

# No test depends on how fast the machine is.
settings.register_profile("local", deadline=None)
settings.load_profile("local")
# In continuous integration the examples are the same each time: what fails there fails again where it is looked into.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


LONG = (
    "cli/test_interrupt.py", "docs/test_examples.py", "docs/test_notebooks.py", "fuzz/test_fuzz.py",
    "outside/test_scip.py", "packaging/test_wheel.py", "plan/robust/test_cluster.py", "plan/verify/test_policy.py",
    "runs/test_kills.py",
)  # fmt: skip
"""Files with the longest tests: begun last, one of them would leave the other processes without work."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: looking through it again for garbage would only take time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def renderer() -> Iterator[object]:
    """One process that draws the charts of all tests of this one, and each chart once.

    Starting such a process takes as long as the charts of a report, and one chart is one picture.
    """
    from tests.kept_renderer import KeptRenderer

    kept = KeptRenderer()
    yield kept
    kept.close()


@pytest.fixture
def drawn_here(renderer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are drawn in this process; `runs/test_drawing.py` tests what becomes of a process of their own."""
    from tests.kept_renderer import draw_here

    monkeypatch.setattr(import_module("tawteen.runs.drawing"), "draw", draw_here)
    for name in ("report", "pictures"):
        monkeypatch.setattr(import_module(f"tawteen.report.{name}"), "Renderer", lambda: renderer)
