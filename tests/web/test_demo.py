"""The demo workspace: complete, evidently invented, for its owner's eyes, and made whole or not at all."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings
from django_tasks_db.models import DBTaskResult
from tests.tiny import tiny
from tests.web import postgresql
from tests.web.commands import command, refused
from tests.web.conftest import Workspace, use
from tests.web.entered_case import enter_case
from tests.web.mission import begin, browser_of

import tawteen as tw
from tawteen.case.findings import CaseError
from tawteen.record.record_file import write_record
from tawteen.record.state import RecordState
from tawteen.record.verification import verify_record
from tawteen.runs.usage_error import UsageError
from tawteen.web.accounts.models import Account
from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings
from tawteen.web.demo.acts import CONTESTED, HOST_ALONE, PRIVATE_OF_HOST, PRIVATE_OF_PARTNER
from tawteen.web.demo.people import DemoPerson
from tawteen.web.demo.programme import plan_together
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.models import StoredCheckpoint
from tawteen.web.programmes import planning_run
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.run_states import PLANNED_RUN
from tawteen.web.registry.models import CellVersion, SiteRow
from tawteen.web.rights import Person
from tawteen.web.role_names import ROLES
from tawteen.web.visibility import JOINT, PartyView
from tawteen.words import Words


@pytest.fixture
def demo(demo_folder: Path) -> Iterator[DataFolder]:
    """A demo whose database is that of this process; it is read alone."""
    folder = DataFolder(demo_folder)
    use(database_settings("", folder.database))
    yield folder
    connections.close_all()


def test_everybody_can_sign_in_with_the_password_of_the_file(demo: DataFolder) -> None:
    lines = demo.demo_people_file.read_text(encoding="utf-8").splitlines()
    passwords = {name: password for name, password, _ in (line.split("\t") for line in lines)}
    accounts = {account.name: account for account in Account.objects.all()}
    assert passwords.keys() == accounts.keys() == {f"{party}-{role}" for party in ("host", "partner") for role in ROLES}
    assert len(set(passwords.values())) == 20
    for name in ("host-surveyor", "partner-finance"):
        assert accounts[name].check_password(passwords[name])
    for account in accounts.values():
        assert re.search(r"[a-z] Al-(?:Mithali|Tajribi) · [\u0600-\u06ff]+ ال", account.full_name), account.full_name


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_secrets_can_be_read_by_the_owner_alone(demo: DataFolder) -> None:
    assert stat.S_IMODE(demo.path.stat().st_mode) == 0o700
    for path in (demo.demo_people_file, demo.secret_file, demo.key_file, demo.passphrase_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_party_has_something_of_its_own_and_one_conflict_is_open(demo: DataFolder) -> None:
    views = {party: PartyView(party) for party in ("host", "partner")}
    for place, owner in ((PRIVATE_OF_HOST, "host"), (PRIVATE_OF_PARTNER, "partner")):
        table, row, column = place
        last = CellVersion.objects.filter(table=table, row=row, column=column).latest("number")
        shown = {party: [one.number for one in view.history(table, [row])[place]] for party, view in views.items()}
        assert [last.number in numbers for numbers in shown.values()] == [party == owner for party in shown]
    for table in HOST_ALONE:
        assert views["host"].rows(table)
        assert not views["partner"].rows(table)
    for party in views:
        assert list(SiteRow.objects.filter(party=party, conflicts__gt=0).values_list("site", flat=True)) == [
            CONTESTED[1]
        ]
        assert SiteRow.objects.filter(party=party).count() == 64
    assert views["host"].rows("evidence", ["demo-1"])
    assert views["partner"].rows("evidence", ["demo-1", "demo-3"]).keys() == {"demo-1", "demo-3"}
    assert not views["host"].rows("evidence", ["demo-3"])


def test_its_record_is_whole_and_leads_to_its_tables(demo: DataFolder, tmp_path: Path) -> None:
    record, checkpoint = tmp_path / "record.jsonl", tmp_path / "checkpoint.txt"
    write_record(record, (line for _, line in record_lines_after(0)))
    checkpoint.write_text(StoredCheckpoint.objects.latest("size").note, encoding="utf-8", newline="\n")
    verification = verify_record(record, [checkpoint])
    assert verification.whole
    with record.open("rb") as file:
        from tawteen.record.entry import read_line

        state = RecordState.fold(read_line(line.rstrip(b"\n")) for line in file)
    assert [*state.conflicts()] == [CONTESTED]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_page_says_that_it_is_a_demo(workspace: Workspace, lang: str) -> None:
    begin()
    sentence = Words(lang).say("web.demo")  # type: ignore[arg-type]
    signed_in, stranger = browser_of("host-administrator", lang), browser_of(None, lang)
    pages = [(signed_in, "/"), (signed_in, "/sites"), (signed_in, "/nowhere"), (stranger, "/sign-in")]
    with override_settings(IS_DEMO=True):
        for browser, path in pages:
            assert sentence in browser.get(path).content.decode(), path
        assert "demo-people.txt" in stranger.get("/sign-in").content.decode()
        assert "demo-people.txt" not in signed_in.get("/").content.decode()
    for browser, path in pages:
        assert sentence not in browser.get(path).content.decode(), path


def test_a_programme_that_fails_makes_no_demo(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    enter_case(Person("host-administrator", "", "host", frozenset({"administrator"})), tiny(), shared=True)
    people: Any = {("host", "analyst"): DemoPerson("host-administrator", "", "host", "analyst", "")}
    monkeypatch.setattr(planning_run, "plan_into", None)
    with pytest.raises(CaseError) as failed:
        plan_together(people)
    assert [finding.code for finding in failed.value.findings] == ["web.run.fault"]


def test_a_folder_without_the_public_case_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tawteen.web.upkeep.demo.public_case", lambda: None)
    with pytest.raises(UsageError) as failed:
        tw.demo(tmp_path / "new" / "demo")
    assert [finding.code for finding in failed.value.findings] == ["web.no_public_case"]
    assert [*tmp_path.iterdir()] == []


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        assert refused("demo", folder) == "web.demo_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_in_postgresql(postgresql_server: str, tmp_path: Path) -> None:
    postgresql.ask(postgresql_server, "CREATE DATABASE demo")
    address = postgresql_server.replace("/postgres?", "/demo?")
    command("demo", tmp_path / "demo", "--no-programme", DATABASE_URL=address)
    use(database_settings(address, Path()))
    assert Account.objects.count() == 20
    assert SiteRow.objects.filter(party="partner").count() == 64
    connections.close_all()
    assert refused("demo", tmp_path / "second", DATABASE_URL=address) == "web.demo_database_used"
    assert not (tmp_path / "second").exists()


def test_both_parties_see_a_programme(tmp_path: Path) -> None:
    command("demo", tmp_path / "demo")
    use(database_settings("", DataFolder(tmp_path / "demo").database))
    run = RunRow.objects.get()
    assert (run.view, run.state) == (JOINT, PLANNED_RUN)
    assert not DBTaskResult.objects.exists()
    for name in ("host-viewer", "partner-viewer"):
        assert f"/programmes/{run.run}" in browser_of(name).get("/programmes").content.decode()
    connections.close_all()
