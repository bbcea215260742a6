"""The first page: the map and its table, what others changed, and what waits; each as far as the party may see it."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Sequence
from math import hypot
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of, send
from tests.web.test_pages import outline

from tawteen.web.accounts.roles import END_ACT, GRANT_ACT
from tawteen.web.log.append import NewEntry, append
from tawteen.web.overview import site_map
from tawteen.web.overview.models import SeenChanges
from tawteen.web.overview.projection import Projection
from tawteen.web.params import OVERVIEW
from tawteen.web.registry.record_tables import OUTLINE_COLUMN, OUTLINE_ROW, OUTLINE_TABLE
from tawteen.words import Words

SQUARE = {"type": "Polygon", "coordinates": [[[10, 25], [10, 33], [25, 33], [25, 25], [10, 25]]]}
OUTLINE = json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": SQUARE}]})


def cells(row: str, table: str = "sites", person: str = "host-administrator", **values: Any) -> None:
    party = person.partition("-")[0]
    for column, value in {"id": row, **values}.items():
        append(NewEntry(person, party, "cell", (table, row, column), {"value": value}))


def release(*subject: str, to: Sequence[str] = ("partner",)) -> None:
    append(NewEntry("host-administrator", "host", "release", subject, {"to": [*to], "later": False}))


@pytest.fixture
def mission(either: Workspace) -> Workspace:
    """A site with a position, one in a region with one, one with neither, and one that is private."""
    begin()
    add_person("partner", "viewer")
    cells("coast", "regions", name_en="Coast", name_ar="الساحل", lat=32, lon=20)
    cells("mill", name_en="Mill", region="coast", state="suspended", lat=31, lon=15)
    cells("kiln", name_en="Kiln", region="coast", state="running")
    cells("lost", name_en="Lost", region="nowhere", state="suspended")
    cells(OUTLINE_ROW, OUTLINE_TABLE, **{OUTLINE_COLUMN: OUTLINE})
    for table in ("regions", "sites", OUTLINE_TABLE):
        release(table, "*", "*")
    cells("hidden", name_en="Hidden", region="coast", state="destroyed", lat=29, lon=18)
    return either


def signs(browser: Client) -> dict[str, str]:
    """By address, the signs on the map."""
    tags = outline(browser.get("/").content)
    links = [attrs["href"] for tag, attrs in tags if tag == "a" and attrs.get("tabindex") == "-1"]
    uses = [attrs["class"] for tag, attrs in tags if tag == "use" and "x" in attrs]
    return {str(link): str(use).removeprefix("sign ") for link, use in zip(links, uses, strict=True)}


def test_a_party_s_sites_are_on_its_map(mission: Workspace) -> None:
    assert signs(browser_of("host-administrator")) == {
        "/sites/mill": "suspended", "/sites/kiln": "running", "/sites/hidden": "destroyed",
    }  # fmt: skip
    assert signs(browser_of("partner-viewer")) == {"/sites/mill": "suspended", "/sites/kiln": "running"}
    page = browser_of("partner-viewer").get("/").content.decode()
    assert Words("en").say("web.map.unplaced", n=1) in page
    assert 'class="land" d="M' in page
    assert "Hidden" not in page


def test_the_table_counts_what_the_map_shows(mission: Workspace) -> None:
    page = browser_of("partner-viewer").get("/").content.decode()
    rows = re.findall(r'<tr><th scope="row"><a href="/sites\?region=(\w+)">', page)
    assert rows == ["coast", "nowhere"]
    assert 'href="/sites?region=coast&amp;state=suspended">1</a>' in page
    assert Words("en").say("web.overview.spoken", {"suspended": "2 are suspended"}, 3) in page


def test_the_map_is_kept_from_keyboards_and_readers_which_have_the_table(mission: Workspace) -> None:
    tags = outline(browser_of("partner-viewer").get("/").content)
    assert all(attrs["aria-hidden"] == "true" for tag, attrs in tags if tag == "svg")


def test_many_sites_are_counted_by_cell(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(OVERVIEW, "map_points", 1)
    try:
        page = browser_of("host-administrator").get("/").content.decode()
    finally:
        object.__setattr__(OVERVIEW, "map_points", 400)
    assert page.count('<circle class="cell"') == 3
    assert page.count(f"<title>{Words('en').say('web.map.sites', n=1)}</title>") == 3


def test_a_broken_outline_is_left_out(either: Workspace) -> None:
    begin()
    cells("mill", name_en="Mill", state="suspended", lat=31, lon=15)
    cells(OUTLINE_ROW, OUTLINE_TABLE, **{OUTLINE_COLUMN: '{"features": [{"geometry": {"type": "Point"}}]}'})
    page = browser_of("host-administrator").get("/")
    assert page.status_code == 200
    assert b'class="land"' not in page.content


@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)), min_size=1, max_size=8))
def test_a_window_holds_every_place_and_keeps_directions(places: list[tuple[float, float]]) -> None:
    projection = Projection.window(places)
    assert projection.width <= OVERVIEW.map_width + 1e-6
    assert projection.height <= OVERVIEW.map_height + 1e-6
    for lat, lon in places:
        x, y = projection.point((lat, lon))
        assert 0 <= x <= projection.width
        assert 0 <= y <= projection.height
        north, east = projection.point((lat + 0.1, lon)), projection.point((lat, lon + 0.1))
        assert north[1] < y
        assert east[0] > x


def test_a_degree_is_as_long_eastwards_as_it_is_on_the_ground() -> None:
    projection = Projection.window([(30, 10), (34, 20)])
    middle, east, north = (projection.point(place) for place in ((32, 15), (32, 16), (33, 15)))
    ratio = hypot(east[0] - middle[0], east[1] - middle[1]) / hypot(north[0] - middle[0], north[1] - middle[1])
    assert ratio == pytest.approx(0.848, abs=1e-3)  # cos 32 degrees


def changes(browser: Client) -> str:
    return browser.get("/changes").content.decode()


def test_what_others_did_is_listed_until_it_is_seen(mission: Workspace) -> None:
    partner = browser_of("partner-viewer")
    assert "Republic of Sand shows to your party" in changes(partner)
    send(partner, "/changes/seen", {"newest": newest(partner)}, page="/changes")
    assert Words("en").say("web.changes.none") in changes(partner)
    append(NewEntry("partner-administrator", "partner", "cell", ("sites", "kiln", "owner"), {"value": "Somebody"}))
    shown = changes(partner)
    assert '<a href="/sites/kiln">Kiln</a>' in shown
    assert "Sites: Owner" in shown
    assert "\u2068partner-administrator\u2069 (Works of the Delta)" in shown


def test_what_a_person_did_is_not_new_to_them(mission: Workspace) -> None:
    assert "Mill" not in changes(browser_of("host-administrator"))
    add_person("host", "analyst")
    assert "Mill" in changes(browser_of("host-analyst"))


def test_looking_moves_nothing_on(mission: Workspace) -> None:
    partner = browser_of("partner-viewer")
    for path in ("/changes", "/"):
        assert partner.get(path).status_code == 200
    assert not SeenChanges.objects.exists()


def newest(browser: Client) -> str:
    found = re.search(r'name="newest" value="(\w+)"', changes(browser))
    assert found is not None
    return found[1]


def test_what_came_while_the_page_was_open_stays_new(mission: Workspace) -> None:
    partner = browser_of("partner-viewer")
    number = newest(partner)
    cells("late", name_en="Late", person="partner-administrator")
    send(partner, "/changes/seen", {"newest": number}, page="/changes")
    assert "Late" in changes(partner)
    send(partner, "/changes/seen", {"newest": newest(partner)}, page="/changes")
    assert "Late" not in changes(partner)


def test_an_old_page_makes_nothing_new_again(mission: Workspace) -> None:
    partner = browser_of("partner-viewer")
    number = newest(partner)
    cells("late", name_en="Late", person="partner-administrator")
    for typed in (newest(partner), number):
        partner.post("/changes/seen", {"newest": typed})
    assert Words("en").say("web.changes.none") in changes(partner)


@pytest.mark.parametrize("token", ["", "-1", "99999", "x" * 64])
def test_what_is_no_token_of_a_change_moves_nothing(mission: Workspace, token: str) -> None:
    partner = browser_of("partner-viewer")
    before = changes(partner)
    assert partner.post("/changes/seen", {"newest": token}).status_code == 302
    assert not SeenChanges.objects.exists()
    assert newest(partner) in before


def test_rows_of_other_tables_are_listed_under_their_site(mission: Workspace) -> None:
    partner = browser_of("partner-viewer")
    partner.post("/changes/seen", {"newest": newest(partner)})
    cells("l1", "lines", "partner-administrator", site="mill", name_en="Line one", nominal=7)
    cells("c1", "commodities", "partner-administrator", name_en="Flour")
    shown = changes(partner)
    assert shown.count('<a href="/sites/mill">Mill</a>') == 1
    assert re.search(r"Mill</a>\s*<span>[^<]*lines[^<]*: ", shown, re.IGNORECASE)
    assert re.search(r"<strong>[^<]+</strong>\s*<span>[^<]+: ", shown)


def test_values_in_conflict_and_unused_invitations_wait_for_who_can_do_something(mission: Workspace) -> None:
    browser = browser_of("host-administrator")
    assert Words("en").say("web.waiting.none") in browser.get("/").content.decode()
    append(NewEntry("host-administrator", "host", "cell", ("sites", "mill", "owner"), {"value": "A"}))
    append(NewEntry("host-administrator", "host", "cell", ("sites", "mill", "owner"), {"value": "B"}))
    send(browser, "/people/invite", {"roles": ["viewer"], "note": ""}, page="/people")
    page = browser.get("/").content.decode()
    assert Words("en").say("web.waiting.conflicts", n=1) in page
    assert Words("en").say("web.waiting.invitations", n=1) in page
    for name in ("partner-viewer", "partner-administrator"):
        assert Words("en").say("web.waiting.none") in browser_of(name).get("/").content.decode()


def test_what_others_do_in_private_draws_no_map_again(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long the first page takes tells nothing of it; what the party sees is drawn at once."""
    drawn: list[str] = []
    draw = site_map._drawn_map

    def counted(*args: Any) -> dict[str, Any] | None:
        drawn.append("map")
        return draw(*args)

    monkeypatch.setattr(site_map, "_drawn_map", counted)
    monkeypatch.setattr(site_map, "_KEPT", OrderedDict())
    partner = browser_of("partner-viewer")
    assert "Mill" in partner.get("/").content.decode()
    cells("more", name_en="More", region="coast", state="running", lat=28, lon=17)
    cells("hidden", field="a word that nobody sees")
    partner.get("/")
    assert len(drawn) == 1
    release("sites", "more", "*")
    assert "More" in partner.get("/").content.decode()
    assert len(drawn) == 2


def test_own_grants_are_nothing_that_others_did(mission: Workspace) -> None:
    """They are listed for others of the party alone; a role that somebody else ended is."""
    own, other = browser_of("host-administrator"), add_person("host", "administrator", name="second")
    add_person("host", "viewer", name="third")
    grant = {"role": "surveyor", "party": "host"}
    entry = append(NewEntry("host-administrator", "host", GRANT_ACT, ("third",), grant))
    granted = Words("en").say(
        "web.changes.role_granted", {"person": "third", "role": Words("en").say("web.role.surveyor")}
    )
    assert granted not in own.get("/changes").content.decode()
    assert granted in browser_of(other.name).get("/changes").content.decode()
    append(NewEntry(other.name, "host", END_ACT, ("third",), {"reason": "Left"}, (entry.number,)))
    ended = Words("en").say("web.changes.role_ended", {"person": "third", "role": Words("en").say("web.role.surveyor")})
    assert ended in own.get("/changes").content.decode()
    assert ended not in browser_of(other.name).get("/changes").content.decode()
