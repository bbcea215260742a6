"""The navigation: five parts of the workspace, and the pages of the part that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tawteen.web.access import person_of
from tawteen.web.language import words_of
from tawteen.web.rights import Person, may_export_record, may_read


@dataclass(frozen=True)
class NavigationPage:
    """A page of the navigation: its address, the code of its label and who sees it."""

    path: str
    label: str
    right: Callable[[Person], bool] = may_read


@dataclass(frozen=True)
class NavigationPart:
    """A part of the workspace: its label, its pages, the first of which opens it; how other addresses of it begin."""

    label: str
    pages: tuple[NavigationPage, ...]
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether an address is one of this part."""
        beginnings = (*(page.path for page in self.pages), *self.also)
        return any(path == one or path.startswith(f"{one}/") for one in beginnings)


PARTS = (
    NavigationPart(
        "web.sites",
        (
            NavigationPage("/sites", "web.sites"), NavigationPage("/rows", "web.tables"),
            NavigationPage("/conflicts", "web.conflicts.short"), NavigationPage("/imports", "web.imports"),
        ),
        ("/import", "/export", "/settings", "/edit", "/edit-sites", "/add", "/remove", "/observe", "/settle"),
    ),
    NavigationPart("web.programmes", (NavigationPage("/programmes", "web.programmes"),)),
    NavigationPart(
        "web.navigation.survey",
        (
            NavigationPage("/survey", "web.survey.short"), NavigationPage("/survey/first", "web.surveys.short"),
            NavigationPage("/survey/submissions", "web.survey.submissions.short"),
        ),
    ),
    NavigationPart("web.desk", (NavigationPage("/desk", "web.desk"),)),
    NavigationPart(
        "web.navigation.party",
        (
            NavigationPage("/people", "web.people"), NavigationPage("/releases", "web.releases"),
            NavigationPage("/snapshots", "web.snapshots"), NavigationPage("/record", "web.record", may_export_record),
        ),
        ("/release",),
    ),
)  # fmt: skip


def navigation_of_request(request: HttpRequest) -> dict[str, Any]:
    """For templates: the parts, and the pages of the open one where it has several; nothing for who has no role."""
    person = person_of(request)
    if person is None or not may_read(person):
        return {"navigation": (), "navigation_pages": ()}
    say = words_of(request).say
    open_part = next((part for part in PARTS if part.holds(request.path)), None)
    pages = [page for page in open_part.pages if page.right(person)] if open_part else []
    return {
        "navigation": [
            {"path": part.pages[0].path, "label": say(part.label), "open": part is open_part} for part in PARTS
        ],
        "navigation_label": say(open_part.label) if open_part else "",
        "navigation_pages": [
            {"path": page.path, "label": say(page.label), "open": page.path == request.path} for page in pages
        ] if len(pages) > 1 else (),
    }  # fmt: skip
