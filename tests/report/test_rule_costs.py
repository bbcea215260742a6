"""What rules cost, as a table and in sentences."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made import study

from tawteen.plan.outlook import no_rows
from tawteen.report.report_data import ReportData
from tawteen.report.risk_flags import dear_rules, raised_sentences
from tawteen.report.rule_costs import rule_cost_sentences, rule_costs
from tiny import tiny

RULE = {"kind": "never", "sites": "cables", "active": True, "text_en": "Not the cables. Switch off later.",
        "text_ar": "لا كابلات. تطفأ لاحقا."}  # fmt: skip
COSTS = [("same", 1e6, 1e6), ("between", 1e6, 2e6), ("most", 0.0, 5e5), ("free", 0.0, 0.0), ("late", None, None)]
HALF = [("least", 3e6, None), ("most", None, 5e5)]


@pytest.fixture(scope="module")
def priced() -> ReportData:
    rules = tiny({"rules": [{"id": rule, **RULE} for rule, *_ in COSTS]})["rules"]
    read = study()
    case = replace(read.case, tables={**read.case.tables, "rules": rules})
    return replace(read, case=case, rule_costs=pl.DataFrame(COSTS, schema=no_rows("rule_costs").schema, orient="row"))


def test_sentences_say_what_is_proven(priced: ReportData) -> None:
    english = [sentence[0] for sentence in rule_cost_sentences(priced)]
    assert english == [
        "The rule “Not the cables” costs at least 1 million and at most 2 million USD.",
        "The rule “Not the cables” costs 1 million USD.",
        "The rule “Not the cables” costs at most 500 thousand USD.",
    ]


def test_arabic_names_the_rule_in_arabic(priced: ReportData) -> None:
    arabic = rule_cost_sentences(priced)[0][1]
    assert "«لا كابلات»" in arabic
    assert "على الأقل" in arabic


def test_every_rule_has_a_row_and_unknown_costs_are_empty(priced: ReportData) -> None:
    table = rule_costs(priced)[0].table
    assert set(table["rule"]) == {rule for rule, *_ in COSTS}
    assert table.filter(rule="late")["at_most"].to_list() == [None]
    assert table["rule_en"][0] == "Not the cables"


def test_a_rule_with_one_bound_alone_has_its_sentence(priced: ReportData) -> None:
    frame = pl.DataFrame(HALF, schema=no_rows("rule_costs").schema, orient="row")
    told = [sentence[0] for sentence in rule_cost_sentences(replace(priced, rule_costs=frame))]
    assert [words.partition(" costs ")[2] for words in told] == ["at least 3 million USD.", "at most 500 thousand USD."]


def test_a_rule_that_costs_more_than_a_tenth_of_the_gain_is_raised_and_one_that_may_is_unknown(
    priced: ReportData,
) -> None:
    """The gain of the tiny case is 2 million."""
    flags = {flag.subject: (flag.code, flag.value, flag.raised) for flag in dear_rules(priced)}
    assert flags == {
        "between": ("dear_rule", pytest.approx(0.5), True),
        "same": ("dear_rule", pytest.approx(0.5), True),
        "most": ("dear_rule", None, None),
        "late": ("dear_rule", None, None),
    }


def test_where_nothing_is_gained_a_rule_that_costs_something_is_raised(priced: ReportData) -> None:
    """A programme that its rules hold below doing nothing: what they cost is no share of a gain."""
    losing = replace(priced, programme=replace(priced.programme, value=-32_500_000.0))
    flags = dear_rules(losing)
    raised = {flag.subject: (flag.code, flag.value, flag.unit) for flag in flags if flag.raised}
    assert raised == dict.fromkeys(("same", "between"), ("rule_without_gain", 1000000.0, "currency"))
    assert "2 rules cost something while the programme gains nothing" in raised_sentences(losing, flags)[0]
