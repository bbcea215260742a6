"""What is written is read back the same, and has the same fingerprint; `test_convert` says it of any workbook."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import dataframely as dy
import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.build import case_of, table_of
from tawteen.case.codes import codes
from tawteen.case.days import FIRST_YEAR, LAST_YEAR
from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.names import INVISIBLE
from tawteen.case.params import READING, WORKBOOK
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.case.settings import Settings
from tawteen.case.tables import TABLES
from tawteen.case.workbook import write_workbook

SAID = st.text(
    st.sampled_from("aZ09 ,;.\"'=+-@\n\tب١ـ،_x%<>&|＝＠＋－\u200f\u2067\u2069"), min_size=1, max_size=12
).map(str.strip)
# A cell in which nothing can be seen is empty.
TEXT = SAID.filter(lambda text: bool(re.sub(INVISIBLE, "", text).strip()))
KEY = st.text(st.sampled_from("aZ09,.\"'=+-@بى١،_%<>&|"), min_size=1, max_size=8)


def cells(name: str, column: dy.Column) -> st.SearchStrategy[Any]:
    """Values a column may hold."""
    meta = column.metadata or {}
    match column:
        case dy.Float64():
            low, high = (-1e300 if column.min is None else column.min), (1e300 if column.max is None else column.max)
            value: st.SearchStrategy[Any] = st.floats(low, high).filter(
                lambda number: number == 0 or abs(number) >= READING.smallest
            )
        case dy.Int64():
            value = st.integers(0 if column.min is None else column.min, 2**53 if column.max is None else column.max)
        case dy.Bool():
            value = st.booleans()
        case dy.Date():
            value = st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))
        case _ if meta.get("codes"):
            value = st.sampled_from(sorted(codes(meta["codes"])))
        case _:
            plain = column.primary_key or meta.get("ref") or meta.get("many") or not name.endswith(("_en", "_ar"))
            value = KEY if plain else TEXT
    return st.none() | value if column.nullable else value


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cases with a few rows in a few tables, whatever the references say."""
    rows = {}
    for table in draw(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3, unique=True)):
        schema = TABLES[table]
        row = st.fixed_dictionaries({name: cells(name, column) for name, column in schema.columns().items()})
        key = schema.primary_key()
        rows[table] = draw(st.lists(row, max_size=4, unique_by=lambda r, key=key: tuple(r[k] for k in key)))
    return case_of(Settings.model_validate(SETTINGS), rows)


