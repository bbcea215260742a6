"""What tests of runs share: most look at no report, which takes longer to draw than all else of a run."""

from __future__ import annotations

import pytest
from tests.web.programmes.planned import leave_out_report


@pytest.fixture
def without_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs keep their programme alone: neither report nor tables of pages are made."""
    leave_out_report(monkeypatch)
