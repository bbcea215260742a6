"""What each rule of the case costs: as a table, and as sentences on those that cost something."""

from __future__ import annotations

import polars as pl

from tawteen.report.bilingual import Both, bilingual
from tawteen.report.exhibit import Exhibit, code_column, money_column, text_column
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import ReportData
from tawteen.words import LANGS, Words


def rule_costs(study: ReportData) -> list[Exhibit]:
    """The rules with what each costs at least and at most, the dearest first."""
    kinds = study.case["rules"].select(rule="id", kind="kind")
    table = study.named(study.rule_costs.join(kinds, on="rule", how="left"), rule="rules").sort(
        ["at_least", "at_most", "rule"], descending=[True, True, False], nulls_last=True
    )
    columns = {
        "rule": text_column("column.rule"), "kind": code_column("column.kind", "rule_kinds"),
        "at_least": money_column("column.costs_at_least"), "at_most": money_column("column.costs_at_most"),
    }  # fmt: skip
    return [
        Exhibit(
            "rule_costs", "appendix", bilingual("exhibit.rule_costs"), bilingual("exhibit.rule_costs_note"),
            bilingual("exhibit.rule_costs_origin"), table, columns, inputs=("rules", "programme.sites"),
        )
    ]  # fmt: skip


def rule_cost_sentences(study: ReportData) -> list[Both]:
    """One sentence for each of the dearest rules: exactly, at least and at most, or one of both, as proven."""
    least = 0.005 * _gain(study)
    costly = study.rule_costs.filter(pl.max_horizontal("at_least", "at_most") > least)
    ranked = costly.sort(["at_least", "at_most"], descending=True, nulls_last=True).head(LAYOUT.rules_named)
    return [_sentence(study, *row) for row in ranked.select("rule", "at_least", "at_most").iter_rows()]


def _gain(study: ReportData) -> float:
    value, nothing = study.programme.value, study.programme.do_nothing
    return max(value - nothing, 0.0) if value is not None and nothing is not None else 0.0


def _sentence(study: ReportData, rule: str, at_least: float | None, at_most: float | None) -> Both:
    least = at_least or 0.0
    if at_most is None:
        code = "rule_costs.at_least"
    elif at_most - least <= THRESHOLDS.one_figure * at_most:
        code = "rule_costs.exactly"
    else:
        code = "rule_costs.between" if least > THRESHOLDS.one_figure * at_most else "rule_costs.at_most"
    low, high = _money(study, least), _money(study, at_most or 0.0)
    return bilingual(code, rule=study.name("rules", rule), currency=study.currency, low=low, high=high)


def _money(study: ReportData, value: float) -> Both:
    english, arabic = (Words(lang, study.case.settings.digits).compact(value) for lang in LANGS)
    return english, arabic
