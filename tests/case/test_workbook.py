"""The template: which tables a first plan needs, words that read back, pages that print, Arabic from right to left."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.tiny import tiny

from tawteen.case.cells import code_of
from tawteen.case.checks import check
from tawteen.case.code_words import code_words
from tawteen.case.codes import LISTS, codes
from tawteen.case.model import Case
from tawteen.case.params import WORKBOOK
from tawteen.case.raw import is_notes
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.case.tables import FIRST_TABLES, TABLES, TITLES
from tawteen.case.template import write_template
from tawteen.case.workbook import sheet_name, write_workbook
from tawteen.plan.planning import plan
from tawteen.words import LANGS, Lang, Words


@pytest.fixture(scope="module", params=LANGS)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lang, Path]:
    path = tmp_path_factory.mktemp(request.param) / "new.xlsx"
    write_template(path, request.param)
    return request.param, path


@pytest.fixture(scope="module")
def opened(template: tuple[Lang, Path]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(template[1])


def test_a_template_is_a_case_to_begin_with(template: tuple[Lang, Path]) -> None:
    case, findings = read_case_with_findings(template[1])
    assert findings == []
    assert not any(table.height for table in case.tables.values())


def test_tables_of_a_first_plan_are_shown_and_others_hidden(
    template: tuple[Lang, Path], opened: openpyxl.Workbook
) -> None:
    lang = template[0]
    assert opened.sheetnames == [sheet_name(name, lang) for name in ("readme", "settings", *TABLES, "lists")]
    assert len(FIRST_TABLES) == 11
    for name in TABLES:
        sheet = opened[sheet_name(name, lang)]
        assert (sheet.sheet_state == "visible") == (name in FIRST_TABLES), name
    colours = {opened[sheet_name(name, lang)].sheet_properties.tabColor.rgb for name in FIRST_TABLES}
    assert len(colours) == 1
    assert opened[sheet_name("rules", lang)].sheet_properties.tabColor.rgb not in colours


def test_a_filled_table_is_shown(tmp_path: Path) -> None:
    write_workbook(tiny(), tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    hidden = {name for name in TABLES if book[name].sheet_state == "hidden"}
    assert hidden == {name for name, table in tiny().tables.items() if not table.height} - set(FIRST_TABLES)


def test_headings_stand_in_both_languages_the_own_one_first(
    template: tuple[Lang, Path], opened: openpyxl.Workbook
) -> None:
    lang = template[0]
    sheet = opened[sheet_name("sites", lang)]
    labels = ["المنطقة", "Region"] if lang == "ar" else ["Region", "المنطقة"]
    assert [sheet.cell(row, 4).value for row in (1, 2, 4)] == [*labels, "region"]
    assert all(bool(one.sheet_view.rightToLeft) == (lang == "ar") for one in opened)
    assert sheet["A4"].comment is not None


def listed(book: openpyxl.Workbook, formula: str) -> list[str]:
    """The words that a drop-down offers."""
    sheet, first, last = re.fullmatch(r"'?([^'!]+)'?!\$([A-Z]+\$\d+):\$([A-Z]+\$\d+)", formula).groups()  # type: ignore[union-attr]
    cells = book[sheet][first.replace("$", "") : last.replace("$", "")]
    return [cell.value for (cell,) in cells]


def test_every_drop_down_offers_words_that_are_read_as_their_codes(
    template: tuple[Lang, Path], opened: openpyxl.Workbook
) -> None:
    lang = template[0]
    walked = set()
    for name, schema in TABLES.items():
        rules = {str(rule.sqref): rule for rule in opened[sheet_name(name, lang)].data_validations.dataValidation}
        for place, (column_name, column) in enumerate(schema.columns().items()):
            meta = column.metadata or {}
            letter = openpyxl.utils.get_column_letter(place + 1)
            rule = next(
                (rule for ref, rule in rules.items() if ref.startswith(f"{letter}{WORKBOOK.head_rows + 1}:")), None
            )
            if meta.get("codes") and not meta.get("many"):
                assert rule is not None, (name, column_name)
                offered = listed(opened, rule.formula1.lstrip("="))
                assert [code_of(word, meta["codes"]) for word in offered] == [(c, None) for c in codes(meta["codes"])]
                walked.add(meta["codes"])
            elif meta.get("ref") and not meta.get("many"):
                assert rule is not None
                assert listed(opened, rule.formula1.lstrip("=")) == [None] * 2000
                assert rule.errorStyle == "warning"
    assert walked >= {"site_states", "gates", "isic", "units"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_of_every_list_is_read_back_and_is_what_people_say(lang: Lang) -> None:
    for name in (*LISTS, "isic"):
        words = code_words(name, lang)
        assert list(words) == list(codes(name))
        assert all(code_of(word, name) == (code, None) for code, word in words.items()), name
        assert len(set(words.values())) == len(words)
    assert code_words("site_states", lang)["suspended"] == ("متوقف" if lang == "ar" else "Suspended")
    assert code_words("isic", lang)["0111"].startswith("0111 ")


def test_words_typed_or_chosen_read_as_codes(template: tuple[Lang, Path], tmp_path: Path) -> None:
    lang, path = template
    words = Words(lang)
    book = openpyxl.load_workbook(path)
    rows = {
        "regions": {"id": "r", "name_en": "R", "name_ar": "ر", "port": words.say("help.yes")},
        "sites": {
            "id": "s", "name_en": "S", "name_ar": "س", "region": "r", "notes": "call Salem",
            "state": code_words("site_states", lang)["suspended"],
            "role": code_words("site_roles", lang)["candidate"], "isic": code_words("isic", lang)["0111"],
        },
    }  # fmt: skip
    for name, row in rows.items():
        sheet = book[sheet_name(name, lang)]
        heads = {cell.value: cell.column for cell in sheet[WORKBOOK.head_rows]}
        for column, value in row.items():
            sheet.cell(WORKBOOK.head_rows + 1, heads[column], value)
    book.save(tmp_path / "filled.xlsx")
    case, findings = read_case_with_findings(tmp_path / "filled.xlsx")
    assert findings == []
    assert case["sites"].select("state", "role", "isic").row(0) == ("suspended", "candidate", "0111")
    assert case["regions"]["port"].to_list() == [True]
    assert "call Salem" not in str(case)


def test_every_table_has_room_for_notes(template: tuple[Lang, Path], opened: openpyxl.Workbook) -> None:
    for name in TABLES:
        heads = [cell.value for cell in opened[sheet_name(name, template[0])][WORKBOOK.head_rows]]
        assert sum(is_notes(head) for head in heads if head) == 1, name


def test_every_sheet_prints_on_a4_with_titles(template: tuple[Lang, Path], opened: openpyxl.Workbook) -> None:
    lang = template[0]
    for sheet in opened:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
        if sheet.title == sheet_name("lists", lang):  # a list to a page, none of them cut
            assert len(sheet.col_breaks.brk) == len(LISTS)
            assert sheet.page_setup.scale == 80
        else:
            width = sum(sheet.column_dimensions[letter].width for letter in sheet.column_dimensions)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert width / (sheet.page_setup.fitToWidth or 1) <= 160, sheet.title
            assert sheet.page_setup.fitToHeight == 0
        assert "&P" in sheet.oddFooter.center.text
        assert "&A" in sheet.oddHeader.right.text
    for name in TABLES:
        assert opened[sheet_name(name, lang)].print_title_rows == "$1:$4"


def test_names_with_an_ampersand_print_as_they_are(tmp_path: Path) -> None:
    about = {"id": "x", "name_en": "Mills & &Pumps", "name_ar": "م"}
    write_workbook(tiny(about=about), tmp_path / "case.xlsx")
    header = openpyxl.load_workbook(tmp_path / "case.xlsx")["sites"].oddHeader.left.text
    assert header == "Mills && &&Pumps"


def test_no_sheet_has_a_name_that_is_too_long_or_the_name_of_another() -> None:
    for lang in LANGS:
        names = [sheet_name(name, lang) for name in ("readme", "settings", *TABLES, "lists")]
        assert len(set(names)) == len(names)
        assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert set(TITLES) == set(TABLES)


FIRST = {
    "regions": [{"id": "west", "name_en": "West", "name_ar": "الغرب"}],
    "commodities": [
        {"id": "flour", "name_en": "Flour", "name_ar": "دقيق", "unit": "t", "cif": 400.0},
    ],
    "demands": [{"id": "d", "region": "west", "commodity": "flour", "quantity": 5_000.0, "penalty": 400.0}],
    "sites": [
        {
            "id": "mill", "name_en": "Mill", "name_ar": "مطحنة", "region": "west", "state": "suspended",
            "role": "candidate",
        },
    ],
    "options": [
        {
            "id": "repair", "site": "mill", "kind": "repair", "name_en": "Repair", "name_ar": "إصلاح",
            "capacity": 4_000.0,
        },
    ],
    "recipes": [{"option": "repair", "commodity": "flour", "direction": "out", "quantity": 1.0}],
    "works": [{"option": "repair", "id": "w", "name_en": "Works", "name_ar": "أعمال", "weeks": 20.0}],
    "costs": [
        {
            "option": "repair", "id": "c", "name_en": "Works", "name_ar": "أعمال", "category": "works",
            "amount": 2_000_000.0, "origin": "local",
        },
    ],
    "funds": [{"id": "budget", "name_en": "Budget", "name_ar": "ميزانية", "party": "host", "terms": "budget"}],
    "fund_limits": [{"fund": "budget", "start": "2027-01-01", "amount": 1_000_000.0}],
    "fund_uses": [{"id": "u", "fund": "budget"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def first(template: tuple[Lang, Path], tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A template in which only the tables of a first plan are filled."""
    lang, path = template
    book = openpyxl.load_workbook(path)
    for name, rows in FIRST.items():
        sheet = book[sheet_name(name, lang)]
        heads = {cell.value: cell.column for cell in sheet[WORKBOOK.head_rows]}
        for number, row in enumerate(rows, WORKBOOK.head_rows + 1):
            for column, value in row.items():
                sheet.cell(number, heads[column], value)
    filled = tmp_path_factory.mktemp("first") / "first.xlsx"
    book.save(filled)
    return read_case(filled)


def chosen(case: Case) -> list[str]:
    sites = plan(case, time_limit=20).sites
    return sites.filter(pl.col("option").is_not_null() & (pl.col("status") != "as_is"))["option"].to_list()


def test_the_tables_of_a_first_plan_suffice(first: Case) -> None:
    assert set(FIRST) == set(FIRST_TABLES)
    assert [finding for finding in check(first) if finding.severity == "error"] == []
    assert chosen(first) == ["repair"]


@pytest.mark.parametrize("table", [table for table in FIRST_TABLES if table != "costs"])
def test_without_any_of_them_nothing_is_planned(first: Case, table: str) -> None:
    case = Case(first.settings, {**first.tables, table: first[table].clear()})
    assert any(finding.severity == "error" for finding in check(case)) or chosen(case) == []
