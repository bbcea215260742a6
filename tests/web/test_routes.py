"""Every address × role × party: who gets what. An address that is not listed fails, and so does one without a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests.web.conftest import Workspace, fresh_sqlite
from tests.web.mission import add_person, begin, browser_of

from tawteen.web.accounts.invitations import invite
from tawteen.web.accounts.models import Account, RoleRow
from tawteen.web.accounts.parties import FIRST_PARTIES
from tawteen.web.rights import RIGHTS, Person
from tawteen.web.role_names import ROLES

Allowed = Callable[[Person], bool]


def anybody(person: Person) -> bool:
    return True


def with_a_role(person: Person) -> bool:
    return bool(person.roles)


def administrator(person: Person) -> bool:
    return "administrator" in person.roles


def analyst(person: Person) -> bool:
    return bool(person.roles & {"administrator", "analyst"})


def surveyor(person: Person) -> bool:
    return bool(person.roles & {"administrator", "analyst", "surveyor"})


def snapshot_taker(person: Person) -> bool:
    return bool(person.roles & {"administrator", "analyst", "chair", "secretary"})


def editor(person: Person) -> bool:
    return bool(person.roles & {"administrator", "analyst", "engineer", "finance", "training"})


def observer(person: Person) -> bool:
    return editor(person) or "surveyor" in person.roles


def releaser(person: Person) -> bool:
    return bool(person.roles & {"administrator", "chair", "secretary"})


def answerer(person: Person) -> bool:
    return bool(person.roles & {"administrator", "engineer", "finance"})


def record_keeper(person: Person) -> bool:
    return bool(person.roles & {"administrator", "auditor", "chair", "secretary"})


@dataclass(frozen=True)
class Route:
    """An address with an example, the method that it takes, who is let in and with which statuses.

    Who is signed in and not let in gets 403. `without` is the status without signing in.
    """

    path: str
    allowed: Allowed
    statuses: tuple[int, ...]
    method: str = "get"
    without: int = 302


PHONE_ADDRESSES = (
    "collect/formList", "collect/forms/<str:form>.xml", "collect/forms/<str:form>/manifest",
    "collect/forms/<str:form>/<str:name>", "collect/submission",
)  # fmt: skip
ROUTES = {
    "": Route("/", with_a_role, (200,)),
    "changes": Route("/changes", with_a_role, (200,)),
    "changes/seen": Route("/changes/seen", with_a_role, (302,), "post"),
    "health": Route("/health", anybody, (503,), without=503),
    "language": Route("/language", anybody, (302,), "post"),
    "first-visit": Route("/first-visit", anybody, (404,), without=404),
    "sign-in": Route("/sign-in", anybody, (200,), without=200),
    "sign-in/second": Route("/sign-in/second", anybody, (302,)),
    "sign-in/passkey": Route("/sign-in/passkey", anybody, (200,), without=200),
    "sign-out": Route("/sign-out", anybody, (302,), "post"),
    "join": Route("/join", anybody, (200,), without=200),
    "join/<str:code>": Route("/join/CODE", anybody, (409,), without=200),
    "reset/<str:code>": Route("/reset/CODE", anybody, (409,), without=404),
    "account": Route("/account", anybody, (200,)),
    "account/confirm": Route("/account/confirm", anybody, (200,)),
    "account/confirm/passkey": Route("/account/confirm/passkey", anybody, (200,)),
    "account/factors": Route("/account/factors", anybody, (200,)),
    # Sessions of tests are not confirmed: these lead to where it is done.
    "account/app": Route("/account/app", anybody, (302,)),
    "account/app/remove": Route("/account/app/remove", anybody, (302,), "post"),
    "account/passkeys": Route("/account/passkeys", anybody, (302,)),
    "account/passkeys/<str:token>/remove": Route("/account/passkeys/9/remove", anybody, (302,), "post"),
    "account/recovery-codes": Route("/account/recovery-codes", anybody, (302,), "post"),
    "account/sessions/<str:handle>/end": Route("/account/sessions/0/end", anybody, (302,), "post"),
    "account/phones": Route("/account/phones", surveyor, (200,)),
    "account/phones/add": Route("/account/phones/add", surveyor, (302,)),
    "account/phones/<str:token>/end": Route("/account/phones/9/end", surveyor, (404,), "post"),
    "people": Route("/people", with_a_role, (200,)),
    "people/invite": Route("/people/invite", administrator, (422,), "post"),
    "people/invite/<str:party>": Route("/people/invite/partner", administrator, (404,), "post"),
    "people/invitations/<str:token>/withdraw": Route(
        "/people/invitations/9/withdraw", administrator, (404,), "post"
    ),
    "people/reset": Route("/people/reset", administrator, (302,), "post"),
    "people/second-factor": Route("/people/second-factor", administrator, (302,), "post"),
    "people/roles/grant": Route("/people/roles/grant", administrator, (404,), "post"),
    "sites": Route("/sites", with_a_role, (200,)),
    "sites/<path:site>": Route("/sites/nowhere", with_a_role, (404,)),
    "survey": Route("/survey", with_a_role, (200,)),
    "survey/forms/<str:form>.xlsx": Route("/survey/forms/x.xlsx", with_a_role, (404,)),
    "survey/paper/<str:lang>.pdf": Route("/survey/paper/en.pdf", with_a_role, (404,)),
    "survey/submissions": Route("/survey/submissions", with_a_role, (200,)),
    "survey/submissions/<str:variant>": Route("/survey/submissions/9", with_a_role, (404,)),
    "survey/submissions/<str:variant>/settle": Route("/survey/submissions/9/settle", analyst, (404,), "post"),
    "survey/submissions/<str:variant>/put-aside": Route("/survey/submissions/9/put-aside", analyst, (404,), "post"),
    "files/<str:digest>": Route("/files/x", with_a_role, (404,)),
    "files/<str:digest>/sent": Route("/files/x/sent", with_a_role, (404,)),
    "files/<str:digest>/<str:size>": Route("/files/x/small", with_a_role, (404,)),
    "documents/add": Route("/documents/add", analyst, (404,), "post"),
    # A session counts for nothing where telephones ask: tests/web/survey has their matrix.
    **{
        one: Route("/" + one.replace("<str:form>", "x").replace("<str:name>", "x"), anybody, (401,), without=401)
        for one in PHONE_ADDRESSES[:-1]
    },
    "collect/submission": Route("/collect/submission", anybody, (401,), "post", without=401),
    "rows": Route("/rows", with_a_role, (200,)),
    "settings": Route("/settings", with_a_role, (200,)),
    "settings/edit": Route("/settings/edit?key=time.periods", editor, (200,)),
    "rows/<str:table>": Route("/rows/lines", with_a_role, (200,)),
    "rows/<str:table>/<path:row>": Route("/rows/lines/nothing", with_a_role, (404,)),
    "edit/<str:table>/<path:row>": Route("/edit/sites/nowhere", editor, (404,)),
    "edit-sites": Route("/edit-sites?column=state", editor, (422,)),
    "add/<str:table>": Route("/add/sites", editor, (200,)),
    "remove/<str:table>/<path:row>": Route("/remove/sites/nowhere", editor, (404,)),
    "observe/<str:table>/<path:row>": Route("/observe/sites/nowhere", observer, (404,)),
    "releases": Route("/releases", with_a_role, (200,)),
    "release": Route("/release?table=sites", releaser, (200,)),
    "conflicts": Route("/conflicts", with_a_role, (200,)),
    "settle/<str:table>/<str:column>/<path:row>": Route("/settle/sites/state/nowhere", editor, (404,)),
    "survey/first": Route("/survey/first", with_a_role, (200,)),
    "survey/tours": Route("/survey/tours", surveyor, (422,), "post"),
    "survey/tours/<str:tour>": Route("/survey/tours/nowhere", with_a_role, (404,)),
    "survey/tours/<str:tour>/tour.csv": Route("/survey/tours/nowhere/tour.csv", with_a_role, (404,)),
    "survey/tours/<str:tour>/tour.ics": Route("/survey/tours/nowhere/tour.ics", with_a_role, (404,)),
    "survey/tours/<str:tour>/call-off": Route("/survey/tours/nowhere/call-off", surveyor, (404,), "post"),
    "desk": Route("/desk", with_a_role, (200,)),
    "desk/<str:unit>": Route("/desk/nowhere", with_a_role, (404,)),
    "desk/<str:unit>/<path:capability>": Route("/desk/nowhere/civil", answerer, (404,)),
    "import": Route("/import", analyst, (200,)),
    "snapshots": Route("/snapshots", with_a_role, (200,)),
    "snapshots/take": Route("/snapshots/take", snapshot_taker, (404,), "post"),
    "snapshots/compare": Route("/snapshots/compare?before=none", with_a_role, (404,)),
    "programmes": Route("/programmes", with_a_role, (200,)),
    "programmes/new": Route("/programmes/new", analyst, (200,)),
    "programmes/compare": Route("/programmes/compare", with_a_role, (200,)),
    "programmes/<str:run>/what-if": Route("/programmes/0/what-if", analyst, (404,)),
    "programmes/<str:run>": Route("/programmes/0", with_a_role, (404,)),
    "programmes/<str:run>/progress": Route("/programmes/0/progress", with_a_role, (404,)),
    "programmes/<str:run>/cancel": Route("/programmes/0/cancel", analyst, (404,), "post"),
    "programmes/<str:run>/exhibits/<str:key>": Route("/programmes/0/exhibits/map", with_a_role, (404,)),
    "programmes/<str:run>/pictures/<str:name>": Route("/programmes/0/pictures/map.en.svg", with_a_role, (404,)),
    "programmes/<str:run>/files/<str:name>": Route("/programmes/0/files/report.html", with_a_role, (404,)),
    "programmes/<str:run>/sites/<path:site>": Route("/programmes/0/sites/nowhere", with_a_role, (404,)),
    "imports": Route("/imports", with_a_role, (200,)),
    "imports/compared/<str:token>": Route("/imports/compared/0", analyst, (404,)),
    "imports/compared/<str:token>/apply": Route("/imports/compared/0/apply", analyst, (404,), "post"),
    "imports/compared/<str:token>/continue": Route("/imports/compared/0/continue", analyst, (404,), "post"),
    "imports/compared/<str:token>/discard": Route("/imports/compared/0/discard", analyst, (404,), "post"),
    "imports/compared/<str:token>/end": Route("/imports/compared/0/end", analyst, (404,), "post"),
    "imports/<str:token>/undo": Route("/imports/0/undo", analyst, (404,), "post"),
    "export": Route("/export", with_a_role, (200,)),
    "export/registry.xlsx": Route("/export/registry.xlsx", with_a_role, (422,)),
    "export/registry.zip": Route("/export/registry.zip", with_a_role, (422,)),
    "record": Route("/record", record_keeper, (200,)),
    "record/record.jsonl": Route("/record/record.jsonl", record_keeper, (200,)),
    "record/checkpoint.txt": Route("/record/checkpoint.txt", record_keeper, (404,)),
    "people/roles/<str:token>/end": Route("/people/roles/0/end", administrator, (404,), "post"),
}  # fmt: skip


def addresses() -> dict[str, URLPattern]:
    return {str(pattern.pattern): pattern for pattern in get_resolver().url_patterns}


def test_every_address_is_listed() -> None:
    assert addresses().keys() == ROUTES.keys()


def test_every_page_states_a_right_or_is_for_everybody() -> None:
    """A page is for everybody because this list says so, not because its right was forgotten."""
    open_pages = {address for address, pattern in addresses().items() if not hasattr(pattern.callback, "right")}
    assert open_pages == {
        "", "health", "language", "first-visit", "sign-in", "sign-in/second", "sign-in/passkey", "sign-out",
        "reset/<str:code>", "join", "join/<str:code>",
        *PHONE_ADDRESSES,
    }  # fmt: skip
    stated = {pattern.callback.right for pattern in addresses().values() if hasattr(pattern.callback, "right")}
    assert stated == {*RIGHTS}


PEOPLE = [(party, role) for party in FIRST_PARTIES for role in (*ROLES, "none")]


@pytest.fixture(scope="module")
def peopled(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with a person of every role in both parties, and the code of an invitation."""
    from django.db import connections

    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("people"))
    begin()
    for party, role in PEOPLE:
        if role != "administrator":
            add_person(party, role)
    for row in RoleRow.objects.filter(role="none"):
        row.delete()
    code = invite(("host-administrator", "host"), "host", ["viewer"]).code
    connections.close_all()
    return Path(made.settings["NAME"]), code


