"""The navigation: five parts, of which the open one shows its pages; each page is found in one place."""

from __future__ import annotations

from tests.test_words import SRC
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of
from tests.web.test_pages import outline

from tawteen.web.entry_time import entry_time
from tawteen.web.navigation import PARTS


def links(name: str, path: str) -> tuple[list[str | None], list[str | None]]:
    """Addresses of the links of the page before its content: all, and those that say where the reader is."""
    answer = browser_of(name).get(path)
    assert answer.status_code == 200, path
    head = [attrs for tag, attrs in outline(answer.content.partition(b"<main")[0]) if tag == "a"]
    return [one.get("href") for one in head], [one["href"] for one in head if "aria-current" in one]


def test_a_part_shows_its_pages_and_where_the_reader_is(workspace: Workspace) -> None:
    begin()
    add_person("host", "viewer")
    parts = [part.pages[0].path for part in PARTS]
    everywhere = ["#content", "/", *parts, "/account"]
    assert links("host-administrator", "/") == (everywhere, [])
    for part in PARTS:
        for page in part.pages:
            shown, current = links("host-administrator", page.path)
            assert shown == everywhere + [one.path for one in part.pages] * (len(part.pages) > 1)
            assert {*current} == {part.pages[0].path, page.path}
    assert links("host-administrator", "/settings")[1] == ["/sites"]
    assert "/record" not in links("host-viewer", "/people")[0]


def test_no_page_hides_the_navigation_behind_names_of_its_own() -> None:
    """A page whose template gets something else by the same name would show links without words."""
    names = {"navigation", "navigation_pages", "navigation_label"}
    views = [path for path in (SRC / "web").rglob("*.py") if path.name != "navigation.py"]
    assert views
    assert not [path for path in views if any(f'"{name}":' in path.read_text(encoding="utf-8") for name in names)]


def test_the_time_of_an_entry_is_not_turned_round_in_arabic() -> None:
    assert entry_time("2026-11-30T12:35:14Z") == "\u20662026-11-30 12:35:14 UTC\u2069"
