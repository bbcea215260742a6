"""The runs that a person sees: those of the views of the own party. Every page and file of a run asks here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tawteen.case.findings import SEVERITIES, Finding, sentence_of
from tawteen.report.lists import OUTCOMES
from tawteen.web.accounts.parties import party_name
from tawteen.web.entry_time import entry_time
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.models import RunFile, RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.run_states import BEGUN_RUN, PLANNED_RUN, RUNNING_RUN, STOPPING_RUN, WAITING_RUN
from tawteen.web.registry.cell_text import view_label
from tawteen.web.rights import Person
from tawteen.web.visibility import JOINT, views_of
from tawteen.words import Words


def visible_runs(person: Person) -> QuerySet[RunRow]:
    """The runs of the views in which the person sees what is in them, the latest first."""
    return RunRow.objects.filter(view__in=views_of(person)).order_by("-number")


def visible_run(person: Person, run: str) -> RunRow | None:
    """A run that the person sees; of others it is as if they did not exist."""
    return visible_runs(person).filter(run=run).first()


@dataclass(frozen=True)
class RegistryProgramme:
    """A run that found a programme of the registry as it was, with its progress."""

    row: RunRow
    progress: RunProgress


def registry_programmes(person: Person, view: str | None = None) -> Iterator[RegistryProgramme]:
    """The runs with a programme of the registry, no what-if, that a person sees (in a view), the latest first."""
    rows = visible_runs(person).filter(state=PLANNED_RUN)
    if view is not None:
        rows = rows.filter(view=view)
    # Most often the first one is enough.
    for row in rows.iterator(PLANNER_RUNS.shown):
        progress = RunProgress.objects.filter(run=row.run).first()
        if progress is not None and not RunParameters.read(progress.parameters).what_if:
            yield RegistryProgramme(row, progress)


def file_of(row: RunRow, name: str) -> bytes | None:
    """A file that a run made."""
    kept = RunFile.objects.filter(run=row.run, name=name).first()
    return None if kept is None else bytes(kept.content)


def state_of(row: RunRow, progress: RunProgress) -> str:
    """What a run is now: the state of its last act, or how far its process is."""
    if row.state != BEGUN_RUN:
        return row.state
    if progress.cancelled or progress.given_up:
        return STOPPING_RUN
    return WAITING_RUN if progress.heartbeat is None else RUNNING_RUN


def shown_run(row: RunRow, progress: RunProgress, words: Words) -> dict[str, Any]:
    """A run as lists and the heads of pages show it."""
    parameters, state = RunParameters.read(progress.parameters), state_of(row, progress)
    begun = entry_time(row.time)
    return {
        "run": row.run,
        "title": parameters.title or words.say("web.run.untitled", {"moment": begun}),
        "begun": begun,
        "person": row.person,
        "party": party_name(row.party, words),
        "view": view_label(row.view, words),
        "joint": row.view == JOINT,
        "state": state,
        "state_text": words.say(f"web.run.state.{state}"),
        "ended": row.ended is not None,
        "planned": row.state == PLANNED_RUN,
        "what_if": parameters.what_if,
        "changed": [words.pick(both) for both in parameters.changed],
        "base": parameters.base,
        "sentence": sentence_of_result(row, progress, words),
    }


def sentence_of_result(row: RunRow, progress: RunProgress, words: Words) -> str:
    """What came out, as a person would say it aloud: also of a search that was stopped or that found nothing."""
    summary = progress.summary
    if row.ended is None or summary is None or summary["gain"] is None:
        return ""
    money = f"{words.compact(summary['gain'])} {summary['currency']}"
    sites = words.say("web.run.result.sites", n=summary["sites"])
    gain = words.say("web.run.result.gain" if summary["gain"] > 0 else "web.run.result.no_gain", {"money": money})
    status = words.pick(OUTCOMES[summary["status"]])
    parts = [sites, gain, proof_of(summary, words), words.say("web.run.result.status", {"status": status})]
    return " ".join(part for part in parts if part)


def proof_of(summary: dict[str, Any], words: Words) -> str:
    """How much better another programme could be at most; that it is not proven where it is not.

    Where there is no gain of which the gap would be a share, it is said in money. The status of the best says enough.
    """
    if summary["status"] == "optimal":
        return ""
    if summary["left"] is None:
        return words.say("web.run.result.unproved")
    if summary["gap"] is None:
        money = f"{words.compact(summary['left'])} {summary['currency']}"
        return words.say("web.run.result.left", {"money": money})
    return words.say("web.run.result.gap", {"gap": words.percent(summary["gap"], 2)})


def shown_findings(stored: list[dict[str, Any]], summary: dict[str, Any] | None, words: Words) -> list[dict[str, str]]:
    """What is wrong with a result, errors first, in the reader's words."""
    findings = [Finding(**one) for one in stored]
    conflict = (summary or {}).get("conflict")
    shown = []
    for one in sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        args = {"rules": words.pick(conflict)} if conflict and "rules" in one.args else {}
        text = words.say(one.code, args) if args else sentence_of(one, words)
        shown.append({"kind": words.say(f"cli.{one.severity}"), "text": text})
    return shown
