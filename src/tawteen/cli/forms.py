"""forms: the forms of a field survey, for telephones and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import claim
from tawteen.runs.sites import site_id


def forms(
    ctx: typer.Context,
    case: CasePath,
    *,
    forms_out: Annotated[Path, typer.Option("--out", metavar="DIR", show_default=False)],
    paper: Annotated[list[str] | None, typer.Option("--paper", metavar="SITE", show_default=False)] = None,
) -> CommandResult:
    """Writes a form for each kind of sites, the lists that it loads, and a manifest with hashes."""
    from tawteen.case.hash import case_hash
    from tawteen.runs.surveying import FORM_FILES, forms_into

    console: Console = ctx.obj
    with claim(forms_out, FORM_FILES) as claimed, ProgressBar(console) as bar:
        bar.begin("reading")
        survey_case = sound_case(case, console)
        paper_sites = [site_id(survey_case, site) for site in paper or ()]
        bar.begin("writing")
        written = forms_into(claimed, survey_case, paper_sites)
    say, words = console.words.say, console.words
    rows = [(words.pick(form.title), form.id, form.version) for form in written]
    parts = [console.rows("cli.forms", ("cli.forms.title", "cli.forms.id", "cli.forms.version"), rows)]
    data = {
        "out": str(forms_out),
        "case_hash": case_hash(survey_case),
        "forms": [{"id": form.id, "version": form.version, "kind": form.kind.name} for form in written],
    }
    return CommandResult(data, (*parts, say("cli.forms.written", {"path": str(forms_out)})))
