"""The page, read as a file and opened in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import tawteen
from tawteen.case.generate import generate
from tawteen.plan.planning import plan
from tawteen.report.decisions import decisions
from tawteen.report.exhibits import exhibits, in_order
from tawteen.report.knowledge import sources
from tawteen.report.map import sites_map
from tawteen.report.overview import overview
from tawteen.report.page import write_brief, write_page
from tawteen.report.params import LAYOUT
from tawteen.report.report import study
from tawteen.report.returns import indicators

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def page(read, shown, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_page(shown, read, path, "en")
    return path


def test_css_has_no_physical_sides():
    css = Path(tawteen.__file__).parent.joinpath("report", "assets", "page.css").read_text(encoding="utf-8")
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


def test_markup_in_the_case_stays_text(read, shown, tmp_path, drawn_here):
    sites = read.case["sites"].with_columns(name_en=pl.lit("<script>alert(1)</script>"))
    hostile = replace(read, case=replace(read.case, tables={**read.case.tables, "sites": sites}))
    path = tmp_path / "report.html"
    write_page(exhibits(hostile), hostile, path)
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


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_on_a_phone_charts_fit_and_tables_are_lists(browser, page, lang):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(f"{page.as_uri()}#{lang}")
    tab.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.locator("#rows-fund_sums table").scroll_into_view_if_needed()
    tab.wait_for_function("() => document.querySelector('#rows-fund_sums td').dataset.label")
    wide, screen, charts, cells, labels = tab.evaluate(
        "() => [document.documentElement.scrollWidth, innerWidth,"
        " [...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().width).filter(w => w),"
        " [...document.querySelectorAll('td')].map(c => c.getBoundingClientRect()).filter(b => b.width)"
        ".map(b => [Math.ceil(b.left), Math.floor(b.right)]),"
        " [...document.querySelectorAll('#rows-fund_sums tr:first-child td')].map(c => c.dataset.label)]"
    )
    assert wide <= screen
    assert charts
    assert max(charts) <= screen
    letters = tab.evaluate(
        "() => [...document.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().width).map(s =>"
        " s.getBoundingClientRect().width / s.viewBox.baseVal.width * Math.min(...[...s.querySelectorAll('text')]"
        ".map(t => parseFloat(t.getAttribute('font-size')))))"
    )
    assert len(letters) == len(charts)
    assert min(letters) >= 8.5
    assert cells
    assert not [cell for cell in cells if cell[0] < 0 or cell[1] > screen]
    assert {"en": "Drawn", "ar": "المسحوب"}[lang] in " ".join(labels)
    tab.close()


def _scrolling(tab) -> list[str]:
    """Exhibits and dossiers that have a table wider than its place, details opened. Tables of the case are left out."""
    return tab.evaluate(
        "() => { document.querySelectorAll('details').forEach(d => d.open = true);"
        " const boxes = [...document.querySelectorAll('.scroll')].filter(b => !b.closest('.inputs'));"
        " if (!boxes.every(b => b.clientWidth)) return ['hidden'];"
        " return boxes.filter(b => b.scrollWidth > b.clientWidth).map(b => b.closest('[id]').id); }"
    )


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_table_of_an_exhibit_scrolls_sideways(browser, page, lang, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(f"{page.as_uri()}#{lang}")
    assert tab.locator("#survey_tour .scroll, #orders .scroll").count() == 2
    assert _scrolling(tab) == []
    tab.close()


def test_a_picture_is_enlarged_by_a_tap(browser, page):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(page.as_uri())
    drawn = tab.locator("#timeline figure.narrow svg")
    small = drawn.bounding_box()["width"]
    drawn.click()
    assert drawn.bounding_box()["width"] > 2 * small
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tab.close()


def _sheets(path: Path) -> list[list[str]]:
    """The lines of each sheet of a PDF."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here: install Debian's poppler-utils to read what is printed")
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    sheets = [[" ".join(line.split()) for line in sheet.splitlines() if line.strip()] for sheet in text.split("\f")]
    return [sheet for sheet in sheets if sheet]


@pytest.fixture(scope="module", params=["en", "ar"])
def printed(request, browser, page, tmp_path_factory):
    """The page printed in one language: the tab, and the lines of each sheet of paper."""
    tab = browser.new_page()
    tab.goto(f"{page.as_uri()}#{request.param}")
    path = tmp_path_factory.mktemp("print") / "report.pdf"
    tab.pdf(path=str(path), prefer_css_page_size=True, print_background=True)
    tab.emulate_media(media="print")
    yield tab, request.param, _sheets(path)
    tab.close()


def test_paper_has_the_name_of_the_case_and_numbers(printed):
    tab, lang, sheets = printed
    title = tab.title()
    for number, sheet in enumerate(sheets, start=1):
        assert re.sub(r"[^\d/]", "", sheet[-1]) == f"{number}/{len(sheets)}"
        if lang == "en":
            assert sheet[0] == title


def test_the_chair_reads_one_sheet_and_the_contents_follow(printed):
    tab, lang, sheets = printed
    places = tab.evaluate(
        "() => [document.querySelector('.chair'), document.querySelector('nav.printed'),"
        " document.querySelector('main > h2.group')].map(e => e.getBoundingClientRect().top)"
    )
    assert places == sorted(places)
    inside = tab.evaluate(
        "() => { const page = document.querySelector('.chair').getBoundingClientRect(); return"
        " [...document.querySelectorAll('.chair :is(p, a, td, text)')].map(e => e.getBoundingClientRect())"
        ".filter(b => b.width).every(b => b.bottom <= page.bottom + 1 && b.left >= -1 && b.right <= innerWidth + 1); }"
    )
    assert inside
    if lang == "en":
        assert any(line == "Contents" for line in sheets[1])
        assert not any(line == "Contents" for line in sheets[0])


