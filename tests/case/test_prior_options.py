"""Options that are assumed for sites without any: what they take over, what grows with capacity, what is marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.tiny import names, tables, tiny

import tawteen as tw
from tawteen.case.findings import sentence_of
from tawteen.case.model import Case
from tawteen.case.params import PRIOR
from tawteen.case.prior_options import with_prior_options
from tawteen.words import LANGS, Lang, Words

LIKE = "cables"
"""Its title is unknown with chance 0.7, and it has one option."""


def without_options(changes: dict[str, list[dict[str, Any]]] | None = None, **cells: Any) -> Case:
    """The tiny case, with one more site of the class of `LIKE` for which nothing is planned."""
    stated = tables()
    like = next(row for row in stated["sites"] if row["id"] == LIKE)
    isic = {"isic": "2732"}
    others = [{**row, **isic} if row["id"] == LIKE else row for row in stated["sites"]]
    new = {**like, **isic, "id": "wires", **names("Wires", "أسلاك"), "state": "suspended", "role": "survey"}
    new = {name: value for name, value in new.items() if name not in ("survey_cost", "survey_weeks")}
    return tiny({"sites": [*others, {**new, **cells}], **(changes or {})})


def option_of(case: Case, site: str) -> dict[str, Any]:
    return (
        case["options"]
        .filter((pl.col("site") == site) & pl.col("kind").is_in(["repair", "rehabilitate"]))
        .row(0, named=True)
    )


def line(site: str, nominal: float) -> dict[str, Any]:
    return {
        "id": f"{site}-line", "site": site, **names("Line", "خط"), "commodity": "cable", "nominal": nominal,
        "availability": 1.0, "performance": 1.0, "quality": 1.0,
    }  # fmt: skip


def test_recipe_works_and_costs_are_those_of_the_like_site() -> None:
    case = without_options()
    new, notes = with_prior_options(case)
    assert [note.code for note in notes] == ["prior_options.assumed"]
    own, like = option_of(new, "wires"), option_of(case, LIKE)
    assert own["capacity"] == like["capacity"]
    assert own["estimate_class"] == PRIOR.estimate_class
    for table in ("recipes", "works"):
        rows = [new[table].filter(pl.col("option") == option["id"]).drop("option") for option in (own, like)]
        assert rows[0].height > 0
        assert rows[0].equals(rows[1])
    survey = ("survey_cost", "survey_weeks")
    sites = {row["id"]: [row[name] for name in survey] for row in new["sites"].iter_rows(named=True)}
    assert sites["wires"] == sites[LIKE]


def test_capacity_follows_lines_and_costs_the_six_tenths_rule() -> None:
    lines = [row for row in tables().get("lines", []) if row["site"] != LIKE]
    case = without_options({"lines": [*lines, line(LIKE, 100.0), line("wires", 300.0)]})
    new, notes = with_prior_options(case)
    assert [note.code for note in notes] == ["prior_options.in_proportion"]
    own, like = option_of(new, "wires"), option_of(case, LIKE)
    assert own["capacity"] == pytest.approx(3.0 * like["capacity"])
    costs = {
        option: new["costs"].filter(pl.col("option") == option)["amount"].sum() for option in (own["id"], like["id"])
    }
    assert costs[like["id"]] > 0.0
    assert costs[own["id"]] == pytest.approx(3.0**0.6 * costs[like["id"]])
    stated = new["evidence"].filter((pl.col("row") == own["id"]) & (pl.col("column") == "capacity"))
    assert stated["low"].to_list() == [None]


def test_all_that_is_added_is_assumed_and_its_range_is_wide() -> None:
    new, _ = with_prior_options(without_options())
    own = option_of(new, "wires")
    added = new["evidence"].filter(pl.col("id").str.starts_with("prior"))
    assert set(added["grade"]) == {"assumed"}
    capacity = added.filter(pl.col("column") == "capacity").row(0, named=True)
    assert (capacity["low"], capacity["high"]) == (0.5 * own["capacity"], 2.0 * own["capacity"])
    market = new["blockers"].filter((pl.col("site") == "wires") & (pl.col("gate") == "market")).row(0, named=True)
    assert (market["state"], market["chance"]) == ("unknown", PRIOR.market_chance)


def test_a_gate_without_a_chance_has_that_of_the_like_site_or_the_usual_one() -> None:
    gates = tables()["blockers"]
    unknown = {"state": "unknown", "stops": "now", "opens_by": "works"}
    own = [{"site": "wires", "gate": gate, **unknown} for gate in ("title", "control")]
    elsewhere = [{"site": "mill", "gate": "control", **unknown, "chance": 0.8}]
    new, _ = with_prior_options(without_options({"blockers": [*gates, *own, *elsewhere]}))
    rows = new["blockers"].filter(pl.col("site") == "wires")
    chances = dict(rows.select("gate", "chance").iter_rows())
    assert chances == {"title": 0.7, "control": 0.8, "market": PRIOR.market_chance}
    untouched = new["blockers"].filter(pl.col("site") != "wires")
    assert untouched.equals(without_options({"blockers": [*gates, *elsewhere]})["blockers"])


@pytest.mark.parametrize(
    "cells", [{"state": "running"}, {"state": "destroyed"}, {"role": "context"}, {"isic": "1061"}, {"isic": None}]
)
def test_nothing_is_assumed_where_there_is_nothing_to_restart_or_nothing_like_it(cells: dict[str, Any]) -> None:
    case = without_options(**cells)
    same, notes = with_prior_options(case)
    assert same is case
    assert [note.code for note in notes] == ["prior_options.none"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_note_says_the_proportion_in_few_digits(lang: Lang) -> None:
    lines = [row for row in tables().get("lines", []) if row["site"] != LIKE]
    _, (note,) = with_prior_options(without_options({"lines": [*lines, line(LIKE, 300.0), line("wires", 100.0)]}))
    text = sentence_of(note, Words(lang))
    assert "0.33" in text
    assert "0.3333" not in text


def test_convert_writes_what_is_assumed(tmp_path: Path) -> None:
    without_options().write(tmp_path / "case")
    written = tw.convert(tmp_path / "case", tmp_path / "assumed", prior_options=True)
    assert {finding.code for finding in written.findings} >= {"prior_options.assumed"}
    again = tw.read_case(tmp_path / "assumed", check=False)
    assert option_of(again, "wires")["name_en"] == "Rehabilitate, assumed as at Cable works"


def test_a_second_time_nothing_is_added() -> None:
    once, _ = with_prior_options(without_options())
    twice, notes = with_prior_options(once)
    assert twice is once
    assert [note.code for note in notes] == ["prior_options.none"]


def test_a_plan_surveys_the_site_and_decides_by_what_is_found() -> None:
    case = without_options().with_prior_options()
    assert "prior_options.assumed" in {finding.code for finding in case.findings}
    programme = tw.plan(case, steps=1)
    assert programme.policy is not None
    assert tw.verify(programme).holds
    assert set(programme.policy.findings.filter(pl.col("site") == "wires")["finding"]) != set()
