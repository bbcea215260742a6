"""Twenty mutants of a small case through the commands: no fault of the program, no abort, no hang, nothing left."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.trial import try_mutants, write_base
from tests.made_once import made_once

MUTANTS, PARTS = 20, 2
"""A part is one process; the command line and its rooms are imported once in each."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "fuzzed", lambda folder: write_base(folder / "case")) / "case"


@pytest.mark.parametrize("part", range(PARTS))
def test_mutants_are_answered(base: Path, part: int) -> None:
    size = MUTANTS // PARTS
    trials = list(try_mutants(base, range(part * size, (part + 1) * size), whole=False))
    assert len(trials) == size
    assert not [trial for trial in trials if trial.faults]
