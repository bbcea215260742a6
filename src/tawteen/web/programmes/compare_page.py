"""Two programmes beside each other: what moves, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.case.findings import CaseError, Finding, sentence_of
from tawteen.case.hash import case_hash
from tawteen.plan.compare import compare, say_moves
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.programmes.kept_programme import programme_of
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.planning_run import case_of_run
from tawteen.web.programmes.run_log import keep_files
from tawteen.web.programmes.run_states import PLANNED_RUN
from tawteen.web.programmes.visible_runs import file_of, shown_run, visible_run, visible_runs
from tawteen.web.rate_limit import costly_where
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read
from tawteen.web.visibility import JOINT
from tawteen.words import LANGS, Words

_COUNTED = ("sites", "jobs", "new_jobs")
_COLUMNS = ("before", "after", "difference")


@needs(may_read)
@never_cache
@require_safe
@costly_where(lambda request: "after" in request.GET)
def compare_runs(request: HttpRequest) -> HttpResponse:
    """The choice of two programmes that the person sees, and their comparison once both are chosen."""
    person, words = signed_in(request), words_of(request)
    names = [request.GET.get(name, "") for name in _COLUMNS[:2]]
    context: dict[str, Any] = {
        "choices": _choices(visible_runs(person).filter(state=PLANNED_RUN), words),
        "names": names,
    }
    if all(names):
        rows = [visible_run(person, name) for name in names]
        if any(row is None or row.state != PLANNED_RUN for row in rows):
            return refusal(request, "page", 404)
        before, after = (row for row in rows if row is not None)
        context |= {"before": _shown(before, words), "after": _shown(after, words)}
        context |= _comparison(before, after, words)
    return render(request, "compare.html", context, status=422 if context.get("findings") else 200)


def _choices(rows: Iterable[RunRow], words: Words) -> list[dict[str, Any]]:
    return [_shown(row, words) for row in rows]


def _shown(row: RunRow, words: Words) -> dict[str, Any]:
    return shown_run(row, RunProgress.objects.get(run=row.run), words)


def _comparison(before: RunRow, after: RunRow, words: Words) -> dict[str, Any]:
    """The comparison in the reader's language, or why there is none."""
    # A comparison is as secret as both: it is kept with the programme that fewer see.
    keeper, name = (after, f"pages/compare-{before.run}.json") if after.view != JOINT else (
        before, f"pages/compared-{after.run}.json"
    )  # fmt: skip
    content = file_of(keeper, name)
    if content is None:
        try:
            content = json.dumps(_compared(before, after), ensure_ascii=False).encode()
        except CaseError as error:
            return {"findings": [sentence_of(one, words) for one in error.findings]}
        keep_files(keeper.run, {name: content})
    stored = json.loads(content)
    currency = stored["currency"]
    return {
        "figures": [_figure(row, currency, words) for row in stored["figures"]],
        "funds": [
            {"label": words.pick(row["name"]), "cells": _cells(row, words)} for row in stored["funds"]
        ],
        "currency": currency,
        "moves": stored["moves"][words.lang],
        "count": words.say("cli.moves", n=len(stored["moves"][words.lang])),
        "changed_case": stored["changed_case"],
    }  # fmt: skip


def _figure(row: dict[str, Any], currency: str, words: Words) -> dict[str, Any]:
    label = words.say(f"cli.figure.{row['figure']}")
    return {"label": label if row["figure"] in _COUNTED else f"{label} ({currency})", "cells": _cells(row, words)}


def _cells(row: dict[str, Any], words: Words) -> list[str]:
    return ["–" if row[name] is None else words.number(row[name], 0) for name in _COLUMNS]


def _compared(before: RunRow, after: RunRow) -> dict[str, Any]:
    """What differs, in both languages. Raises CaseError where values cannot be subtracted from one another."""
    first, second = programme_of(before), programme_of(after)
    if first is None or second is None:
        raise CaseError([Finding("error", "web.run.no_programme")])
    case, other = case_of_run(before), case_of_run(after)
    comparison = compare(case, first, second, case_b=other)
    names = {row["id"]: (row["name_en"], row["name_ar"]) for row in case["funds"].iter_rows(named=True)}
    return {
        "currency": case.settings.money.currency,
        "figures": comparison.figures.to_dicts(),
        "funds": [{**row, "name": names.get(row["fund"], (row["fund"],) * 2)} for row in comparison.funds.to_dicts()],
        "moves": {lang: list(say_moves(case, first, comparison, Words(lang))) for lang in LANGS},
        "changed_case": case_hash(case) != case_hash(other),
    }
