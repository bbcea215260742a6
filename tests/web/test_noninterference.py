"""A private value of one party changes not one byte of what the other party can get.

Two copies of one workspace differ in what the host does in private. Everybody of the partner then asks for every page
in both, and every answer is compared: status, headers and body. Left out are the tokens of forms and the challenges of
passkeys alone, which are drawn at random for each answer, and the time of the day. The files of the record are not the
same, and must not be: they hold hashes of all entries. A test of their own looks at them entry by entry.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections
from django.test import Client
from tests.web.conftest import FOLDER, fresh_sqlite
from tests.web.mission import add_person, begin, browser_of
from tests.web.test_routes import ROUTES

from tawteen.web import rate_limit
from tawteen.web.accounts.invitations import invite
from tawteen.web.accounts.models import Account, RoleRow, TimeCodes
from tawteen.web.accounts.roles import END_ACT
from tawteen.web.accounts.second_factors import new_recovery_codes
from tawteen.web.imports.applying import Applying
from tawteen.web.imports.differences import no_differences, packed
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.strategies import DIFFERENCE_KINDS, UNDO
from tawteen.web.imports.undoing import compare_undo
from tawteen.web.log.append import NewEntry, append, locked_log, log_size
from tawteen.web.log.checkpoints import sign_checkpoint
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.run_log import RunEnd, begin_run, end_run
from tawteen.web.rate_limit import RateLimit
from tawteen.web.registry.models import CellVersion
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.rights import Person
from tawteen.web.role_names import ROLES
from tawteen.web.snapshots.models import SnapshotRow
from tawteen.web.snapshots.taking import take_snapshot
from tawteen.web.survey.phone_sign_in import add_phone
from tawteen.web.visibility import JOINT

SECRET = "Zarqa"
PEOPLE = [f"partner-{role}" for role in ROLES]
RANDOM = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|"challenge": "[\w-]+"')
LEFT_OUT = {"Set-Cookie", "Expires", "Date"}
"""Headers with a random token or the time of the day."""
SENDERS = ("partner-administrator", "partner-analyst", "partner-viewer")
"""Who sends forms too: the others have the rights of one of them."""
RECORD_FILES = {"/record/record.jsonl", "/record/checkpoint.txt"}

Act = Callable[[Any], None]


def cell(row: str, column: str, value: Any, table: str = "sites") -> None:
    standing = CellVersion.objects.filter(table=table, row=row, column=column).order_by("-number").first()
    based_on = () if standing is None else (standing.number,)
    append(NewEntry("host-analyst", "host", "cell", (table, row, column), {"value": value}, based_on))


def line(value: Any) -> None:
    for column, held in (("id", "line"), ("site", "shown"), ("name_en", value)):
        cell("line", column, held, "lines")


def observation(value: Any) -> None:
    columns = {"id": "e", "row": "shown", "table": "sites", "column": "name_en", "grade": "tested", "value": value}
    for column, held in columns.items():
        cell("e", column, held, "evidence")


def conflict(value: Any) -> None:
    cell("shown", "owner", value)
    append(NewEntry("host-viewer", "host", "cell", ("sites", "shown", "owner"), {"value": f"not {value}"}))


def settle(value: Any) -> None:
    based_on = tuple(CellVersion.objects.filter(row="open").order_by("number").values_list("number", flat=True))
    content = {"value": value, "reason": str(value)}
    append(NewEntry("host-analyst", "host", "settle", ("sites", "open", "town"), content, based_on))


def private_import(value: Any) -> None:
    cells = [
        {"table": "sites", "row": row, "column": "name_en", "value": value, "version": 0}
        for row in ("hidden", str(value))
    ]
    content = {"sha256": "0" * 64, "strategy": "start", "cells": cells}
    append(NewEntry("host-analyst", "host", "import", (f"{value}.xlsx",), content))


def compared_file(value: Any) -> None:
    PendingImport.objects.create(
        token=f"host-{value}", party="host", person="host-analyst", file=f"{value}.xlsx", sha256="0" * 64,
        created=datetime.now(UTC), compared_size=log_size(), counts=dict.fromkeys(DIFFERENCE_KINDS, 0),
        differences=packed(no_differences()),
    )  # fmt: skip


def undone_import(value: Any) -> None:
    private_import(value)
    row = ImportRow.objects.order_by("-number")[0]
    pending = compare_undo(Person("host-analyst", "", "host", frozenset(("analyst",))), row)
    pending.strategy = UNDO
    pending.save()
    Applying(pending).run()


def release_to_oneself(value: Any) -> None:
    cell("hidden", "town", value)
    append(NewEntry("host-analyst", "host", "release", ("sites", "hidden", "*"), {"to": ["host"], "later": True}))


def private_snapshot(value: Any) -> None:
    cell("hidden", "owner", value)
    person = Person("host-analyst", "", "host", frozenset(("analyst",)))
    take_snapshot(locked_log(), person, "host")


def private_run(value: Any) -> None:
    person = Person("host-analyst", "", "host", frozenset(("analyst",)))
    snapshot = take_snapshot(locked_log(), person, "host")
    with locked_log() as log:
        run = begin_run(log, person, snapshot, RunParameters(title=str(value)))
    end_run(run, 1, RunEnd("planned", files={"report.html": str(value).encode()}))


def role(value: Any) -> None:
    row = RoleRow.objects.get(person="host-viewer", ended=None)
    append(NewEntry("host-administrator", "host", END_ACT, ("host-viewer",), {"reason": str(value)}, (row.number,)))


def person(value: Any) -> None:
    add_person("host", "viewer", name=f"host-{value}")
    Account.objects.filter(name="host-auditor").update(full_name=str(value))


def removal(value: Any) -> None:
    cell("gone", "name_en", value)
    for column in ("name_en", "state"):
        cell("gone", column, None)


def conflict_elsewhere(value: Any) -> None:
    for name in (value, f"not {value}"):
        append(NewEntry("host-analyst", "host", "cell", ("regions", "east", "name_ar"), {"value": name}))


def invitation(value: Any) -> None:
    invite(("host-administrator", "host"), "host", ["viewer"], note=str(value))


def reset(value: Any) -> None:
    entry = append(NewEntry("host-administrator", "host", "reset", ("host-viewer",), {"reason": str(value)}))
    append(NewEntry("host-viewer", "host", "renew", ("host-viewer",), {}, (entry.number,)))


def requirement(value: Any) -> None:
    append(NewEntry("host-administrator", "host", "require", ("host",), {"second_factor": value == SECRET}))


def second_factor(value: Any) -> None:
    new_recovery_codes(Account.objects.get(name="host-chair"))
    codes = TimeCodes(sealed_secret=str(value), last_period=0, created=datetime.now(UTC))
    codes.account = Account.objects.get(name="host-chair")
    codes.save()


def position(value: Any) -> None:
    for column, degrees in (("lat", len(str(value))), ("lon", 20)):
        cell("shown", column, degrees)


def private_outline(value: Any) -> None:
    cell("outline", "geojson", f'{{"features": [{{"name": "{value}"}}]}}', "outline")


def submission(value: Any) -> None:
    photo = {"name": f"{value}.jpg", "sha256": "0" * 64, "media": "image/jpeg", "table": "sites", "row": "shown"}
    owner = {"table": "sites", "row": "shown", "column": "owner", "value": value, "version": 0}
    content = {"files": [photo], "site": "shown", "cells": [owner]}
    append(NewEntry("host-surveyor", "host", "submission", ("form", f"uuid:{value}"), content))


def faulty_submission(value: Any) -> None:
    photo = {"name": f"{value}.jpg", "sha256": "0" * 64}
    content = {"files": [photo], "fault": "[]", "reason": str(value)}
    append(NewEntry("host-surveyor", "host", "submission", ("form", f"uuid:{value}"), content))


def document(value: Any) -> None:
    content = {"name": f"{value}.pdf", "sha256": "0" * 64, "media": "application/pdf", "caption": str(value)}
    append(NewEntry("host-analyst", "host", "document", ("sites", "shown"), content))


def tour(value: Any) -> None:
    stop = {"site": "shown", "first_day": "2027-03-07", "last_day": "2027-03-07"}
    content = {"team": str(value), "first_day": "2027-03-07", "stops": [stop]}
    append(NewEntry("host-surveyor", "host", "tour", ("t1",), content))


def private_unit(value: Any) -> None:
    for column, held in (("id", "works"), ("name_en", value), ("party", "partner")):
        cell("works", column, held, "units")
    for column, held in (("unit", "works"), ("capability", "civil"), ("capacity", len(str(value)))):
        cell("works/civil", column, held, "offers")


def private_gate(value: Any) -> None:
    for column, held in (("site", "shown"), ("gate", "title"), ("state", "unknown"), ("authority", value)):
        cell("shown/title", column, held, "blockers")


ACTS: dict[str, Act] = {
    "a tour": tour,
    "a private unit and an offer of it": private_unit,
    "a private gate of a shown site": private_gate,
    "a position of a shown site": position,
    "a private outline": private_outline,
    "a value that was shown is changed": lambda value: cell("shown", "name_en", value),
    "a value of a shown site is entered": lambda value: cell("shown", "owner", value),
    "the name of a private site": lambda value: cell("hidden", "name_en", value),
    "a new private site": lambda value: cell(f"new-{value}", "name_en", value),
    "a private region": lambda value: cell("east", "name_en", value, "regions"),
    "a private line of a shown site": line,
    "a private observation of a shown value": observation,
    "a private conflict": conflict,
    "a private conflict is settled": settle,
    "a private conflict in another table": conflict_elsewhere,
    "a private row is taken away": removal,
    "a private import": private_import,
    "a private import is undone": undone_import,
    "a file is compared": compared_file,
    "a submission about a shown site": submission,
    "a submission that waits": faulty_submission,
    "a document of a shown site": document,
    "a telephone": lambda value: add_phone("host-surveyor", str(value)),
    "a release to the own party": release_to_oneself,
    "a private setting": lambda value: cell("about.name_en", "value", value, "settings"),
    "a snapshot of the own view": private_snapshot,
    "a private run": private_run,
    "a role ends": role,
    "a person joins": person,
    "an invitation": invitation,
    "a sign-in is reset": reset,
    "a second factor is required": requirement,
    "a second factor": second_factor,
}  # fmt: skip


@pytest.fixture(scope="module")
def mission(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A database with people of all roles, shown and private sites; and the session of everybody of the partner."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("mission"))
    begin()
    for party in ("host", "partner"):
        for name in ROLES:
            if name != "administrator":
                add_person(party, name)
    for row in ("shown", "hidden"):
        for column, value in (("id", row), ("name_en", f"Site {row}"), ("region", "east"), ("state", "stopped")):
            cell(row, column, value)
    append(NewEntry("host-analyst", "host", "release", ("sites", "shown", "*"), {"to": ["partner"], "later": False}))
    for value in ("a", "b"):
        append(NewEntry("host-analyst", "host", "cell", ("sites", "open", "town"), {"value": value}))
    append(NewEntry("partner-engineer", "partner", "cell", ("sites", "ours", "name_en"), {"value": "Site of ours"}))
    take_snapshot(locked_log(), Person("host-analyst", "", "host", frozenset(("analyst",))), JOINT)
    sessions = {name: browser_of(name).cookies["sessionid"].value for name in PEOPLE}
    connections.close_all()
    return Path(made.settings["NAME"]), sessions


@patch.object(rate_limit, "COSTLY", RateLimit(sys.maxsize, 1.0))  # nobody asks for so many pages in a minute
def answers(file: Path, folder: Path, sessions: dict[str, str], act: Act | None, value: str) -> dict[Any, Any]:
    """Everything that people of the partner get in a copy of a database in which an act is done."""
    fresh_sqlite(file, folder)
    if act is not None:
        act(value)
    got: dict[Any, Any] = {}
    paths = {route.path.replace("CODE", "AAAA-AAAA") for route in ROUTES.values()} - RECORD_FILES
    paths |= {f"/sites/{site}" for site in ("shown", "hidden", "ours", "new-x", "open", SECRET)}
    paths |= {
        f"/{page}/sites/{row}" for page in ("rows", "edit", "remove") for row in ("shown", "hidden", "ours", "open")
    }
    paths |= {f"/settle/sites/{column}/{row}" for column in ("owner", "town") for row in ("shown", "open", "hidden")}
    paths |= {"/desk/works", "/desk/works/civil", "/survey/tours/t1", "/survey/tours/t1/tour.ics"}
    paths |= {f"/rows/{table}" for table in ("sites", "lines", "evidence", "regions")}
    paths |= {f"/observe/sites/{row}?column=owner" for row in ("shown", "hidden")} | {"/releases?from=others"}
    paths |= {f"/release?table={table}" for table in ("sites&row=shown", "sites&row=hidden", "sites&row=ours", "lines")}
    paths |= {"/rows/lines/line", "/edit/lines/line", "/edit/sites/shown?column=state", "/add/lines?site=shown"}
    paths |= {
        f"/sites?{query}" for query in (f"q={SECRET}", "q=site", "region=east", "state=stopped", "page=2", "q=line")
    }
    joint = SnapshotRow.objects.earliest("number").number
    paths |= {f"/snapshots/compare?before={version_token(number)}" for number in range(joint, joint + 6)}
    paths |= {f"/imports/compared/host-{value}" for value in (SECRET, "x")}
    paths.add("/settings/edit?key=about.name_en")
    for name, session in sessions.items():
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.cookies["sessionid"] = session
        for path in sorted(paths):
            for method in ("get", "post") if name in SENDERS and path != "/sign-out" else ("get",):
                answer = getattr(client, method)(path)
                assert answer.status_code < 500 or path == "/health", (path, answer.content)
                body = RANDOM.sub(b"", answer.content)
                headers = {name: text for name, text in answer.headers.items() if name not in LEFT_OUT}
                got[name, method, path] = (answer.status_code, headers, body)
    connections.close_all()
    return got


@pytest.fixture(scope="module")
def untouched(mission: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """What everybody gets where the host does nothing."""
    file, sessions = mission
    return answers(file, tmp_path_factory.mktemp("untouched"), sessions, None, "")


def difference(worlds: list[dict[Any, Any]]) -> tuple[Any, ...] | None:
    """The first answer that differs between two values, or between the acts and none, or that holds the secret."""
    for key, (_, _, body) in worlds[1].items():
        if worlds[1][key] != worlds[2][key]:
            return key, worlds[1][key], worlds[2][key]
        # One page says how many entries there are, to those who keep checkpoints.
        if key[2] != "/record" and worlds[0][key] != worlds[1][key]:
            return key, worlds[0][key], worlds[1][key]
        if SECRET.encode() in body and SECRET not in key[2]:
            return key, body
    return None


def test_nobody_of_the_other_party_sees_a_difference(
    mission: tuple[Path, dict[str, str]], untouched: dict[Any, Any], tmp_path: Path
) -> None:
    """All acts are done in one world, and one by one where that shows a difference, to name the one that does."""
    file, sessions = mission
    names = list(ACTS)
    assert len(untouched) > 300

    def seen(*done: str, people: dict[str, str]) -> tuple[Any, ...] | None:
        def act(value: Any) -> None:
            for name in done:
                ACTS[name](value)

        return difference([untouched, *(answers(file, tmp_path, people, act, value) for value in (SECRET, "x"))])

    if (together := seen(*names, people=sessions)) is not None:
        who = together[0][0]
        alone = [name for name in names if seen(name, people={who: sessions[who]}) is not None]
        pytest.fail(f"{alone or names}: {together}")


def test_the_test_sees_what_is_shown(mission: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """The same comparison finds a value that is released."""
    file, sessions = mission

    def shown(value: Any) -> None:
        cell("shown", "name_en", value)
        append(
            NewEntry("host-analyst", "host", "release", ("sites", "shown", "*"), {"to": ["partner"], "later": False})
        )

    one = {"partner-viewer": sessions["partner-viewer"]}
    before, after = (answers(file, tmp_path, one, shown, value) for value in ("Alpha", SECRET))
    differing = {path for (_, method, path), answer in before.items() if after[_, method, path] != answer}
    assert {"/sites", "/sites/shown", f"/sites?q={SECRET}"} <= differing


@pytest.mark.parametrize("act", ["a value that was shown is changed", "a private import", "a role ends"])
def test_the_record_gives_hashes_of_what_is_private(
    mission: tuple[Path, dict[str, str]], tmp_path: Path, act: str
) -> None:
    """Of an entry that is not for the party there are its number and a hash, in which a salt prevents guessing."""
    file, _ = mission
    fresh_sqlite(file, tmp_path)
    ACTS[act](SECRET)
    sign_checkpoint(FOLDER.signing_key())
    lines = browser_of("partner-auditor").get("/record/record.jsonl").getvalue().splitlines()
    assert SECRET.encode() not in b"".join(lines)
    fields = [json.loads(line) for line in lines]
    private = [one for one in fields if one.keys() == {"leaf", "number"}]
    assert fields[-1] in private
    assert not [
        one for one in fields if one not in private and one["party"] == "host" and one["act"] in ("end", "import")
    ]
