"""Forty mutants of a small case through the commands: no fault of the program, no abort, no hang, nothing left over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.trial import try_mutants

from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.workbook import write_workbook

MUTANTS = 40


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "case"
    case = generate(3, seed=2)
    write_folder(case, folder)
    write_workbook(case, folder.with_suffix(".xlsx"))
    return folder


@pytest.mark.parametrize("part", range(4))
def test_mutants_are_answered(base: Path, part: int) -> None:
    size = MUTANTS // 4
    trials = list(try_mutants(base, range(part * size, (part + 1) * size)))
    assert len(trials) == size
    assert not [trial for trial in trials if trial.faults]
