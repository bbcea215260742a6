"""What does not pass the independent check is not delivered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan import planning
from tawteen.runs.verified import require_verified


def test_a_programme_that_does_not_hold_is_refused_with_what_is_wrong() -> None:
    case = tiny()
    programme = planning.plan(case, time_limit=600, steps=4)
    assert require_verified(case, programme).holds
    assert programme.value is not None
    with pytest.raises(CaseError) as told:
        require_verified(case, replace(programme, value=programme.value + 1e6))
    assert [finding.code for finding in told.value.findings][:2] == ["plan.unverified", "verify.value"]
