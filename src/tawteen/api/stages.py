"""What is computed of a case before anything is decided: diagnosis, match, appraisal, localisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import polars as pl

from tawteen.api.results import PlanResult
from tawteen.appraise import Appraisal
from tawteen.appraise import appraise as appraise_options
from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.economic.import_substitution import as_planned, best_alone, worth_of_making
from tawteen.appraise.economic.local_content import contents, rules_of
from tawteen.appraise.economic.transfer import paths_of, transfer_paths
from tawteen.appraise.profile import ProfileName
from tawteen.appraise.programme_statements import ProgrammeStatements, programme_statements
from tawteen.case.codes import NO_WORKS
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.case.ranges import expected_case
from tawteen.diagnose import Diagnosis
from tawteen.diagnose import diagnose as diagnose_case
from tawteen.effects import effects_of
from tawteen.match import Match
from tawteen.match import match as match_offers
from tawteen.plan.scenario import apply
from tawteen.progress import ProgressCallback
from tawteen.report.appraised import Appraised, appraised
from tawteen.works import works_network

Stop = Callable[[], bool]


@dataclass(frozen=True, repr=False)
class Localisation(OneLine):
    """What the country could make instead of import.

    - `worth`: what making each imported good at home is worth. - `local_content`: rule and content of each option.
    - `transfers`: ways of technology transfer side by side.
    """

    worth: pl.DataFrame
    local_content: pl.DataFrame
    transfers: pl.DataFrame


def diagnose(case: Case) -> Diagnosis:
    """Why sites stand still or run badly."""
    return diagnose_case(expected_case(case))


def match(case: Case) -> Match:
    """Who can close which need, and what nobody covers."""
    planned = expected_case(case)
    return match_offers(planned, works_network(planned, diagnose_case(planned)))


@overload
def appraise(subject: Case, *, progress: ProgressCallback | None = None, stop: Stop | None = None) -> Appraisal: ...


@overload
def appraise(
    subject: Case | PlanResult, *, option: str, paths: int = 10_000, seed: int = 1, profile: ProfileName = "excel",
    progress: ProgressCallback | None = None, stop: Stop | None = None,
) -> Appraised: ...  # fmt: skip


@overload
def appraise(
    subject: PlanResult, *, profile: ProfileName = "excel", progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> ProgrammeStatements: ...  # fmt: skip


def appraise(
    subject: Case | PlanResult, *, option: str | None = None, paths: int = 10_000, seed: int = 1,
    profile: ProfileName = "excel", progress: ProgressCallback | None = None, stop: Stop | None = None,
) -> Appraisal | Appraised | ProgrammeStatements:  # fmt: skip
    """What options are worth, to owner and country.

    Of a case: the indicators of every option alone. With an `option`: its statements and its risk over `paths` draws,
    alone or, of a programme, as it starts and runs there. Of a programme: its statements with and without it.
    `profile` names the conventions (unido_1991, comfar_iii, excel). Raises CaseError for an option that the case does
    not have or the programme does not start, and for a programme that starts nothing.
    """
    if isinstance(subject, Case):
        case = expected_case(subject)
        effects = effects_of(case)
        if option is None:
            return appraise_options(case, effects)
        _refuse_unknown(option, effects.options["option"].to_list())
        return appraised(case, effects, option, paths=paths, seed=seed, profile=profile, progress=progress, stop=stop)
    case, run = _run(subject)
    effects = effects_of(case)
    if option is not None:
        _refuse_unknown(option, list(run.starts))
        return appraised(
            case, effects, option, paths=paths, seed=seed, profile=profile, run=run, progress=progress, stop=stop
        )
    result = programme_statements(case, effects, run, profile=profile, progress=progress, stop=stop)
    if result is None:
        raise CaseError([Finding("error", "cli.stopped")])
    return result


def localise(subject: Case | PlanResult) -> Localisation:
    """What is worth making at home, how local each option is, and which way of technology transfer is worth most.

    Of a case: with the best option of each site alone; of a programme: with what it runs in its last year.
    """
    case = expected_case(subject if isinstance(subject, Case) else apply(subject.case, subject.scenario))
    effects = effects_of(case)
    running = best_alone(case, effects)
    if isinstance(subject, PlanResult):
        works = subject.sites.filter(pl.col("option").is_not_null() & ~pl.col("kind").is_in(NO_WORKS))
        running = as_planned(subject.throughput, subject.flows, frozenset(works["id"]), case.settings.time.periods)
    rules = rules_of(case)
    shares = [contents(case, effects, rule).insert_column(0, pl.lit(rule.id).alias("rule")) for rule in rules]
    ways = transfer_paths(case, paths_of(case), rules[0], "economic")
    return Localisation(worth_of_making(case, effects, running), pl.concat(shares), ways)


def _run(result: PlanResult) -> tuple[Case, ProgrammeSchedule]:
    """The case as it was planned, and what the programme starts in it."""
    chosen = result.sites.filter(pl.col("option").is_not_null() & (pl.col("kind") != "as_is")).drop_nulls("period")
    if chosen.is_empty():
        raise CaseError([Finding("error", "cli.programme_starts_nothing", args={"path": repr(result)})])
    starts = {str(option): int(period) for option, period in chosen.select("option", "period").iter_rows()}
    programme = result.programme
    run = ProgrammeSchedule(starts, programme.throughput, programme.nothing_throughput, programme.draws)
    return expected_case(apply(result.case, result.scenario)), run


def _refuse_unknown(option: str, known: list[str]) -> None:
    if option not in known:
        raise CaseError([Finding("error", "api.no_option", args={"option": option, "known": ", ".join(known)})])


def write_papers(one: Appraised, folder: str | Path, lang: str = "en") -> list[Path]:
    """Writes the workbook with live formulas and the two-page opportunity sheet of an option that was appraised."""
    from tawteen.report.appraisal import write_papers as papers_of  # noqa: PLC0415 - draws pictures

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return papers_of(one, target, "ar" if lang == "ar" else "en")
