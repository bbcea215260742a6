"""The page, read as a file and opened in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tawteen.report
from tawteen.report import write_page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def page(read, shown, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_page(shown, read, path, "en")
    return path


def test_css_has_no_physical_sides():
    css = Path(tawteen.report.__file__).parent.joinpath("assets", "page.css").read_text(encoding="utf-8")
    assert (
        re.findall(
            r"(?:margin|padding|border)-(?:left|right|top|bottom)|text-align:\s*(?:left|right)|float:|[^-\w](?:left|right):",
            css,
        )
        == []
    )


def test_nothing_is_loaded_from_elsewhere(page):
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="https?://(?!www\.w3\.org)[^"]*\.(?:js|css|png|woff2?)"', text)
    assert '<link rel="stylesheet"' not in text
    assert "default-src 'none'" in text
    assert page.stat().st_size < 5_000_000


def test_every_anchor_has_its_place(page):
    text = page.read_text(encoding="utf-8")
    ids = set(re.findall(r'\bid="?([^"\s>]+)', text))
    aims = set(re.findall(r'<a [^>]*href="#([^"]+)"', text))
    assert aims
    assert aims <= ids


def test_markup_in_the_case_stays_text(read, shown, tmp_path):
    from dataclasses import replace

    import polars as pl

    sites = read.case["sites"].with_columns(name_en=pl.lit("<script>alert(1)</script>"))
    hostile = replace(read, case=replace(read.case, tables={**read.case.tables, "sites": sites}))
    path = tmp_path / "report.html"
    write_page(tawteen.report.exhibits(hostile), hostile, path)
    assert "<script>alert" not in path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not here: install Debian's chromium to look at the page")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1360])
def test_the_page_in_a_browser(browser, page, shown, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    errors, requests = [], []
    tab.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(page.as_uri())
    charts = sum(bool(e.charts) for e in shown)

    def state():
        return tab.evaluate(
            "() => [document.documentElement.lang, document.documentElement.dir, location.hash,"
            " document.documentElement.scrollWidth <= innerWidth,"
            " [...document.querySelectorAll('figure svg')].filter(s => s.getClientRects().length).length]"
        )

    assert state() == ["en", "ltr", "", True, charts]
    tab.click("#switch")
    assert state() == ["ar", "rtl", "#ar", True, charts]
    tab.reload()
    assert state()[:2] == ["ar", "rtl"]
    tab.click("#switch")
    assert state()[:3] == ["en", "ltr", "#en"]
    assert errors == []
    assert [r for r in requests if not r.startswith(("file:", "data:"))] == []
    tab.close()


def test_rows_are_searched_sorted_and_opened(browser, page):
    tab = browser.new_page(viewport={"width": 1360, "height": 900})
    tab.goto(page.as_uri())
    count = "() => document.querySelectorAll('#rows-summary tbody tr:not([hidden])').length"
    every = tab.evaluate(count)
    tab.fill("#rows-summary input[type=search]", "gain")
    assert 0 < tab.evaluate(count) < every
    heads = tab.locator("#rows-fund_sums th")
    heads.filter(has_text="Drawn").click()
    values = (
        "() => [...document.querySelectorAll('#rows-fund_sums tbody tr')].map(r => [...r.cells].map(c => "
        "c.dataset.v).filter(Boolean)[1])"
    )
    drawn = [float(v) for v in tab.evaluate(values)]
    assert drawn == sorted(drawn)
    tab.click("#rows-sites a[href='#site-mill']")
    tab.wait_for_function("() => document.getElementById('site-mill').open")
    assert "Mechanical" in tab.inner_text("#site-mill")
    tab.close()
