"""localise: value of domestic production of imports, local content by a cited rule, paths of technology transfer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import names, rows_of, share
from tawteen.runs.load import load_programme
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    import polars as pl

    from tawteen.appraise.economic.import_substitution import YearlyOperation
    from tawteen.appraise.economic.local_content import LocalContentRule
    from tawteen.case.model import Case
    from tawteen.effects.model import Effects


def localise(
    ctx: typer.Context,
    *,
    case: CasePath,
    programme: Annotated[Path | None, typer.Option("--programme", metavar="FILE", show_default=False)] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="RULE", show_default=False)] = None,
) -> CommandResult:
    """Value of domestic production of imports, for the best options alone or for a programme."""
    import polars as pl

    from tawteen.appraise.economic.import_substitution import worth_of_making
    from tawteen.appraise.economic.local_content import contents
    from tawteen.appraise.economic.transfer import paths_of, transfer_paths
    from tawteen.case.ranges import expected_case
    from tawteen.effects import effects_of
    from tawteen.report.import_substitution import rule_said

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.begin("reading")
        read = expected_case(sound_case(case, console))
        rules = _rules(read, rule)
        bar.begin("appraising")
        effects = effects_of(read)
        worth = worth_of_making(read, effects, _running(read, effects, programme))
        shares = pl.concat([contents(read, effects, one).insert_column(0, pl.lit(one.id).alias("rule"))
                            for one in rules])  # fmt: skip
        ways = transfer_paths(read, paths_of(read), rules[0], "economic")
    parts: list[Any] = [_worths(read, worth, console, alone=programme is None)]
    for one in rules:
        parts += [rule_said(one, console.words.lang), _shares(read, effects, one, shares, console)]
    parts.append(_transfer_paths(read, ways, console) if ways.height else console.words.say("home.no_ways"))
    rule_rows = [{**one.model_dump(), "said": rule_said(one, console.words.lang)} for one in rules]
    data = {
        "worth": worth.to_dicts(),
        "rules": rule_rows,
        "local_content": shares.to_dicts(),
        "transfers": ways.to_dicts(),
    }
    return CommandResult(data, parts)


def _rules(case: Case, rule_id: str | None) -> tuple[LocalContentRule, ...]:
    """The rule that was asked for, else all of the case. Raises UsageError where there is none of that name."""
    from tawteen.appraise.economic.local_content import examples, rules_of

    if rule_id is None:
        return rules_of(case)
    known = {one.id: one for one in (*examples(), *rules_of(case))}
    if rule_id not in known:
        raise UsageError("home.no_rule", rule=rule_id, known=", ".join(known))
    return (known[rule_id],)


def _running(case: Case, effects: Effects, path: Path | None) -> YearlyOperation:
    """Options that run: the best of each site alone, or those of a programme in its last year."""
    import polars as pl

    from tawteen.appraise.economic.import_substitution import as_planned, best_alone
    from tawteen.case.codes import NO_WORKS

    if path is None:
        return best_alone(case, effects)
    programme = load_programme(path)
    if programme.case_id != case.settings.about.id:
        raise UsageError("home.other_case", programme=programme.case_id, case=case.settings.about.id)
    works = programme.sites.filter(pl.col("option").is_not_null() & ~pl.col("kind").is_in(NO_WORKS))
    return as_planned(programme.throughput, programme.flows, frozenset(works["id"]), case.settings.time.periods)


def _worths(case: Case, worth: pl.DataFrame, console: Console, *, alone: bool) -> Any:
    from tawteen.case.codes import codes
    from tawteen.report.import_substitution import told_worth

    lang, units = console.words.lang, codes("units")
    rows = [
        [
            r[f"what_{lang}"], r[f"kind_{lang}"], r[f"by_{lang}"] or "–", r[f"why_{lang}"],
            _number(console, r["quantity"]) + (f" {console.words.pick(units[r['unit']])}" if r["unit"] else ""),
            _number(console, r["import_price"], 2), _number(console, r["home_price"], 2), _number(console, r["worth"]),
            _number(console, r["most"]),
        ]
        for r in rows_of(told_worth(case, worth))
    ]  # fmt: skip
    columns = ("item", "kind", "made_by", "why", "quantity", "import_price", "home_price", "worth", "most")
    title = "home.worth_alone" if alone else "home.worth_planned"
    return console.rows(title, [f"home.column.{c}" for c in columns], rows, 5, case.settings.money.currency)


def _shares(case: Case, effects: Effects, rule: LocalContentRule, shares: pl.DataFrame, console: Console) -> Any:
    sites = names(case, "sites", console)
    options = {r["option"]: r[f"name_{console.words.lang}"] for r in rows_of(effects.options)}
    yes = {None: "–", True: console.words.say("home.meets"), False: console.words.say("home.meets_not")}
    rows = [
        [
            sites.get(r["site"], r["site"]), options.get(r["option"]) or r["option"],
            console.words.say(r["reason"]) if r["reason"] else "",
            *(share(console, r[c], 1) for c in ("first", "last")),
            yes[r["meets"]],
        ]
        for r in rows_of(shares)
        if r["rule"] == rule.id
    ]  # fmt: skip
    columns = ("site", "option", "why", "first", "last", "meets")
    return console.rows("exhibit.local_content", [f"home.column.{c}" for c in columns], rows, 3)


def _transfer_paths(case: Case, ways: pl.DataFrame, console: Console) -> Any:
    from tawteen.report.import_substitution import path_said

    options = names(case, "options", console)
    rows = [
        [
            options.get(r["option"], r["option"]), path_said(r["path"], console.words.lang),
            *(_number(console, r[c]) for c in ("npv", "fees", "parts", "worth")), share(console, r["local_to"], 1),
            share(console, r["content"], 1),
        ]
        for r in rows_of(ways)
    ]  # fmt: skip
    columns = ("option", "path", "npv", "fees", "parts", "worth_parts", "local_to", "content")
    title = "exhibit.transfer_paths"
    return console.rows(title, [f"home.column.{c}" for c in columns], rows, 6, case.settings.money.currency)


def _number(console: Console, value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else console.words.number(value, decimals)
