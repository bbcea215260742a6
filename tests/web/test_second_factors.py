"""Codes of an app and recovery codes: set up, asked for, used once, limited, removed."""

from __future__ import annotations

import base64
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, begin, browser_of, send

from tawteen.web.accounts import time_codes
from tawteen.web.accounts.models import Account, AccountSession, FailedSignIn, RecoveryCode, TimeCodes
from tawteen.web.accounts.sealed import UnsealError, seal, unseal
from tawteen.web.accounts.time_codes import app_address, matching_period, use_time_code
from tawteen.web.params import SIGN_IN

ADMIN = "host-administrator"
NEW = {"new_password": "nine quiet harbours", "repeated_password": "nine quiet harbours"}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    return workspace


def new_client() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(client: Client, target: str = "/", password: str = PASSWORD, name: str = ADMIN) -> Any:
    return send(client, "/sign-in", {"name": name, "password": password, "next": target})


def code_of(secret: str, ahead: int = 0) -> str:
    """The code that an app shows, some periods ahead."""
    now = (int(time.time()) // SIGN_IN.code_period + ahead) * SIGN_IN.code_period
    return time_codes._generator(secret).generate(now).decode()


def set_up_app(client: Client, ahead: int = -1) -> tuple[str, list[str]]:
    """Sets up an app for a person who has just signed in; its secret, and the recovery codes."""
    page = client.get("/account/app").content.decode()
    shown = re.search(r'class="code" dir="ltr">([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed_secret" value="([^"]+)"', page)
    assert shown is not None
    assert sealed is not None
    secret = shown[1].replace(" ", "")
    answer = client.post("/account/app", {"sealed_secret": sealed[1], "app_code": code_of(secret, ahead)})
    return secret, re.findall(r'class="code" dir="ltr">([A-Z2-7-]+)<', answer.content.decode())


def with_app() -> tuple[str, list[str]]:
    client = new_client()
    sign_in(client)
    return set_up_app(client)


@pytest.mark.parametrize(("moment", "code"), [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
])  # fmt: skip
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    """Appendix B, SHA-1; the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert matching_period(secret, code, moment) == moment // 30
    assert matching_period(secret, code, moment + 30) == moment // 30
    assert matching_period(secret, code, moment + 61) is None
    assert moment < 120 or matching_period(secret, code, moment - 60) is None


@given(st.text(max_size=12))
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    right = {code_of_period(secret, period) for period in (-1, 0, 1)}
    assert (matching_period(secret, typed, 3_000_000) is not None) == (typed in right)


def code_of_period(secret: str, ahead: int) -> str:
    return time_codes._generator(secret).generate(3_000_000 + ahead * 30).decode()


def test_an_app_reads_the_address(mission: Workspace) -> None:
    account = Account.objects.get(name=ADMIN)
    address = app_address("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", account, "توطين")
    assert address.startswith("otpauth://totp/")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert "host-administrator" in address


def test_a_code_is_asked_for_after_the_password(either: Workspace) -> None:
    begin()
    secret, _ = with_app()
    client = new_client()
    assert sign_in(client, "/people")["Location"] == "/sign-in/second"
    assert client.get("/people")["Location"] == "/sign-in?next=/people"
    assert client.get("/account/factors").status_code == 302
    assert send(client, "/sign-in/second", {"second_code": "000000"}).status_code in (422, 302)
    answer = send(client, "/sign-in/second", {"second_code": code_of(secret)})
    assert answer["Location"] == "/people"
    assert client.get("/people").status_code == 200


def test_a_code_is_used_once(either: Workspace) -> None:
    begin()
    secret, _ = with_app()
    code = code_of(secret)
    first, second = new_client(), new_client()
    for client in (first, second):
        sign_in(client)
    assert send(first, "/sign-in/second", {"second_code": code}).status_code == 302
    answer = send(second, "/sign-in/second", {"second_code": code})
    assert answer.status_code == 422
    assert "This is not a code of your account, or it was used already." in answer.content.decode()
    assert send(second, "/sign-in/second", {"second_code": code_of(secret, -1)}).status_code == 422
    assert send(second, "/sign-in/second", {"second_code": code_of(secret, 1)}).status_code == 302


def test_a_code_may_be_typed_in_arabic_digits_and_groups(mission: Workspace) -> None:
    secret, _ = with_app()
    client = new_client()
    sign_in(client)
    code = code_of(secret).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert send(client, "/sign-in/second", {"second_code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_a_recovery_code_is_used_once(either: Workspace) -> None:
    begin()
    _, codes = with_app()
    assert len(codes) == len({*codes}) == SIGN_IN.recovery_codes
    assert not [code for code in codes if code.replace("-", "") in str(RecoveryCode.objects.values_list())]
    for expected in (302, 422):
        client = new_client()
        sign_in(client)
        answer = send(client, "/sign-in/second", {"second_code": codes[3].lower().replace("-", " ")})
        assert answer.status_code == expected
    client = new_client()
    sign_in(client)
    assert send(client, "/sign-in/second", {"second_code": codes[4]}).status_code == 302
    assert "6 codes are left." in client.get("/account/factors").content.decode()


def test_new_recovery_codes_take_the_place_of_the_old(mission: Workspace) -> None:
    client = new_client()
    sign_in(client)
    _, old = set_up_app(client)
    page = send(client, "/account/recovery-codes", {}, "/account/factors").content.decode()
    new = re.findall(r'class="code" dir="ltr">([A-Z2-7-]+)<', page)
    assert len(new) == SIGN_IN.recovery_codes
    assert not {*new} & {*old}
    other = new_client()
    sign_in(other)
    assert send(other, "/sign-in/second", {"second_code": old[0]}).status_code == 422
    assert send(other, "/sign-in/second", {"second_code": new[0]}).status_code == 302


def test_codes_cannot_be_tried_without_end(mission: Workspace) -> None:
    secret, codes = with_app()
    client = new_client()
    sign_in(client)
    for _ in range(SIGN_IN.failures):
        assert send(client, "/sign-in/second", {"second_code": "AAAA"}).status_code == 422
    sign_in(client)  # the right password does not make codes free again
    for code in (code_of(secret), codes[0]):
        answer = send(client, "/sign-in/second", {"second_code": code})
        assert "Too many wrong codes." in answer.content.decode()
    FailedSignIn.objects.update(time=datetime.now(UTC) - timedelta(seconds=SIGN_IN.lockout + 1))
    assert send(client, "/sign-in/second", {"second_code": code_of(secret)}).status_code == 302


def test_after_a_hundred_wrong_codes_no_code_is_taken(mission: Workspace) -> None:
    secret, _ = with_app()
    past = datetime.now(UTC) - timedelta(days=3)
    FailedSignIn.objects.bulk_create(
        FailedSignIn(folded_name="host administrator", step="code", time=past) for _ in range(SIGN_IN.code_failures)
    )
    client = new_client()
    sign_in(client)
    answer = send(client, "/sign-in/second", {"second_code": code_of(secret)})
    assert "Too many wrong codes." in answer.content.decode()


def test_the_second_step_ends_after_a_while(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = with_app()
    client = new_client()
    sign_in(client)
    page = client.get("/sign-in/second")
    assert page.status_code == 200
    later = time.time() + SIGN_IN.second_step + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get("/sign-in/second")["Location"] == "/sign-in"
    assert client.post("/sign-in/second", {"second_code": code_of(secret)})["Location"] == "/sign-in"


@pytest.mark.parametrize("change", ["password", "closed"])
def test_the_second_step_ends_when_the_account_changes(mission: Workspace, change: str) -> None:
    secret, _ = with_app()
    client = new_client()
    sign_in(client)
    account = Account.objects.get(name=ADMIN)
    account.is_active = change != "closed"
    account.set_password("another password of mine")
    account.save()
    assert client.post("/sign-in/second", {"second_code": code_of(secret)})["Location"] == "/sign-in"
    assert client.get("/people").status_code == 302


def test_nobody_gets_to_the_second_step_without_the_first(mission: Workspace) -> None:
    secret, codes = with_app()
    for code in (code_of(secret), codes[0]):
        assert new_client().post("/sign-in/second", {"second_code": code})["Location"] == "/sign-in"


def test_the_session_changes_at_each_step(mission: Workspace) -> None:
    secret, _ = with_app()
    client = new_client()
    sign_in(client)
    before = client.cookies["sessionid"].value
    send(client, "/sign-in/second", {"second_code": code_of(secret)})
    assert client.cookies["sessionid"].value != before
    other = new_client()
    other.cookies["sessionid"] = before
    assert other.get("/people").status_code == 302


def test_setting_up_ends_other_sessions_and_needs_a_code(mission: Workspace) -> None:
    other, client = new_client(), new_client()
    sign_in(other)
    sign_in(client)
    page = client.get("/account/app").content.decode()
    sealed = re.search(r'name="sealed_secret" value="([^"]+)"', page)
    assert sealed is not None
    answer = client.post("/account/app", {"sealed_secret": sealed[1], "app_code": "12345x"})
    assert answer.status_code == 422
    assert not TimeCodes.objects.exists()
    assert other.get("/account").status_code == 200
    set_up_app(client)
    assert other.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_a_secret_of_another_account_is_not_taken(mission: Workspace) -> None:
    mine, theirs = new_client(), new_client()
    sign_in(mine)
    sign_in(theirs, name="partner-administrator")
    page = theirs.get("/account/app").content.decode()
    shown = re.search(r'class="code" dir="ltr">([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed_secret" value="([^"]+)"', page)
    assert shown is not None
    assert sealed is not None
    form = {"sealed_secret": sealed[1], "app_code": code_of(shown[1].replace(" ", ""))}
    assert mine.post("/account/app", form).status_code == 422
    assert theirs.post("/account/app", form).status_code == 200


def test_secrets_are_sealed_in_the_database(mission: Workspace) -> None:
    secret, _ = with_app()
    stored = TimeCodes.objects.get()
    assert secret not in str(vars(stored))
    assert stored.account.name == ADMIN
    code = code_of(secret)
    with override_settings(SECRET_KEY="the secret of another folder, which does not open this one"):
        assert not use_time_code(stored.account, code)
    assert use_time_code(stored.account, code)


@given(st.text(max_size=60), st.text(max_size=20), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_sealed_texts_open_for_their_owner_alone(text: str, owner: str, place: int, change: int) -> None:
    sealed = seal(text, owner)
    assert unseal(sealed, owner) == text
    assert seal(text, owner) != sealed
    raw = bytearray(base64.urlsafe_b64decode(sealed))
    raw[place % len(raw)] ^= change
    for broken, asked in ((base64.urlsafe_b64encode(raw).decode(), owner), (sealed, owner + "x"), ("", owner)):
        with pytest.raises(UnsealError):
            unseal(broken, asked)


def test_removing_the_app_removes_recovery_codes(mission: Workspace) -> None:
    client = new_client()
    sign_in(client)
    set_up_app(client)
    assert send(client, "/account/app/remove", {}, "/account/factors")["Location"] == "/account/factors"
    assert not TimeCodes.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert sign_in(new_client())["Location"] == "/"
    assert send(client, "/account/recovery-codes", {}, "/account/factors")["Location"] == "/account/factors"
    assert not RecoveryCode.objects.exists()


CHANGES = [
    ("get", "/account/app"), ("post", "/account/app"), ("post", "/account/app/remove"),
    ("post", "/account/recovery-codes"), ("get", "/account/passkeys"), ("post", "/account/passkeys"),
    ("post", "/account/passkeys/1/remove"), ("post", "/account/sessions/0/end"),
    ("get", "/account/phones/add"), ("post", "/account/phones/add"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_an_old_session_changes_nothing(mission: Workspace, method: str, path: str) -> None:
    with_app()
    client = browser_of(ADMIN)
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm?next=%2Faccount")
    assert TimeCodes.objects.exists()
    assert RecoveryCode.objects.count() == SIGN_IN.recovery_codes


def test_confirming_takes_password_and_code(mission: Workspace) -> None:
    secret, _ = with_app()
    client = browser_of(ADMIN)
    form = {"password": PASSWORD, "next": "/account/app"}
    page = "/account/confirm"
    assert send(client, page, form).status_code == 422
    assert send(client, page, {**form, "second_code": "AAAA"}).status_code == 422
    wrong = {**form, "password": "wrong wrong wrong", "second_code": code_of(secret)}
    assert send(client, page, wrong).status_code == 422
    assert client.get("/account/app").status_code == 302
    before = client.cookies["sessionid"].value
    assert send(client, page, {**form, "second_code": code_of(secret)})["Location"] == "/account/app"
    assert client.cookies["sessionid"].value != before
    assert client.get("/account/app").status_code == 200


def test_a_confirmation_ends_after_a_while(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    client = new_client()
    sign_in(client)
    assert client.get("/account/app").status_code == 200
    later = time.time() + SIGN_IN.confirmed + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get("/account/app").status_code == 302


def test_confirming_leads_nowhere_else(mission: Workspace) -> None:
    client = browser_of(ADMIN)
    form = {"password": PASSWORD, "next": "https://elsewhere.example/"}
    assert send(client, "/account/confirm", form)["Location"] == "/"


def test_two_requests_with_one_code_at_the_same_time(either: Workspace) -> None:
    """Whoever comes second changes no row, whatever both have read before."""
    from threading import Barrier, Thread

    begin()
    secret, codes = with_app()
    account = Account.objects.get(name=ADMIN)
    for code in (code_of(secret), codes[0]):
        together, used = Barrier(4), []

        def use(code: str = code, together: Barrier = together, used: list[bool] = used) -> None:
            from tawteen.web.accounts.second_factors import use_code

            together.wait()
            used.append(use_code(account, code))
            connections.close_all()

        threads = [Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(used) == [False, False, False, True]


def test_old_sessions_are_forgotten_when_somebody_signs_in(mission: Workspace) -> None:
    sign_in(new_client())
    AccountSession.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    sign_in(new_client())
    assert AccountSession.objects.count() == 1
