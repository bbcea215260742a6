"""plan: what does not pass the independent check is not delivered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ask
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.runs import planning


def test_plan_delivers_no_programme_that_its_own_check_refuses(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = planning.plan

    def wrong(*args: Any, **rest: Any) -> Any:
        made = planned(*args, **rest)
        return replace(made, value=made.value + 1e6, bound=made.bound + 1e6)

    monkeypatch.setattr(planning, "plan", wrong)
    write_folder(tiny(), tmp_path / "case")
    told = ask("plan", tmp_path / "case", "--out", tmp_path / "out", "--steps", "4", "--json")
    assert told.code == 1
    assert told.found()[0]["code"] == "plan.unverified"
    assert not (tmp_path / "out").exists()
