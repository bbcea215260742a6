"""What to find out first, by a stated order; tours of teams on the record, on pages, as files; each for its party."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of
from tests.web.test_overview import cells, release

from tawteen.case.checks.coordinates import kilometres_between
from tawteen.record.entry import read_line
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.tours.models import TourRow
from tawteen.web.tours.params import TOURS
from tawteen.web.tours.route import Place, plan_stops, short_route
from tawteen.web.tours.survey_needs import survey_needs
from tawteen.web.tours.tour_days import road_text
from tawteen.web.visibility import PartyView
from tawteen.words import LANGS, Lang, Words

FRIDAY = dt.date(2027, 3, 5)
PLACES = st.dictionaries(
    st.sampled_from("abcdefg"), st.tuples(st.floats(20, 33), st.floats(10, 25)), min_size=1, max_size=6
)


@given(PLACES)
def test_a_route_visits_each_site_once_from_the_first_on(places: dict[str, tuple[float, float]]) -> None:
    sites = [*places, "nowhere"]
    route = short_route(sites, places)
    assert sorted(route) == sorted(sites)
    assert (route[0], route[-1]) == (sites[0], "nowhere")


@given(PLACES)
def test_a_route_is_hardly_longer_than_the_shortest(places: dict[str, tuple[float, float]]) -> None:
    first, *others = places
    shortest = min(route_length([first, *rest], places) for rest in permutations(others))
    assert shortest - 1e-6 <= route_length(short_route([*places], places), places) <= 1.35 * shortest + 1e-6


def test_parts_are_turned_round_where_the_nearest_site_leads_astray() -> None:
    """From 0 the nearest ones are 1, -1.5, 3, -6: the way goes to and fro, and turned round it does not."""
    places = {name: (0.0, lon) for name, lon in (("start", 0.0), ("b", 1.0), ("c", -1.5), ("d", 3.0), ("e", -6.0))}
    assert short_route([*places], places) in (["start", "b", "d", "c", "e"], ["start", "c", "e", "b", "d"])


@given(PLACES, st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)), st.integers(1, 9))
def test_a_team_works_on_working_days_one_site_after_another(
    places: dict[str, tuple[float, float]], first: dt.date, days: int
) -> None:
    stops = plan_stops([*places], places, first, days)
    assert stops[0].first_day >= first
    for stop in stops:
        assert {stop.first_day.weekday(), stop.last_day.weekday()}.isdisjoint(TOURS.rest_days)
        span = (stop.first_day + dt.timedelta(days=i) for i in range((stop.last_day - stop.first_day).days + 1))
        assert sum(day.weekday() not in TOURS.rest_days for day in span) == days
    for before, after in pairwise(stops):
        assert before.last_day < after.first_day


def test_a_long_way_takes_days_of_its_own() -> None:
    places = {"a": (32.0, 13.0), "near": (32.0, 13.5), "far": (27.0, 14.4)}
    near, far = (plan_stops(["a", site], places, FRIDAY, 1)[1] for site in ("near", "far"))
    assert near.first_day == dt.date(2027, 3, 8)  # on Sunday at a, on Monday there
    assert near.hours is not None
    assert near.hours < TOURS.evening_hours
    # 572 km as the crow flies are 772 km of road, 12.9 hours: two days.
    assert (far.km, far.first_day) == (pytest.approx(772, abs=3), dt.date(2027, 3, 10))


def test_a_place_that_is_not_known_costs_no_way() -> None:
    stop = plan_stops(["a", "b"], {"a": (32.0, 13.0)}, FRIDAY, 1)[1]
    assert (stop.km, stop.first_day) == (None, dt.date(2027, 3, 8))


@pytest.fixture
def mission(either: Workspace) -> Workspace:
    begin()
    for party in ("host", "partner"):
        add_person(party, "surveyor")
        add_person(party, "viewer")
    cells("coast", "regions", name_en="Coast", name_ar="الساحل", lat=32, lon=20)
    known = {"state": "suspended", "state_as_of": "2026-01-01", "role": "candidate", "region": "coast", "isic": "2394"}
    cells("old", **known, name_en="Old")
    cells("mill", **{**known, "state_as_of": "2020-01-01"}, name_en="Mill", lat=31, lon=15)
    cells("kiln", **known, name_en="Kiln", lat=32, lon=21)
    cells("strange", **{**known, "state": "unknown"}, name_en="Strange")
    cells("aside", **{**known, "role": "context"}, name_en="Aside")
    gate = {"site": "kiln", "state": "unknown", "opens_by": "works"}
    cells("kiln/title", "blockers", **{**gate, "gate": "title", "stops": "no"})
    cells("kiln/digital", "blockers", **{**gate, "gate": "digital", "stops": "no"})
    cells("old/market", "blockers", **{**gate, "site": "old", "gate": "market", "state": "open", "stops": "now"})
    for table in ("sites", "blockers", "regions"):
        release(table, "*", "*")
    return either


def order(party: str, **worths: float) -> list[str]:
    return [need.site for need in survey_needs(PartyView(party), worths)]


def test_sites_are_in_the_stated_order(mission: Workspace) -> None:
    assert order("host") == order("partner") == ["kiln", "strange", "mill", "old"]


def test_what_knowing_is_worth_comes_first(mission: Workspace) -> None:
    assert order("host", old=5.0, mill=7.0, strange=-1.0) == ["mill", "old", "strange", "kiln"]


def test_a_gate_counts_as_in_the_programme(mission: Workspace) -> None:
    """A decisive one whatever it stops, another one where it stops the works, an open one never."""
    gates = {need.site: need.gates for need in survey_needs(PartyView("host"), {})}
    assert gates["kiln"] == ("title",)
    assert gates["old"] == ()


def test_a_question_with_an_observation_is_no_longer_open(mission: Workspace) -> None:
    before = {need.site: need.unobserved for need in survey_needs(PartyView("host"), {})}
    observed = {"id": "e", "table": "sites", "row": "old", "column": "owner", "grade": "inspected", "value": "Somebody"}
    for column, value in observed.items():
        append(NewEntry("host-surveyor", "host", "cell", ("evidence", "e", column), {"value": value}))
    after = {need.site: need.unobserved for need in survey_needs(PartyView("host"), {})}
    assert after == {**before, "old": before["old"] - 1}
    assert {need.site: need.unobserved for need in survey_needs(PartyView("partner"), {})} == before


def make(browser: Client, *sites: str, **typed: str) -> HttpResponse:
    form = {"team": "Team one", "first_day": dt.datetime.now(dt.UTC).date().isoformat(), "days_at_site": "2", **typed}
    return browser.post("/survey/tours", {"site": sites, **form})  # type: ignore[return-value]


def test_a_tour_is_made_from_the_list(mission: Workspace) -> None:
    surveyor = browser_of("host-surveyor")
    page = surveyor.get("/survey/first").content.decode()
    assert re.findall(r'name="site" value="(\w+)" aria-label="\w+" checked', page) == order("host")
    answer = make(surveyor, "mill", "kiln", "strange")
    shown = surveyor.get(answer["Location"]).content.decode()
    assert re.findall(r'<a href="/sites/(\w+)">', shown) == ["mill", "strange", "kiln"]
    assert "Team one" in shown
    row = TourRow.objects.get()
    *_, (_, line) = record_lines_after(0)
    entry = read_line(line).entry()
    assert (entry.act, entry.subject, entry.content["stops"]) == ("tour", (row.tour,), row.stops)
    rebuild()
    assert TourRow.objects.get().stops == row.stops


def test_a_form_that_is_sent_twice_makes_one_tour(mission: Workspace) -> None:
    """On a slow line people press twice; two teams would be expected at the gate."""
    answers = [make(browser_of("host-surveyor"), "mill", "kiln")["Location"] for _ in range(2)]
    assert answers == [f"/survey/tours/{TourRow.objects.get().tour}"] * 2
    assert make(browser_of("host-surveyor"), "mill", "kiln", team="Team two")["Location"] not in answers
    browser_of("host-surveyor").post(f"{answers[0]}/call-off", {"reason": "x"})
    assert make(browser_of("host-surveyor"), "mill", "kiln", days_at_site="٢")["Location"] not in answers


@pytest.mark.parametrize("path", ["", "/tour.csv", "/tour.ics"])
def test_a_tour_is_for_its_party_alone(mission: Workspace, path: str) -> None:
    address = make(browser_of("host-surveyor"), "mill")["Location"]
    assert browser_of("host-viewer").get(address + path).status_code == 200
    assert browser_of("partner-surveyor").get(address + path).status_code == 404
    assert b"Team one" not in browser_of("partner-surveyor").get("/survey/first").content
    call_off = browser_of("partner-surveyor").post(f"{address}/call-off", {"reason": "x"})
    assert call_off.status_code == 404
    assert TourRow.objects.get().stops


@pytest.mark.parametrize(("typed", "code"), [
    ({"first_day": "yesterday"}, "web.tour.no_day"), ({"days_at_site": "0"}, "web.tour.no_days"),
    ({"days_at_site": "٢٢٢٢"}, "web.tour.no_days"), ({"team": ""}, "web.fill_in"), ({"first_day": "1999-01-01"},
    "web.tour.far_day"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_chosen_stays(mission: Workspace, typed: dict[str, str], code: str) -> None:
    answer = make(browser_of("host-surveyor"), "mill", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    said = Words("en").say(code, {"most": TOURS.most_days})
    assert said in page
    assert page.count(" autofocus") == 1, "the list is long, and the form below it"
    assert re.findall(r'name="site" value="(\w+)" aria-label="\w+" checked', page) == ["mill"]
    assert not TourRow.objects.exists()


def test_a_tour_goes_to_sites_that_the_party_sees(mission: Workspace) -> None:
    cells("hidden", name_en="Hidden", state="unknown")
    for sites in ((), ("hidden",), ("nowhere",)):
        assert make(browser_of("partner-surveyor"), *sites).status_code == 422
    assert make(browser_of("host-surveyor"), *map(str, range(TOURS.most_sites + 1)), "mill").status_code == 422
    assert not TourRow.objects.exists()


def test_a_tour_is_called_off_with_a_reason(mission: Workspace) -> None:
    surveyor = browser_of("host-surveyor")
    address = make(surveyor, "mill")["Location"]
    assert surveyor.post(f"{address}/call-off", {"reason": " "}).status_code == 422
    assert Words("en").say("web.waiting.tours", n=1) in surveyor.get("/").content.decode()
    assert surveyor.post(f"{address}/call-off", {"reason": "Sandstorm"})["Location"] == "/survey/first"
    assert Words("en").say("web.tour.called_off") in surveyor.get(address).content.decode()
    assert surveyor.post(f"{address}/call-off", {"reason": "again"}).status_code == 404
    assert Words("en").say("web.waiting.tours", n=1) not in surveyor.get("/").content.decode()


def test_a_tour_as_a_table(mission: Workspace) -> None:
    cells("trap", name_en="=HYPERLINK(1)", region="coast", state="unknown")
    address = make(browser_of("host-surveyor"), "mill", "trap")["Location"]
    answer = browser_of("host-viewer", "ar").get(f"{address}/tour.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][2] == Words("ar").say("web.tour.column.name")
    assert [row[1] for row in rows[1:]] == ["mill", "trap"]
    assert rows[2][2] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("lang", LANGS)
def test_a_road_that_is_not_known_has_no_length(mission: Workspace, lang: Lang) -> None:
    cells("lost", name_en="Lost", region="nowhere", state="unknown")
    address = make(browser_of("host-surveyor"), "mill", "lost")["Location"]
    words = Words(lang)
    page = browser_of("host-viewer", lang).get(address).content.decode()
    assert words.say("web.tour.road_unknown", {"road": "–"}, 1) in page
    assert road_text(0, words) not in page


def route_length(route: Sequence[str], places: Mapping[str, Place]) -> float:
    """Kilometres of the straight lines of a route."""
    return sum(kilometres_between(places[one], places[other]) for one, other in pairwise(route))


def unfolded(content: bytes) -> list[str]:
    lines = content.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines[-1] == ""
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_a_tour_for_a_calendar(mission: Workspace) -> None:
    cells("long", name_en="A, long; name \\ " + "of a factory in the desert " * 4, region="coast", state="unknown")
    address = make(browser_of("host-surveyor"), "mill", "long", first_day="2027-03-05")["Location"]
    lines = unfolded(browser_of("host-viewer").get(f"{address}/tour.ics").content)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20270307" in lines
    assert "DTEND;VALUE=DATE:20270309" in lines
    assert [line for line in lines if line.startswith("SUMMARY:A\\, long\\; name \\\\ of a factory")]
    identifiers = [line for line in lines if line.startswith("UID:")]
    assert len({*identifiers}) == 2
    assert all(f"-{TourRow.objects.get().number}-" not in line for line in identifiers)


def test_the_list_says_by_which_rule_it_stands(mission: Workspace) -> None:
    page = browser_of("host-viewer", "ar").get("/survey/first").content.decode()
    assert Words("ar").say("web.surveys.by_rule") in page
    assert '<form method="post" action="/survey/tours"' not in page


def test_nothing_is_to_be_found_out_in_an_empty_registry(workspace: Workspace) -> None:
    begin()
    assert Words("en").say("web.surveys.none") in browser_of("host-administrator").get("/survey/first").content.decode()
