"""How long a session lasts, what the database knows of it, and its cookie behind a proxy with TLS."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, add_person, begin, browser_of, send
from tests.web.test_second_factors import NEW, code_of, new_client, set_up_app, sign_in
from tests.web.test_serve import environment

from tawteen.web.accounts.models import Account, AccountSession
from tawteen.web.data_folder import DataFolder
from tawteen.web.params import SIGN_IN
from tawteen.web.registry.version_tokens import version_token

ADMIN = "host-administrator"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that tests set forward: seconds to add."""
    ahead, now = [0.0], time.time
    monkeypatch.setattr(time, "time", lambda: now() + ahead[0])
    return ahead


def test_a_session_without_requests_ends(either: Workspace, clock: list[float]) -> None:
    begin()
    client = new_client()
    sign_in(client)
    clock[0] = SIGN_IN.idle - 60
    assert client.get("/people").status_code == 200
    clock[0] += SIGN_IN.idle - 60
    assert client.get("/people").status_code == 200
    clock[0] += SIGN_IN.idle + 60
    assert client.get("/people")["Location"] == "/sign-in?next=/people"
    assert not AccountSession.objects.exclude(account=None).exists()


def test_a_session_ends_however_much_is_asked_in_it(workspace: Workspace, clock: list[float]) -> None:
    begin()
    client = new_client()
    sign_in(client)
    while clock[0] < SIGN_IN.session - SIGN_IN.idle:
        clock[0] += SIGN_IN.idle - 60
        assert client.get("/people").status_code == 200
    clock[0] = SIGN_IN.session + 1
    assert client.get("/people").status_code == 302


def test_changing_the_password_does_not_make_a_session_longer(workspace: Workspace, clock: list[float]) -> None:
    begin()
    client = new_client()
    sign_in(client)
    clock[0] = SIGN_IN.idle - 60
    assert send(client, "/account", {"password": PASSWORD, **NEW}).status_code == 200
    for _ in range(20):
        clock[0] = min(clock[0] + SIGN_IN.idle - 60, SIGN_IN.session + 1)
        client.get("/account")
    assert client.get("/people").status_code == 302


def test_the_database_holds_no_key_of_a_session(either: Workspace) -> None:
    begin()
    client = new_client()
    sign_in(client)
    key = client.cookies["sessionid"].value
    stored = AccountSession.objects.get()
    assert stored.session_key == sha256(key.encode()).hexdigest()[:40]
    assert key not in str(vars(stored))
    thief = new_client()
    thief.cookies["sessionid"] = stored.session_key
    assert thief.get("/people").status_code == 302
    assert stored.begun is not None
    assert abs((datetime.now(UTC) - stored.begun).total_seconds()) < 3600
    assert "<strong>This session</strong>" in client.get("/account").content.decode()


def test_a_session_that_was_signed_out_is_over(workspace: Workspace) -> None:
    begin()
    client = new_client()
    sign_in(client)
    key = client.cookies["sessionid"].value
    answer = send(client, "/sign-out", {}, "/people")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    other = new_client()
    other.cookies["sessionid"] = key
    assert other.get("/people").status_code == 302


def test_roles_are_those_of_now(workspace: Workspace) -> None:
    """A session that began earlier has no right that was taken meanwhile, and has those that were given."""
    begin()
    add_person("host", "viewer")
    add_person("host", "administrator", name="second")
    second, first = browser_of("second"), browser_of(ADMIN)
    number = send(first, "/people/roles/grant", {"person": "host-viewer", "role": "administrator"}, "/people")
    assert number.status_code == 302
    viewer = browser_of("host-viewer")
    assert viewer.get("/record").status_code == 200
    from tawteen.web.accounts.models import RoleRow

    row = RoleRow.objects.get(person="host-viewer", role="administrator")
    send(second, f"/people/roles/{version_token(row.number)}/end", {"reason": "x"}, "/people")
    assert viewer.get("/record").status_code == 403


def test_what_precedes_a_sign_in_is_kept_for_minutes_alone(workspace: Workspace) -> None:
    """Whoever asks for challenges without end does not fill the database for hours."""
    begin()
    client = new_client()
    client.get("/sign-in/passkey")
    assert client.cookies["sessionid"]["max-age"] == SIGN_IN.second_step
    sign_in(client)
    secret, _ = set_up_app(client)
    assert client.cookies["sessionid"]["max-age"] == SIGN_IN.session
    other = new_client()
    sign_in(other)
    assert other.cookies["sessionid"]["max-age"] == SIGN_IN.second_step
    send(other, "/sign-in/second", {"second_code": code_of(secret)})
    assert other.cookies["sessionid"]["max-age"] == SIGN_IN.session
    lasting = AccountSession.objects.exclude(account=None).values_list("expire_date", flat=True)
    assert all((until - datetime.now(UTC)).total_seconds() > SIGN_IN.session - 60 for until in lasting)


_ASK = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
client = Client(SERVER_NAME="workspace.example")
page = client.get("/sign-in", secure=True)
client.get("/sign-in/passkey", secure=True)
client.post("/language", {"language": "ar"}, secure=True)
from django.http import HttpRequest, HttpResponse
from tawteen.web.accounts.known_browsers import keep_known_browser, remember_browser
from tawteen.web.accounts.models import Account
request = HttpRequest()
request.is_secure = lambda: True
remember_browser(request, Account(name="amal"))
client.cookies.update(keep_known_browser(lambda _: HttpResponse())(request).cookies)
plain = client.get("/sign-in")
print(json.dumps({
    "cookies": {name: dict(morsel) for name, morsel in client.cookies.items()},
    "headers": dict(page.headers), "plain": [plain.status_code, plain["Location"]],
    "host": client.get("/sign-in", secure=True, headers={"Host": "elsewhere.example"}).status_code,
}))
"""


def test_cookies_behind_tls_belong_to_this_host_alone(tmp_path: Path) -> None:
    DataFolder(tmp_path).prepare()
    variables = {
        "TAWTEEN_DATA": str(tmp_path), "TAWTEEN_ORIGIN": "https://workspace.example",
        "DJANGO_SETTINGS_MODULE": "tawteen.web.settings",
    }  # fmt: skip
    command = [sys.executable, "-c", _ASK]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {*told["cookies"]} == {"__Host-browser", "__Host-csrftoken", "__Host-language", "__Host-sessionid"}
    for cookie in told["cookies"].values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] in ("Lax", "Strict")
    assert told["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert told["plain"] == [301, "https://workspace.example/sign-in"]
    assert told["host"] == 400


def test_no_two_people_share_a_session(workspace: Workspace) -> None:
    """Signing in as somebody else in the same browser begins anew."""
    begin()
    client = new_client()
    sign_in(client)
    before = client.cookies["sessionid"].value
    sign_in(client, name="partner-administrator")
    assert client.cookies["sessionid"].value != before
    page = client.get("/people").content.decode()
    assert "partner-administrator" in page
    assert ADMIN not in page
    assert Account.objects.count() == 2
