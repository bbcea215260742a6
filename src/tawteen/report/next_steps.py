"""What is done until the committee meets: surveys, tasks of gates and works that begin before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tawteen.case.committee import NextMeeting, next_meeting
from tawteen.plan.policy_plan import PolicyPlan
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
from tawteen.report.spoken import each
from tawteen.report.survey_tour import gates_to_inspect, unit_names
from tawteen.report.timeline import TIMELINE_STAGE_LABELS, stages, stages_of_starts

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

    The steps are those of the policy, or of the programme where it has none.
    """
    policy = study.programme.policy
    return [_path_steps(study) if policy is None else _policy_steps(study, policy)]


def _path_steps(study: ReportData) -> Exhibit:
    """Steps of the programme; works are left out where it is expected to lose, as its first sentence advises."""
    meeting = next_meeting(study.case)
    restarts = (pl.col("stage") == "works") & pl.col("status").is_in(PLANNED_STATUSES)
    begun = stages(study).filter(pl.col("stage").is_in(STEP_STAGES) & (pl.col("from") < meeting.quarters))
    waits = study.expected_to_lose and not begun.filter(restarts).is_empty()
    units = dict(study.programme.sites.select("id", "units").iter_rows())
    steps = _Steps(study, study.chosen.select("site", "option"), units)
    return Exhibit(
        "next_steps", "steps", bilingual("exhibit.next_steps", date=_day(study, meeting)),
        bilingual("exhibit.next_steps_waiting" if waits else "exhibit.next_steps_note"),
        bilingual("exhibit.next_steps_origin"),
        steps.table(begun.filter(~restarts if waits else pl.lit(value=True)), _drawn(study, meeting.quarters)),
        STEP_COLUMNS, limit=100, inputs=("sites", "blockers", "works", "programme.sites", "programme.draws"),
    )  # fmt: skip


def _policy_steps(study: ReportData, policy: PolicyPlan) -> Exhibit:
    """Steps of what the policy starts before the committee decides again: in the first quarter where no meeting is
    stated.
    """
    meeting = next_meeting(study.case)
    quarters = 1 if meeting.assumed else meeting.quarters
    status = pl.when(pl.col("kind").is_in(["survey", "close"])).then("kind").otherwise(pl.lit("firm"))
    starts = policy.first_stage.with_columns(status=status, operating_from=pl.lit(None, pl.Int64))
    steps = _Steps(study, starts.select("site", "option"), dict(starts.select("site", "units").iter_rows()))
    begun = stages_of_starts(study, starts).filter(pl.col("from") < quarters)
    title, columns = bilingual("exhibit.next_steps", date=_day(study, meeting)), STEP_COLUMNS
    if meeting.assumed:
        title = bilingual("exhibit.next_steps_policy_quarter", quarter=study.case.calendar.label(0))
        columns = {**STEP_COLUMNS, "money": money_column("column.drawn")}
    return Exhibit(
        "next_steps", "steps", title, bilingual("exhibit.next_steps_policy"),
        bilingual("exhibit.next_steps_policy_origin"), steps.table(begun, _paid(study, starts, quarters)),
        columns, limit=100, inputs=("sites", "blockers", "works", "programme.policy"),
    )  # fmt: skip


def _day(study: ReportData, meeting: NextMeeting) -> Both:
    return each(study, lambda words: words.day(meeting.date))


def _drawn(study: ReportData, quarters: int) -> pl.DataFrame:
    """site, stage, money: draws of the first quarters, by what they pay for."""
    draws = study.programme.draws.filter(pl.col("period") < quarters).join(
        study.chosen.select("option", "site"), on="option"
    )
    return _by_stage(draws)


def _paid(study: ReportData, starts: pl.DataFrame, quarters: int) -> pl.DataFrame:
    """site, stage, money: what the starts pay in the first quarters, by what it is for."""
    outlays = study.effects.outlays.join(starts.select("site", "option", "period"), on="option")
    return _by_stage(outlays.filter(pl.col("period") + pl.col("quarter") < quarters))


def _by_stage(payments: pl.DataFrame) -> pl.DataFrame:
    category = pl.col("category")
    stage = pl.when(category.is_in(["survey", "gate"])).then(category).otherwise(pl.lit("works"))
    return payments.group_by("site", stage=stage).agg(money=pl.col("amount").sum())


class _Steps:
    """What each step consists of, and who takes it."""

    def __init__(self, study: ReportData, starts: pl.DataFrame, units: Mapping[str, list[dict[str, Any]]]) -> None:
        """`starts`: site and option of each; `units`: who works or surveys, by site."""
        self._study, self._units = study, units
        self._options = dict(starts.iter_rows())
        self._gates = study.diagnosis.gates.partition_by("site", as_dict=True)
        self._unknown = gates_to_inspect(study)
        self._authorities = dict(study.case["sites"].select("id", "authority").iter_rows())

    def table(self, begun: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
        """Stages that begin (`stages_of_starts`) with their money and their words, in the order of beginning."""
        rank = {status: i for i, status in enumerate(STATUS_LABELS)}
        table = begun.join(money, on=["site", "stage"], how="left").sort(
            ["period", pl.col("status").replace_strict(rank, default=9), "site", "from"]
        )
        pairs = table.select("site", "stage").rows()
        table = with_words(table, "step", [TIMELINE_STAGE_LABELS[stage] for stage in table["stage"]])
        table = with_words(table, "content", [self.content(site, stage) for site, stage in pairs])
        table = with_words(table, "who", [self.who(site, stage) for site, stage in pairs])
        return self._study.named(table, site="sites")

    def content(self, site: str, stage: str) -> Both:
        """Gates to look into, tasks of gates to do, or the option whose works begin."""
        if stage == "works":
            return self._study.name("options", self._options[site])
        if stage == "survey":
            return self._unknown.get(site, ("", ""))
        return join_items([_task(row) for row in self._rows(site).filter("before").iter_rows(named=True)])

    def who(self, site: str, stage: str) -> Both:
        """The units that survey or do the works; the authority that decides on gates, or controls a site that no unit
        surveys.
        """
        units = unit_names(self._study, self._units.get(site) or ())
        if stage == "survey":
            return units if units[0] else _plain(self._authorities.get(site))
        if stage == "gate":
            openers = [_opener(row) for row in self._rows(site).filter("before").iter_rows(named=True)]
            return join_list(list(dict.fromkeys(openers)))
        return units

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
