"""Every table has a list of rows that the party sees, and each of them a page."""

from __future__ import annotations

import re

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import browser_of
from tests.web.test_pages import outline
from tests.web.test_row_edit import enter, prepare

from tawteen.case.tables import TABLES


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    prepare()
    return workspace


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_list_and_a_form_in_both_languages(mission: Workspace, table: str) -> None:
    for lang in ("en", "ar"):
        browser = browser_of("host-analyst", lang)
        for path in (f"/rows/{table}", f"/add/{table}"):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert b"web." not in answer.content
            assert len(answer.content) <= 150_000
    names = {attrs.get("name") for _, attrs in outline(answer.content)}
    assert {f"cell-{column}" for column in TABLES[table].columns()} <= names


def test_rows_of_a_table_are_listed_page_by_page(either: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row once, also where the order of the database is that of a language and not that of code points."""
    from dataclasses import replace

    from django.db import connection

    from tawteen.web.params import REGISTRY_LISTS
    from tawteen.web.registry import row_page

    prepare()
    if either.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("""
                ALTER TABLE registry_cellversion ALTER COLUMN "row" TYPE varchar(200) COLLATE "en-x-icu"
            """)
    monkeypatch.setattr(row_page, "REGISTRY_LISTS", replace(REGISTRY_LISTS, rows=3))
    for number in range(8):
        who = "partner-analyst" if number % 3 == 2 else "host-analyst"
        key = f"{'uU'[number % 2]}/{number}"
        enter("units", key, {"id": key, "name_en": f"Unit {number}"}, who)
    browser = browser_of("host-viewer")
    listed, address = [], "/rows/units"
    while address:
        page = browser.get(address).content.decode()
        listed += re.findall(r">Unit (\d)<", page)
        following = re.search(r'<a href="(\?after=[^"]+)">Next</a>', page)
        address = f"/rows/units{following[1]}" if following else ""
    assert listed == list("013467" if either.vendor == "postgresql" else "137046")


@pytest.mark.parametrize("path", [
    "/edit/nowhere/x", "/add/nowhere", "/rows/nowhere", "/rows/nowhere/x", "/rows/lines/x",
    "/settle/sites/nothing/mill",
    "/settle/sites/owner/nowhere", "/settle/parties/name_en/host", "/remove/sites/nowhere", "/edit/parties/host",
    "/rows/settings",
])  # fmt: skip
def test_what_is_not_there_is_not_there(mission: Workspace, path: str) -> None:
    browser = browser_of("host-analyst")
    assert browser.get(path).status_code == 404
