"""People of a demo in a real browser: journeys of four roles in both languages on a phone, and axe-core on every page.

With TAWTEEN_PICTURES=DIR each step leaves a picture to look at.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.people_of_demo import passwords
from tests.web.test_serve import serving

from tawteen.words import LANGS, Words

CHROMIUM = Path("/usr/bin/chromium")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium")
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A demo that is served: its folder and address."""
    folder = Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("browser") / "workspace"))
    with serving(folder) as (host, port):
        yield folder, f"http://{host}:{port}"


class Reader:
    """Somebody of the demo with a browser, whose pages must not complain."""

    def __init__(self, chromium: Any, demo: tuple[Path, str], name: str, lang: str, size: dict[str, int]) -> None:
        folder, self.address = demo
        self.words = Words(lang)  # type: ignore[arg-type]
        self.name, self.lang, self.step = name, lang, 0
        context = chromium.new_context(locale=lang, viewport=size, base_url=self.address)
        self.tab = context.new_page()
        self.errors: list[str] = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.tab.goto("/sign-in")
        self.tab.fill('input[name="name"]', name)
        self.tab.fill('input[name="password"]', passwords(folder)[name])
        self.tab.click('main form button:not([type="button"])')
        self.tab.wait_for_url(lambda url: "sign-in" not in url)
        self.looked("start")

    def opened(self, path: str) -> Any:
        """Goes to a page."""
        answer = self.tab.goto(path)
        assert answer.status == 200, (path, answer.status)
        self.looked(path)
        return self.tab

    def followed(self, link: str) -> Any:
        """Follows a link of the navigation or the page by its address."""
        self.tab.click(f'a[href="{link}"] >> nth=0')
        self.tab.wait_for_url(f"**{link}")
        self.looked(link)
        return self.tab

    def looked(self, what: str) -> None:
        """Holds the page against what every page must keep: direction, width, no complaint of the browser."""
        self.step += 1
        if pictures := os.environ.get("TAWTEEN_PICTURES"):
            size = self.tab.viewport_size["width"]
            name = re.sub(r"\W+", "-", f"{self.name}-{self.lang}-{size}-{self.step:02}-{what}")
            self.tab.screenshot(path=str(Path(pictures) / f"{name}.png"), full_page=True)
        assert self.tab.get_attribute("html", "dir") == ("rtl" if self.lang == "ar" else "ltr")
        overflow = self.tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 1, (what, overflow)
        assert not self.errors, (what, self.errors)

    def says(self, text: str) -> bool:
        """Whether the page shows a text."""
        return text in self.tab.inner_text("body")

    def close(self) -> None:
        self.tab.context.close()


Reading = Callable[[str, str, dict[str, int]], Reader]


@pytest.fixture
def reading(chromium: Any, demo: tuple[Path, str]) -> Iterator[Reading]:
    """Opens browsers for people of the demo, and closes them."""
    opened: list[Reader] = []

    def reader(name: str, lang: str, size: dict[str, int]) -> Reader:
        opened.append(Reader(chromium, demo, name, lang, size))
        return opened[-1]

    yield reader
    for one in opened:
        one.close()


@pytest.mark.parametrize("lang", LANGS)
def test_a_surveyor_finds_a_site_by_its_other_name_and_notes_what_was_seen(reading: Reading, lang: str) -> None:
    reader = reading("host-surveyor", lang, PHONE)
    reader.followed("/sites")
    reader.tab.fill("#q", "ملابس درنه" if lang == "en" else "derna")
    reader.tab.press("#q", "Enter")
    reader.followed("/sites/clothes-derna")
    assert reader.says(reader.words.say("web.conflicts"))
    link = reader.tab.query_selector('a[href*="observ"]')
    if link is not None:
        link.click()
        reader.looked("observation")


@pytest.mark.parametrize("lang", LANGS)
def test_an_analyst_sees_both_values_of_a_conflict(reading: Reading, lang: str) -> None:
    reader = reading("host-analyst", lang, PHONE)
    reader.opened("/sites/clothes-derna")
    assert {"180", "112"} <= {text.strip() for text in reader.tab.locator(".warn strong").all_inner_texts()} or (
        reader.says("180") and reader.says("112")
    )
    reader.opened("/snapshots")


@pytest.mark.parametrize("lang", LANGS)
def test_an_engineer_of_the_partner_sees_no_private_figure_of_the_host(reading: Reading, lang: str) -> None:
    reader = reading("partner-engineer", lang, PHONE)
    reader.opened("/sites?q=trucks")
    reader.followed("/sites/trucks-tajoura")
    private = reader.words.number(21_370)
    assert not reader.says(private)
    host = reading("host-engineer", lang, PHONE)
    host.opened("/sites/trucks-tajoura")
    assert host.says(private)


@pytest.mark.parametrize("lang", LANGS)
def test_a_finance_officer_changes_the_language_and_signs_out(reading: Reading, lang: str) -> None:
    reader = reading("partner-finance", lang, PHONE)
    reader.followed("/people")
    assert reader.says("partner-administrator")
    assert not reader.says("host-administrator")
    other = next(one for one in LANGS if one != lang)
    reader.tab.click(f'button[name="language"][value="{other}"]')
    reader.lang = other
    reader.looked("other language")
    reader.tab.click('form[action="/sign-out"] button')
    reader.tab.wait_for_url("**/sign-in*")
    reader.looked("signed out")


PAGES = (
    "/", "/sites", "/sites?q=zzzz", "/sites/clothes-derna", "/people", "/account", "/snapshots", "/record", "/nowhere",
    "/rows", "/conflicts", "/imports", "/survey/first", "/survey/submissions", "/releases",
)  # fmt: skip


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("lang", LANGS)
def test_axe_has_no_serious_finding(reading: Reading, lang: str, size: dict[str, int]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    reader = reading("host-administrator", lang, size)
    linked = reader.tab.locator("nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for path in dict.fromkeys((*PAGES, *linked)):
        reader.tab.goto(path)
        response = axe.run(reader.tab).response
        assert len(response["passes"]) > 10, path
        findings = [one for one in response["violations"] if one["impact"] in SERIOUS]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in findings]
        assert not serious, (path, serious)
