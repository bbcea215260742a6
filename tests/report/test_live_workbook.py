"""The workbook's formulas come to the engine's figures: before and after a spreadsheet recalculates them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string
from tests.appraise.statements.test_balance import studies
from tests.appraise.test_value import rich
from tests.report.loans_by_cash import BY_CASH, by_cash
from tests.tiny import tiny

from tawteen.appraise.option_study import study_of
from tawteen.appraise.profile import PROFILES
from tawteen.appraise.programme_finance import finance_of
from tawteen.appraise.statements import statements
from tawteen.appraise.study import Study
from tawteen.appraise.study_analysis import StudyAnalysis, analysis_of
from tawteen.appraise.study_file import faults, read_study
from tawteen.appraise.study_file import study_of as parsed
from tawteen.appraise.study_scenarios import scenario as study_under
from tawteen.effects import effects_of
from tawteen.report.live_workbook import LiveWorkbook, conventions, write_live_workbook
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.returns import YEARLY_DSCR
from tawteen.words import LANGS, Words

TEXTBOOK = Path(__file__).parents[2] / "cases" / "textbook"
OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(
    OFFICE is None, reason="no LibreOffice: install Debian's libreoffice-calc-nogui to recalculate workbooks"
)
RELATIVE, ABSOLUTE = 1e-9, 1e-6


def same(found: np.ndarray, told: np.ndarray, relative: float = RELATIVE) -> bool:
    scale = max(1.0, float(np.nanmax(np.abs(told), initial=0.0)))
    return found.shape == told.shape and np.allclose(found, told, rtol=relative, atol=ABSOLUTE * scale, equal_nan=True)


def different(live: LiveWorkbook, told) -> list[tuple]:
    """Lines and indicators of the engine that the workbook shows otherwise, or not at all."""
    wrong = []
    for scenario, one in (("with", told), ("without", told.without)):
        if one is None:
            continue
        for key, values in one._by_key.items():
            if key[0] == "ratios" and key[1] in ("llcr", "plcr") and not one.accounts.study.loans:
                continue
            line = live.lines.get((scenario, key))
            numbers = np.array([np.nan if v is None else v for v in values])
            if line is None or not same(line.values, numbers):
                wrong.append((scenario, *key, numbers, None if line is None else line.values))
    sources = {"with": told, "without": told.without, "incremental": told.incremental}
    for (scenario, basis, name), line in live.figures.items():
        value = sources[scenario].indicators.filter(basis=basis, indicator=name)["value"]
        number = np.nan if not len(value) or value[0] is None else value[0]
        if name == "npv_ratio" and abs(number) > 1e9:
            continue  # Nothing is spent but the dust of rounding.
        if not np.isclose(line.values[0], number, rtol=1e-8, atol=1e-8, equal_nan=True):
            wrong.append((scenario, basis, name, number, line.values[0]))
    covers = live.lines["with" if told.without is None else "incremental", YEARLY_DSCR].values
    shown, least = np.nanmin(covers, initial=np.inf), finance_of(told)["least_dscr"]
    if not np.isclose(shown, np.inf if least is None else least, rtol=RELATIVE):
        wrong.append(("least_dscr", least, shown))
    return wrong


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(studies(), st.sampled_from(sorted(PROFILES)))
def test_any_study_comes_to_the_same(tmp_path, study, name):
    profile = PROFILES[name]
    live = write_live_workbook(study, tmp_path / "any.xlsx", profile=profile)
    assert not different(live, statements(study, profile))


@pytest.mark.parametrize("option", ["mill-new", "cables-rehab", "pasta-more", "mill-close", "mill:survey"])
def test_an_option_comes_to_the_same(tmp_path, option):
    case = rich()
    study = study_of(case, effects_of(case), option)
    assert not different(write_live_workbook(study, tmp_path / "option.xlsx"), statements(study))


@pytest.mark.parametrize("name", ["unido_1991_garment", "steel_mill"])
def test_textbook_cases_come_to_the_same(tmp_path, name):
    study = read_study(TEXTBOOK / name / "study.toml")
    assert not different(write_live_workbook(study, tmp_path / "book.xlsx"), statements(study))


def financed() -> Study:
    """The mill as a bank would see it: equity, a loan of each kind, tax with a holiday and losses carried forward."""
    case = rich()
    study = study_of(case, effects_of(case), "mill-new")
    paid = sum(sum(one.amount.values()) for one in study.investments)
    first, later = "2027-Q1", "2028-Q1"
    loan = {"origin": "foreign", "interest": 0.06, "draw": {first: paid / 8}, "first": later, "instalments": 8,
            "per_year": 4, "fee": 0.01, "commitment_fee": 0.005}  # fmt: skip
    free = {name: value for name, value in loan.items() if name not in ("instalments", "per_year")}
    more = {
        "equity": [{"id": "owners", "amount": {first: paid / 2, later: 40_000.0}, "share": 1.0}],
        "loans": [
            {"id": "level", "kind": "annuity", **loan, "base": {f"{first}+": 0.01, "2029-Q1+": 0.03}},
            {"id": "even", "kind": "constant_principal", **loan, "currency": "EUR", "draw": {first: paid / 20}},
            {"id": "stated", "kind": "profile", **free, "repay": {later: paid / 16, "2029-Q1": paid / 16}},
            {"id": "sculpted", "kind": "sculpted", **free, "capitalised": 1.0},
        ],
        "currencies": [{"code": "EUR", "official": {f"{first}+": 2.0, "2029-Q1+": 2.2}}],
        "tax": {"brackets": [{"above": 0.0, "rate": 0.2}, {"above": 300_000.0, "rate": 0.25}], "holiday": 1,
                "carry_forward": 3},
        "buyers": [{"id": "state", "kind": "state", "days": 45.0, "late_days": 60.0}],
        "distribution": {"payout": 0.3},
        "construction_interest": {"life": 5.0},
    }  # fmt: skip
    written = {**study.model_dump(), **more}
    written["sales"] = [{**one, "buyer": "state"} for one in written["sales"]]
    written["costs"] = [
        {**one, "stock_days": 20.0, "payable_days": 15.0, "input_tax": 0.03} for one in written["costs"]
    ]
    return parsed(written)


def test_a_financed_study_comes_to_the_same(tmp_path):
    study = financed()
    live = write_live_workbook(study, tmp_path / "financed.xlsx")
    told = statements(study)
    assert not different(live, told)
    cover = live.lines["with", ("ratios", "dscr", "", "total")].values
    assert np.isfinite(cover).sum() >= 8


# What a spreadsheet makes of it


def drop_values(path: Path) -> None:
    """Drops what is cached of the formulas of a workbook."""
    openpyxl.load_workbook(path).save(path)


def recalculated(path: Path, folder: Path) -> openpyxl.Workbook:
    """The workbook as LibreOffice recalculates it, in `folder`/out; it must hold no values of formulas."""
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert any(b"</f>" in part for part in parts)
    assert not any(re.search(rb"</f><v>[^<]", part) for part in parts)
    home = (folder.parent / "office").as_uri()  # beside the folders of other tests: a new one takes a second to fill
    told = subprocess.run(
        [str(OFFICE), "--headless", f"-env:UserInstallation={home}", "--convert-to", "xlsx", "--outdir",
         str(folder / "out"), str(path)],
        capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return openpyxl.load_workbook(folder / "out" / path.name, data_only=True)


def cell(book: openpyxl.Workbook, address: str) -> object:
    sheet, place = address.rsplit("!", 1)
    return book[sheet.strip("'")][place.replace("$", "")].value


def read(book: openpyxl.Workbook, line: Line) -> np.ndarray:
    found = [cell(book, text) for text in line.texts]
    return np.array([np.nan if value in (None, "") else value for value in found], dtype=float)


def disagreeing(book: openpyxl.Workbook, live: LiveWorkbook) -> list[tuple]:
    """Lines, inputs and indicators that the spreadsheet gives otherwise than the formulas of `live` do."""
    lines = {**live.lines, **live.figures}
    return [(key, read(book, line), line.values) for key, line in lines.items()
            if not same(read(book, line), line.values, 1e-7)]  # fmt: skip


@needs_office
@pytest.mark.parametrize("which", ["option", "financed", "garment"])
def test_a_spreadsheet_recalculates_the_same(tmp_path, which):
    case = tiny()
    study = {
        "option": lambda: study_of(case, effects_of(case), "pasta-more"),
        "financed": financed,
        "garment": lambda: read_study(TEXTBOOK / "unido_1991_garment" / "study.toml"),
    }[which]()
    live = write_live_workbook(study, tmp_path / "live.xlsx")
    assert len(live.lines) > 150
    drop_values(tmp_path / "live.xlsx")
    assert not disagreeing(recalculated(tmp_path / "live.xlsx", tmp_path), live)


def changed_by_hand(path: Path, live: LiveWorkbook, changes: dict[str, float]) -> None:
    """What a bank does: types other numbers over inputs, in the cell of one number for all periods."""
    book = openpyxl.load_workbook(path)
    for key, value in changes.items():
        asked = live.inputs[key]
        assert isinstance(book[asked.sheet.strip("'")].cell(asked.row + 1, 5).value, int | float), key
        book[asked.sheet.strip("'")].cell(asked.row + 1, 5).value = value
    book.save(path)


def after_the_change(
    tmp_path: Path, lang: str, before: Study, changes: dict[str, float], after: Study
) -> tuple[LiveWorkbook, LiveWorkbook]:
    """The workbook of `before` with the changes typed in comes, recalculated, to what the engine makes of `after`."""
    assert not faults(before)
    path = tmp_path / "live.xlsx"
    live = write_live_workbook(before, path, lang)
    changed_by_hand(path, live, changes)
    fresh = write_live_workbook(after, tmp_path / "after.xlsx", lang)
    assert not different(fresh, statements(after))
    lines = {key: replace(live.lines[key], values=line.values) for key, line in fresh.lines.items()}
    figures = {key: replace(live.figures[key], values=line.values) for key, line in fresh.figures.items()}
    moved = replace(live, lines=lines, figures=figures)
    assert not disagreeing(recalculated(path, tmp_path), moved)
    return live, moved


@needs_office
def test_a_changed_price_gives_what_the_engine_gives(tmp_path):
    """A price a tenth dearer and another target of cover: sculpted repayments move with the cash, and with its tax."""
    study = financed()
    price = study.sales[0].price * 1.1
    sales = tuple(one.model_copy(update={"price": one.price * 1.1}) for one in study.sales)
    loans = tuple(
        x.model_copy(update={"target_dscr": 1.5}) if x.kind == "sculpted" else x for x in study.loans
    )  # fmt: skip
    dearer = study.model_copy(update={"sales": sales, "loans": loans})
    changes = {"sales.flour.price": price, "loans.sculpted.target_dscr": 1.5}
    live, moved = after_the_change(tmp_path, "en", study, changes, dearer)
    npv = "incremental", "total_capital", "npv"
    assert moved.figures[npv].values[0] > live.figures[npv].values[0] + 1000
    repaid = "with", ("debt", "loan_repaid", "sculpted", "foreign")
    assert np.abs(moved.lines[repaid].values - live.lines[repaid].values).max() > 1000


def written_off_in_every_way() -> Study:
    """Investments and an old asset by every method, and interest of the construction phase by what is left of it."""
    study = financed()
    rules = [
        {"method": "declining_balance", "life": 3.3, "salvage": 0.1, "factor": 2.0, "switch": True},
        {"method": "declining_balance", "life": 2.5, "salvage": 0.05, "factor": 1.5},
        {"method": "sum_of_years", "life": 1.7, "salvage": 0.1, "first_part": 0.4},
        {"method": "depletion", "life": 1.2, "salvage": 0.2},
    ]
    written = study.model_dump()
    labels = ("2027-Q1", "2027-Q3")
    written["investments"] = list(written["investments"]) + [
        {"id": f"way{n}", "group": "machinery", "amount": {labels[n % 2]: 100_000.0, "2028-Q2": 30_000.0},
         "depreciation": rule}
        for n, rule in enumerate(rules)
    ]  # fmt: skip
    written["opening"]["fixed_assets"] = [
        {"id": f"old{n}", "value": 50_000.0, "depreciation": {**rule, "begins": "2027-Q2"}}
        for n, rule in enumerate(rules)
    ]
    written["opening"]["equity"] = 200_000.0
    written["construction_interest"] = {"method": "declining_balance", "life": 2.0, "switch": True}
    return parsed(written)


@needs_office
def test_another_life_of_an_asset_gives_what_the_engine_gives(tmp_path):
    study = written_off_in_every_way()
    changes: dict[str, float] = {"investments.way0.factor": 1.4}

    def longer(group: str, assets: tuple) -> tuple:
        found = []
        for one in assets:
            rule = one.depreciation
            if one.id.startswith(("way", "old")):
                rule = rule.model_copy(update={"life": rule.life * 1.25, "salvage": rule.salvage / 2})
                changes[f"{group}.{one.id}.life"], changes[f"{group}.{one.id}.salvage"] = rule.life, rule.salvage
            if one.id == "way0":
                rule = rule.model_copy(update={"factor": 1.4})
            found.append(one.model_copy(update={"depreciation": rule}))
        return tuple(found)

    opening = study.opening.model_copy(update={"fixed_assets": longer("opening", study.opening.fixed_assets)})
    after = study.model_copy(update={"investments": longer("investments", study.investments), "opening": opening})
    live, moved = after_the_change(tmp_path, "en", study, changes, after)
    written = "with", ("investment", "depreciation", "", "total")
    assert np.abs(moved.lines[written].values - live.lines[written].values).max() > 1000


EVERY_KIND = "every kind of loan and depreciation"
LOANS_BY_CASH = [f"by cash: {name}" for name in ("level", "equal, geared, swept", "sculpted")]


def studies_of_every_kind() -> dict[str, Study]:
    return {
        EVERY_KIND: written_off_in_every_way(),
        "garment": read_study(TEXTBOOK / "unido_1991_garment" / "study.toml"),
        "steel": read_study(TEXTBOOK / "steel_mill" / "study.toml"),
        **{f"by cash: {name}": by_cash(**loan) for name, loan in BY_CASH.items()},
    }


def relative(text: str, row: int, column: int) -> str:
    """A formula as R1C1: the same text in every cell of a row that holds one formula."""

    def moved(found: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits = found.groups()
        place = column_index_from_string(letters)
        down = f"R{digits}" if fixed_row else f"R[{int(digits) - row}]"
        return down + (f"C{place}" if fixed_column else f"C[{place - column}]")

    return re.sub(r"(\$?)\b([A-Z]{1,3})(\$?)([0-9]+)\b", moved, text)


Place = tuple[int, int, int]


def formulas_of(path: Path) -> dict[Place, str]:
    """Formulas by sheet, row and column; other sheets are named by their place in the book."""
    book, found = openpyxl.load_workbook(path), {}
    titles = {title: f"#{n}!" for n, title in enumerate(book.sheetnames)}
    for n, sheet in enumerate(book):
        for one in (one for cells in sheet.iter_rows() for one in cells if one.data_type == "f"):
            text = re.sub(r"(?:'([^']+)'|(\w+))!", lambda name: titles[name[1] or name[2]], one.value)
            found[n, one.row, one.column] = text
            assert len(one.value) <= 200, (sheet.title, one.coordinate)
    return found


def columns_of(formulas: dict[Place, str]) -> dict[tuple[int, int], str]:
    """What the formulas of each column add up: a long sum is parted elsewhere where names of sheets are longer."""
    columns: dict[tuple[int, int], list[str]] = {}
    for (sheet, _, column), text in sorted(formulas.items()):
        columns.setdefault((sheet, column), []).append(re.sub(r'"[^"]*"', "", text.removeprefix("=")))
    return {place: "+".join(texts) for place, texts in columns.items()}


@pytest.mark.parametrize("name", [EVERY_KIND, "garment", "steel", *LOANS_BY_CASH])
def test_a_row_holds_one_formula_that_can_be_read(tmp_path, name):
    """FAST: one formula from the first period to the last, none above 200 characters; the same in both languages."""
    for lang in LANGS:
        write_live_workbook(studies_of_every_kind()[name], tmp_path / f"{lang}.xlsx", lang)
    formulas, arabic = (formulas_of(tmp_path / f"{lang}.xlsx") for lang in ("en", "ar"))
    for one in (formulas, arabic):
        kinds: dict[tuple[int, int], set[str]] = {}
        for (sheet, row, column), text in one.items():
            kinds.setdefault((sheet, row), set()).add(relative(text, row, column))
        assert {place: texts for place, texts in kinds.items() if len(texts) > 1} == {}
        assert len(kinds) > 150
    if name != EVERY_KIND:  # Its longest sums have more parts in Arabic, so that all rows below move.
        assert columns_of(arabic) == columns_of(formulas)


def test_inputs_have_names(tmp_path):
    live = write_live_workbook(studies_of_every_kind()["steel"], tmp_path / "live.xlsx")
    book = openpyxl.load_workbook(tmp_path / "live.xlsx")
    names = book.defined_names
    assert len(names) >= len(live.inputs)
    sheet, place = names["in_sales_home_price"].attr_text.rsplit("!", 1)
    assert book[sheet.strip("'")][place.replace("$", "")].value == 12


def test_sheets_are_set_up_for_print(tmp_path):
    write_live_workbook(studies_of_every_kind()["steel"], tmp_path / "live.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "live.xlsx"):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0


@needs_office
def test_a_scenario_that_is_switched_on_gives_what_the_engine_gives(tmp_path):
    worse = {"id": "worse", "price": 0.9, "quantity": 0.95, "investment": 1.2, "variable_costs": 1.1,
             "fixed_costs": 1.05, "exchange": 1.3}  # fmt: skip
    study = parsed({**financed().model_dump(), "scenarios": [worse]})
    live, moved = after_the_change(tmp_path, "ar", study, {"scenario": 2}, study_under(study, study.scenarios[0]))
    npv = "with", "total_capital", "npv"
    assert moved.figures[npv].values[0] < live.figures[npv].values[0]


def test_only_inputs_are_numbers(tmp_path):
    """No schedule and no statement of a study with every kind of loan and depreciation holds a number typed in."""
    live = write_live_workbook(written_off_in_every_way(), tmp_path / "live.xlsx")
    book = openpyxl.load_workbook(tmp_path / "live.xlsx")
    inputs = {line.sheet.strip("'") for line in live.inputs.values()}
    for (_, key), line in live.lines.items():
        cells = [cell(book, text) for text in line.texts]
        if line.sheet.strip("'") not in inputs:
            assert all(isinstance(value, str) and value.startswith("=") for value in cells), key
    assert not {key for key in live.inputs if key.endswith((".shares", ".depletion", ".sculpted"))}


CODE = re.compile(r"\b(live|statements|studies|appraise|functions|country)\.[a-z_]+")


@cache
def analysed_studies() -> tuple[tuple[Study, StudyAnalysis | None], ...]:
    """Loans and depreciation of every kind, with analysis, scenarios and the country.

    Loans that hang on cash add no word to an analysis, which takes seconds to work out.
    """
    worse = [{"id": "worse", "price": 0.9}]
    country = {"discount": 0.1, "cost_benefit": {"conversion": 0.8}, "carbon": {"emission": 1.0, "price": 1.0}}
    kinds = studies_of_every_kind()
    every_kind = parsed({**written_off_in_every_way().model_dump(), "scenarios": worse, "country": country})
    analysed = tuple((study, analysis_of(study, PROFILES[study.profile])) for study in (kinds["steel"], every_kind))
    return (*analysed, *((kinds[name], None) for name in LOANS_BY_CASH[1:3]))


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_of_the_workbook_is_in_the_catalogue(tmp_path, lang):
    """No code shows."""
    texts = [text for name in sorted(PROFILES) for text in conventions(PROFILES[name], Words(lang))]
    for n, (study, analysis) in enumerate(analysed_studies()):
        write_live_workbook(study, tmp_path / f"{n}.xlsx", lang, analysis=analysis)
        for sheet in openpyxl.load_workbook(tmp_path / f"{n}.xlsx"):
            cells = [cell.value for row in sheet.iter_rows() for cell in row]
            texts += [sheet.title, *(text for text in cells if isinstance(text, str) and not text.startswith("="))]
    assert len(texts) > 1000
    assert not [text for text in texts if CODE.search(text)]
