"""The courses that the futures of a policy take, as solutions to hold against the limits of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Case
from tawteen.diagnose import Diagnosis, diagnose
from tawteen.effects import Effects, effects
from tawteen.match import match
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.policy.findings import case_once_told, derived_findings, joint_decisions
from tawteen.plan.verify.solution import NO_ROWS, PICKS, ClaimedSolution
from tawteen.works import works_network

FINDING_KEY = ["option", "finding"]


@dataclass(frozen=True)
class ToldCase:
    """The case once its uninspected sites are known to have one finding (None: as it is planned), and its effects."""

    finding: int | None
    case: Case
    effects: Effects
    lead: pl.DataFrame
    sites: tuple[str, ...]


@dataclass(frozen=True)
class PolicyFacts:
    """What the check of a policy reads: the case by finding, and `claim`, in which an option stands once by finding.

    `joint`: sites whose findings depend on each other by a common decision. `surveyed`: sites with a survey. `decides`:
    for each period and the one after the horizon, the first from it on in which the committee decides.
    """

    cases: tuple[ToldCase, ...]
    claim: ClaimedSolution
    findings: pl.DataFrame
    joint: frozenset[str]
    surveyed: frozenset[str]
    decides: tuple[int, ...]

    @property
    def options(self) -> pl.DataFrame:
        """Facts of options by name: option (named), and the columns of `Effects.options`."""
        return self.claim.effects.options


def named(option: str, finding: int | None) -> str:
    """The name of an option once it is known what it is."""
    return option if finding is None else f"{option}@{finding}"


NAMED = pl.when(pl.col("finding").is_null()).then(pl.col("option")).otherwise(
    pl.format("{}@{}", "option", "finding")
)  # fmt: skip


def facts_of_cases(
    claim: ClaimedSolution, findings: pl.DataFrame, cases: tuple[ToldCase, ...], joint: frozenset[str]
) -> PolicyFacts:
    """The facts of the case of `claim` (as planned) with these findings, in which it is as the told `cases` say.

    `joint`: sites of common decisions.
    """
    case, options = claim.case, claim.effects.options
    uninspected = findings["site"].unique().to_list()
    kept = options.filter(~pl.col("site").is_in(uninspected) | pl.col("kind").is_in(NO_WORKS))["option"].to_list()
    parts = [_named_part(claim.effects, kept, None)]
    tables = {name: [_named_rows(case, name, kept, None)] for name in ("added_seats", "added_trainers")}
    for known_case in cases:
        startable = pl.col("site").is_in(list(known_case.sites)) & ~pl.col("kind").is_in(["as_is", "survey"])
        mine = known_case.effects.options.filter(startable)["option"].to_list()
        parts.append(_named_part(known_case.effects, mine, known_case.finding))
        for name, frames in tables.items():
            frames.append(_named_rows(case, name, mine, known_case.finding))
    together = Effects(**{name: pl.concat([getattr(part, name) for part in parts]) for name in Effects.SCHEMAS})
    changed = replace(case, tables={**case.tables, **{name: pl.concat(frames) for name, frames in tables.items()}})
    planned = ToldCase(None, case, claim.effects, claim.lead, tuple(case["sites"]["id"]))
    return PolicyFacts(
        (planned, *cases), replace(claim, case=changed, effects=together), findings, joint,
        frozenset(options.filter(pl.col("kind") == "survey")["site"]), tuple(deciding_periods(case)),
    )  # fmt: skip


def policy_facts(claim: ClaimedSolution, diagnosis: Diagnosis) -> PolicyFacts:
    """The facts of the case of `claim` (as planned), derived from it anew: its findings, and what it is under each."""
    case, findings = claim.case, derived_findings(claim.case, diagnosis)
    cases = []
    for number in sorted(findings["finding"].unique()):
        rows = findings.filter(pl.col("finding") == number)
        known = case_once_told(case, rows)
        known_diagnosis = diagnose(known)
        network = works_network(known, known_diagnosis)
        its_effects = effects(known, known_diagnosis, network, match(known, network))
        cases.append(ToldCase(number, known, its_effects, network.lead, tuple(rows["site"])))
    return facts_of_cases(claim, findings, tuple(cases), frozenset(joint_decisions(case, findings)))


def deciding_periods(case: Case) -> list[int]:
    """For each period and the one after the horizon, the first from it on in which the committee decides."""
    calendar = case.calendar
    meets = []
    for meeting in case.settings.committee:
        period = calendar.period(meeting.date)
        meets.append(period if calendar.first_day(period) == meeting.date else period + 1)
    decides = []
    for period in range(calendar.periods + 1):
        later = [meets_in for meets_in in meets if meets_in >= period]
        decides.append(min(*later, calendar.periods) if later else period)
    return decides


def _named_part(whole: Effects, options: list[str], finding: int | None) -> Effects:
    frames = {
        name: getattr(whole, name).filter(pl.col("option").is_in(options)).with_columns(option=_name_of(finding))
        for name in Effects.SCHEMAS
    }
    return Effects(**frames)


def _named_rows(case: Case, table: str, options: list[str], finding: int | None) -> pl.DataFrame:
    return case[table].filter(pl.col("option").is_in(options)).with_columns(option=_name_of(finding))


def _name_of(finding: int | None) -> pl.Expr:
    return pl.col("option") if finding is None else pl.format("{}@{}", "option", pl.lit(finding))


def courses(facts: PolicyFacts, policy: PolicyPlan) -> Mapping[int, ClaimedSolution]:
    """The solution of each course: its starts, and the flows that are stored for it."""
    kinds = facts.options.select("option", "site", "kind")
    starts = policy.starts.with_columns(option=NAMED).join(kinds, on="option", how="left")
    flows = {
        name: frame.with_columns(option=NAMED) if "finding" in frame.columns else frame
        for name, frame in policy.flows.items()
    }
    by_course = {
        name: frame.select("solution", *NO_ROWS[name]).partition_by("solution", as_dict=True, include_key=False)
        for name, frame in flows.items()
    }
    picks = starts.rename({"period": "start"}).select("solution", *PICKS).partition_by(
        "solution", as_dict=True, include_key=False
    )  # fmt: skip
    numbers = sorted({*policy.solutions, *policy.solutions_without})
    return {number: _course(facts.claim, number, picks, by_course) for number in numbers}


def _course(
    claim: ClaimedSolution,
    number: int,
    picks: Mapping[Any, pl.DataFrame],
    by_course: Mapping[str, Mapping[Any, pl.DataFrame]],
) -> ClaimedSolution:
    tables: dict[str, Any] = {
        name: parts.get((number,), pl.DataFrame(schema=NO_ROWS[name])) for name, parts in by_course.items()
    }
    return replace(claim, picks=picks.get((number,), pl.DataFrame(schema=PICKS)), **tables)
