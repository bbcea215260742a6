"""Sites in and out of the programme with reasons, and the limits that delay the start of those in it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tawteen.case.codes import NO_WORKS, codes
from tawteen.case.evidence import site_grades
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.exhibit import (
    REGION,
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.lists import STATUS_LABELS
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.words import LANGS

DECISION_LISTS: dict[str, tuple[Both, Both]] = {
    "firm": (
        bilingual("decisions.lists.firm.title"),
        bilingual("decisions.lists.firm.note"),
    ),
    "conditional": (
        bilingual("decisions.lists.conditional.title"),
        bilingual("decisions.lists.conditional.note"),
    ),
    "survey": (
        bilingual("decisions.lists.survey.title"),
        bilingual("decisions.lists.survey.note"),
    ),
}  # fmt: skip
GATE: Both = bilingual("decisions.gate")


def decisions(study: ReportData) -> list[Exhibit]:
    """All sites with the decision, then one list for each decision, then the delays of the starts."""
    table = sites(study)
    every = Exhibit(
        "sites", "sites", bilingual("exhibit.sites"),
        bilingual("exhibit.sites_note"),
        bilingual("exhibit.sites_origin"),
        table, _columns(study), limit=400, inputs=("sites", "options", "blockers", "evidence", "programme.sites"),
    )  # fmt: skip
    lists = [apart(study, table, status) for status in DECISION_LISTS]
    return [starts(study, table), every, *lists, delays(table)]


def starts(study: ReportData, table: pl.DataFrame) -> Exhibit:
    """The sites that restart, those of most value first: what a chair is asked to agree to, or to let wait."""
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "option": text_column("column.option"), "status": code_column("column.decision", "status"),
        "start": text_column("column.starts"), "operates": text_column("column.operates_from"),
        "chance": share_column("column.chance_of_the_gates", 0),
        "investment": money_column("column.investment"), "gain": money_column("column.gain"),
    }  # fmt: skip
    works = table.filter(pl.col("status").is_in(PLANNED_STATUSES))
    return Exhibit(
        "starts", "chair", bilingual("exhibit.starts"),
        bilingual("exhibit.starts_waiting" if study.expected_to_lose else "exhibit.starts_note"),
        bilingual("exhibit.starts_origin"), works.sort(["gain", "site"], descending=[True, False], nulls_last=True),
        columns, limit=LAYOUT.chair_rows, inputs=("sites", "options", "programme.sites"),
    )  # fmt: skip


def sites(study: ReportData) -> pl.DataFrame:
    """One row a site: decision, figures of its option, reasons."""
    known = study.case["sites"].select("region", "state", "authority", site="id")
    decided = study.programme.sites.select("option", "kind", "status", "start", "chance", "operates", site="id")
    facts = study.chosen.select("site", "investment", "jobs", "new_jobs")
    blocked = _blocked(study)
    table = (
        known.join(decided, on="site", how="inner")
        .join(study.fields, on="site", how="left").join(facts, on="site", how="left")
        .join(site_grades(study.case), on="site", how="left").join(blocked, on="site", how="left")
        .with_columns(gain=pl.col("site").replace_strict(dict(study.worth), default=None, return_dtype=pl.Float64))
    )  # fmt: skip
    if study.reasons is not None:
        table = table.join(study.reasons, on="site", how="left").with_columns(
            # The delay has a table of its own.
            _without_ending(f"reason_{lang}", f"delay_{lang}")
            for lang in LANGS
        )
    rank = {s: i for i, s in enumerate(STATUS_LABELS)}
    gates = codes("gates")
    for suffix, k in (("_en", 0), ("_ar", 1)):
        cells = [gates.get(g, (g, g))[k] if g else None for g in table["gate"]]
        table = table.with_columns(pl.Series("gate" + suffix, cells, dtype=pl.String))
    named = study.named(table, site="sites", region="regions", option="options")
    return named.sort(pl.col("status").replace_strict(rank, default=9), pl.col("gain").fill_null(0.0).neg(), "site")


def _without_ending(column: str, ending: str) -> pl.Expr:
    """The text of a column without the text of another, where it ends with that."""
    length = pl.col(column).str.len_chars() - pl.col(ending).str.len_chars()
    ends = pl.col(column).str.ends_with(pl.col(ending))
    return pl.when(ends).then(pl.col(column).str.slice(0, length).str.strip_chars()).otherwise(column).alias(column)


def _blocked(study: ReportData) -> pl.DataFrame:
    """site, gate: a gate that closes every option of a site that is not chosen."""
    works = study.effects.options.filter(~pl.col("kind").is_in(NO_WORKS))
    shut = works.group_by("site").agg(any=pl.col("available").any(), gate=pl.col("blocked_by").drop_nulls().first())
    return shut.filter(~pl.col("any")).select("site", "gate")


def _columns(study: ReportData) -> dict[str, ColumnFormat]:
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "region": replace(REGION, screen_only=True, below="site"),
        "field": replace(code_column("column.field.decisions", "fields", screen_only=True), below="site"),
        "state": replace(code_column("column.now", "site_states", screen_only=True), below="status"),
        "status": code_column("column.decision", "status"), "reason": text_column("column.why"),
        "option": text_column("column.option"), "start": text_column("column.starts"),
        "operates": replace(text_column("column.operates_from"), below="start"),
        "chance": share_column("column.chance_of_the_gates", 0),
        "investment": money_column("column.investment"), "gain": money_column("column.gain"),
        "new_jobs": number_column("column.new_jobs", "persons"),
        "jobs": replace(
            number_column("column.jobs_with_those_that_exist", "persons"), screen_only=True, below="new_jobs"
        ),
        "assumed": replace(share_column("column.numbers_assumed", 0), screen_only=True),
        "gate": text_column("column.closed_gate"),
    }  # fmt: skip
    if study.reasons is None:
        del columns["reason"]
    return columns


def apart(study: ReportData, table: pl.DataFrame, status: str) -> Exhibit:
    """The sites of one decision as a list of its own."""
    title, note = DECISION_LISTS[status]
    drop = {"status", "gate", "state"} | (
        {"investment", "gain", "jobs", "new_jobs", "operates", "chance"} if status == "survey" else set()
    )
    columns = {k: v for k, v in _columns(study).items() if k not in drop}
    columns["authority"] = text_column("column.controlling_authority")
    return Exhibit(
        f"sites_{status}", "sites", title, note,
        bilingual("exhibit.sites_by_decision_origin"),
        table.filter(pl.col("status") == status), columns, limit=200, inputs=("sites", "options", "programme.sites"),
    )  # fmt: skip


def delays(table: pl.DataFrame) -> Exhibit:
    """The chosen sites whose start a limit delays: the limit, and the value of more of it."""
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "option": text_column("column.option"), "start": text_column("column.starts"),
        "delay": text_column("column.delayed_by"), "delay_start": text_column("column.could_start"),
        "delay_worth": money_column("column.worth_of_earlier_start"),
    }  # fmt: skip
    if "delay_en" in table.columns:
        delayed = table.filter(pl.col("delay_en").is_not_null()).sort("delay_worth", descending=True, nulls_last=True)
    else:
        delayed = table.clear().with_columns(
            pl.lit(None, pl.String).alias(name) for name in ("delay_en", "delay_ar", "delay_start", "delay_worth")
        )
    return Exhibit(
        "delays", "sites", bilingual("exhibit.delays"), bilingual("exhibit.delays_note"),
        bilingual("exhibit.delays_origin"), delayed, columns, inputs=("sites", "options", "programme.sites"),
    )  # fmt: skip
