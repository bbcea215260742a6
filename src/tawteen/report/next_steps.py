"""What is done until the committee meets: surveys, tasks of gates and works that begin before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tawteen.case.committee import next_meeting
from tawteen.report.bilingual import Both, bilingual, join_items, join_list
from tawteen.report.exhibit import (
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    quarter_column,
    text_column,
    with_words,
)
from tawteen.report.lists import STATUS_LABELS, code_label
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.report.survey_tour import gates_to_inspect
from tawteen.report.timeline import TIMELINE_STAGE_LABELS, stages
from tawteen.words import LANGS, Words

STEP_STAGES = ("survey", "gate", "works")
"""Stages of a site that somebody has to begin; operation follows from them."""
STEP_COLUMNS: dict[str, ColumnFormat] = {
    "period": quarter_column("column.from"), "site": SITE, "step": text_column("column.step"),
    "weeks": number_column("column.weeks", decimals=1), "money": money_column("column.drawn_until_the_meeting"),
    "status": code_column("column.status", "status"), "content": text_column("column.step_content"),
    "who": text_column("column.step_by"),
}  # fmt: skip


def next_steps(study: ReportData) -> list[Exhibit]:
    """One row for each step that begins before the next meeting, in the order of beginning.

    Works are left out where the programme is expected to lose, as its first sentence advises.
    """
    meeting = next_meeting(study.case)
    english, arabic = (Words(lang, study.case.settings.digits).day(meeting.date) for lang in LANGS)
    rank = {status: i for i, status in enumerate(STATUS_LABELS)}
    restarts = (pl.col("stage") == "works") & pl.col("status").is_in(PLANNED_STATUSES)
    begun = stages(study).filter(pl.col("stage").is_in(STEP_STAGES) & (pl.col("from") < meeting.quarters))
    waits = study.expected_to_lose and not begun.filter(restarts).is_empty()
    table = (
        begun.filter(~restarts if waits else pl.lit(value=True))
        .join(_drawn(study, meeting.quarters), on=["site", "stage"], how="left")
        .sort(["period", pl.col("status").replace_strict(rank, default=9), "site", "from"])
    )
    steps = _Steps(study)
    table = with_words(table, "step", [TIMELINE_STAGE_LABELS[stage] for stage in table["stage"]])
    table = with_words(table, "content", [steps.content(*row) for row in table.select("site", "stage").iter_rows()])
    table = with_words(table, "who", [steps.who(*row) for row in table.select("site", "stage").iter_rows()])
    return [
        Exhibit(
            "next_steps", "steps", bilingual("exhibit.next_steps", date=(english, arabic)),
            bilingual("exhibit.next_steps_waiting" if waits else "exhibit.next_steps_note"),
            bilingual("exhibit.next_steps_origin"),
            study.named(table, site="sites"), STEP_COLUMNS, limit=100,
            inputs=("sites", "blockers", "works", "programme.sites", "programme.draws"),
        )
    ]  # fmt: skip


def _drawn(study: ReportData, quarters: int) -> pl.DataFrame:
    """site, stage, money: draws of the first quarters, by what they pay for."""
    category = pl.col("category")
    return (
        study.programme.draws.filter(pl.col("period") < quarters)
        .with_columns(stage=pl.when(category.is_in(["survey", "gate"])).then(category).otherwise(pl.lit("works")))
        .join(study.chosen.select("option", "site"), on="option")
        .group_by("site", "stage")
        .agg(money=pl.col("amount").sum())
    )


class _Steps:
    """What each step consists of, and who takes it."""

    def __init__(self, study: ReportData) -> None:
        self._study = study
        self._options = dict(study.chosen.select("site", "option").iter_rows())
        self._gates = study.diagnosis.gates.partition_by("site", as_dict=True)
        self._unknown = gates_to_inspect(study)
        self._authorities = dict(study.case["sites"].select("id", "authority").iter_rows())
        self._units = dict(study.programme.sites.select("id", "units").iter_rows())

    def content(self, site: str, stage: str) -> Both:
        """Gates to look into, tasks of gates to do, or the option whose works begin."""
        if stage == "works":
            return self._study.name("options", self._options[site])
        if stage == "survey":
            return self._unknown.get(site, ("", ""))
        return join_items([_task(row) for row in self._rows(site).filter("before").iter_rows(named=True)])

    def who(self, site: str, stage: str) -> Both:
        """The authority that controls the site or decides on its gates; the units that do the works."""
        if stage == "survey":
            return _plain(self._authorities.get(site))
        if stage == "gate":
            openers = [_opener(row) for row in self._rows(site).filter("before").iter_rows(named=True)]
            return join_list(list(dict.fromkeys(openers)))
        units = dict.fromkeys(part["unit"] for part in self._units.get(site) or ())
        return join_list([self._study.name("sources", unit) for unit in units])

    def _rows(self, site: str) -> pl.DataFrame:
        return self._gates.get((site,), self._study.diagnosis.gates.clear())


def _plain(text: str | None) -> Both:
    return (text or "", text or "")


def _task(gate: Mapping[str, Any]) -> Both:
    """The task of a gate; the name of the gate where no task is stated."""
    name = code_label("gates", gate["gate"])
    return (gate["task_en"] or gate["task_ar"] or name[0], gate["task_ar"] or gate["task_en"] or name[1])


def _opener(gate: Mapping[str, Any]) -> Both:
    return _plain(gate["authority"]) if gate["authority"] else code_label("gate_openers", gate["opens_by"])
