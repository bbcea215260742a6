"""match: who can close which need."""

from __future__ import annotations

from typing import Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import frames, names, rows_of, share, whole_number


def match(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Offers that close each need, and needs without a supplier."""
    from tawteen.case.codes import codes
    from tawteen.case.ranges import expected_case
    from tawteen.diagnose import diagnose as diagnosis_of
    from tawteen.match import match as match_of
    from tawteen.works import works_network

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.begin("reading")
        read = expected_case(sound_case(case, console))
        bar.begin("matching")
        matched = match_of(read, works_network(read, diagnosis_of(read)))
    pools = {**names(read, "capabilities", console), **names(read, "courses", console)}
    sources = names(read, "units", console)
    sources |= {name: console.words.say(f"cli.source.{name}") for name in ("academy", "third_party")}
    options, site_names = names(read, "options", console), names(read, "sites", console)
    sites = {option: site_names.get(site, site) for option, site in read["options"].select("id", "site").iter_rows()}
    known = codes("units")
    units = {
        pool: console.words.pick(known[unit]) for pool, unit in read["capabilities"].select("id", "unit").iter_rows()
    }
    at_once = console.words.say("cli.trainees")
    gaps = [
        [sites.get(r["option"], "–"), options.get(r["option"], r["option"]), pools.get(r["pool"], r["pool"]),
         units.get(r["pool"], at_once),
         console.words.number(r["amount"], 1), console.words.number(r["third_party"], 1)]
        for r in rows_of(matched.gaps)
    ]  # fmt: skip
    standings = codes("standings")
    standing_words = {
        (r["source"], r["pool"]): console.words.pick(standings[r["standing"]]) for r in rows_of(matched.sources)
    }
    load = [
        [sources.get(r["source"], r["source"]), pools.get(r["pool"], r["pool"]), units.get(r["pool"], at_once),
         standing_words[r["source"], r["pool"]], whole_number(console, r["capacity"]),
         whole_number(console, r["need"]), share(console, r["load"])]
        for r in rows_of(matched.load.sort("load", descending=True, nulls_last=True))
    ]  # fmt: skip
    columns = [f"cli.{c}" for c in ("source", "pool", "unit", "standing", "capacity", "need", "share_used")]
    parts: list[Any] = [console.rows("cli.load", columns, load, 3)]
    gap_columns = ("site", "option", "pool", "unit", "amount", "of_third_parties")
    if gaps:
        parts.append(console.rows("cli.gaps", [f"cli.{c}" for c in gap_columns], gaps, 2))
    else:
        parts.append(console.words.say("cli.no_gaps"))
    return CommandResult(frames(matched), parts)
