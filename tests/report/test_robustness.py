from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made import study as made_study

from tawteen.plan.robust.front import Front
from tawteen.plan.robust.model import Robustness
from tawteen.report.pictures import svg
from tawteen.report.robustness import robustness


def runs(gains: list[float]) -> pl.DataFrame:
    whole = pl.DataFrame({"scenario": range(len(gains)), "gain": gains, "firm_gain": gains})
    return whole.with_columns(cash=pl.lit(4e5), short=pl.lit(0.0), first=pl.lit(2), last=pl.lit(2))


def found() -> Robustness:
    figures = [("gain", 2e6, 1.5e6, 1.6e6, -2e5), ("cash", 3e5, 4e5, 4e5, 5e5), ("first", 2.0, None, 2.0, 3.0)]
    site = {"site": "mill", "option": "mill-repair", "status": "firm", "start": 0, "operates": 2, "operates_p50": 2,
            "operates_p80": None, "reaches": 0.8, "worth_p50": 1e6, "worth_p80": -1e5, "pays": 0.7}  # fmt: skip
    heads = ["kind", "subject", "site", "table", "column", "source", "worth"]
    values = [("gate", "cables", "cables", "blockers", "title", "case", 5e4),
              ("value", "flour", None, "demands", "penalty", "evidence", 1e4),
              ("value", "mill", "mill", "costs", "amount", "evidence", 0.0)]  # fmt: skip
    return Robustness(
        case_hash="0" * 64, seed=1, scenarios=5, replans=4, seconds=1.0, beats=0.8, gains=0.6,
        replan_gap=0.031,
        runs=runs([2e6, 1e6, -3e5, 4e6, 5e5]),
        figures=pl.DataFrame(figures, schema=["figure", "base", "mean", "p50", "p80"], orient="row"),
        sites=pl.DataFrame([site]),
        options=pl.DataFrame({"site": ["mill", "cables"], "option": ["mill-repair", "cables-rehab"],
                              "kind": ["repair", "rehabilitate"], "status": ["firm", None], "chosen": [1.0, 0.25],
                              "robust": ["core", "rim"]}),
        often=pl.DataFrame({"site": ["mill", "cables"], "chosen": [1.0, 0.25], "robust": ["core", "rim"]}),
        values=pl.DataFrame(values, schema=heads, orient="row"),
        surveys=pl.DataFrame({"site": ["cables", "mill"], "gates": [1, 0], "values": [3, 4], "worth": [6e4, 0.0],
                              "cost": [2e4, 2e4], "net": [4e4, -2e4], "ratio": [3.0, 0.0]}),
        shocks=pl.DataFrame({"shock": ["slip"], "scope": ["site"], "chance": [0.5], "low": [0.5], "mode": [1.5],
                             "high": [5.0], "unit": ["quarters"]}),
    )  # fmt: skip


def front(aim: str) -> Front:
    points = pl.DataFrame({"point": [0, 1], "a": [2e6, 1e6], "b": [0.1, 0.5], "bound": [2.1e6, None], "sites": [2, 1]})
    return Front("0" * 64, "value", aim, points, pl.DataFrame())


@pytest.mark.parametrize("aim", ["jobs", "cash", "share:south"])
def test_exhibits_say_what_was_found(aim: str) -> None:
    study = replace(made_study(), robustness=found(), front=front(aim))
    shown = {exhibit.key: exhibit for exhibit in robustness(study)}
    assert len(shown) == 7
    assert {e.group for e in shown.values()} == {"survey", "evidence"}
    assert "80%" in shown["scenarios"].note[0]
    assert "80%" in shown["scenarios"].note[1]
    assert shown["survey_first"].table["site"].to_list() == ["cables"]
    assert shown["values_first"].table["about_en"].to_list() == ["Cable works", "Flour"]
    assert shown["values_first"].table["about_ar"].to_list() == ["مصنع كابلات", "دقيق"]
    assert shown["chosen_often"].table.height == 2
    for key in ("scenarios", "chosen_often", "survey_first", "front"):
        for lang in ("en", "ar"):
            drawn = svg(shown[key].charts[lang], lang, "x", key)
            assert drawn.count("<path") > 3
    for exhibit in shown.values():
        for text in (exhibit.title, exhibit.note, exhibit.origin):
            assert all(text)
            assert text[0] != text[1]


def test_nothing_found_nothing_shown() -> None:
    assert robustness(made_study()) == []
