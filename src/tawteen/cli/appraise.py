"""appraise: value of each option, or one option in full, on screen and as papers for a bank."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import Finding
from tawteen.cli.appraise_programme import financing, planned, refuse_unchosen, whole
from tawteen.cli.appraise_study import STUDY, appraise_study
from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import frames, names, rows_of
from tawteen.runs.delivery import delivery
from tawteen.runs.sites import site_id
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.appraise.model import Appraisal
    from tawteen.appraise.profile import ProfileName
    from tawteen.case.model import Case
    from tawteen.effects.model import Effects
    from tawteen.report.appraised import Appraised

APPRAISAL_PATHS = 10_000

USUAL = "excel"

OF_CASES = ("site", "option", "programme", "paths", "seed")
"""Options of the command that a study of its own has no use for."""


def appraise(
    ctx: typer.Context,
    *,
    case: CasePath,
    site: Annotated[str | None, typer.Option("--site", metavar="SITE", show_default=False)] = None,
    option: Annotated[str | None, typer.Option("--option", metavar="OPTION", show_default=False)] = None,
    programme: Annotated[Path | None, typer.Option("--programme", metavar="FILE", show_default=False)] = None,
    profile: Annotated[str | None, typer.Option("--profile", metavar="P", show_default=False)] = None,
    paths: Annotated[int, typer.Option("--paths", min=1, metavar="N")] = APPRAISAL_PATHS,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False)] = None,
) -> CommandResult:
    """Value of each option alone, to owner and country; or one option, those of a site, or a programme in full."""
    from tawteen.appraise import appraise as appraisal_of
    from tawteen.case.ranges import expected_case
    from tawteen.effects import effects_of
    from tawteen.report.appraised import appraised

    console: Console = ctx.obj
    if case.suffix == STUDY and not case.is_dir():
        return _study(ctx, case, profile, out)
    chosen_profile = _profile(profile or USUAL)
    with stoppable(console) as stop, ProgressBar(console) as bar:
        bar.begin("reading")
        read = sound_case(case, console)
        plan = None if programme is None else planned(read, programme)
        read = expected_case(read) if plan is None else plan.case
        bar.begin("appraising")
        effects = effects_of(read)
        selected = _options_asked_for(effects, None if site is None else site_id(read, site), option)
        appraisal = appraisal_of(read, effects)
        if plan is not None and not selected:
            return whole(
                plan, effects, chosen_profile, paths=paths, seed=seed, out=out, console=console, bar=bar, stop=stop
            )
        if plan is not None:
            refuse_unchosen(plan, selected)
        if not selected:
            if out is not None:
                raise UsageError("cli.papers_of_which")
            return CommandResult(
                {"profile": chosen_profile, **frames(appraisal)}, [_table(read, effects, appraisal, console)]
            )
        papers_of_options = []
        for n, one in enumerate(selected):
            if stop():
                break
            bar.begin("simulating", n / len(selected), one)
            papers_of_options.append(
                appraised(
                    read, effects, one, paths=paths, seed=seed, profile=chosen_profile, appraisal=appraisal,
                    run=None if plan is None else plan.run, stop=stop,
                )
            )  # fmt: skip
        files = [] if out is None else papers(papers_of_options, out, console, bar)
    parts: list[Any] = [part for one in papers_of_options for part in (*lines_of(one, console), "")]
    if files:
        parts.append(console.words.say("cli.open", {"path": str(out)}))
    data = {"profile": chosen_profile, "options": [_data(one) for one in papers_of_options], "files": files}
    return CommandResult(data, parts, [finding for one in papers_of_options for finding in told_of(one)])


def _study(ctx: typer.Context, path: Path, profile: str | None, out: Path | None) -> CommandResult:
    """Appraises a study; raises UsageError for options that only a case has a use for."""
    given = [name for name in OF_CASES if str(ctx.get_parameter_source(name)).endswith("COMMANDLINE")]
    if given:
        raise UsageError("cli.not_of_study", options=", ".join(f"--{name}" for name in given))
    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        return appraise_study(path, None if profile is None else _profile(profile), out, console, bar)


def _profile(name: str) -> ProfileName:
    from tawteen.appraise.profile import PROFILES

    for known in PROFILES:
        if known == name:
            return known
    raise UsageError("cli.no_profile", name=name, known=", ".join(PROFILES))


def _options_asked_for(effects: Effects, site: str | None, option: str | None) -> list[str]:
    """Options that were asked for: one, or all of a site that may start. Raises UsageError where there is none."""
    import polars as pl

    own = effects.options.filter((pl.col("kind") != "as_is") & pl.col("available"))
    if site is not None:
        own = own.filter(pl.col("site") == site)
    if option is not None:
        own = own.filter(pl.col("option") == option)
        if own.is_empty():
            raise UsageError("cli.no_such_option", option=option)
    elif site is None:
        return []
    else:
        own = own.filter(pl.col("kind") != "survey")
    if own.is_empty():
        raise UsageError("cli.no_option_of_site", site=site)
    return own["option"].to_list()


def papers(appraised: list[Appraised], out: Path, console: Console, bar: ProgressBar) -> list[str]:
    """The live workbook, the sheets in both languages and the pictures of each option; names of what was written."""
    from tawteen.report.appraisal import write_papers

    top = tuple(one.id.replace(":", "_") for one in appraised)
    with delivery(out, top) as staged:
        for n, one in enumerate(appraised):
            bar.begin("writing", n / len(appraised))
            write_papers(one, staged / one.id.replace(":", "_"), console.words.lang)
        return sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file())


def told_of(one: Appraised) -> list[Finding]:
    """What the statements tell; of periods without cash only how many there are, and the worst."""
    short = [finding for finding in one.statements.findings if finding.code == "statements.deficit"]
    rest = [finding for finding in one.statements.findings if finding.code != "statements.deficit"]
    # A finding a period says little: the first of each kind stands for all.
    rest = list({finding.code: finding for finding in reversed(rest)}.values())[::-1]
    rest += [finding for finding in one.notes if finding.code == "finance.beyond_outlays"]
    if not short:
        return rest
    worst = min(short, key=lambda finding: float(finding.args["amount"]))
    args = {"option": one.id, "periods": len(short), "period": worst.value, "currency": one.study.currency,
            "amount": f"{-float(worst.args['amount']):,.0f}"}  # fmt: skip
    return [Finding("warning", "opportunity.deficit", args=args), *rest]


def _data(one: Appraised) -> dict[str, Any]:
    from tawteen.appraise.economic import country_view
    from tawteen.appraise.programme_finance import finance_of
    from tawteen.appraise.risk.reference_class import outside_views

    gain = one.statements.incremental
    return {
        "option": one.id,
        "site": one.site["id"],
        "profile": one.statements.profile,
        "indicators": [] if gain is None else gain.indicators.to_dicts(),
        "views": one.indicators,
        "risk": one.risk.summary().to_dicts(),
        "paths": one.risk.paths,
        "estimate_class": one.estimate.borne,
        "estimate": dataclasses.asdict(one.estimate),
        "outside_view": None if (view := outside_views(one.case).get(one.id)) is None else dataclasses.asdict(view),
        "finance": finance_of(one.statements),
        "country": country_view(one.statements).indicators.to_dicts(),
        "cash": dict(zip(one.statements.accounts.time.labels, one.statements.line("cash_plan", "cash"), strict=False)),
    }


def lines_of(one: Appraised, console: Console) -> list[Any]:
    """An option in a few lines, its profile first."""
    from tawteen.report.live_workbook import conventions
    from tawteen.report.opportunity_text import Sheet

    sheet = Sheet(one, console.words.lang)
    rows = [(label, text) for label, text in (*sheet.returns(), *sheet.risk())]
    if one.study.loans or one.study.equity or one.study.grants:
        rows += financing(one.statements, console)
    rows.append((console.words.say("sheet.fact.class"), str(one.estimate.borne)))
    head = f"{sheet.site}: {sheet.way}"
    school = conventions(one.statements.accounts.profile, console.words)
    return [head, *school, console.pairs(rows), *sheet.risk_notes(), *sheet.evidence()]


def _table(case: Case, effects: Effects, appraisal: Appraisal, console: Console) -> Any:
    """All options, one a line."""
    from tawteen.appraise.risk.reference_class import outside_views
    from tawteen.case.codes import codes
    from tawteen.case.estimate_class import estimates

    views = {key[0]: frame for key, frame in appraisal.indicators.partition_by("view", as_dict=True).items()}
    both = views["financial"].join(views["economic"], on="option", suffix="_economic")
    both = both.join(effects.options.select("option", "site", "kind"), on="option")
    sites, kinds = names(case, "sites", console), codes("option_kinds")
    classes, past = estimates(case), outside_views(case)
    rows = [
        [
            sites.get(r["site"], r["site"]),
            console.words.pick(kinds[r["kind"]]),
            *(_millions(console, r[c]) for c in ("investment", "npv", "npv_economic")),
            "–" if r["irr_economic"] is None else console.words.percent(r["irr_economic"], 1),
            "–" if r["payback_quarters"] is None else console.words.number(r["payback_quarters"] / 4, 1),
            "–" if r["jobs"] is None else console.words.number(r["jobs"], 0),
            str(classes[r["option"]].borne) if r["option"] in classes else "–",
            console.words.number(view.cost, 2) if (view := past.get(r["option"])) and view.corrects_cost else "–",
        ]
        for r in rows_of(both.sort("npv_economic", descending=True, nulls_last=True))
        if r["kind"] != "survey"
    ]
    columns = ("site", "option", "investment_m", "npv_financial", "npv_economic", "irr", "payback_years", "jobs",
               "class", "cost_ratio")  # fmt: skip
    return console.rows("cli.worth", [f"cli.{c}" for c in columns], rows, 8, case.settings.money.currency)


def _millions(console: Console, value: float | None) -> str:
    return "–" if value is None else console.words.number(round(value / 1e6, 2) + 0.0, 2)