def test_the_map_of_the_chair_has_letters_of_nine_points(printed):
    size = printed[0].evaluate(
        "() => [...document.querySelectorAll('#map figure svg')].filter(s => s.getClientRects().length).map(s =>"
        " [s.getBoundingClientRect().width / s.viewBox.baseVal.width, s.getBoundingClientRect().height /"
        " s.viewBox.baseVal.height].reduce((a, b) => Math.min(a, b)))[0] * 12"
    )
    assert size >= 12 - 1e-6


@pytest.fixture(scope="module")
def sixty():
    """Sixty sites, planned for two seconds: what the chair reads is as long however good the programme is."""
    case = generate(60)
    return study(case, plan(case, time_limit=2.0))


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_tables_of_sixty_sites_fit_a_page_of_1280_pixels(browser, sixty, tmp_path, lang):
    address = "https://example.org/" + 40 * "%D8%A7"
    kept = sixty.case["sources"].with_columns(address=pl.lit(address), title=pl.lit(90 * "t"))
    cited = replace(sixty, case=replace(sixty.case, tables={**sixty.case.tables, "sources": kept}))
    path = tmp_path / "report.html"
    write_page([*overview(sixty), *decisions(sixty), indicators(sixty), sources(cited)], sixty, path, lang)
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(path.as_uri())
    assert tab.locator(":is(#sites, #sites_firm, #indicators, #sources) .scroll").count() == 4
    assert _scrolling(tab) == []
    tab.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_further_line_of_a_cell_tells_its_name_on_a_phone_and_sorts_by_the_first(browser, page, lang):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(f"{page.as_uri()}#{lang}")
    label = {"en": "Region", "ar": "المنطقة"}[lang]
    line = tab.locator("#rows-sites td:first-child small").first
    assert label not in line.inner_text()
    head = tab.locator("#rows-sites th").first
    assert label in head.inner_text()
    head.click()
    names = tab.locator("#rows-sites td:first-child > a").all_inner_texts()
    assert len(names) > 1
    assert names == tab.evaluate("([names, lang]) => names.toSorted((a, b) => a.localeCompare(b, lang))", [names, lang])
    tab.set_viewport_size({"width": 390, "height": 844})
    assert line.inner_text().startswith(f"{label}: ")
    tab.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_brief_of_sixty_sites_is_one_sheet(browser, sixty, tmp_path, lang):
    chosen = [exhibit for make in (sites_map, decisions, overview) for exhibit in make(sixty)]
    write_brief(in_order(chosen), sixty, tmp_path / "brief.html", lang)
    tab = browser.new_page()
    tab.goto((tmp_path / "brief.html").as_uri())
    tab.pdf(path=str(tmp_path / "brief.pdf"), prefer_css_page_size=True)
    assert len(_sheets(tmp_path / "brief.pdf")) == 1
    links = tab.evaluate("() => [...document.querySelectorAll('a.card')].map(a => a.getAttribute('href'))")
    assert links
    assert all(link.startswith("report.html#") for link in links)
    tab.close()


def test_no_heading_is_the_last_on_its_sheet(printed):
    tab, lang, sheets = printed
    if lang == "ar":
        pytest.skip("pdftotext orders Arabic by sight; the style is the same in both languages")
    heads = set(tab.evaluate("() => [...document.querySelectorAll('h2,h3')].map(h => h.innerText.trim())"))
    assert len(heads) > 20
    assert not [sheet[-2] for sheet in sheets if sheet[-2] in heads]


def test_letters_of_printed_tables_are_nine_points_or_more(printed):
    sizes = printed[0].evaluate(
        "() => [...document.querySelectorAll('td, th, td *, th *')].filter(c => c.getClientRects().length)"
        ".map(c => parseFloat(getComputedStyle(c).fontSize))"
    )
    assert len(sizes) > 100
    assert min(sizes) >= 12 - 1e-6
    assert printed[0].evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_what_is_empty_is_not_shown(page, shown):
    text = page.read_text(encoding="utf-8")
    empty = [e.key for e in shown if e.table.is_empty() and not e.charts]
    assert empty
    assert not [key for key in empty if f'id="{key}"' in text]


def test_a_column_for_the_screen_alone_leaves_print_with_its_head_and_its_cells(page):
    text = page.read_text(encoding="utf-8")
    table = text[text.index('id="rows-sites"') :].split("</table>")[0]
    heads, first = table.split("<tbody>")[0], table.split("<tbody>")[1].split("</tr>")[0]
    places = [[n for n, cell in enumerate(re.findall(rf"<{tag}[ >][^>]*", row)) if "screen" in cell]
              for tag, row in (("th", heads), ("td", first))]  # fmt: skip
    assert places[0]
    assert places[0] == places[1]


def test_paper_hides_the_rows_that_the_note_counts_as_left_out() -> None:
    styles = (files("tawteen.report") / "assets" / "page.css").read_text(encoding="utf-8")
    assert f"tbody tr:nth-child(n + {LAYOUT.printed_rows + 1}) {{ display: none; }}" in styles
