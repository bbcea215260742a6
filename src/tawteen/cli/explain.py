"""explain: why sites are in or out."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import Folder, ParamsFile, planned_case
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import names
from tawteen.runs.load import load_programme, search_params
from tawteen.runs.sites import site_id

if TYPE_CHECKING:
    import polars as pl

    from tawteen.case.model import Case
    from tawteen.plan.explain import ForcedComparison
    from tawteen.plan.params import SearchParams
    from tawteen.plan.programme import Programme, Scenario


def explain(
    ctx: typer.Context,
    folder: Folder,
    site: Annotated[str | None, typer.Argument(metavar="[SITE]", show_default=False)] = None,
    *,
    given: Annotated[Path | None, typer.Option("--case", metavar="CASE", show_default=False)] = None,
    seconds: Annotated[float, typer.Option("--time-limit", min=0.0, metavar="S")] = 1.0,
    params: ParamsFile = None,
) -> CommandResult:
    """Why a site is in or out, or every site where none is named."""
    console: Console = ctx.obj
    tuning = search_params(params)
    with ProgressBar(console) as bar:
        bar.begin("reading")
        programme = load_programme(folder)
        case = planned_case(programme, folder, given, console)
        site = None if site is None else site_id(case, site)
        bar.begin("explaining")
        if site is None:
            return _every_site(case, programme, console, tuning)
        return _one_site(case, programme, site, bar, seconds=seconds, params=tuning)


def _one_site(
    case: Case, programme: Programme, site: str, bar: ProgressBar, *, seconds: float, params: SearchParams
) -> CommandResult:
    from tawteen.plan.explain import explain as explain_site
    from tawteen.plan.explain import planned_by_prices, say

    console = bar.console
    limits, few = params.explain, programme.sites.height <= params.explain.whole_sites
    thorough = seconds >= limits.whole_seconds
    whole = thorough and few and not planned_by_prices(programme)
    with stoppable(console) as stop:

        def resolve(changed: Case, scenario: Scenario) -> Programme:
            from tawteen.plan.planning import plan

            return plan(
                changed, scenario=scenario, time_limit=seconds, seed=programme.seed, stop=stop, progress=bar,
                params=params,
            )  # fmt: skip

        def check(changed: Case, resolved: Programme) -> bool:
            from tawteen.plan.verify import verify as verification_of

            return verification_of(changed, resolved).holds

        explanation = explain_site(
            case, programme, site, seconds=seconds, resolve=resolve if whole else None,
            check=check if thorough else None,
            params=params.explain,
        )  # fmt: skip
    sentences = say(case, programme, explanation, console.words)
    other = explanation.opposite
    opposite = None if other is None else {"status": other.status, "value": other.value}
    way, delay, forced = explanation.counterfactual, explanation.delay, explanation.forced
    data = {
        "reason": dataclasses.asdict(explanation.reason),
        "sentences": sentences,
        "policy": None if explanation.policy is None else dataclasses.asdict(explanation.policy),
        "terms": explanation.terms.to_dicts(),
        "delay": None if delay is None else dataclasses.asdict(delay),
        "forced": None if forced is None else _forced(forced, explanation.reason.status, programme.value or 0.0),
        "keeps_limits": explanation.keeps_limits,
        "counterfactual": None if way is None else dataclasses.asdict(way),
        "change": explanation.change,
        "opposite": opposite,
    }
    return CommandResult(data, sentences)


def _forced(comparison: ForcedComparison, status: str, value: float) -> dict[str, Any]:
    """The re-solved programmes with and without the site, without the starts of other sites, and what the opposite
    choice costs against the programme of `value`: null where that is not bounded.
    """
    from tawteen.plan.explain.start_delay import STARTED

    at_least, at_most = comparison.cost_range(value, inside=status in STARTED)
    sides = {
        name: dataclasses.asdict(side) for name, side in (("with", comparison.within), ("without", comparison.without))
    }
    plain_sides = {name: {key: value for key, value in side.items() if key != "flat"} for name, side in sides.items()}
    return {
        **plain_sides,
        "cost": comparison.cost,
        "at_least": at_least if math.isfinite(at_least) else None,
        "at_most": at_most,
        "exempt": [lever.id for lever in comparison.exempt],
        "exact": comparison.exact,
        "option": comparison.site_start[0],
        "start": comparison.site_start[1],
    }


def _every_site(case: Case, programme: Programme, console: Console, params: SearchParams) -> CommandResult:
    from tawteen.plan.explain import Reasons, explain_all, explain_policies, limit_values
    from tawteen.plan.explain.sentences import SentenceWriter

    inferred = Reasons(case, programme, params=params.explain)
    reasons, limits = explain_all(case, programme, inferred), limit_values(programme, inferred.limits)
    reasons = reasons.join(explain_policies(case, programme, inferred), on="site", how="left", maintain_order="left")
    called = names(case, "sites", console)
    rows = [[called.get(r["site"], r["site"]), _in_short(r, console)] for r in reasons.iter_rows(named=True)]
    parts: list[Any] = [console.rows("cli.reasons", ["cli.site", "cli.reason"], rows)]
    if limits.height:
        saying = SentenceWriter(case, programme, console.words)
        heads = ["cli.limit", "cli.periods", "cli.worth_of_one_more"]
        parts.append(console.rows("cli.binding", heads, _binding(limits, saying, console), 2))
    return CommandResult({"sites": reasons.to_dicts(), "limits": limits.to_dicts()}, parts)


def _in_short(row: dict[str, Any], console: Console) -> str:
    """What the policy does at a site, where there is one, and the reason of the single path."""
    policy, path = row[f"policy_{console.words.lang}"], row[f"reason_{console.words.lang}"]
    return path if policy is None else console.words.say("site_policy.in_short", {"policy": policy, "path": path})


def _binding(limits: pl.DataFrame, saying: Any, console: Console) -> list[list[str]]:
    number = console.words.number
    return [
        [saying.limit(r["kind"], r["id"]), number(r["periods"]), number(r["total"], 2)]
        for r in limits.head(15).iter_rows(named=True)
    ]
