"""A folder of forms: as XLSForm, as XForm, on paper; the lists they load; a manifest with the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.survey.entity_lists import LINES_LIST, SITES_LIST, lines_list, sites_list
from tawteen.survey.form import SurveyForm, ascii_name, survey_forms
from tawteen.survey.kinds import kinds_of_sites
from tawteen.survey.paper_form import paper_form
from tawteen.survey.xlsform import write_xlsform, xform_of
from tawteen.words import LANGS

MANIFEST = "manifest.json"


def forms_of_case(case: Case) -> dict[str, SurveyForm]:
    """The form of every kind of sites by its id, in the words and the currency of the case."""
    return survey_forms(case.settings.about.id, case.settings.money.currency)


def write_forms(case: Case, folder: Path, paper_sites: Collection[str] = ()) -> list[SurveyForm]:
    """Writes the forms of the kinds that the case has sites of, with lists and manifest, into an empty folder.

    On paper each of them is there empty, and for each of `paper_sites` (ids) with what the registry holds. Returns the
    forms. Raises OSError where the folder cannot be written.
    """
    kinds = set(kinds_of_sites(case).values())
    forms = [form for form in forms_of_case(case).values() if form.kind.name in kinds]
    for form in forms:
        (folder / f"{form.id}.xml").write_text(xform_of(form), encoding="utf-8", newline="\n")
        write_xlsform(form, folder / f"{form.id}.xlsx")
    (folder / SITES_LIST).write_bytes(sites_list(case))
    (folder / LINES_LIST).write_bytes(lines_list(case))
    _write_papers(case, forms, folder, paper_sites)
    manifest = json.dumps(_manifest(case, forms, folder), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(manifest + "\n", encoding="utf-8", newline="\n")
    return forms


def _write_papers(case: Case, forms: list[SurveyForm], folder: Path, paper_sites: Collection[str]) -> None:
    kinds = kinds_of_sites(case)
    for form in forms:
        sites = [site for site in dict.fromkeys(paper_sites) if kinds[site] == form.kind.name]
        for site in (None, *sites):
            for lang in LANGS:
                stem = f"paper-{form.kind.name}" if site is None else f"paper-site-{ascii_name(site)}"
                (folder / f"{stem}-{lang}.pdf").write_bytes(paper_form(case, form, site, lang))


def _manifest(case: Case, forms: list[SurveyForm], folder: Path) -> dict[str, Any]:
    """The content of the manifest: what the forms are of, and every file with size and hashes.

    MD5 is the hash by which OpenRosa servers announce a file; it protects against nothing but a broken transfer.
    """
    listed = {}
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        listed[path.name] = {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
    return {
        "case": case.settings.about.id,
        "case_hash": case_hash(case),
        "forms": [
            {
                "id": form.id,
                "version": form.version,
                "kind": form.kind.name,
                "title": dict(zip(("en", "ar"), form.title, strict=True)),
                "xlsform": f"{form.id}.xlsx",
                "xform": f"{form.id}.xml",
                "lists": [SITES_LIST, *([LINES_LIST] if form.kind.lines else [])],
            }
            for form in forms
        ],
        "files": listed,
    }
