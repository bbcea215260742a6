"""Faults that people reported, made again in a case as it lies on disk: each is read right, or told once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tawteen.case.checks import check
from tawteen.case.findings import CaseError, text_of
from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case_with_findings
from tawteen.case.workbook import write_workbook
from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.words import LANGS, Words


@pytest.fixture(scope="module")
def case() -> Case:
    return generate(4, seed=1)


@pytest.fixture(scope="module")
def written(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case as a folder without a fault; nobody changes it."""
    folder = tmp_path_factory.mktemp("faults") / "case"
    write_folder(case, folder)
    assert codes_of(folder) == []
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy of the folder, to be changed."""
    return Path(shutil.copytree(written, tmp_path / "case"))


def codes_of(folder: Path) -> list[str]:
    """Codes of every error and warning that reading and checking the folder finds."""
    try:
        read, findings = read_case_with_findings(folder)
    except CaseError as error:
        return sorted({f.code for f in error.findings})
    return sorted({f.code for f in (*findings, *check(read)) if f.severity != "note"})


def replaced(table: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of a text in the file of a table, wherever it stands."""

    def change(folder: Path) -> None:
        path = folder / table
        text = path.read_text(encoding="utf-8-sig")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def cell(table: str, column: str, value: str) -> Callable[[Path], None]:
    """Another text in the first row of a column."""

    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        frame = pl.read_csv(path, infer_schema=False)
        first = pl.int_range(pl.len()) == 0
        frame.with_columns(pl.when(first).then(pl.lit(value)).otherwise(column).alias(column)).write_csv(path)

    return change


FAULTS: list[tuple[Callable[[Path], None], list[str]]] = [
    (replaced("case.toml", "economic = 0.08", "economic = 8"), ["setting.share"]),
    (replaced("case.toml", "economic = 0.08", "economic = true"), ["setting.number"]),
    (replaced("case.toml", "economic = 0.08", "economic = [0.08]"), ["setting.single"]),
    (replaced("case.toml", "official = 0.92", "official = 1e10"), ["setting.bound"]),
    (replaced("case.toml", "official = 0.92", "official = 1e-300"), ["setting.bound"]),
    (replaced("case.toml", "south = 1.2", "south = -1"), ["setting.bound"]),
    (replaced("case.toml", 'currency = "USD"', 'currency = "<b>"'), ["setting.currency"]),
    (replaced("case.toml", 'currency = "EUR"', 'currency = "USD"'), ["setting.home_rate"]),
    (replaced("case.toml", "start = 2027-01-01", "start = 9999-10-01"), ["setting.bound"]),
    (cell("sites", "name_en", "Mill\x0bone"), ["cell.unprintable"]),
    (cell("sites", "name_en", "A\x1b]0;x\x07B"), ["cell.unprintable"]),
    (cell("sites", "name_ar", "???? ?????"), ["check.lost_letters"]),
    (cell("sites", "stopped_since", "2011"), []),
    (cell("sites", "stopped_since", "06/2011"), []),
    (cell("sites", "stopped_since", "2011-06-30T09:15:00.000+02:00"), []),
    (cell("sites", "stopped_since", "1433-08-10"), ["cell.date_hijri"]),
    (cell("sites", "stopped_since", "1433-08-10 AH"), []),
    (cell("sites", "stopped_since", "1899-12-30"), ["cell.date_zero"]),
    (cell("sites", "stopped_since", "1905-07-11"), ["cell.date_year_number"]),
    (cell("works", "effort", "1e12"), ["cell.bound"]),
    (cell("works", "effort", "1e308"), ["cell.bound"]),
    (cell("works", "weeks", "1e9"), ["cell.bound"]),
    (cell("costs", "amount", "1e14"), ["cell.bound"]),
    (cell("options", "closing_cost", "1e16"), ["cell.bound"]),
    (cell("commodities", "mass", "0"), ["cell.bound"]),
    (cell("demands", "quantity", "1e20"), ["cell.bound"]),
    (cell("funds", "rate", "8"), ["cell.share"]),
    (cell("costs", "currency", "usd"), ["check.currency"]),
    (cell("fund_limits", "amount", "2"), []),  # one quarter of a fund that has its money later
]


@pytest.mark.parametrize(("change", "codes"), FAULTS)
def test_a_fault_on_disk_is_read_right_or_told(folder: Path, change: Callable[[Path], None], codes: list[str]) -> None:
    change(folder)
    assert codes_of(folder) == codes


def test_half_a_megabyte_of_commas_is_refused_before_memory_is_used(folder: Path) -> None:
    with (folder / "routes.csv").open("a", encoding="utf-8") as stream:
        stream.write("," * 500_000)
    assert codes_of(folder) == ["file.many_columns"]


def test_numbers_with_dots_for_thousands_are_read_where_the_column_proves_them(case: Case, folder: Path) -> None:
    path = folder / "costs.csv"
    frame = pl.read_csv(path, infer_schema=False)
    dotted = [
        pl.Series(name, [f"{float(text):,.0f}".replace(",", ".") for text in frame[name]])
        for name in ("amount", "low", "high")
    ]
    frame.with_columns(dotted).write_csv(path, separator=";")
    read, findings = read_case_with_findings(folder)
    assert findings == []
    assert read["costs"]["amount"].to_list() == case["costs"]["amount"].to_list()


