"""The first visit: one word makes one administrator, who names the parties and invites the other side."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web.conftest import FOLDER, Workspace
from tests.web.mission import PASSWORD, send

from tawteen.record.entry import read_line
from tawteen.web.accounts.first_visit import first_word
from tawteen.web.accounts.models import Account, PartyRow, RoleRow
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild


def filled(**changed: str) -> dict[str, str]:
    return {
        "word": first_word(FOLDER) or "", "host_name_en": "Republic of Sand", "host_name_ar": "جمهورية الرمل",
        "partner_name_en": "Works of the Delta", "partner_name_ar": "مصانع الدلتا", "own_party": "host",
        "name": "amal", "full_name": "Amal Ben Ali", "new_password": PASSWORD, "repeated_password": PASSWORD, **changed,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def no_word() -> None:
    FOLDER.first_word_file.unlink(missing_ok=True)


def test_a_new_workspace_leads_to_the_first_visit(workspace: Workspace, browser: Client) -> None:
    assert browser.get("/")["Location"] == "/first-visit"


def test_the_word_stays_until_it_is_used(workspace: Workspace) -> None:
    word = first_word(FOLDER)
    assert word is not None
    assert len(word) >= 16
    assert first_word(FOLDER) == word
    assert FOLDER.first_word_file.stat().st_mode & 0o077 == 0


def test_two_administrators_of_two_parties(either: Workspace, browser: Client) -> None:
    slip = send(browser, "/first-visit", filled())
    assert slip.status_code == 200
    assert first_word(FOLDER) is None
    assert not FOLDER.first_word_file.exists()
    code = re.search(r'class="code"><bdi dir="ltr">([A-Z2-7-]+)<', slip.content.decode())
    assert code is not None
    other = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    typed = send(other, "/join", {"code": code[1].lower().replace("-", " ")})
    joined = send(other, typed["Location"], {
        "name": "badr", "full_name": "Badr Saad", "new_password": PASSWORD, "repeated_password": PASSWORD,
    })  # fmt: skip
    assert joined["Location"] == "/"
    assert b"Works of the Delta" in other.get("/").content
    assert b"Republic of Sand" in browser.get("/").content
    held = set(RoleRow.objects.values_list("person", "role", "party"))
    assert held == {("amal", "administrator", "host"), ("badr", "administrator", "partner")}
    entries = [read_line(line).entry() for _, line in record_lines_after(0)]
    acts = [(entry.person, entry.party, entry.act, entry.subject[0]) for entry in entries]
    assert acts == [
        *[("amal", "host", "cell", "parties")] * 4, ("amal", "host", "release", "parties"),
        ("workspace", "workspace", "grant", "amal"), ("amal", "host", "grant", "badr"),
    ]  # fmt: skip
    tables = list(RoleRow.objects.order_by("number").values_list()), list(PartyRow.objects.values_list())
    rebuild()
    assert (list(RoleRow.objects.order_by("number").values_list()), list(PartyRow.objects.values_list())) == tables


@pytest.mark.parametrize(("changed", "fault"), [
    ({"word": "guess"}, "This is not the word"),
    ({"word": ""}, "Fill this in."),
    ({"own_party": "donor"}, "Choose from the list."),
    ({"own_party": ""}, "Fill this in."),
    ({"host_name_ar": " "}, "Fill this in."),
    ({"host_name_en": "x" * 201}, "At most 200 characters."),
    ({"name": "two words"}, "Only letters"),
    ({"name": "-dash"}, "Only letters"),
    ({"name": "Workspace"}, "Somebody has this name"),
    ({"full_name": "a\u202eb"}, "cannot be printed"),
    ({"repeated_password": "another"}, "The two passwords differ."),
    ({"new_password": "short", "repeated_password": "short"}, "At least 12 characters."),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_done(
    workspace: Workspace, browser: Client, changed: dict[str, str], fault: str
) -> None:
    answer = send(browser, "/first-visit", filled(**changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert fault in page
    assert page.count(" autofocus") == 1
    assert PASSWORD not in page
    assert not Account.objects.exists()
    assert not list(record_lines_after(0))


def test_it_comes_once(workspace: Workspace, browser: Client) -> None:
    word = first_word(FOLDER) or ""
    send(browser, "/first-visit", filled())
    again = Client(SERVER_NAME="localhost")
    assert again.get("/first-visit").status_code == 404
    assert again.post("/first-visit", filled(word=word, name="other")).status_code == 404
    assert Account.objects.count() == 1
