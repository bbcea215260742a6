"""The opportunity sheet: two pages in both languages, with what an investor asks; papers and pictures of options."""

from __future__ import annotations

import shutil
import subprocess

import openpyxl
import pytest
from tests.tiny import tables, tiny

from tawteen.effects import effects_of
from tawteen.report.appraisal import appraisal, pictures, write_papers
from tawteen.report.appraised import appraised
from tawteen.report.live_evidence import cells_of, told_of
from tawteen.report.opportunity import sheet_fields, write_opportunity
from tawteen.words import LANGS

OPTIONS = ("mill-repair", "cables-rehab", "pasta-more", "mill:survey")


@pytest.fixture(scope="module")
def made():
    settings = {"about": {"id": "tiny", "name_en": "Tiny", "name_ar": "صغيرة", "demonstration": True,
                          "notice_en": "Not advice.", "notice_ar": "ليس مشورة."}}  # fmt: skip
    case = tiny(**settings)
    effects = effects_of(case)
    return {option: appraised(case, effects, option, paths=500) for option in OPTIONS}


def text_of(path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: install Debian's poppler-utils to read the sheets")
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_sheet_has_two_pages_and_tells_it_is_a_demonstration(made, tmp_path, option, lang):
    pdf = write_opportunity(made[option], tmp_path / "sheet.pdf", lang)
    told_pages = text_of(pdf).rstrip("\f").split("\f")
    assert len(told_pages) == 2
    shown = sheet_fields(made[option], lang)
    assert shown["demonstration"]
    assert shown["notice"] == {"en": "Not advice.", "ar": "ليس مشورة."}[lang]
    if lang == "en":
        assert "Demonstration, not an offer" in told_pages[0]
        assert "Not advice." in told_pages[0]


def test_figures_of_the_sheet_are_those_of_the_appraisal(made):
    one = made["cables-rehab"]
    shown = sheet_fields(one, "en")
    npv = one.indicators["financial"]["npv"]
    assert shown["returns"][0][1] == f"{npv / 1e6:.2f} million USD"
    whole = one.effects.outlays.filter(option="cables-rehab")["amount"].sum()
    assert shown["investment"]["rows"][-1][-1] == f"{whole / 1e6:.2f} million USD"
    # 250 t a quarter; copper at CIF and port.
    assert shown["inputs"]["rows"][0][:3] == ["Copper rod", "900 t", "5,050"]
    assert ["Chance that its gates open", "70%"] in shown["facts"]
    assert any("Engine works" in line for line in shown["offers"])
    assert shown["risk"][3][1] == f"{round(one.risk.chance_of_loss * 100)}%"


def test_arabic_numbers_keep_their_sign_in_front(made):
    shown = sheet_fields(made["mill:survey"], "ar")
    npv = next(text for label, text in shown["returns"] if "12" in label)
    assert npv.startswith("\u2066")
    assert npv.index("-") < npv.index("1")


def test_papers_of_an_option(made, tmp_path):
    written = write_papers(made["mill-repair"], tmp_path / "papers", "en")
    names = {path.relative_to(tmp_path / "papers").as_posix() for path in written}
    assert {"appraisal.xlsx", "opportunity.en.pdf", "opportunity.ar.pdf", "pictures/cash_mill-repair.ar.png"} <= names
    book = openpyxl.load_workbook(tmp_path / "papers" / "appraisal.xlsx")
    grades = {row[2].value for row in book["Inputs"].iter_rows(min_row=3) if row[2].value}
    # Nothing of the tiny case was observed.
    assert grades == {"Assumed"}


def test_inputs_know_their_cells_and_take_the_weakest_grade(made):
    one = made["mill-repair"]
    cells = cells_of(one)
    assert ("commodities", "flour", "cif") in cells["sales.flour.price"]
    evidence = [
        {"id": "E1", "table": "commodities", "row": "flour", "column": column, "value": value, "grade": grade,
         "source": "S1"}
        for column, value, grade in (("cif", "400", "documented"), ("fob", "300", "reported"),
                                     ("port_cost", "20", "tested"))
    ]  # fmt: skip
    evidence = [{**row, "id": f"E{n}"} for n, row in enumerate(evidence)]
    place = {"id": "E9", "table": "regions", "row": "south", "column": "inland_cost", "value": "40",
             "grade": "inspected", "source": "S1"}  # fmt: skip
    sources = [{"id": "S1", "title": "Customs tariff"}]
    case = tiny({"evidence": [*evidence, place], "sources": sources})
    seen = told_of(appraised(case, effects_of(case), "mill-repair", paths=10), "en")
    assert (seen["sales.flour.price"].grade, seen["sales.flour.price"].source) == ("Reported", "Customs tariff")


@pytest.mark.parametrize(("effort", "grade"), [(None, "Documented"), (8.0, "Assumed")])
def test_a_survey_rests_on_the_cells_that_are_stated(effort, grade):
    """Its cost is documented; the effort of a team counts only where the case names one, and nobody observed it."""
    sites = [{**row, "survey_effort": effort, "survey_capability": "mechanical"} for row in tables()["sites"]]
    evidence = [{"id": "E1", "table": "sites", "row": "cables", "column": "survey_cost", "value": "20000",
                 "grade": "documented", "source": "S1"}]  # fmt: skip
    case = tiny({"sites": sites, "evidence": evidence, "sources": [{"id": "S1", "title": "Tender"}]})
    seen = told_of(appraised(case, effects_of(case), "cables-rehab", paths=10), "en")
    assert seen["investments.survey:local.amount"].grade == grade


def test_section_of_the_report(read):
    shown = {exhibit.key: exhibit for exhibit in appraisal(read)}
    cash = shown["programme_cash"].table
    assert cash["year"].to_list() == ["2027", "2028"]
    assert cash["cumulated"][-1] == pytest.approx(cash["gain"].sum())
    risks = shown["option_risks"].table
    assert risks["option"].to_list() == ["mill-repair"]
    assert risks["p10"][0] <= risks["p50"][0] <= risks["p90"][0]
    for name in ("cash", "tornado", "distribution"):
        assert set(shown[f"option_{name}"].charts) == set(LANGS)


def test_pictures_show_what_the_tables_say(made):
    cash, tornado, distribution = pictures(made["pasta-more"])
    bars = next(layer["data"]["values"] for layer in cash.charts["en"]["layer"] if "part" in str(layer["data"]))
    shown = sum(bar["v"] for bar in bars if bar["part"] == "Operation")
    assert shown > 0
    assert cash.table["operation"].sum() > 0
    assert tornado.table["swing"].to_list() == sorted(tornado.table["swing"], reverse=True)
    assert distribution.table["npv"].is_sorted()
