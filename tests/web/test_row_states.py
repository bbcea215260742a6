"""Every page of a row × role × party × state of the row: own, released, hidden, in conflict, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections
from tests.web.conftest import fresh_sqlite
from tests.web.mission import add_person, begin, browser_of
from tests.web.test_row_edit import REGION, SITE, enter

from tawteen.web.accounts.parties import FIRST_PARTIES
from tawteen.web.log.append import NewEntry, append
from tawteen.web.role_names import ROLES

EDITORS = {"administrator", "analyst", "engineer", "finance", "training"}
SEEN = {
    "own": {"host"}, "released": {"host", "partner"}, "released-early": {"host", "partner"}, "hidden": {"host"},
    "conflict": {"host"}, "both-conflict": {"host", "partner"}, "gone": set(), "theirs": {"partner"}, "never": set(),
}  # fmt: skip
"""States of a row, and the parties that see it."""
IN_CONFLICT = {"conflict": {"host"}, "both-conflict": {"host", "partner"}}


@pytest.fixture(scope="module")
def states(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a site in each state."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("states"))
    begin()
    for party in FIRST_PARTIES:
        for role in ROLES:
            if role != "administrator":
                add_person(party, role)
    enter("regions", "east", REGION)
    for row in SEEN.keys() - {"theirs", "never"}:
        enter("sites", row, {**SITE, "id": row, "name_en": f"Site {row}", "owner": f"Owner of {row}"})
    enter("sites", "theirs", {**SITE, "id": "theirs", "name_en": "Site theirs"}, "partner-analyst")
    for row in ("conflict", "both-conflict"):
        enter("sites", row, {"owner": f"Another owner of {row}"})
    for row in ("released", "both-conflict"):
        append(NewEntry("host-chair", "host", "release", ("sites", row, "*"), {"to": ["partner"], "later": True}))
    early = ("sites", "released-early", "*")
    append(NewEntry("host-chair", "host", "release", early, {"to": ["partner"], "later": False}))
    enter("sites", "released-early", {"town": "Secret town"})
    for column in ("id", "name_en", "name_ar", "region", "state", "role", "owner"):
        append(
            NewEntry("host-analyst", "host", "cell", ("sites", "gone", column), {"value": None}, _last("gone", column))
        )
    connections.close_all()
    return Path(made.settings["NAME"])


def _last(row: str, column: str) -> tuple[int]:
    from tawteen.web.registry.models import CellVersion

    (number,) = CellVersion.objects.filter(row=row, column=column).values_list("number", flat=True)
    return (number,)


@pytest.mark.parametrize("state", SEEN)
@pytest.mark.parametrize("party", FIRST_PARTIES)
def test_who_sees_a_row_and_who_may_change_it(states: Path, tmp_path: Path, party: str, state: str) -> None:
    fresh_sqlite(states, tmp_path)
    seen, in_conflict = party in SEEN[state], party in IN_CONFLICT.get(state, ())
    for role in ROLES:
        browser = browser_of(f"{party}-{role}")
        page = browser.get(f"/sites/{state}")
        assert page.status_code == (200 if seen else 404)
        assert (
            browser.get(f"/rows/sites/{state}").status_code == 302
        )  # to the page of the site, whether it is there or not
        assert (f'/sites/{state}"' in browser.get("/rows/sites").content.decode()) is seen
        assert (f'/sites/{state}"' in browser.get("/sites").content.decode()) is seen
        assert (f"Owner of {state}" in browser.get("/conflicts").content.decode()) is in_conflict
        may = role in EDITORS
        expected = 200 if may and seen else 404 if may else 403
        assert browser.get(f"/edit/sites/{state}").status_code == expected
        assert browser.get(f"/remove/sites/{state}").status_code == expected
        settled = 404 if state in ("theirs", "never") or not seen else 200 if in_conflict else 302
        if state == "gone" and party == "host":
            settled = 302  # its owner was there, and is empty
        assert browser.get(f"/settle/sites/owner/{state}").status_code == (settled if may else 403)
        if seen:
            assert ("/edit/sites/" in page.content.decode()) is may
            assert (f"/settle/sites/owner/{state}" in page.content.decode()) is (may and in_conflict)
        assert b"Secret town" not in page.content or party == "host"
