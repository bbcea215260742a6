"""Filled forms for tests: what ODK Collect would send for given answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.tiny import names, tiny

from tawteen.case.model import Case
from tawteen.survey.form import survey_forms
from tawteen.survey.posts import Post

TODAY = dt.date(2026, 11, 21)
FORM = survey_forms("tiny", "USD")["tawteen-tiny-factory"]
LINES = [
    {"id": "mill-1", "site": "mill", **names("Line 1", "الخط 1"), "commodity": "flour", "nominal": 3000.0},
    {"id": "mill-2", "site": "mill", **names("Line 2", "الخط 2"), "commodity": "flour", "nominal": 1500.0,
     "availability": 0.7, "performance": 0.9, "quality": 0.95},
    {"id": "pasta-1", "site": "pasta", **names("Line", "الخط"), "commodity": "flour", "nominal": 1500.0},
]  # fmt: skip
PHOTO = "0" * 64

ANSWERS: dict[str, str] = {
    "start": "2026-11-20T09:10:00.000+02:00", "end": "2026-11-20T11:40:00.000+02:00", "date": "2026-11-20",
    "surveyor": "أمل الفيتوري", "listed": "yes", "site": "mill", "seen_name": "Mill", "seen_name_ar": "مطحنة",
    "position": "27.0377 14.4283 420.0 4.5", "gate_photo": "gate.jpg",
    "site_state": "suspended", "site_owner": "Mills Company", "site_idle_staff": "12",
    "seen": "title contamination machinery",
    "title_state": "closed", "title_stops": "now", "title_opens_by": "authority", "title_authority": "محكمة سبها",
    "title_open_date": "2027-09-30", "title_basis": "Letter of the court", "title_as_of": "2026-10-01",
    "title_photo": "letter.jpg",
    "contamination_state": "open", "machinery_state": "unknown", "machinery_stops": "next",
    "machinery_opens_by": "works",
    "remarks": "The roof leaks.",
}  # fmt: skip


def field_paths() -> dict[str, tuple[str, ...]]:
    """Groups of each field: those of the form, and of what a telephone fills in itself."""
    paths: dict[str, tuple[str, ...]] = {"start": (), "end": (), "seen_name": ("visit",), "seen_name_ar": ("visit",)}
    return paths | {question.name: group.path for group, question in FORM.questions() if not group.repeated}


def filled(
    answers: Mapping[str, str | None] | None = None,
    *,
    lines: Sequence[Mapping[str, str]] = (),
    photos: Sequence[Mapping[str, str]] = (),
    instance: str | None = "uuid:1",
    replaces: str | None = None,
    form: str = FORM.id,
    version: str = FORM.version,
    extra: str = "",
) -> bytes:
    """The XML of a form with `ANSWERS`, changed by `answers`; None leaves a field out. `extra` stands before meta."""
    texts = {name: text for name, text in {**ANSWERS, **(answers or {})}.items() if text is not None}
    paths = field_paths()
    groups: dict[tuple[str, ...], str] = {}
    for name, text in texts.items():
        groups[paths[name]] = groups.get(paths[name], "") + f"<{name}>{escape(text)}</{name}>"
    body = "".join("".join(f"<{g}>" for g in path) + inner + "".join(f"</{g}>" for g in path[::-1])
                   for path, inner in groups.items())  # fmt: skip
    for group, repeats in (("lines", lines), ("photos", photos)):
        for repeat in repeats:
            body += f"<{group}>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in repeat.items()) + f"</{group}>"
    meta = "" if instance is None else f"<instanceID>{escape(instance)}</instanceID>"
    meta += "" if replaces is None else f"<deprecatedID>{escape(replaces)}</deprecatedID>"
    return (
        (
            f"<?xml version='1.0' ?><data id={quoteattr(form)} version={quoteattr(version)} "
            f'xmlns:orx="http://openrosa.org/xforms">{body}{extra}<orx:meta>{meta}</orx:meta></data>'
        )
        .replace("<instanceID>", "<orx:instanceID>")
        .replace("</instanceID>", "</orx:instanceID>")
        .encode()
    )


def post(answers: Mapping[str, str | None] | None = None, *, file: str = "a/submission.xml", **more: Any) -> Post:
    """A post of a filled form; photos of `ANSWERS` are with it unless `attachments` are given."""
    attachments = more.pop("attachments", {"gate.jpg": PHOTO, "letter.jpg": PHOTO})
    received = more.pop("received", None)
    return Post(file, filled(answers, **more), attachments, received)


def surveyed_case() -> Case:
    """The tiny case with lines."""
    return tiny({"lines": LINES})
