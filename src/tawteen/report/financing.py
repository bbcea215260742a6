"""Financing of the programme by year, cash left to its owners, and cover of the debt."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.profile import PROFILES
from tawteen.appraise.programme_finance import finance_of, left_open, no_cover
from tawteen.appraise.programme_statements import GAIN, WITH, ProgrammeStatements, programme_statements
from tawteen.appraise.statements.model import indicator_label
from tawteen.report.bilingual import Both, bilingual, join_list, join_sentences
from tawteen.report.drawing import (
    INK,
    PALETTE,
    SOFT_INK,
    measured,
    rounded,
    scale_of,
    specs,
    spoken,
)
from tawteen.report.exhibit import ColumnFormat, Exhibit, money_column, text_column
from tawteen.report.live_workbook import conventions
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import Rows, channel, chart_of, layered, one_below_another, part
from tawteen.words import LANGS, Words

FINANCE_LINES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "investment": tuple((GAIN, "total_capital", item)
                        for item in ("fixed_investment", "pre_production", "working_capital_growth")),
    "loans": ((GAIN, "equity", "loans_drawn"),),
    "equity": ((WITH, "cash_plan", "equity_paid"),),
    "grants": ((GAIN, "equity", "grants"),),
    "service": ((GAIN, "equity", "loans_repaid"), (GAIN, "equity", "interest_and_fees")),
    "debt_left": ((GAIN, "equity", "debt_left"),),
    "before": ((GAIN, "total_capital", "net_cash_flow"),),
    "after": ((GAIN, "equity", "net_cash_flow"),),
}  # fmt: skip
"""Which lines of the statements a column adds up; signs are those of cash, costs negative."""
CASH_SOURCE_COLOURS = {"loans": PALETTE[0], "equity": PALETTE[2], "grants": PALETTE[5], "investment": SOFT_INK,
                       "service": PALETTE[3], "debt_left": PALETTE[6]}  # fmt: skip
LEFT = {"before": SOFT_INK, "after": INK}
INPUTS = ("options", "costs", "recipes", "funds", "finance", "buyers", "programme.sites", "programme.throughput",
          "programme.draws")  # fmt: skip


Stated = tuple[ProgrammeStatements | None, list[Both]]

STATEMENT_COLUMNS: dict[str, ColumnFormat] = {
    "year": text_column("programme_statements.column.year"),
    **{name: money_column(f"financing.{name}") for name in FINANCE_LINES},
}
FINANCE_FIGURE_COLUMNS: dict[str, ColumnFormat] = {
    "figure": text_column("financing.figure"), "value": ColumnFormat(bilingual("financing.value"), "by_row"),
    "of": text_column("financing.unit"), "why": text_column("financing.why"),
}  # fmt: skip


def started(study: ReportData, chosen: pl.DataFrame | None = None) -> ProgrammeSchedule:
    """Starts, throughput and draws of the programme; `chosen` narrows down which rows of `study.chosen`."""
    rows = (study.chosen if chosen is None else chosen).select("option", "period").drop_nulls()
    starts = {str(option): int(period) for option, period in rows.iter_rows()}
    return ProgrammeSchedule(
        starts, study.programme.throughput, study.programme.nothing_throughput, study.programme.draws
    )


def financing(study: ReportData, stated: Stated | None = None) -> list[Exhibit]:
    """Financing by year, and below it what it comes to for the owners and the lenders.

    `stated` is what `statements_and_notes` returns, where the caller has it.
    """
    result, notes = statements_and_notes(study) if stated is None else stated
    note = join_sentences([bilingual("exhibit.programme_financing_note"), *notes])
    table = pl.DataFrame(schema={"year": pl.String, **dict.fromkeys(FINANCE_LINES, pl.Float64)})
    table = table if result is None else yearly(result)
    return [
        Exhibit(
            "programme_financing",
            "money",
            bilingual("exhibit.programme_financing"),
            note,
            bilingual("exhibit.programme_financing_origin"),
            table,
            STATEMENT_COLUMNS,
            specs(lambda k: _chart(study, table, k)) if table.height else {},
            inputs=INPUTS,
        ),
        Exhibit(
            "owners_and_lenders",
            "money",
            bilingual("exhibit.owners_and_lenders"),
            join_sentences([bilingual("exhibit.owners_and_lenders_note"), *_rules(result)]),
            bilingual("exhibit.owners_and_lenders_origin"),
            figures(study, result),
            FINANCE_FIGURE_COLUMNS,
            inputs=INPUTS,
        ),
    ]


def statements_and_notes(study: ReportData) -> Stated:
    """Statements of all that the programme starts, and what is to be told about whom they count."""
    run = started(study)
    can = set(study.effects.options.filter("available")["option"])
    # A scenario may force a start that the case alone forbids; it has no statements.
    forced = [option for option in run.starts if option not in can]
    starts = {option: start for option, start in run.starts.items() if option in can}
    notes = [bilingual("financing.forced", options=_first_names(study, forced))] if forced else []
    if len(starts) > LAYOUT.financed_options:
        return None, [*notes, bilingual("financing.too_many", count=f"{len(starts):,}", most=LAYOUT.financed_options)]
    run = ProgrammeSchedule(starts, run.throughput, run.without, run.draws)
    result = programme_statements(study.case, study.effects, run)
    if result is not None and result.beside:
        amount: dict[str, Any] = {"amount": f"{result.beside:,.0f}", "currency": study.currency}
        notes.append(bilingual("programme_statements.beside", **amount))
    # Of many options a note names the first.
    for finding in [] if result is None else left_open(result):
        options = str(finding.args["options"]).split(", ")
        shown = _first_names(study, options)
        notes.append(bilingual(f"financing.{finding.code.partition('.')[2]}", count=len(options), options=shown))
    return result, notes


def _first_names(study: ReportData, options: list[str]) -> Both:
    """Names of the first options, and a mark that there are more."""
    names = [study.name("options", option) for option in options[: LAYOUT.options_named]]
    more = " …" if len(options) > LAYOUT.options_named else ""
    english, arabic = join_list(names)
    return english + more, arabic + more


def _rules(result: ProgrammeStatements | None) -> list[Both]:
    """The conventions that the figures follow."""
    if result is None:
        return []
    en, ar = (list(conventions(PROFILES[result.profile], Words(lang))) for lang in LANGS)
    return list(zip(en, ar, strict=True))


def yearly(result: ProgrammeStatements) -> pl.DataFrame:
    """The year (text) and the columns of `FINANCE_LINES`, in the case's currency.

    after = before + loans + grants + service + debt_left; what owners pay in is theirs and stands beside it.
    """
    count = len(result.line(*FINANCE_LINES["before"][0]))
    columns = {
        name: [sum(values) for values in zip(*(result.line(*key) for key in keys), strict=True)]
        for name, keys in FINANCE_LINES.items()
    }
    frame = pl.DataFrame({"year": [label[:4] for label in result.labels[:count]], **columns})
    # Adding zero turns −0 into 0.
    return frame.group_by("year", maintain_order=True).agg(pl.exclude("year").sum() + 0.0)


def figures(study: ReportData, result: ProgrammeStatements | None) -> pl.DataFrame:
    """figure, value, unit, of (the unit in words), why: the year of the least cover, or why there is no value."""
    texts = [f"{name}_{lang}" for name in ("figure", "of", "why") for lang in LANGS]
    schema: dict[str, Any] = {"key": pl.String, "value": pl.Float64, "unit": pl.String}
    schema |= dict.fromkeys(texts, pl.String)
    if result is None:
        return pl.DataFrame(schema=schema)
    unit = {
        "currency": (study.currency, study.currency),
        "share": bilingual("financing.a_year"),
        "": bilingual("financing.times"),
    }
    rows = []
    for key, label, value, kind, why in (*_returns(result), *_covers(result)):
        written = {f"{n}_{lang}": t[k] for n, t in (("figure", label), ("of", unit[kind]), ("why", why))
                   for k, lang in enumerate(LANGS)}  # fmt: skip
        rows.append({"key": key, "value": value, "unit": kind, **written})
    return pl.DataFrame(rows, schema=schema)


Figure = tuple[str, Both, float | None, str, Both]


def _returns(result: ProgrammeStatements) -> list[Figure]:
    """Present value and rate of return of the difference, before financing and to the owners."""
    known = {(b, i): (v, r) for _, b, i, v, r in result.indicators.filter(scenario=GAIN).iter_rows()}
    figures_found = []
    for basis in ("total_capital", "equity"):
        for name, unit in (("npv", "currency"), ("irr", "share")):
            value, reason = known[basis, name]
            label = tuple(f"{indicator_label(name, Words(lang))}: {Words(lang).say(f'financing.basis.{basis}')}"
                          for lang in LANGS)  # fmt: skip
            figures_found.append(
                (f"{basis}_{name}", (label[0], label[1]), value, unit, bilingual(reason) if reason else ("", ""))
            )
    return figures_found


def _covers(result: ProgrammeStatements) -> list[Figure]:
    """Least cover of a year, cover over the life of the loans and of the programme when most is owed."""
    finance = finance_of(result)
    reason = no_cover(finance)
    why = bilingual("financing.in_year", year=finance["least_dscr_year"]) if reason is None else bilingual(reason)
    rows = [("least_dscr", bilingual("programme_statements.least_dscr"), finance["least_dscr"], "", why)]
    for name in ("llcr", "plcr"):
        value = finance[name]
        nothing = bilingual(reason or "financing.no_debt")
        why = bilingual("financing.most_owed") if value is not None else nothing
        rows.append((name, bilingual(f"statements.item.{name}"), value, "", why))
    return rows


def _chart(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    """Above who pays what by year as bars, below the cash before and after it as lines, on the same years."""
    flows = [name for name in CASH_SOURCE_COLOURS if table[name].abs().max()]
    stacks = [sum(max(sign * row[n], 0.0) for n in flows) for row in table.iter_rows(named=True) for sign in (1, -1)]
    ends = [abs(v) for n in LEFT for v in table[n]]
    size, word = scale_of(max([*stacks, *ends], default=0.0))
    unit = spoken(measured((study.currency, study.currency), word), k)
    x = channel("year:O", sort=None, axis=part(title=None, labelAngle=0, labelOverlap=True))
    y = channel("v:Q", axis=part(title=unit, tickCount=5, minExtent=44))

    def rows(names: list[str]) -> Rows:
        return [
            {"year": row["year"], "v": rounded(row[n] / size), "part": spoken(bilingual(f"financing.{n}"), k), "o": o}
            for row in table.iter_rows(named=True)
            for o, n in enumerate(names)
        ]

    def scale(shades: dict[str, str], names: list[str], symbol: str = "square") -> Any:
        domain = [spoken(bilingual(f"financing.{n}"), k) for n in names]
        return channel("part:N", scale=part(domain=domain, range=[shades[n] for n in names]),
                         legend=part(columns=3, symbolType=symbol))  # fmt: skip

    zero = chart_of([{"v": 0.0}]).mark("rule", color=SOFT_INK, strokeWidth=0.8).encode(y=channel("v:Q"))
    bars = (
        chart_of(rows(flows))
        .mark("bar")
        .encode(x=x, y=y, color=scale(CASH_SOURCE_COLOURS, flows), order=channel("o:Q"))
    )
    lines = chart_of(rows(list(LEFT))).mark("line", point=part(size=24)).encode(
        x=x, y=y, color=scale(LEFT, list(LEFT), "stroke"),
        strokeDash=channel("part:N", scale=part(
            domain=[spoken(bilingual(f"financing.{n}"), k) for n in LEFT], range=[[5, 3], [1, 0]]), legend=None),
    )  # fmt: skip
    panels = [layered(each, zero).properties(width=LAYOUT.width - 90, height=height)
              for each, height in ((bars, 170), (lines, 120))]  # fmt: skip
    return one_below_another(*panels, spacing=22).resolved(scale=part(color="independent", strokeDash="independent"))
