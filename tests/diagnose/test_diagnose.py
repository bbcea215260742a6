"""Gates and losses of the tiny case, hand-derived."""

import pytest
from tests.tiny import tiny

from tawteen.diagnose import diagnose


def row(frame, **where):
    rows = frame.filter(**where).to_dicts()
    assert len(rows) == 1
    return rows[0]


def works(*rows):
    names = {"option": "mill-repair", "name_en": "Work", "name_ar": "عمل"}
    return {"works": [{**names, **r} for r in rows]}


def gate(**cells):
    return {"blockers": [{"site": "mill", "gate": "title", "stops": "now", "opens_by": "works", **cells}]}


def test_sites_count_their_gates():
    sites = diagnose(tiny()).sites
    assert row(sites, site="mill") == {
        "site": "mill", "blocked_now": 1, "blocked_next": 0, "unknown_gates": 0, "closed_gates": 1,
        "conditional": False, "available": True, "chance": 1.0,
        "gate_weeks": 3.0, "soft_weeks": 0.0, "blocked_by": None, "opens": None,
    }  # fmt: skip
    cables = row(sites, site="cables")
    assert (cables["unknown_gates"], cables["conditional"], cables["chance"]) == (1, True, 0.7)


def test_losses_multiply():
    line = {"id": "l", "site": "pasta", "name_en": "Line", "name_ar": "خط", "commodity": "flour", "nominal": 1000.0}
    losses = diagnose(
        tiny(
            {
                "lines": [
                    line | {"availability": 0.8, "performance": 0.9, "quality": 0.5},
                    line | {"id": "m", "quality": 0.9},
                ]
            }
        )
    ).losses
    known = row(losses, line="l")
    # 1000 − 200 (down) − 80 (slow) − 360 (waste) = 360.
    assert [
        known[k] for k in ("lost_availability", "lost_performance", "lost_quality", "output", "oee")
    ] == pytest.approx([200, 80, 360, 360, 0.36])
    assert row(losses, line="m")["oee"] is None
    assert row(losses, line="m")["output"] is None
