"""Gates and losses of the tiny case, hand-derived."""

import datetime as dt
import itertools

import polars as pl
import pytest
from tests.tiny import SETTINGS, names, tables, tiny

from tawteen.case.codes import codes
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of


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
        "state_as_of": dt.date(2026, 6, 1), "stale": False,
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


DECIDES = {"title", "explosives", "contamination", "control", "market"}
BESIDE = {"machinery", "inputs", "workforce", "digital"}
"""Written out again: the rule is the test's, not the program's."""


def walked_gates(chance: float | None) -> pl.DataFrame:
    """One site with one repair for each gate × state × stops × opener, with the diagnosis of its site."""
    walk = list(itertools.product(codes("gates"), codes("gate_states"), codes("gate_timing"), codes("gate_openers")))
    site = next(s for s in tables()["sites"] if s["id"] == "mill")
    option = next(o for o in tables()["options"] if o["id"] == "mill-repair")
    names = [f"s{number}" for number in range(len(walk))]
    keys = ("gate", "state", "stops", "opens_by")
    rows = [{"site": name, **dict(zip(keys, one, strict=True)), "chance": chance, "cost": 1000.0, "weeks": 2.0}
            for name, one in zip(names, walk, strict=True)]  # fmt: skip
    case = tiny({
        "sites": [site | {"id": name} for name in names], "blockers": rows, "cadres": [], "works": [], "recipes": [],
        "options": [option | {"id": f"{name}-repair", "site": name} for name in names], "costs": [],
    })  # fmt: skip
    options = (
        effects_of(case).options.filter(kind="repair").select("site", firm=~pl.col("conditional"), may="available")
    )
    return pl.DataFrame(rows).drop("chance").join(diagnose(case).sites, on="site").join(options, on="site")


@pytest.mark.parametrize("chance", [0.6, 1.0, None])
def test_every_gate_in_every_state_whatever_it_is_said_to_stop(chance: float | None) -> None:
    walked = walked_gates(chance)
    assert walked.height == 16 * 3 * 3 * 3
    for row_ in walked.iter_rows(named=True):
        told = {name: row_[name] for name in ("gate", "state", "stops", "opens_by")}
        unknown, said_to_stop = row_["state"] == "unknown", row_["stops"] != "no"
        doubtful = unknown and (row_["gate"] in DECIDES or (said_to_stop and row_["gate"] not in BESIDE))
        never = doubtful and chance is None
        never |= row_["state"] == "closed" and said_to_stop and row_["opens_by"] in {"none", "authority"}
        assert row_["conditional"] == doubtful, told
        assert row_["firm"] != doubtful, told
        assert row_["may"] != never, told
        assert row_["unknown_gates"] == int(unknown), told
        assert row_["closed_gates"] == int(row_["state"] == "closed"), told
        assert row_["chance"] == (1.0 if not doubtful else chance or 0.0), told


def test_thirteen_unknown_gates_are_told_as_thirteen_and_their_chances_multiply() -> None:
    known = {"control", "machinery", "inputs"}
    rows = [
        {"site": "mill", "gate": name, "state": "open" if name in known else "unknown", "stops": "no",
         "opens_by": "works", "chance": 0.5}
        for name in codes("gates")
    ]  # fmt: skip
    mill = row(diagnose(tiny({"blockers": rows})).sites, site="mill")
    assert (mill["unknown_gates"], mill["conditional"], mill["chance"]) == (13, True, 0.5**4)


@pytest.mark.parametrize(
    ("seen", "line", "years", "stale"),
    [
        (dt.date(2024, 1, 1), None, 3, False),  # three years to the day
        (dt.date(2023, 12, 31), None, 3, True),
        (dt.date(2023, 12, 31), None, 4, False),
        (dt.date(2026, 12, 31), None, 0, True),
        (dt.date(2026, 6, 1), dt.date(2020, 1, 1), 3, True),  # the oldest date counts
        (None, dt.date(2020, 1, 1), 3, True),
        (None, None, 3, False),
    ],
)
def test_a_state_older_than_the_setting_waits_for_an_inspection(
    seen: dt.date | None, line: dt.date | None, years: int, stale: bool
) -> None:
    sites = [site | {"state_as_of": seen} for site in tables()["sites"]]
    lines = [{"id": "l", "site": "mill", **names("Line", "خط"), "commodity": "flour", "nominal": 1.0,
              "state_as_of": line}]  # fmt: skip
    time = {**SETTINGS["time"], "state_years": years}
    case = tiny({"sites": sites, "lines": lines, "blockers": []}, time=time)
    mill = row(diagnose(case).sites, site="mill")
    assert (mill["stale"], mill["conditional"], mill["available"], mill["chance"]) == (stale, stale, True, 1.0)
    effects = effects_of(case)
    repair = row(effects.options, option="mill-repair")
    paid = effects.outlays.filter(option="mill-repair", category="survey")["amount"].sum()
    # Four weeks of survey for 20,000 come first where the state is old.
    assert (repair["conditional"], paid) == (stale, 20_000.0 if stale else 0.0)
    assert row(effects.options, option="pasta-now")["conditional"] is False


def test_gates_of_one_decision_count_once_in_the_chance_of_a_site() -> None:
    gate = {"state": "unknown", "stops": "now", "opens_by": "works", "chance": 0.5}
    kinds = (("title", "court"), ("litigation", "court"), ("control", None))
    gates = [{"site": "mill", "gate": kind, "decision": decision, **gate} for kind, decision in kinds]
    sites = diagnose(tiny({"blockers": gates})).sites
    assert sites.filter(pl.col("site") == "mill")["chance"].item() == pytest.approx(0.25)
