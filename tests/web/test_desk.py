"""The desk of a party's units: what others ask of them, and answers that are offers of the party's own."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, add_person, begin, browser_of, end_roles_on_the_way, send
from tests.web.test_overview import cells, release

from tawteen.record.entry import read_line
from tawteen.web import access
from tawteen.web.accounts.models import RoleRow
from tawteen.web.accounts.roles import GRANT_ACT
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.partner.offers import offers_of, own_units
from tawteen.web.partner.unit_load import assignments, quarter_labels
from tawteen.web.registry.models import CellVersion
from tawteen.web.rights import Person, may_answer_for
from tawteen.web.role_names import ROLES
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

ANSWER = "/desk/works/civil"


@pytest.fixture
def mission(either: Workspace) -> Workspace:
    """A case that the host entered and shows: a unit of each party, each with an offer that the host assumes."""
    begin()
    for name in ("engineer", "finance", "viewer"):
        add_person("partner", name)
    add_person("host", "analyst")
    for key, value in (("1.id", "sand"), ("1.role", "host"), ("2.id", "delta"), ("2.role", "partner")):
        append(NewEntry("host-analyst", "host", "cell", ("settings", f"parties.{key}", "value"), {"value": value}))
    cells("civil", "capabilities", name_en="Civil works", name_ar="أعمال مدنية", unit="person_week")
    for unit, party in (("works", "delta"), ("yard", "sand")):
        cells(unit, "units", name_en=f"The {unit}", name_ar="الوحدة", party=party)
        offer(unit, "civil", capacity=90, price=400, lead_weeks=2, proof="assumed")
    for table in ("settings", "units", "capabilities", "offers"):
        release(table, "*", "*")
    return either


def offer(unit: str, capability: str, **values: Any) -> None:
    for column, value in {"unit": unit, "capability": capability, **values}.items():
        subject = ("offers", f"{unit}/{capability}", column)
        append(NewEntry("host-administrator", "host", "cell", subject, {"value": value}))


def answer(browser: Client, kind: str, path: str = ANSWER, **typed: str) -> HttpResponse:
    """Sends the form as it is shown, with what was typed over it."""
    page = browser.get(path).content.decode()
    inputs = re.findall(r'<input[^>]* name="([\w-]+)"(?: [a-z]+="[^"]*")*? value="([^"]*)"', page)
    form: dict[str, str | list[str]] = {name: value for name, value in inputs if name.startswith(("cell-", "seen-"))}
    return send(browser, path, {**form, "answer_reason": "", **typed, "answer": kind}, page=path)


def stated(party: str) -> dict[str, Any]:
    """What a party sees of the offer."""
    (one,) = offers_of(PartyView(party), "works")
    return {column: value_of(one.cells, column) for column in one.cells} | {"asked": one.unanswered}


def test_the_units_of_a_party_are_those_of_its_part_in_the_case(mission: Workspace) -> None:
    assert [*own_units(PartyView("partner"))] == ["works"]
    assert [*own_units(PartyView("host"))] == ["yard"]
    page = browser_of("partner-viewer").get("/desk").content.decode()
    assert '<a href="/desk/works">The works</a>' in page
    assert "The yard" not in page
    assert browser_of("partner-viewer").get("/desk/yard").status_code == 404


def test_what_the_other_party_states_is_asked(mission: Workspace) -> None:
    page = browser_of("partner-engineer").get("/desk/works").content.decode()
    assert Words("en").say("web.desk.is_asked", {"by": "Republic of Sand"}) in page
    assert f'href="{ANSWER}"' in page
    assert f'href="{ANSWER}"' not in browser_of("partner-viewer").get("/desk/works").content.decode()


@pytest.mark.parametrize("name", ["partner-engineer", "partner-finance", "partner-administrator"])
def test_accepting_states_the_same_in_the_name_of_the_unit_s_party(mission: Workspace, name: str) -> None:
    before = stated("partner")
    result = answer(browser_of(name), "accept", answer_reason="As agreed")
    assert result.status_code == 302
    assert stated("partner") == {**before, "asked": False}
    assert {**stated("host"), "asked": False} == stated("partner")
    assert {one.party for one in CellVersion.objects.filter(table="offers", row="works/civil", column="price")} == {
        "host", "partner",
    }  # fmt: skip
    entries = [read_line(line).entry() for _, line in record_lines_after(0)]
    written = [one for one in entries if one.party == "partner" and one.act == "cell"]
    assert [(one.subject[2], one.content) for one in written] == [
        ("capacity", {"value": 90, "reason": "As agreed"}), ("price", {"value": 400, "reason": "As agreed"}),
    ]  # fmt: skip
    assert all(len(one.based_on) == 1 for one in written)
    assert [one.subject[2] for one in entries if one.party == "partner" and one.act == "release"] == [
        "capacity", "price",
    ]  # fmt: skip


def test_an_acceptance_may_state_from_when_on(mission: Workspace) -> None:
    answer(browser_of("partner-engineer"), "accept", **{"cell-start": "2028-01-01"})
    assert stated("host")["start"] == "2028-01-01"


def test_a_counter_offer_states_what_was_typed_and_the_other_party_sees_it(mission: Workspace) -> None:
    answer(browser_of("partner-finance"), "counter", **{"cell-price": "450", "cell-start": "2028-04-01"})
    for party in ("host", "partner"):
        shown = stated(party)
        assert (shown["capacity"], shown["price"], shown["start"]) == (90, 450, "2028-04-01")
    assert len(offers_of(PartyView("host"), "works")[0].cells["price"]) == 1
    assert not stated("partner")["asked"]


def test_declining_needs_a_reason_and_offers_nothing(mission: Workspace) -> None:
    engineer = browser_of("partner-engineer")
    assert answer(engineer, "decline").status_code == 422
    assert stated("partner")["asked"]
    assert answer(engineer, "decline", answer_reason="No crews left").status_code == 302
    assert stated("host")["capacity"] == 0
    assert Words("en").say("web.desk.is_declined") in engineer.get("/desk/works").content.decode()


def test_what_is_missing_or_was_taken_back_is_no_answer(mission: Workspace) -> None:
    """An offer without a price cannot be accepted as it is; who declines need not name one."""
    engineer, words = browser_of("partner-engineer"), Words("en")
    answer(engineer, "accept")
    for column in ("capacity", "price"):
        subject = ("offers", "works/civil", column)
        seen = tuple(one.number for one in offers_of(PartyView("partner"), "works")[0].cells[column])
        append(NewEntry("partner-engineer", "partner", "cell", subject, {"value": None}, seen))
    assert stated("partner")["asked"]
    cells("roads", "capabilities", name_en="Roads", name_ar="طرق", unit="person_week")
    offer("works", "roads", capacity=20)
    for table in ("capabilities", "offers"):
        release(table, "*", "*")
    assert [one.unanswered for one in offers_of(PartyView("partner"), "works")] == [True, True]
    path = "/desk/works/roads"
    refused = answer(engineer, "accept", path)
    assert refused.status_code == 422
    assert words.say("web.desk.accept_missing") in refused.content.decode()
    assert answer(engineer, "counter", path, **{"cell-capacity": "15"}).status_code == 302
    assert offers_of(PartyView("partner"), "works")[1].unanswered
    assert words.say("web.desk.is_incomplete") in engineer.get("/desk/works").content.decode()
    assert answer(engineer, "decline", path, answer_reason="No crews").status_code == 302
    declined = offers_of(PartyView("partner"), "works")[1]
    assert (declined.unanswered, declined.declined) == (False, True)


@pytest.mark.parametrize(("kind", "typed", "code"), [
    ("accept", {"cell-price": "450"}, "web.desk.accept_changed"), ("counter", {}, "web.desk.counter_nothing"),
    ("decline", {}, "web.desk.decline_reason"),
])  # fmt: skip
def test_an_answer_that_says_two_things_is_not_taken(
    mission: Workspace, kind: str, typed: dict[str, str], code: str
) -> None:
    result = answer(browser_of("partner-engineer"), kind, **typed)
    assert (result.status_code, stated("partner")["asked"]) == (422, True)
    assert Words("en").say(code) in result.content.decode()


@pytest.mark.parametrize("text", ["-1", "many", "1e99"])
def test_a_figure_that_no_case_can_hold_is_not_taken(mission: Workspace, text: str) -> None:
    assert answer(browser_of("partner-engineer"), "counter", **{"cell-capacity": text}).status_code == 422
    assert stated("partner")["capacity"] == 90


def test_an_offer_that_changed_meanwhile_is_shown_again(mission: Workspace) -> None:
    finance = browser_of("partner-finance")
    page = finance.get(ANSWER).content.decode()
    seen = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', page))
    answer(browser_of("partner-engineer"), "counter", **{"cell-price": "450"})
    form: dict[str, Any] = {**seen, "cell-price": "410", "answer_reason": "", "answer": "counter"}
    result = send(finance, ANSWER, form, page=ANSWER)
    assert result.status_code == 409
    assert Words("en").say("web.desk.stale") in result.content.decode()
    assert 'value="450"' in result.content.decode()
    assert stated("host")["price"] == 450


def test_an_offer_that_changed_meanwhile_is_not_declined(mission: Workspace) -> None:
    finance = browser_of("partner-finance")
    page = finance.get(ANSWER).content.decode()
    seen = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', page))
    answer(browser_of("partner-engineer"), "counter", **{"cell-price": "450"})
    form: dict[str, Any] = {**seen, **{f"cell-{column}": "" for column in ("end", "reference")}}
    result = send(finance, ANSWER, {**form, "answer_reason": "No crews", "answer": "decline"}, page=ANSWER)
    assert (result.status_code, stated("host")["capacity"]) == (409, 90)


def test_a_form_that_is_sent_twice_answers_once(mission: Workspace) -> None:
    engineer = browser_of("partner-engineer")
    page = engineer.get(ANSWER).content.decode()
    seen = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', page))
    form: dict[str, Any] = {**seen, "cell-price": "450", "answer_reason": "", "answer": "counter"}
    results = [send(engineer, ANSWER, form, page=ANSWER).status_code for _ in range(2)]
    assert results == [302, 302]
    assert CellVersion.objects.filter(table="offers", column="price", party="partner").count() == 1


def test_values_in_conflict_are_settled_first(mission: Workspace) -> None:
    subject = ("offers", "works/civil", "price")
    append(NewEntry("partner-administrator", "partner", "cell", subject, {"value": 1}))
    result = answer(browser_of("partner-engineer"), "accept")
    assert result.status_code in (409, 422)
    assert not [one for one in CellVersion.objects.filter(party="partner") if one.column == "capacity"]


def test_an_engineer_of_one_unit_answers_for_it_alone(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    cells("other", "units", name_en="The other", name_ar="أخرى", party="delta")
    offer("other", "civil", capacity=5, price=6)
    for table in ("units", "offers"):
        release(table, "*", "*")
    add_person("partner", "viewer", name="one")
    content = {"role": "engineer", "party": "partner", "unit": "works"}
    append(NewEntry("partner-administrator", "partner", GRANT_ACT, ("one",), content))
    assert browser_of("one").get("/desk/other/civil").status_code == 403
    assert answer(browser_of("one"), "accept").status_code == 302
    assert browser_of("one").get("/desk/other").status_code == 200
    assert browser_of("partner-engineer").get("/desk/other/civil").status_code == 200
    # The unit is asked again where nobody else can write: meanwhile the role was given for the other one alone.
    append(NewEntry("partner-administrator", "partner", GRANT_ACT, ("one",), {**content, "unit": "other"}))
    end_roles_on_the_way(monkeypatch, access, "one", unit="works")
    offer("works", "civil", capacity=70)
    assert answer(browser_of("one"), "accept").status_code == 403


def test_an_administrator_grants_the_role_of_an_engineer_for_a_unit(mission: Workspace) -> None:
    """By its key or its name; what was typed stays where it is wrong."""
    admin, words = browser_of("partner-administrator"), Words("en")
    add_person("partner", "viewer", name="one")
    page = admin.get("/people").content.decode()
    assert '<option value="works">The works</option>' in page
    assert "The yard" not in page
    path = "/people/roles/grant"
    for role, unit, code in (
        ("engineer", "yard", "web.no_unit"), ("chair", "works", "web.unit_of_engineer"), ("engineer", "the works", ""),
    ):  # fmt: skip
        answer = send(admin, path, {"person": "one", "role": role, "unit": unit}, "/people")
        assert answer.status_code == (422 if code else 302)
        assert not code or (words.say(code) in answer.content.decode() and f'value="{unit}"' in answer.content.decode())
    assert [*RoleRow.objects.filter(person="one", role="engineer").values_list("unit", flat=True)] == ["works"]
    assert answer_status(admin, "partner-engineer") == 422
    for shown in (admin.get("/people"), browser_of("one").get("/")):
        assert "Engineer of The works" in shown.content.decode()
    assert "Engineer of all units" in admin.get("/people").content.decode()


def answer_status(admin: Client, person: str) -> int:
    """Of a grant for a unit to who is engineer of all of them: it would take nothing away."""
    form = {"person": person, "role": "engineer", "unit": "works"}
    return send(admin, "/people/roles/grant", form, "/people").status_code


def test_an_invited_engineer_is_that_of_the_unit_that_was_named(mission: Workspace) -> None:
    admin = browser_of("partner-administrator")
    form = {"roles": ["engineer", "viewer"], "unit": "nowhere", "note": "Huda"}
    refused = send(admin, "/people/invite", form, "/people").content.decode()
    assert all(f'value="{typed}"' in refused for typed in ("nowhere", "Huda"))
    page = send(admin, "/people/invite", {**form, "unit": "The works"}, "/people").content.decode()
    assert "Engineer of The works" in page
    link = re.search(r"http://localhost(/join/[A-Z2-7-]+)", page)
    assert link is not None
    typed = {"name": "huda", "full_name": "Huda", "new_password": PASSWORD, "repeated_password": PASSWORD}
    assert send(Client(SERVER_NAME="localhost"), link[1], typed)["Location"] == "/"
    assert {*RoleRow.objects.filter(person="huda").values_list("role", "unit")} == {
        ("engineer", "works"), ("viewer", None)}  # fmt: skip


@pytest.mark.parametrize(("role", "units"), [*product(ROLES, [frozenset[str](), frozenset(("a",))])])
def test_who_answers_for_a_unit(role: str, units: frozenset[str]) -> None:
    person = Person("p", "P", "partner", frozenset((role,)), units)
    all_units = role in ("administrator", "finance") or (role == "engineer" and not units)
    assert may_answer_for(person, "a") == (all_units or role == "engineer")
    assert may_answer_for(person, "b") == all_units


def test_what_is_asked_waits_for_who_may_answer(mission: Workspace) -> None:
    said = Words("en").say("web.waiting.offers", n=1)
    for name in ("partner-engineer", "partner-finance"):
        assert said in browser_of(name).get("/").content.decode()
    assert said not in browser_of("partner-viewer").get("/").content.decode()
    answer(browser_of("partner-engineer"), "accept")
    assert said not in browser_of("partner-finance").get("/").content.decode()


def test_assignments_are_the_supply_of_a_programme() -> None:
    supply = {
        "pool_kind": ["capability"] * 4 + ["course"], "pool": ["civil", "civil", "civil", "steel", "weld"],
        "source": ["works", "works", "third_party", "works", "works"], "period": [3, 2, 2, 2, 2],
        "amount": [7.0, 5.0, 9.0, 1e-12, 4.0],
    }  # fmt: skip
    sites = [
        {"id": "mill", "period": 2, "start": "2027-Q4", "units": [{"unit": "works", "capability": "civil"}]},
        {"id": "kiln", "period": None, "start": None, "units": [{"unit": "yard", "capability": "civil"}]},
    ]
    (one,) = assignments(supply, sites)
    assert (one.unit, one.capability, one.amounts, one.sites) == ("works", "civil", {3: 7.0, 2: 5.0}, ["mill"])
    assert one.peak == 7.0
    assert quarter_labels(sites, [2, 3]) == {2: "2027-Q4", 3: "2028-Q1"}
    assert quarter_labels([], [2]) == {2: "2"}
