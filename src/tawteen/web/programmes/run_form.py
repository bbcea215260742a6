"""The form with which a run begins: in which view, for how long and how exactly."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tawteen.case.checked import require_plannable
from tawteen.case.findings import CaseError, Finding
from tawteen.case.names import DIGITS
from tawteen.plan.status import GAP
from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.usage_error import UsageError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.findings_list import listed_findings
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.planning_run import findings_of
from tawteen.web.programmes.run_log import begin_run
from tawteen.web.programmes.run_states import PATH_KIND, POLICY_KIND, RUN_KINDS
from tawteen.web.rate_limit import costly_where, is_sent
from tawteen.web.registry.cell_text import view_label
from tawteen.web.registry.view_case import view_case
from tawteen.web.rights import may_plan
from tawteen.web.snapshots.taking import take_snapshot
from tawteen.web.visibility import view_named, views_of


def run_fields(request: HttpRequest) -> list[FormField]:
    """The fields of the form."""
    words = words_of(request)
    views = [(view, view_label(view, words)) for view in views_of(signed_in(request))]
    kinds = [(kind, words.say(f"web.run.kind.{kind}")) for kind in RUN_KINDS]
    return [
        FormField("title", required=False, hint="web.hint.title"),
        FormField("view", "choice", choices=views),
        FormField("seconds", "number", hint="web.hint.seconds",
                  hint_args={"least": PLANNER_RUNS.least_seconds, "most": words.number(PLANNER_RUNS.most_seconds)}),
        FormField("gap", hint="web.hint.gap"),
        FormField("kind", "choice", choices=kinds),
        FormField("scenarios", "number", required=False, hint="web.hint.scenarios"),
    ]  # fmt: skip


@needs(may_plan)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(is_sent)
def new_run(request: HttpRequest) -> HttpResponse:
    """The form; a case with errors is not planned, and each error is said with its place."""
    form = Form(request, run_fields(request))
    if request.method != "POST":
        form.values = {
            "view": signed_in(request).party, "seconds": str(RunParameters().time_limit), "gap": f"{GAP * 100:g}",
            "kind": POLICY_KIND,
        }  # fmt: skip
        return _page(request, form)
    parameters = read_parameters(request, form)
    if parameters is None:
        return _page(request, form)
    run, findings = started_run(request, form.values["view"], parameters)
    return _page(request, form, findings) if run is None else HttpResponseRedirect(f"/programmes/{run}")


def read_parameters(request: HttpRequest, form: Form) -> RunParameters | None:
    """What the form asks for; None, with faults of the form, where that is wrong."""
    seconds = read_number(form, "seconds", PLANNER_RUNS.least_seconds, PLANNER_RUNS.most_seconds)
    percent = read_number(form, "gap", 100 * PLANNER_RUNS.least_gap, 100 * PLANNER_RUNS.most_gap)
    scenarios = read_number(form, "scenarios", 0, PLANNER_RUNS.most_scenarios) if form.values["scenarios"] else None
    if not form.sound or seconds is None or percent is None:
        return None
    return RunParameters(
        time_limit=int(seconds), gap=percent / 100, fixed=form.values["kind"] == PATH_KIND, title=form.values["title"],
        lang=words_of(request).lang, scenarios=None if scenarios is None else int(scenarios),
    )  # fmt: skip


def read_number(form: Form, name: str, least: float, most: float) -> float | None:
    """The number of a field, in the digits of any language; None, with a fault, where there is none in the range."""
    typed = form.values[name].translate(DIGITS).replace(",", ".").replace("٫", ".")
    try:
        number = float(typed)
    except ValueError:
        number = float("nan")
    if least <= number <= most:
        return number
    form.fault(name, "web.number_range", least=f"{least:g}", most=f"{most:g}")
    return None


def started_run(request: HttpRequest, view: str, parameters: RunParameters) -> tuple[str | None, list[Finding]]:
    """Begins a run on what a view shows now; None, with what is wrong, where its case cannot be planned."""
    person = signed_in(request)
    try:
        case, _ = view_case(view_named(view))
        require_plannable(case)
        refuse_unknown(case, parameters.scenario)
    except (CaseError, UsageError) as error:
        return None, findings_of(error)
    snapshot = take_snapshot(writing(request, may_plan), person, view)
    with writing(request, may_plan) as log:
        return begin_run(log, person, snapshot, parameters), []


def _page(request: HttpRequest, form: Form, findings: list[Finding] | None = None) -> HttpResponse:
    context = {"form": form, **listed_findings(findings or (), words_of(request))}
    return render(request, "run_form.html", context, status=200 if form.sound and not findings else 422)