def same(left: Case, right: Case) -> None:
    for name, table in left.tables.items():
        assert table.equals(right[name]), name
    assert left.settings == right.settings
    assert case_hash(left) == case_hash(right)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_any_case_reads_back_from_a_folder(case: Case) -> None:
    with tempfile.TemporaryDirectory() as place:
        write_folder(case, Path(place) / "case")
        same(case, read_case(Path(place) / "case"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "case.xlsx"
    write_workbook(tiny(), path)
    return path


@pytest.fixture
def book(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path / "case.xlsx"))


def test_the_tiny_case_reads_back_with_its_rows(book: Path, tmp_path: Path) -> None:
    case, findings = read_case_with_findings(book)
    assert findings == []
    same(tiny(), case)
    assert case.origins["sites"].rows == tuple(range(WORKBOOK.head_rows + 1, WORKBOOK.head_rows + 4))
    assert case.origins["sites"].file == "case.xlsx / sites"
    write_folder(case, tmp_path / "case")
    same(tiny(), read_case(tmp_path / "case"))


def test_a_folder_written_again_loses_rows_that_went_and_keeps_other_files(tmp_path: Path) -> None:
    place = tmp_path / "case"
    write_folder(tiny(), place)
    (place / "notes.md").write_text("keep", encoding="utf-8")
    write_folder(tiny({"works": []}), place)
    same(tiny({"works": []}), read_case(place))
    assert (place / "notes.md").read_text(encoding="utf-8") == "keep"
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_a_case_too_big_for_a_workbook_leaves_what_stands_there(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(CaseError) as caught:
        write_workbook(tiny({"sources": [{"id": "s", "title": "x" * 32_768}]}), book)
    (finding,) = caught.value.findings
    assert (finding.code, finding.table, finding.column) == ("sheet.long_cell", "sources", "title")
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir()] == ["case.xlsx"]


def test_the_hash_is_of_what_is_said() -> None:
    case = tiny()
    turned = {name: list(reversed(rows)) for name, rows in tables().items()}
    assert case_hash(tiny(turned)) == case_hash(case)
    empty = Case(case.settings, {**case.tables, "sites": case["sites"].with_columns(town=pl.lit(""))})
    assert case_hash(empty) == case_hash(case)
    nearly = Case(
        case.settings, {**case.tables, "demands": case["demands"].with_columns(pl.col("penalty") * (1 + 2e-16))}
    )
    assert case_hash(nearly) == case_hash(case)


@pytest.mark.parametrize(
    "changed",
    [
        lambda: tiny({"works": []}),
        lambda: tiny(money={"price_year": 2025}),
        lambda: tiny({"credit": [{"start": dt.date(2027, 1, 1), "amount": 2_500_000.0000001}]}),
        lambda: tiny({"credit": [{"start": dt.date(2027, 1, 2), "amount": 2_500_000.0}]}),
    ],
)
def test_the_hash_sees_every_change(changed: Any) -> None:
    assert case_hash(changed()) != case_hash(tiny())


def test_no_column_keeps_a_negative_zero(tmp_path: Path) -> None:
    """One row or several: a workbook does not hold the sign, so neither does a folder."""
    one, two = ({**row, "lon": -0.0} for row in tables()["regions"])
    three = tables()["regions"][0]
    for name, regions in (("one", [one]), ("two", [one, two]), ("mixed", [three, two])):
        case = Case(tiny().settings, {**tiny().tables, "regions": table_of("regions", regions)})
        write_folder(case, tmp_path / name)
        assert "-0.0" not in (tmp_path / name / "regions.csv").read_text(encoding="utf-8-sig")
        text = (tmp_path / name / "regions.csv").read_text(encoding="utf-8-sig").replace(",0.0,", ",-0.0,")
        (tmp_path / name / "regions.csv").write_text(text, encoding="utf-8-sig")
        read, _ = read_case_with_findings(tmp_path / name)
        assert not [x for x in read["regions"]["lon"] if str(x) == "-0.0"]


def test_what_people_do_to_a_workbook(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    sites = edited["sites"]
    sites.insert_rows(1, 12)
    names = {cell.value: cell.column for cell in sites[16]}
    sites.cell(17, names["isic"]).value = 111
    sites.cell(17, names["isic"]).number_format = "General"
    sites.cell(17, names["state"]).value = "متوقف"
    sites.cell(17, names["state_as_of"]).value = dt.date(2024, 5, 6)
    sites.cell(17, names["lat"]).value = "٣٢٫٥"
    sites.cell(17, names["lon"]).value = 1.234
    sites.cell(18, names["lon"]).value = "12,5"
    edited["regions"].title = "المناطق"
    edited.create_sheet("my notes")["A1"] = "hello"
    edited.save(book)
    case, findings = read_case_with_findings(book)
    row = case["sites"].row(0, named=True)
    assert (row["isic"], row["state"], row["state_as_of"]) == ("0111", "suspended", dt.date(2024, 5, 6))
    assert (row["lat"], row["lon"], case["sites"]["lon"][1]) == (32.5, 1.234, 12.5)
    assert case.origins["sites"].rows == (17, 18, 19)
    assert case["regions"].height == 2
    assert [(f.severity, f.code, f.value) for f in findings] == [("warning", "table.unknown", "my notes")]


def test_merged_cells_formulas_and_errors_are_refused(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["sites"].merge_cells("B6:C6")
    edited["costs"]["F5"] = "=1+1"
    edited["works"]["E5"] = "#DIV/0!"
    edited["settings"]["B2"] = "=A1"
    edited.save(book)
    with pytest.raises(CaseError) as caught:
        read_case(book)
    assert [(f.code, f.file, f.row, f.args["cell"]) for f in caught.value.findings if f.code.startswith("sheet.")] == [
        ("sheet.formula", "case.xlsx / settings", 2, "B2"),
        ("sheet.merged", "case.xlsx / sites", 6, "B6:C6"),
        ("sheet.error_value", "case.xlsx / works", 5, "E5"),
        ("sheet.formula", "case.xlsx / costs", 5, "F5"),
    ]


def test_bad_cells_and_settings_of_a_workbook_are_named(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["demands"]["G6"] = "1,234"
    settings_rows = {row[0].value: row[1] for row in edited["settings"].iter_rows()}
    settings_rows["time.periods"].value = "many"
    edited.save(book)
    with pytest.raises(CaseError) as caught:
        read_case(book)
    first, second = caught.value.findings
    assert (first.code, first.file, first.row, first.column) == (
        "setting.whole",
        "case.xlsx / settings",
        settings_rows["time.periods"].row,
        "time.periods",
    )
    assert (second.code, second.file, second.row, second.column, second.value) == (
        "cell.number_ambiguous",
        "case.xlsx / demands",
        6,
        "quantity",
        "1,234",
    )


def test_a_workbook_without_settings(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    del edited["settings"]
    edited.save(book)
    with pytest.raises(CaseError) as caught:
        read_case(book)
    assert [(f.code, f.file) for f in caught.value.findings] == [("settings.missing", "case.xlsx / settings")]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_broken_workbook_ends_in_a_traceback(written: Path, data: st.DataObject) -> None:
    whole = bytearray(written.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=5)):
        whole[place] ^= 0xFF
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
        with suppress(CaseError):
            same(tiny(), read_case(path))


def test_a_table_of_ten_thousand_rows_in_a_workbook(tmp_path: Path) -> None:
    rows = [{"option": f"o{i}", "commodity": "k", "direction": "in", "quantity": i / 7} for i in range(10_000)]
    case = Case(tiny().settings, {**tiny().tables, "recipes": table_of("recipes", rows)})
    write_workbook(case, tmp_path / "big.xlsx")
    same(case, read_case(tmp_path / "big.xlsx"))
