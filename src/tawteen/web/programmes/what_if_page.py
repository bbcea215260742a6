"""What if: a programme is planned again on the same snapshot with other funds, crews and dates."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tawteen.case.names import DIGITS
from tawteen.report.bilingual import Both, bilingual
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.models import RunProgress
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.result_pages import SLIDERS
from tawteen.web.programmes.run_form import read_number
from tawteen.web.programmes.run_log import begin_run
from tawteen.web.programmes.sliders import SHARE, Slider, read_sliders
from tawteen.web.programmes.visible_runs import file_of, shown_run, visible_run
from tawteen.web.rate_limit import costly_where, is_sent
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_plan
from tawteen.web.snapshots.taking import snapshot_of
from tawteen.words import Words

_WHOLE = re.compile(r"-?[0-9]{1,4}")


@needs(may_plan)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(is_sent)
def what_if(request: HttpRequest, run: str) -> HttpResponse:
    """The sliders of a programme of the registry, and the run that they begin."""
    person, words = signed_in(request), words_of(request)
    row = visible_run(person, run)
    stored = None if row is None else file_of(row, SLIDERS)
    if row is None or stored is None:
        return refusal(request, "page", 404)
    before = RunParameters.read(RunProgress.objects.get(run=run).parameters)
    if before.what_if:
        return refusal(request, "what_if", 409)
    sliders = read_sliders(json.loads(stored))
    form = Form(request, [FormField("title", required=False, hint="web.hint.title"), FormField("seconds", "number")])
    typed = {slider.name: str(slider.neutral) for slider in sliders}
    if request.method == "POST":
        typed |= {name: request.POST.get(name, value) for name, value in typed.items()}
        parameters = _read(form, sliders, typed, before, run)
        if parameters is not None:
            with writing(request, may_plan) as log:
                begun = begin_run(log, person, snapshot_of(row.snapshot), parameters)
            return HttpResponseRedirect(f"/programmes/{begun}")
    else:
        form.values = {"seconds": str(before.time_limit)}
    groups = [
        {
            "title": words.say(f"web.what_if.{group}"),
            "sliders": [
                {"slider": slider, "label": words.pick(slider.label), "value": typed[slider.name],
                 "unit": words.say(f"web.what_if.unit.{slider.kind}")}
                for slider in members
            ],
        }
        for group, members in groupby(sliders, key=lambda slider: slider.group)
    ]  # fmt: skip
    context = {"one": shown_run(row, RunProgress.objects.get(run=run), words), "form": form, "groups": groups}
    return render(request, "what_if.html", context, status=200 if form.sound else 422)


def _read(
    form: Form, sliders: Sequence[Slider], typed: Mapping[str, str], before: RunParameters, run: str
) -> RunParameters | None:
    """What is asked with the changes that were set; None, with a fault of the form, where that is wrong or nothing."""
    seconds = read_number(form, "seconds", PLANNER_RUNS.least_seconds, PLANNER_RUNS.most_seconds)
    moved: list[tuple[Slider, int]] = []
    for slider in sliders:
        value = _value(slider, typed[slider.name])
        if value is None:
            form.fault("seconds", "web.what_if.out_of_range")
        elif value != slider.neutral:
            moved.append((slider, value))
    if not moved:
        form.fault("seconds", "web.what_if.nothing")
    if not form.sound or seconds is None:
        return None
    return dataclasses.replace(
        before, time_limit=int(seconds), title=form.values["title"], base=run,
        set=tuple(change for slider, value in moved for change in slider.changes(value)),
        changed=tuple(told_change(slider, value) for slider, value in moved),
    )  # fmt: skip


def _value(slider: Slider, typed: str) -> int | None:
    """The whole number that was set; None where it is none or outside the slider."""
    digits = typed.strip().translate(DIGITS)
    if not _WHOLE.fullmatch(digits):
        return None
    value = int(digits)
    return value if slider.least <= value <= slider.most else None


def told_change(slider: Slider, value: int) -> Both:
    """What a slider changes, as a sentence in both languages."""
    if slider.kind == SHARE:
        percent = (Words("en").percent(value / 100, 0), Words("ar").percent(value / 100, 0))
        return bilingual("web.what_if.to_share", label=slider.label, percent=percent)
    return bilingual("web.what_if.later" if value > 0 else "web.what_if.earlier", abs(value), label=slider.label)
