"""Tutorial notebooks run from top to bottom, and their stored outputs are those of a run without an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tawteen as tw

TUTORIALS = Path(__file__).parents[2] / "docs" / "tutorials"
BOOKS = sorted(TUTORIALS.glob("*.ipynb"))


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_there_is_a_tutorial_for_python() -> None:
    assert "python.ipynb" in [path.name for path in BOOKS]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_outputs_are_stored_and_none_is_an_error(path: Path) -> None:
    cells = code_cells(path)
    assert sum(bool(cell["outputs"]) for cell in cells) > len(cells) // 2
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))


def test_the_tutorial_for_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    tw.set_language("en")
    names: dict[str, Any] = {}
    try:
        for number, cell in enumerate(code_cells(TUTORIALS / "python.ipynb")):
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    finally:
        tw.set_language(None)
    assert names["small"].status == "optimal"
    assert names["base"].verify().holds
    assert names["richer"].value > names["base"].value
    assert names["double"]["fund_limits"]["amount"].sum() == 2 * names["case"]["fund_limits"]["amount"].sum()
