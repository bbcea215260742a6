"""Signing in, lockout, passwords, sessions, invitations and roles."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import argon2.low_level
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, add_person, begin, browser_of, send
from tests.web.test_pages import outline

from tawteen.record.entry import read_line
from tawteen.web.accounts.invitations import invite, open_invitation
from tawteen.web.accounts.models import Account, AccountSession, FailedSignIn, Invitation, RoleRow
from tawteen.web.accounts.passwords import password_faults
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.params import PASSWORD as RULES
from tawteen.web.params import SIGN_IN
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.row_tokens import row_token

NEW = {"new_password": "nine quiet harbours", "repeated_password": "nine quiet harbours"}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    return workspace


def sign_in(client: Client, name: str = "host-administrator", password: str = PASSWORD, target: str = "/") -> str:
    answer = send(client, "/sign-in", {"name": name, "password": password, "next": target})
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def test_a_page_asks_to_sign_in_and_then_comes(mission: Workspace, browser: Client) -> None:
    assert browser.get("/people")["Location"] == "/sign-in?next=/people"
    assert sign_in(browser, target="/people") == "/people"
    assert browser.get("/people").status_code == 200
    assert send(browser, "/sign-out", {}, "/people")["Location"] == "/sign-in"
    assert browser.get("/people").status_code == 302


@pytest.mark.parametrize("name", ["Host-Administrator", " host-administrator ", "host administrator"])
def test_a_name_is_known_however_it_is_spelled(mission: Workspace, browser: Client, name: str) -> None:
    assert sign_in(browser, name) == "/"


@pytest.mark.parametrize("target", ["https://elsewhere.example", "//elsewhere.example/x", "elsewhere", "\\\\x"])
def test_signing_in_leads_nowhere_else(mission: Workspace, browser: Client, target: str) -> None:
    assert sign_in(browser, target=target) == "/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(mission: Workspace) -> None:
    pages = [
        sign_in(Client(SERVER_NAME="localhost"), name, "wrong wrong wrong") for name in ("host-administrator", "x")
    ]
    shown = [re.sub(r'value="[^"]*"', "", page) for page in pages]
    assert shown[0] == shown[1]
    assert "Name or password is wrong." in shown[0]


@pytest.mark.parametrize("name", ["host-administrator", "nobody", "reset", "closed"])
def test_every_wrong_sign_in_takes_the_work_of_one_hash(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """How long an answer takes does not say whether there is such a person."""
    for number, account in enumerate(
        (add_person("host", "viewer", name="reset"), add_person("host", "chair", name="closed"))
    ):
        account.is_active = number == 0
        if number == 0:
            account.set_unusable_password()
        account.save()
    hashed: list[str] = []
    hash_secret, verify_secret = argon2.low_level.hash_secret, argon2.low_level.verify_secret
    monkeypatch.setattr(argon2.low_level, "hash_secret", lambda *a, **k: hashed.append("x") or hash_secret(*a, **k))
    monkeypatch.setattr(argon2.low_level, "verify_secret", lambda *a, **k: hashed.append("x") or verify_secret(*a, **k))
    monkeypatch.setattr("argon2._password_hasher.verify_secret", argon2.low_level.verify_secret)
    sign_in(Client(SERVER_NAME="localhost"), name, "wrong wrong wrong")
    assert len(hashed) == 1


@pytest.mark.parametrize("name", ["host-administrator", "nobody"])
def test_a_name_is_locked_for_a_while(mission: Workspace, browser: Client, name: str) -> None:
    for _ in range(SIGN_IN.failures):
        assert "Name or password is wrong." in sign_in(browser, name, "wrong wrong wrong")
    assert "Too many wrong passwords" in sign_in(browser, name)
    assert sign_in(browser, "partner-administrator") == "/"
    FailedSignIn.objects.update(time=datetime.now(UTC) - timedelta(seconds=SIGN_IN.lockout + 1))
    expected = "/" if name != "nobody" else "Name or password is wrong."
    assert expected in sign_in(Client(SERVER_NAME="localhost"), name)


def test_strangers_do_not_lock_out_who_signed_in_with_this_browser_before(mission: Workspace, browser: Client) -> None:
    """Names are no secret between the parties: whoever wants to keep a chair out before a meeting would only type."""
    sign_in(browser)
    send(browser, "/sign-out", {}, "/people")
    stranger = Client(SERVER_NAME="localhost")
    sign_in(stranger, "partner-administrator")
    send(stranger, "/sign-out", {}, "/people")
    for _ in range(SIGN_IN.failures):
        sign_in(stranger, password="wrong wrong wrong")
    assert "Too many wrong passwords" in sign_in(stranger)
    assert sign_in(browser) == "/"
    assert "Too many wrong passwords" in sign_in(stranger), "who succeeds elsewhere frees no attempts of others"
    send(browser, "/sign-out", {}, "/people")
    for _ in range(SIGN_IN.failures):
        assert "Name or password is wrong." in sign_in(browser, password="wrong wrong wrong")
    assert "Too many wrong passwords" in sign_in(browser)
    browser.cookies["browser"] = browser.cookies["browser"].value[:-1]
    assert "Too many wrong passwords" in sign_in(browser)


def test_wrong_names_are_forgotten_after_a_while(mission: Workspace, browser: Client) -> None:
    for number in range(3):
        sign_in(browser, f"nobody-{number}", "wrong wrong wrong")
    FailedSignIn.objects.update(time=datetime.now(UTC) - timedelta(seconds=SIGN_IN.lockout + 1))
    sign_in(browser)
    assert not FailedSignIn.objects.exists()


def test_a_name_that_folds_to_more_letters_is_answered(either: Workspace, browser: Client) -> None:
    """One letter of Arabic presentation forms is a whole sentence when it is folded."""
    begin()
    name = "\ufdfa" * 20
    assert "Name or password is wrong." in sign_in(browser, name, "wrong wrong wrong")
    slip = invite(("host-administrator", "host"), "host", ["viewer"])
    answer = send(browser, f"/join/{slip.code}", {"name": name, "full_name": "X", **NEW})
    assert answer.status_code == 422
    assert not Account.objects.filter(full_name="X").exists()


def test_a_closed_account_is_signed_out_and_stays_out(mission: Workspace, browser: Client) -> None:
    sign_in(browser)
    Account.objects.filter(name="host-administrator").update(is_active=False)
    assert browser.get("/people").status_code == 302
    assert "Name or password is wrong." in sign_in(Client(SERVER_NAME="localhost"))


def test_the_session_changes_when_somebody_signs_in(mission: Workspace) -> None:
    client = Client(SERVER_NAME="localhost")
    client.cookies["sessionid"] = "chosen-by-somebody-else-0000000"
    sign_in(client)
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else-0000000"
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == SIGN_IN.session


def test_passwords_are_hashed_with_argon2(mission: Workspace) -> None:
    assert Account.objects.get(name="host-administrator").password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(("password", "code"), [
    ("elevenchars", "web.password_short"), ("x" * (RULES.most + 1), "web.password_long"),
    ("1234567890123", "web.password_common"), ("8302957164023", ""), ("aaaaaaaaaaaaaa", "web.password_guessed"),
    ("I am amal.benali 77", "web.password_guessed"), ("كلمات سهلة الحفظ", ""), ("    spaces count    ", ""),
    (PASSWORD, ""),
    ("x" * 8 + "abcdefgh" * 31, ""),
])  # fmt: skip
def test_rules_of_passwords(password: str, code: str) -> None:
    assert [fault for fault, _ in password_faults(password, ["amal.benali", "Amal"])] == ([code] if code else [])


@pytest.mark.parametrize("password", [
    "republic of sand 1", "مصانع الدلتا كلها", "i love tawteen", "nine workspaces", "Host-Administrator!",
])  # fmt: skip
def test_names_of_the_workspace_are_guessed(mission: Workspace, password: str) -> None:
    client = browser_of("host-administrator")
    form = {"password": PASSWORD, "new_password": password, "repeated_password": password}
    assert "easily guessed from a name" in send(client, "/account", form).content.decode()


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=64).filter(lambda text: len(set(text)) >= 8)
)
def test_no_character_is_asked_for_or_refused(password: str) -> None:
    assert {code for code, _ in password_faults(password, [])} <= {"web.password_common"}


def test_a_password_is_taken_exactly_as_it_is_typed(mission: Workspace) -> None:
    client, exact = browser_of("host-administrator"), "  Nine Quiet  Harbours " + "x" * 200
    form = {"password": PASSWORD, "new_password": exact, "repeated_password": exact}
    assert send(client, "/account", form).status_code == 200
    for changed in (exact.strip(), exact.lower(), exact[:-1], exact[:72], exact.replace("  ", " ")):
        assert "Name or password is wrong." in sign_in(Client(SERVER_NAME="localhost"), password=changed)
        FailedSignIn.objects.all().delete()
    assert sign_in(Client(SERVER_NAME="localhost"), password=exact) == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/account/confirm"])
def test_passwords_are_masked_and_may_be_pasted(mission: Workspace, path: str) -> None:
    page = browser_of(None if path == "/sign-in" else "host-administrator").get(path)
    fields = [
        attrs for tag, attrs in outline(page.content) if tag == "input" and "password" in (attrs.get("name") or "")
    ]
    assert fields
    for attrs in fields:
        assert attrs["type"] == "password"
        assert attrs["autocomplete"] in ("current-password", "new-password")
        assert int(attrs["maxlength"] or 0) == RULES.most
        assert not [name for name in attrs if name.startswith("on")]


def test_another_password_ends_all_other_sessions(mission: Workspace, browser: Client) -> None:
    other = Client(SERVER_NAME="localhost")
    sign_in(browser)
    sign_in(other)
    answer = send(browser, "/account", {"password": PASSWORD, **NEW})
    assert "All other sessions have ended." in answer.content.decode()
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert "Name or password is wrong." in sign_in(other)
    assert sign_in(other, password=NEW["new_password"]) == "/"


def test_the_own_password_is_asked_for_and_cannot_be_tried_without_end(mission: Workspace) -> None:
    client = browser_of("host-administrator")
    for _ in range(SIGN_IN.failures):
        answer = send(client, "/account", {"password": "wrong wrong wrong", **NEW})
        assert answer.status_code == 422
    assert "Too many wrong passwords" in send(client, "/account", {"password": PASSWORD, **NEW}).content.decode()
    assert Account.objects.get(name="host-administrator").check_password(PASSWORD)


def test_sessions_are_listed_and_ended(mission: Workspace) -> None:
    mine, theirs = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost", headers={"User-Agent": "Old phone"})
    sign_in(mine)
    sign_in(theirs)
    stranger = Client(SERVER_NAME="localhost")
    sign_in(stranger, "partner-administrator")
    page = mine.get("/account").content.decode()
    assert "Old phone" in page
    assert not [key for key in AccountSession.objects.values_list("pk", flat=True) if key in page]
    (handle,) = re.findall(r"/account/sessions/(\w+)/end", page)
    assert send(stranger, f"/account/sessions/{handle}/end", {}, "/account").status_code == 404
    assert theirs.get("/account").status_code == 200
    assert send(mine, f"/account/sessions/{handle}/end", {}, "/account").status_code == 302
    assert theirs.get("/account").status_code == 302
    assert mine.get("/account").status_code == 200


def test_an_invitation_is_used_once(mission: Workspace) -> None:
    admin, guest = browser_of("host-administrator"), Client(SERVER_NAME="localhost")
    page = send(
        admin, "/people/invite", {"roles": ["analyst", "viewer"], "note": "Dr Huda"}, "/people"
    ).content.decode()
    link = re.search(r"http://localhost(/join/[A-Z2-7-]+)", page)
    assert link is not None
    assert "Dr Huda" in admin.get("/people").content.decode()
    form = {"name": "huda", "full_name": "Huda", **NEW}
    assert send(guest, link[1], form)["Location"] == "/"
    assert {*RoleRow.objects.filter(person="huda").values_list("role", "party")} == {
        ("analyst", "host"), ("viewer", "host"),
    }  # fmt: skip
    assert "Dr Huda" not in admin.get("/people").content.decode()
    late = Client(SERVER_NAME="localhost")
    assert late.get(link[1]).status_code == 404
    assert late.post(link[1], {**form, "name": "other"}).status_code == 404


@pytest.mark.parametrize("state", ["expired", "withdrawn", "unknown"])
def test_an_invitation_that_is_over_is_refused(mission: Workspace, state: str) -> None:
    slip = invite(("host-administrator", "host"), "host", ["viewer"])
    if state == "expired":
        Invitation.objects.update(expires=datetime.now(UTC))
    elif state == "withdrawn":
        admin = browser_of("host-administrator")
        token = row_token(Invitation.objects.get())
        assert (
            send(
                browser_of("partner-administrator"), f"/people/invitations/{token}/withdraw", {}, "/people"
            ).status_code
            == 404
        )
        assert send(admin, f"/people/invitations/{token}/withdraw", {}, "/people").status_code == 302
    code = "AAAA-BBBB" if state == "unknown" else slip.code
    answer = Client(SERVER_NAME="localhost").get(f"/join/{code}", headers={"Accept-Language": "ar"})
    assert answer.status_code == 404
    assert "لا يمكن استعمال هذه الدعوة" in answer.content.decode()


def test_a_code_is_not_kept_and_may_be_typed_in_many_ways(mission: Workspace) -> None:
    slip = invite(("host-administrator", "host"), "host", ["viewer"])
    assert slip.code.replace("-", "") not in str(Invitation.objects.values_list())
    for typed in (slip.code, slip.code.lower(), slip.code.replace("-", " "), slip.code.replace("O", "0")):
        assert open_invitation(typed) is not None
    assert open_invitation(slip.code[:-1]) is None


def test_a_form_that_is_sent_twice_makes_one_person(mission: Workspace) -> None:
    slip = invite(("host-administrator", "host"), "host", ["viewer"])
    form = {"name": "huda", "full_name": "Huda", **NEW}
    answers = [Client(SERVER_NAME="localhost").post(f"/join/{slip.code}", form).status_code for _ in range(2)]
    assert answers == [302, 404]
    assert Account.objects.filter(name="huda").count() == 1


@pytest.mark.parametrize("name", ["host-administrator", "HOST-Administrator", "host_administrator"])
def test_no_two_people_have_names_alike(mission: Workspace, name: str) -> None:
    slip = invite(("host-administrator", "host"), "host", ["viewer"])
    answer = Client(SERVER_NAME="localhost").post(f"/join/{slip.code}", {"name": name, "full_name": "X", **NEW})
    assert "Somebody has this name" in answer.content.decode()


def test_roles_are_granted_and_ended_on_the_record(mission: Workspace) -> None:
    add_person("host", "viewer")
    admin, viewer = browser_of("host-administrator"), browser_of("host-viewer")
    assert send(admin, "/people/roles/grant", {"person": "host-viewer", "role": "chair"}, "/people").status_code == 302
    assert send(admin, "/people/roles/grant", {"person": "host-viewer", "role": "chair"}, "/people").status_code == 302
    entries = [read_line(line).entry() for _, line in record_lines_after(0)]
    assert [entry.content for entry in entries if entry.subject == ("host-viewer",)] == [
        {"role": "viewer", "party": "host"}, {"role": "chair", "party": "host"},
    ]  # fmt: skip
    for row in RoleRow.objects.filter(person="host-viewer"):
        path = f"/people/roles/{version_token(row.number)}/end"
        assert send(admin, path, {"reason": ""}, "/people").status_code == 422
        assert viewer.get("/people").status_code == 200
        assert send(admin, path, {"reason": "left the mission"}, "/people").status_code == 302
        assert send(admin, path, {"reason": "again"}, "/people").status_code == 404
    last = [read_line(line).entry() for _, line in record_lines_after(0)][-1]
    assert (last.person, last.act, last.content) == ("host-administrator", "end", {"reason": "left the mission"})
    assert viewer.get("/people").status_code == 302
    again = browser_of("host-viewer")
    assert again.get("/").status_code == 403
    assert "no role" in again.get("/people").content.decode()


def test_the_last_administrator_stays(mission: Workspace) -> None:
    admin = browser_of("host-administrator")
    number = RoleRow.objects.get(person="host-administrator").number
    answer = send(admin, f"/people/roles/{version_token(number)}/end", {"reason": "x"}, "/people")
    assert answer.status_code == 409
    add_person("host", "administrator", name="second")
    assert send(admin, f"/people/roles/{version_token(number)}/end", {"reason": "x"}, "/people").status_code == 302


def test_an_administrator_has_no_hold_over_the_other_party(mission: Workspace) -> None:
    add_person("partner", "engineer")
    admin = browser_of("host-administrator")
    number = RoleRow.objects.get(person="partner-engineer").number
    assert "partner-" not in admin.get("/people").content.decode()
    assert send(admin, f"/people/roles/{version_token(number)}/end", {"reason": "x"}, "/people").status_code == 404
    form = {"person": "partner-engineer", "role": "viewer"}
    assert send(admin, "/people/roles/grant", form, "/people").status_code == 404
    assert (
        send(admin, "/people/roles/grant", {"person": "host-administrator", "role": "x"}, "/people").status_code == 404
    )