@pytest.mark.parametrize(
    "names", [["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-a"], ["＝1+1", "＋1+1", "＠SUM(1)", "－a"]]
)
def test_texts_that_a_spreadsheet_would_calculate_are_written_as_texts(
    case: Case, tmp_path: Path, names: list[str]
) -> None:
    sites = case["sites"].with_columns(name_en=pl.Series(names))
    write_folder(Case(case.settings, {**case.tables, "sites": sites}), tmp_path / "case")
    text = (tmp_path / "case" / "sites.csv").read_text(encoding="utf-8-sig")
    assert not any(f",{name}" in text or f',"{name}' in text for name in names)
    assert read_case_with_findings(tmp_path / "case")[0]["sites"]["name_en"].to_list() == names


@pytest.mark.parametrize(
    ("table", "name"), [("sites", "sits.csv"), ("demands", "sheet7.csv"), ("fund_limits", "x.tsv")]
)
def test_a_renamed_file_is_told_once_with_the_name_it_needs(folder: Path, table: str, name: str) -> None:
    (folder / f"{table}.csv").rename(folder / name)
    with pytest.raises(CaseError) as refused:
        read_case_with_findings(folder)
    (finding,) = refused.value.findings
    assert (finding.code, finding.table, finding.file) == ("table.renamed", table, name)
    for lang in LANGS:
        assert f"{table}.csv" in text_of(finding, Words(lang))


def test_a_file_of_notes_is_no_renamed_table(folder: Path) -> None:
    (folder / "sits.csv").write_bytes((folder / "sites.csv").read_bytes())
    (folder / "mine.csv").write_text("who,what,when\nme,called,today\n")
    _, findings = read_case_with_findings(folder)
    assert {(f.severity, f.code) for f in findings} == {("warning", "table.unknown_like")}


@pytest.mark.parametrize("sheet", ["المواقع", "الإعدادات"])
def test_a_renamed_sheet_is_told_once(case: Case, tmp_path: Path, sheet: str) -> None:
    path = tmp_path / "case.xlsx"
    write_workbook(case, path, "ar")
    book = openpyxl.load_workbook(path)
    book[sheet].title = "ورقة 9"
    book.save(path)
    with pytest.raises(CaseError) as refused:
        read_case_with_findings(path)
    errors = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert [finding.code for finding in errors] == ["table.renamed"]
    assert sheet in text_of(errors[0], Words("ar"))


def test_a_wrong_code_is_answered_with_the_words_of_the_reader(folder: Path) -> None:
    cell("sites", "state", "نائم")(folder)
    with pytest.raises(CaseError) as refused:
        read_case_with_findings(folder)
    (finding,) = refused.value.findings
    assert finding.code == "cell.code"
    assert "متوقف (suspended)" in text_of(finding, Words("ar"))
    assert "، " in text_of(finding, Words("ar"))
    assert "suspended" in text_of(finding, Words("en")).lower()


GATE = "s00002,title,open,no,works,,,"
HIJRI = "s00002,title,closed,now,authority,,1453-06-14,"


@pytest.mark.parametrize("marked", [True, False])
def test_a_gate_with_a_hijri_day_opens_on_its_gregorian_day(folder: Path, marked: bool) -> None:
    """1453-06-14 AH is 2031-10-01: no work on the site begins before the last quarter of 2031."""
    replaced("blockers.csv", GATE, HIJRI.replace("14,", "14 AH,") if marked else HIJRI)(folder)
    replaced("demands.csv", "flour-west,west,flour,,", f"flour-west,west,flour,1449-01-01{' AH' * marked},")(folder)
    if not marked:
        assert codes_of(folder) == ["cell.date_hijri"]
        replaced("case.toml", "hijri = false", "hijri = true")(folder)
    read, _ = read_case_with_findings(folder)
    assert read["demands"].filter(pl.col("id") == "flour-west")["start"].to_list() == [dt.date(2027, 6, 6)]
    gates = read["blockers"].filter((pl.col("site") == "s00002") & (pl.col("gate") == "title"))
    assert gates["open_date"].to_list() == [dt.date(2031, 10, 1)]
    if marked:
        programme = plan(read, time_limit=30.0, gap=1.0, scenario=Scenario(must=("s00002",)))
        (start,) = programme.sites.filter(pl.col("id") == "s00002")["start"].to_list()
        assert start is not None
        assert start >= "2031-Q4"


@cache
def six_sites() -> Case:
    return generate(6, seed=2)


@pytest.mark.parametrize(
    ("table", "column"), [("commodities", "cif"), ("demands", "penalty"), ("routes", "cost"), ("options", "wage")]
)
@pytest.mark.parametrize("factor", [1e8, 1e-8])
def test_a_number_of_another_magnitude_than_its_siblings_is_told(table: str, column: str, factor: float) -> None:
    case = six_sites()
    frame = case[table]
    at = int((frame[column] > 0).fill_null(False).arg_true()[0])
    cells = pl.when(pl.int_range(pl.len()) == at).then(pl.col(column) * factor).otherwise(column).alias(column)
    changed = dataclasses.replace(case, tables={**case.tables, table: frame.with_columns(cells)})
    found = [(f.table, f.column) for f in check(changed) if f.code == "check.unlike_siblings"]
    assert found == [(table, column)]
