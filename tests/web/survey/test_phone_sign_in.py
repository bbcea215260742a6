"""Telephones sign in with a name and password of their own, over encrypted lines alone, and can be ended."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.test import Client, override_settings
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, add_person, begin, browser_of, end_roles_on_the_way, send
from tests.web.survey.registered import SURVEYOR
from tests.web.survey.telephone import HEADERS, Telephone, message, telephone_of

from tawteen.web.accounts.models import Account, RoleRow
from tawteen.web.accounts.roles import END_ACT
from tawteen.web.log.append import NewEntry, append
from tawteen.web.params import SIGN_IN
from tawteen.web.row_tokens import row_token
from tawteen.web.survey import submission_post
from tawteen.web.survey.models import FailedPhoneSignIn, Phone, SubmissionRow
from tawteen.web.survey.params import PHONES
from tawteen.words import Words

FORM_LIST, SUBMISSION = "/collect/formList", "/collect/submission"


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    add_person("host", "surveyor")
    add_person("host", "viewer")
    return workspace


def confirmed(name: str) -> Client:
    """A browser in which a person has just signed in."""
    browser = Client(SERVER_NAME="localhost")
    assert send(browser, "/sign-in", {"name": name, "password": PASSWORD}).status_code == 302
    return browser


def test_a_telephone_is_asked_to_sign_in_and_then_answered(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    first = Client(SERVER_NAME="localhost").get(FORM_LIST, headers=HEADERS)
    assert (first.status_code, first["WWW-Authenticate"]) == (401, 'Basic realm="Tawteen", charset="UTF-8"')
    assert first["X-OpenRosa-Version"] == "1.0"
    assert phone.ask("get", FORM_LIST).status_code == 200
    head = phone.ask("head", f"{SUBMISSION}?deviceID=x")
    assert (head.status_code, head.content) == (204, b"")
    assert int(head["X-OpenRosa-Accept-Content-Length"]) >= 1_000_000
    assert head["Location"] == f"https://localhost{SUBMISSION}"
    assert head["X-OpenRosa-Version"] == "1.0"
    assert datetime.strptime(head["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert "no-cache" in head["Cache-Control"]
    assert Phone.objects.get().used is not None


def test_only_the_hash_of_a_password_is_kept(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    stored = vars(Phone.objects.get())
    assert phone.code not in repr(stored)
    assert len(phone.code) == 32
    assert phone.name.isascii()


REFUSED = {
    "a wrong password": lambda phone: Telephone(phone.name, "x" * 32),
    "the name of nobody": lambda phone: Telephone("phone-nobody", phone.code),
    "the name of the person": lambda phone: Telephone(SURVEYOR, phone.code),
    "no password": lambda phone: Telephone(phone.name, ""),
    "a name in Arabic": lambda phone: Telephone("هاتف", phone.code),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_who_does_not_know_the_password_is_refused(mission: Workspace, kind: str) -> None:
    answer = REFUSED[kind](telephone_of(SURVEYOR)).ask("get", FORM_LIST)
    assert (answer.status_code, answer.content.count(b"wrong")) == (401, 1)
    assert Words("ar").say("web.survey.phone.wrong_password") in message(answer)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!!", "Bearer abc", "Digest username=x", "Basic " + "A" * 9999, "\xff"]
)
def test_a_header_that_is_none_is_a_challenge(mission: Workspace, header: str) -> None:
    answer = Client(SERVER_NAME="localhost").get(FORM_LIST, headers={**HEADERS, "Authorization": header})
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer


@override_settings(ALLOWED_HOSTS=["localhost", "workspace.example"])
def test_an_open_line_is_refused_before_a_password_is_asked_for(mission: Workspace) -> None:
    """Also one that comes through a proxy without TLS on this computer."""
    lines = ({"SERVER_NAME": "localhost", "REMOTE_ADDR": "192.0.2.7"}, {"SERVER_NAME": "workspace.example"})
    for sent, line in product((False, True), lines):
        phone = telephone_of(SURVEYOR)
        headers = HEADERS | ({"Authorization": phone.authorization()} if sent else {})
        answer = Client(**line).get(FORM_LIST, headers=headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.get("WWW-Authenticate")) == (403, None)
        assert "https" in message(answer)


def test_a_name_is_locked_after_wrong_passwords_and_the_person_is_not(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    wrong = Telephone(phone.name, "wrong")
    for _ in range(SIGN_IN.failures):
        assert wrong.ask("get", FORM_LIST).status_code == 401
    locked = phone.ask("get", FORM_LIST)
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    other = telephone_of(SURVEYOR)
    assert other.ask("get", FORM_LIST).status_code == 200
    answer = send(Client(SERVER_NAME="localhost"), "/sign-in", {"name": SURVEYOR, "password": PASSWORD})
    assert answer.status_code == 302
    FailedPhoneSignIn.objects.update(time=datetime.now(UTC) - timedelta(seconds=SIGN_IN.lockout + 1))
    assert phone.ask("get", FORM_LIST).status_code == 200


def test_an_ended_telephone_a_closed_account_and_an_ended_role_are_refused(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    assert phone.ask("get", FORM_LIST).status_code == 200
    number = RoleRow.objects.get(person=SURVEYOR).number
    append(NewEntry("host-administrator", "host", END_ACT, (SURVEYOR,), {"reason": "left"}, (number,)))
    assert phone.ask("get", FORM_LIST).status_code == 403
    assert telephone_of("host-viewer").ask("get", FORM_LIST).status_code == 403
    Account.objects.filter(name=SURVEYOR).update(is_active=False)
    assert phone.ask("get", FORM_LIST).status_code == 401


@pytest.mark.parametrize("ended", ["telephone", "role"])
def test_what_ends_while_a_telephone_sends_keeps_nothing(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    """A slow line takes minutes; the right is asked again where nobody else can write."""
    phone = telephone_of(SURVEYOR)
    assert phone.ask("head", SUBMISSION).status_code == 204
    end_roles_on_the_way(monkeypatch, submission_post, SURVEYOR if ended == "role" else "nobody")
    if ended == "telephone":
        monkeypatch.setattr(submission_post, "read_post", lambda _: Phone.objects.update(ended=datetime.now(UTC)))
    assert phone.post(b"<data/>", {}).status_code == (403 if ended == "role" else 401)
    assert not SubmissionRow.objects.exists()


def test_a_session_of_a_browser_counts_for_nothing(mission: Workspace) -> None:
    browser = browser_of(SURVEYOR)
    assert browser.get(FORM_LIST).status_code == 401
    assert browser.post(SUBMISSION).status_code == 401


def test_a_person_signs_in_a_telephone_and_ends_it(mission: Workspace) -> None:
    browser = confirmed(SURVEYOR)
    page = send(browser, "/account/phones/add", {"phone": "the blue one"}).content.decode()
    name, code = re.findall(r'<dd class="code"><bdi dir="ltr">([^<]+)</bdi>', page)
    phone = Telephone(name, code)
    assert phone.ask("get", FORM_LIST).status_code == 200
    listed = browser.get("/account/phones").content.decode()
    assert "the blue one" in listed
    assert code not in listed
    assert (
        send(browser, f"/account/phones/{row_token(Phone.objects.get())}/end", {}, "/account/phones").status_code == 302
    )
    assert phone.ask("get", FORM_LIST).status_code == 401
    assert "the blue one" not in browser.get("/account/phones").content.decode()


def test_who_adds_a_telephone_shows_who_they_are(mission: Workspace) -> None:
    answer = browser_of(SURVEYOR).get("/account/phones/add")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm?")
    assert Phone.objects.count() == 0


def test_nobody_ends_the_telephone_of_another(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    admin = browser_of("host-administrator")
    assert admin.post(f"/account/phones/{row_token(Phone.objects.get())}/end").status_code == 404
    assert phone.ask("get", FORM_LIST).status_code == 200


def test_one_person_has_so_many_telephones(mission: Workspace) -> None:
    for _ in range(PHONES.most):
        telephone_of(SURVEYOR)
    assert send(confirmed(SURVEYOR), "/account/phones/add", {"phone": "x"}).status_code == 422


def test_the_code_to_scan_holds_the_settings_as_collect_reads_them(mission: Workspace) -> None:
    """Base64 of zlib of JSON, with the keys of https://docs.getodk.org/collect-import-export/."""
    browser = confirmed(SURVEYOR)
    page = browser.post("/account/phones/add", {"phone": "x"}, secure=True).content.decode()
    name, code = re.findall(r'<dd class="code"><bdi dir="ltr">([^<]+)</bdi>', page)
    size = re.search(r'<svg class="qr" viewBox="0 0 (\d+) \1"', page)
    path = re.search(r'<path fill="#000" d="([^"]+)"', page)
    assert size is not None
    assert path is not None
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path[1])}
    from tawteen.web.qr_code import qr_path
    from tawteen.web.survey.phones import collect_settings

    settings = collect_settings("https://localhost/collect", name, code, "Tawteen")
    assert qr_path(settings) == (int(size[1]), path[1])
    assert len(dark) > 300
    read = json.loads(zlib.decompress(base64.b64decode(settings)))
    assert {**read["general"]} == {
        "protocol": "odk_default", "server_url": "https://localhost/collect", "username": name, "password": code,
        "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular",
    }  # fmt: skip
    assert read.keys() == {"general", "project", "admin"}
