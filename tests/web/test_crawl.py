"""Every page of a demo as everybody: no fault, no link that leads nowhere, whatever a form or an address says.

A fuzzer that reads an OpenAPI description does not fit pages that a server renders; this one reads the pages.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connections
from django.test import Client, override_settings
from tests.web.conftest import use
from tests.web.crawler import Crawl, ask, shape
from tests.web.test_pages import outline

from tawteen.web.accounts.models import Account
from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings
from tawteen.web.role_names import ROLES
from tawteen.words import LANGS

PEOPLE = [f"{party}-{role}" for party in ("host", "partner") for role in ROLES]
HOSTILE = (
    "", "0", "-1", "9" * 30, "1e400", "nan", "x" * 5_000, "<script>alert(1)</script>", "{{ 7 * 7 }}{% now %}", "'\"--",
    "../../etc/passwd", "مصنع \u202e\u0640\u064b", "\u0000", "\ud7ff\uffff", "%00%ff", "a/b", "=1+1", "*",
)  # fmt: skip
"""Values that forms and addresses do not expect."""


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A demo of one's own."""
    folder = shutil.copytree(demo_folder, tmp_path / "workspace")
    use(database_settings("", folder / "workspace.sqlite3"))
    with override_settings(DATA_FOLDER=DataFolder(folder), IS_DEMO=True):
        yield folder
    connections.close_all()


def browser(name: str) -> Client:
    """A browser in which somebody is signed in; every second one reads Arabic."""
    lang = LANGS[PEOPLE.index(name) % 2]
    client = Client(SERVER_NAME="localhost", headers={"Accept-Language": lang}, raise_request_exception=False)
    client.force_login(Account.objects.get(name=name))
    return client


@pytest.mark.parametrize("name", PEOPLE)
def test_no_page_is_broken_and_no_link_leads_nowhere(demo: Path, name: str) -> None:
    whole = name == "host-analyst"
    crawl = Crawl(browser(name), most_of_a_shape=1000 if whole else 2).run()
    assert len(crawl.pages) > (70 if whole else 10)
    broken = {
        path: (answer.status, crawl.linked_from.get(path))
        for path, answer in crawl.pages.items()
        if answer.status >= 400
    }
    assert not broken
    outside = {link for link in crawl.linked_from if "://" in link and not link.startswith("http://localhost")}
    assert not outside
    pages = {path: answer.content for path, answer in crawl.pages.items() if answer.is_page}
    assert not {path for path, page in pages.items() if b"web." in page}
    assert max(map(len, pages.values())) <= 150_000
    for path, page in pages.items():
        ids = [attrs["id"] for _, attrs in outline(page) if "id" in attrs]
        assert sorted(ids) == sorted({*ids}), path


@pytest.mark.parametrize("name", ["host-administrator", "host-analyst", "partner-engineer", "partner-surveyor"])
def test_no_form_breaks_a_page(demo: Path, name: str) -> None:
    """Each form as the page shows it, and with values that it does not expect."""
    client = browser(name)
    crawl = Crawl(client, most_of_a_shape=3).run()
    answers = {}
    for chosen in (lambda known: known[-1], *(lambda _, value=value: value for value in HOSTILE)):
        for form, values in crawl.filled(1, chosen):
            answer, target = ask(client, form.method, form.action, values)
            answers[form.action, str(values)[:300]] = answer.status
            if target.startswith("/sign-in"):
                client = browser(name)  # a form that ended the own session
    assert len(answers) > 30
    assert not {key: status for key, status in answers.items() if status >= 500}


@pytest.mark.parametrize("name", ["host-administrator", "partner-analyst"])
def test_no_address_breaks_a_page(demo: Path, name: str) -> None:
    """Each address that pages link to, with values that nobody would type in place of what is asked for."""
    client = browser(name)
    crawl = Crawl(client, most_of_a_shape=2).run()
    shapes = {shape(path): path for path in crawl.pages}
    fields = {key for form in crawl.forms if form.method == "get" for key in form.values} | {"page", "q", "next"}
    answers = {}
    for path in shapes.values():
        for value in HOSTILE:
            answers[path, value] = status(client, path.partition("?")[0], dict.fromkeys(fields, value))
        head, _, tail = path.partition("?")[0].rpartition("/")
        if tail:
            for value in HOSTILE:
                answers[f"{head}/…", value] = status(client, f"{head}/{quote(value)}")
    assert len(answers) > 100
    assert not {key: status for key, status in answers.items() if status >= 500 and key[0] != "/health"}


def status(client: Client, path: str, values: dict[str, str] | None = None) -> int:
    return ask(client, "get", path, values)[0].status