@pytest.mark.parametrize("address", ROUTES)
def test_every_role_of_both_parties(peopled: tuple[Path, str], tmp_path: Path, address: str) -> None:
    file, code = peopled
    fresh_sqlite(file, tmp_path)
    route = ROUTES[address]
    path = route.path.replace("CODE", code)
    assert len(PEOPLE) == 22
    for party, role in PEOPLE:
        name = f"{party}-{role}"
        person = Person(name, "", party, frozenset() if role == "none" else frozenset((role,)))
        status = getattr(browser_of(name), route.method)(path).status_code
        expected = route.statuses if route.allowed(person) else (403,)
        assert status in expected, (address, name, status)
    assert getattr(browser_of(None), route.method)(path).status_code == route.without


@pytest.mark.parametrize("address", ROUTES)
def test_other_methods_are_refused(peopled: tuple[Path, str], tmp_path: Path, address: str) -> None:
    file, code = peopled
    fresh_sqlite(file, tmp_path)
    client, route = browser_of("host-administrator"), ROUTES[address]
    path = route.path.replace("CODE", code)
    refused = ["put", "patch", "delete", "trace", *(["get"] if route.method == "post" else [])]
    for method in refused:
        assert getattr(client, method)(path).status_code in (404, 405), (address, method)


@pytest.mark.parametrize(
    "address",
    [address for address, route in ROUTES.items() if route.method == "post" and address not in PHONE_ADDRESSES],
)
def test_what_changes_something_needs_the_token_of_a_page(
    peopled: tuple[Path, str], tmp_path: Path, address: str
) -> None:
    fresh_sqlite(peopled[0], tmp_path)
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.force_login(Account.objects.get(name="host-administrator"))
    assert client.post(ROUTES[address].path).status_code == 403


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("address", [address for address, route in ROUTES.items() if route.method == "get"])
def test_pages_have_no_sentence_missing_and_no_script_inside(
    peopled: tuple[Path, str], tmp_path: Path, address: str, lang: str
) -> None:
    from tests.web.test_pages import outline

    file, code = peopled
    fresh_sqlite(file, tmp_path)
    route = ROUTES[address]
    data = ("health", "record/record.jsonl", "sign-in/passkey", "account/confirm/passkey", *PHONE_ADDRESSES)
    if address in data or route.statuses == (302,):
        return
    page = browser_of("host-administrator", lang).get(route.path.replace("CODE", code)).content
    assert b"web." not in page
    assert len(page) <= 150_000
    tags = outline(page)
    assert tags[0] == ("html", {"lang": lang, "dir": "rtl" if lang == "ar" else "ltr"})
    assert not [attrs for tag, attrs in tags if tag == "style" or (tag == "script" and "src" not in attrs)]
    assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith("on")]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert sorted(ids) == sorted({*ids})
    labelled = {attrs.get("for") for tag, attrs in tags if tag == "label"}
    shown = [
        attrs for tag, attrs in tags if tag == "input" and attrs.get("type") not in ("hidden", "checkbox", "radio")
    ]
    assert not [attrs for attrs in shown if "id" in attrs and attrs["id"] not in labelled]


def test_a_refusal_names_the_roles_and_who_grants_them(workspace: Workspace) -> None:
    begin()
    add_person("host", "viewer")
    page = browser_of("host-viewer", "ar").post("/people/invite").content.decode()
    assert "مسؤول الطرف" in page
