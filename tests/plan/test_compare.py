"""Two programmes side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from tests.plan.planned import programme
from tests.tiny import SETTINGS, tiny

import tawteen as tw
from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.plan.compare import compare, say_moves
from tawteen.plan.programme import Programme, Scenario
from tawteen.words import Words


def turned(site: str, **cells: str | None) -> Programme:
    """The programme with other cells for one site."""
    made = programme()
    changed = {
        column: pl.when(pl.col("id") == site).then(pl.lit(value, pl.String)).otherwise(column)
        for column, value in cells.items()
    }
    return replace(made, sites=made.sites.with_columns(**changed))


@pytest.mark.parametrize(
    ("site", "cells", "move", "quarters"),
    [
        ("mill", {"option": "mill-repair", "start": "2027-Q2"}, "in", None),
        ("pasta", {"option": None, "start": None}, "out", None),
        ("cables", {"option": "cables:survey"}, "changed", None),
        ("cables", {"start": "2027-Q4"}, "later", 2),
        ("cables", {"start": "2027-Q1"}, "sooner", -1),
    ],
)
def test_what_moved(site: str, cells: dict[str, str | None], move: str, quarters: int | None) -> None:
    found = compare(tiny(), programme(), turned(site, **cells))
    assert found.sites.select("site", "move", "quarters").rows() == [(site, move, quarters)]
    for lang, name in (("en", {"mill": "Mill", "pasta": "Mill in the east", "cables": "Cable works"}[site]),
                       ("ar", {"mill": "مطحنة", "pasta": "مطحنة الشرق", "cables": "مصنع كابلات"}[site])):  # fmt: skip
        (sentence,) = say_moves(tiny(), programme(), found, Words(lang))  # type: ignore[arg-type]
        assert sentence.startswith(name)
        assert "compare." not in sentence


def test_shifts_are_counted_in_arabic() -> None:
    one = compare(tiny(), programme(), turned("cables", start="2027-Q3"))
    two = compare(tiny(), programme(), turned("cables", start="2027-Q4"))
    assert "ربعا واحدا" in say_moves(tiny(), programme(), one, Words("ar"))[0]
    assert "ربعين" in say_moves(tiny(), programme(), two, Words("ar"))[0]


def test_a_programme_does_not_differ_from_itself() -> None:
    found = compare(tiny(), programme(), programme())
    assert found.sites.height == found.limits.height == 0
    assert found.figures["difference"].to_list() == [0.0] * found.figures.height
    assert found.funds["difference"].to_list() == [0.0] * found.funds.height


def test_figures_and_funds_of_a_scenario() -> None:
    before, after = programme(), programme(Scenario(without=("pasta",)))
    found = compare(tiny(), before, after)
    figures = {row["figure"]: row for row in found.figures.to_dicts()}
    assert figures["value"]["difference"] == pytest.approx((after.value or 0.0) - (before.value or 0.0))
    assert figures["gain"]["before"] == pytest.approx((before.value or 0.0) - (before.do_nothing or 0.0))
    assert figures["value"]["difference"] < 0
    drawn = after.draws.group_by("fund").agg(pl.col("amount").sum())
    funds = dict(found.funds.select("fund", "after").iter_rows())
    assert {fund: amount for fund, amount in funds.items() if amount} == pytest.approx(dict(drawn.iter_rows()))
    assert "pasta" in found.sites.filter(pl.col("move") == "out")["site"]


def test_cheaper_items_show_in_the_investment() -> None:
    cheaper = replace(programme(), scenario=Scenario(set=("site.cables*0.5",)))
    found = compare(tiny(), programme(), cheaper)
    figures = {row["figure"]: row["difference"] for row in found.figures.to_dicts()}
    assert figures["investment"] == pytest.approx(-0.5 * (1_500_000 / 6.37 + 700_000), rel=1e-9)
    assert figures["jobs"] == 0.0


def test_without_a_programme_there_are_no_values() -> None:
    none = programme(Scenario(must=("mill",), without=("mill",)))
    assert none.status == "infeasible"
    found = compare(tiny(), programme(), none)
    figures = {row["figure"]: row for row in found.figures.to_dicts()}
    assert figures["value"]["difference"] is None
    assert set(found.sites["move"]) == {"out"}


def test_limits_whose_price_moved_most_come_first() -> None:
    found = compare(tiny(), programme(), programme(Scenario(set=("offer.ENG/mechanical*0.3",)))).limits
    assert found.height
    assert found["difference"].abs().is_sorted(descending=True)
    assert found.group_by("kind").len()["len"].max() <= 10


def test_new_jobs_are_net_of_the_line_that_an_option_takes_over() -> None:
    case = tiny()
    jobs = dict(zip(case["options"]["id"], case["options"]["jobs"], strict=True))
    chosen = {"option": "pasta-more", "start": "2027-Q2", "status": "firm"}
    left = {"option": None, "start": None, "status": "out"}
    found = compare(case, turned("pasta", **left), turned("pasta", **chosen))
    moved = dict(found.figures.select("figure", "difference").iter_rows())
    assert moved["jobs"] == jobs["pasta-more"]
    assert moved["new_jobs"] == jobs["pasta-more"] - jobs["pasta-now"]


def held(section: str, **other: object) -> Case:
    return tiny(**{section: {**SETTINGS[section], **other}})


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (held("money", currency="EUR"), "compare.currency"),
        (held("money", price_year=2020), "compare.price_year"),
        (held("value", view="financial"), "compare.view"),
        (held("time", periods=12), "compare.horizon"),
        (held("time", start=dt.date(2028, 1, 1)), "compare.horizon"),
    ],
)
def test_values_on_other_terms_are_not_subtracted(other: Case, code: str) -> None:
    with pytest.raises(CaseError) as told:
        compare(tiny(), programme(), programme(), case_b=other)
    assert [finding.code for finding in told.value.findings] == [code]
    assert told.value.findings[0].args["before"] != told.value.findings[0].args["after"]


def test_a_view_that_a_scenario_changes_counts() -> None:
    financial = replace(programme(), scenario=Scenario(set=("value.view=financial",)))
    with pytest.raises(CaseError, match="view"):
        compare(tiny(), programme(), financial)


def test_policies_are_compared_by_their_figures() -> None:
    policy = tw.plan_policy(tiny(), steps=1, futures=10)
    assert policy is not None
    found = compare(tiny(), programme(), replace(programme(), policy=policy)).figures
    rows = {row["figure"]: row for row in found.iter_rows(named=True)}
    assert (rows["expected"]["before"], rows["expected"]["after"]) == (None, policy.expected)
    assert rows["p90"]["difference"] is None
    same = compare(tiny(), replace(programme(), policy=policy), replace(programme(), policy=policy)).figures
    assert same.filter(pl.col("figure") == "p10")["difference"].item() == 0.0
    assert "expected" not in compare(tiny(), programme(), programme()).figures["figure"]
