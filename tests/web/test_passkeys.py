"""Passkeys: with a security key in Python that can misbehave, and in a real Chromium with its virtual authenticator."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.web.authenticator import PRESENT, SecurityKey, add_to
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, begin, browser_of, send
from tests.web.test_serve import serving

from tawteen.web.accounts.models import Account, Passkey, RecoveryCode
from tawteen.web.params import SIGN_IN
from tawteen.web.row_tokens import row_token

CHROMIUM = Path("/usr/bin/chromium")
ADMIN, OTHER = "host-administrator", "partner-administrator"


def signed_in(name: str = ADMIN) -> Client:
    client = Client(SERVER_NAME="localhost")
    send(client, "/sign-in", {"name": name, "password": PASSWORD})
    return client


def new_client() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def key(workspace: Workspace) -> SecurityKey:
    """A key that the administrator of the host has added."""
    begin()
    made = SecurityKey()
    add_to(signed_in(), made)
    return made


def try_alone(key: SecurityKey, client: Client | None = None) -> Any:
    client = client or new_client()
    return client.post("/sign-in/passkey", key.sign(client.get("/sign-in/passkey").json()))


def test_a_passkey_signs_in_alone(either: Workspace) -> None:
    begin()
    key = SecurityKey()
    page = add_to(signed_in(), key)
    assert len(re.findall(r'class="code" dir="ltr">[A-Z2-7-]+<', page)) == SIGN_IN.recovery_codes
    client = new_client()
    answer = client.post(
        "/sign-in/passkey", {**key.sign(client.get("/sign-in/passkey").json()), "next": "/people"}
    )  # fmt: skip
    assert answer["Location"] == "/people"
    assert client.get("/people").status_code == 200
    assert Passkey.objects.get().signatures == 1


def test_after_a_password_the_passkey_is_the_second_step(key: SecurityKey) -> None:
    client = new_client()
    answer = send(client, "/sign-in", {"name": ADMIN, "password": PASSWORD, "next": "/people"})
    assert answer["Location"] == "/sign-in/second"
    options = client.get("/sign-in/passkey").json()["publicKey"]
    assert len(options["allowCredentials"]) == 1
    key.flags = PRESENT  # a key without PIN is enough beside a password
    answer = client.post("/sign-in/passkey", key.sign({"publicKey": options}))
    assert answer["Location"] == "/people"


def test_alone_it_must_know_its_owner(key: SecurityKey) -> None:
    key.flags = PRESENT
    assert try_alone(key).status_code == 403


@pytest.mark.parametrize("change", [
    {"origin": "https://localhost"}, {"origin": "http://localhost:8000"}, {"origin": "http://evil.localhost"},
    {"host": "elsewhere.example"}, {"flags": 0}, {"credential": b"unknown"}, {"user": "OTk"}, {"key": None},
])  # fmt: skip
def test_a_wrong_answer_is_refused(key: SecurityKey, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(key, name, SecurityKey().key if value is None else value)
    answer = try_alone(key)
    assert answer.status_code == 403
    assert "This passkey was not accepted." in answer.content.decode()


@pytest.mark.parametrize("answer", [
    "", "{", "[]", "null", "{}", '{"id": 5}', "[" * 100_000, '{"id": "x", "response": {}}', '{"id": {}}',
])  # fmt: skip
def test_what_is_no_answer_is_refused(key: SecurityKey, answer: str) -> None:
    client = new_client()
    client.get("/sign-in/passkey")
    assert client.post("/sign-in/passkey", {"answer": answer}).status_code == 403
    mine = signed_in(OTHER)
    mine.get("/account/passkeys")
    assert mine.post("/account/passkeys", {"answer": answer}).status_code == 403


def test_broken_answers_of_a_known_key_are_refused(key: SecurityKey) -> None:
    """Each part is left out, cut or of another kind."""
    client = new_client()
    whole = json.loads(key.sign(client.get("/sign-in/passkey").json())["answer"])
    for part in whole["response"]:
        for value in (None, 7, "", "AAAA", [], whole["response"][part][:-9]):
            if part == "userHandle" and not value:
                continue
            options = client.get("/sign-in/passkey").json()
            answer = json.loads(key.sign(options)["answer"])
            answer["response"][part] = value
            response = client.post("/sign-in/passkey", {"answer": json.dumps(answer)})
            assert response.status_code == 403, (part, value)


def test_a_challenge_is_used_once_and_for_its_purpose(key: SecurityKey, monkeypatch: pytest.MonkeyPatch) -> None:
    client = new_client()
    answer = key.sign(client.get("/sign-in/passkey").json())
    assert new_client().post("/sign-in/passkey", answer).status_code == 403
    assert client.post("/sign-in/passkey", answer).status_code == 302
    assert client.post("/sign-in/passkey", answer).status_code == 403
    confirming = key.sign(client.get("/account/confirm/passkey").json())
    assert client.post("/sign-in/passkey", confirming).status_code == 403
    late = new_client()
    answer = key.sign(late.get("/sign-in/passkey").json())
    later = time.time() + SIGN_IN.second_step + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert late.post("/sign-in/passkey", answer).status_code == 403


def test_a_copied_key_is_refused(key: SecurityKey) -> None:
    assert try_alone(key).status_code == 302
    key.count = 0
    assert try_alone(key).status_code == 403
    key.count = 5
    assert try_alone(key).status_code == 302


def test_a_key_without_a_count_is_taken(key: SecurityKey) -> None:
    """Passkeys that are kept on several devices count nothing."""
    for _ in range(2):
        key.count = -1
        assert try_alone(key).status_code == 302


def test_the_key_of_another_account_is_not_a_second_step(key: SecurityKey) -> None:
    theirs = SecurityKey(credential=b"of the partner")
    add_to(signed_in(OTHER), theirs)
    client = new_client()
    send(client, "/sign-in", {"name": ADMIN, "password": PASSWORD})
    assert client.post("/sign-in/passkey", theirs.sign(client.get("/sign-in/passkey").json())).status_code == 403
    mine = browser_of(ADMIN)
    options = mine.get("/account/confirm/passkey").json()
    assert mine.post("/account/confirm/passkey", theirs.sign(options)).status_code == 403
    assert mine.get("/account/app").status_code == 302


def test_a_passkey_confirms_alone(key: SecurityKey) -> None:
    client = browser_of(ADMIN)
    options = client.get("/account/confirm/passkey").json()
    answer = client.post("/account/confirm/passkey", {**key.sign(options), "next": "/account/app"})
    assert answer["Location"] == "/account/app"
    assert client.get("/account/app").status_code == 200


def test_a_closed_account_stays_out(key: SecurityKey) -> None:
    Account.objects.filter(name=ADMIN).update(is_active=False)
    assert try_alone(key).status_code == 403


def test_no_key_belongs_to_two_accounts(key: SecurityKey) -> None:
    client = signed_in(OTHER)
    answer = client.post("/account/passkeys", key.make(client.get("/account/passkeys").json()))
    assert answer.status_code == 403
    assert Passkey.objects.get().account.name == ADMIN


def test_only_the_owner_removes_a_key(key: SecurityKey) -> None:
    path = f"/account/passkeys/{row_token(Passkey.objects.get())}/remove"
    assert signed_in(OTHER).post(path).status_code == 404
    client = new_client()
    try_alone(key, client)
    assert send(client, path, {}, "/account/factors").status_code == 302
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert try_alone(key).status_code == 403


def test_there_are_ten_passkeys_at_most(key: SecurityKey) -> None:
    client = new_client()
    try_alone(key, client)
    for number in range(SIGN_IN.passkeys - 1):
        add_to(client, SecurityKey(credential=f"key {number}".encode()))
    assert client.get("/account/passkeys").status_code == 403
    assert 'data-passkey="new"' not in client.get("/account/factors").content.decode()


def test_an_address_of_numbers_says_that_a_name_is_needed(workspace: Workspace) -> None:
    begin()
    client = signed_in()
    assert "localhost in place of" not in client.get("/account/factors").content.decode()
    page = client.get("/account/factors", SERVER_NAME="127.0.0.1").content.decode()
    assert "localhost in place of" in page


@pytest.fixture
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


class Browser:
    """A Chromium with a device that keeps passkeys, in which a first administrator is signed in."""

    def __init__(self, chromium: Any, folder: Path, port: int) -> None:
        self.home = f"http://localhost:{port}/"
        self.context = chromium.new_context(base_url=self.home, locale="en")
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if "Content Sec" in line.text else None)
        self.devtools = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.device = added["authenticatorId"]
        self.page.goto("/first-visit")
        for name, value in {
            "word": (folder / "first.word").read_text(), "host_name_en": "A", "host_name_ar": "أ",
            "partner_name_en": "B", "partner_name_ar": "ب", "name": "amal", "full_name": "Amal Ben Ali",
            "new_password": PASSWORD, "repeated_password": PASSWORD,
        }.items():  # fmt: skip
            self.page.fill(f"[name={name}]", value)
        self.page.check("[name=own_party][value=host]")
        self.page.click("main button")
        self.page.wait_for_selector(".slip")

    def sign_out(self) -> None:
        self.page.click("form[action='/sign-out'] button")
        self.page.wait_for_url("**/sign-in")

    def type_password(self) -> None:
        self.page.fill("[name=name]", "amal")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form.card button")
        self.page.wait_for_url("**/sign-in/second")

    def use_passkey(self) -> None:
        self.page.click("form[data-passkey] button")


def test_passkeys_in_a_real_browser(chromium: Any, tmp_path: Path) -> None:
    """A passkey is added; in with it alone, in with it after the password, in with a recovery code."""
    folder = tmp_path / "workspace"
    with serving(folder) as (_, port):
        browser = Browser(chromium, folder, port)
        page = browser.page
        page.goto("/account/factors")
        page.fill("#passkey_name", "Work laptop")
        page.click("form[data-passkey=new] button")
        page.wait_for_selector(".codes")
        codes = page.locator(".codes .code").all_inner_texts()
        page.goto("/account/factors")
        assert "Work laptop" in page.inner_text("main")
        browser.sign_out()
        browser.use_passkey()
        page.wait_for_url(browser.home)
        browser.sign_out()
        browser.type_password()
        browser.use_passkey()
        page.wait_for_url(browser.home)
        browser.sign_out()
        browser.type_password()
        page.fill("[name=second_code]", codes[0])
        page.click("form.card button")
        page.wait_for_url(browser.home)
        browser.sign_out()
        # The device no longer knows its owner: alone the passkey is not enough, after the password it is.
        state = {"authenticatorId": browser.device, "isUserVerified": False}
        browser.devtools.send("WebAuthn.setUserVerified", state)
        browser.use_passkey()
        page.wait_for_selector(".fault:visible")
        browser.type_password()
        browser.use_passkey()
        page.wait_for_url(browser.home)
        assert not browser.errors
        browser.context.close()
