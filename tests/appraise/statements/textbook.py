"""The textbook cases: their studies, and the figures somebody else got."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tawteen.appraise.study import Study
from tawteen.appraise.study_file import read_study

CASES = Path(__file__).parents[3] / "cases" / "textbook"


def study(folder: str, name: str = "study") -> Study:
    return read_study(CASES / folder / f"{name}.toml")


def expected(folder: str) -> dict[str, Any]:
    return json.loads((CASES / folder / "expected.json").read_text(encoding="utf-8"))
