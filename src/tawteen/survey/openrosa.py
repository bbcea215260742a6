"""What telephones are told by a server: lists of forms, of their files, and answers to what they send (OpenRosa 1.0).

The documents are those of https://docs.getodk.org/openrosa/; who may see which form, and where a file is to be had, is
decided by the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tawteen.case.model import Case
from tawteen.survey.entity_lists import LINES_LIST, SITES_LIST, lines_list, sites_list
from tawteen.survey.form import SurveyForm
from tawteen.survey.form_folder import forms_of_case
from tawteen.survey.kinds import kinds_of_sites
from tawteen.survey.xlsform import xform_of

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class PublishedForm:
    """A form with the bytes that a server hands out. `lists`: content of the lists that it loads, by file name."""

    form: SurveyForm
    xform: bytes
    lists: Mapping[str, bytes]


def published_forms(case: Case) -> dict[str, PublishedForm]:
    """The forms of the kinds that the case has sites of, by id, with lists of the sites and lines of the case.

    Lists hold what the case holds: a case as a party may see it gives lists that the party may see.
    """
    kinds = set(kinds_of_sites(case).values())
    sites, lines = {SITES_LIST: sites_list(case)}, {LINES_LIST: lines_list(case)}
    return {
        name: PublishedForm(form, xform_of(form).encode(), {**sites, **(lines if form.kind.lines else {})})
        for name, form in forms_of_case(case).items()
        if form.kind.name in kinds
    }


def form_list(forms: Iterable[PublishedForm], download: Callable[[str], str], manifest: Callable[[str], str]) -> bytes:
    """The list of forms; `download` and `manifest` give the addresses of the XForm and of the manifest of an id."""
    items = "".join(
        _element(
            "xform",
            _element("formID", escape(one.form.id))
            + _element("name", escape(" · ".join(one.form.title)))
            + _element("version", escape(one.form.version))
            + _element("hash", _md5(one.xform))
            + _element("downloadUrl", escape(download(one.form.id)))
            + _element("manifestUrl", escape(manifest(one.form.id))),
        )
        for one in forms
    )
    return f'{_HEAD}<xforms xmlns="http://openrosa.org/xforms/xformsList">{items}</xforms>\n'.encode()


def form_manifest(form: PublishedForm, download: Callable[[str], str]) -> bytes:
    """The files that a form loads; `download` gives the address of one by its name."""
    items = "".join(
        _element(
            "mediaFile",
            _element("filename", escape(name))
            + _element("hash", _md5(content))
            + _element("downloadUrl", escape(download(name))),
        )
        for name, content in form.lists.items()
    )
    return f'{_HEAD}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{items}</manifest>\n'.encode()


def submission_answer(message: str) -> bytes:
    """The answer to a submission; a telephone shows the message to its user."""
    shown = _element("message", escape(message))
    return f'{_HEAD}<OpenRosaResponse xmlns="http://openrosa.org/http/response">{shown}</OpenRosaResponse>\n'.encode()


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _md5(content: bytes) -> str:
    """The hash by which a telephone knows that its copy is the present one; it protects against no attack."""
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
