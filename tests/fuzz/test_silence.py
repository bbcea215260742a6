"""Nothing wrong in silence: an absurd value in any column of any table, or in any setting, leads to an error."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest

from tawteen.case.checks import check
from tawteen.case.checks.plausibility import lost_letters, lost_setting_letters
from tawteen.case.csv_file import raw_csv
from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.raw import Raw, trimmed
from tawteen.case.read import read_case_with_findings
from tawteen.case.settings import Settings
from tawteen.case.settings_file import read_toml, rows_of, toml_of
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed
from tawteen.words import LANGS, Words

NUMBERS = (
    "1e20", "-1e20", "1e308", "-1e308", "nan", "inf", "-inf", "9" * 400, "٩" * 19, "1e-300", "--5", "5 %%", "x", "1e5e",
    "TRUE", "#REF!", "=1+1", "2027-01-01", "9999-12-31", "\x1b[31m1", "1\x00",
)  # fmt: skip
DAYS = (
    "9999-12-31", "0001-01-01", "2027-13-01", "2027-02-30", "31/12/99", "36526", "0", "-5", "1e20", "nan", "inf",
    "\x1b",
)  # fmt: skip
FLAGS = ("2", "-1", "−1", "maybe", "nan", "9999", "\x1b")
TEXTS = ("a\x0bb", "a\x1b[31mb", "a\x00b", "a\x85b", "a\u202eb", "a\ufdd0b", "a\ufffeb", "x" * 40_000)
CODES = ("zzz", "1e20", "nan", "-5", "9999-12-31")
EMPTY = ("\u200b", "\u200f\u200e", "\ufeff", "\u00a0\u2003", "ـ")
"""Cells that hold nothing to be seen: as good as empty."""

MOJIBAKE = [
    "مصنع الإسمنت".encode(written).decode(read, "ignore")
    for written, read in (("utf-8", "cp1252"), ("utf-8", "cp1256"), ("cp1256", "cp1252"))
]

SETTINGS = (
    "[]", "{}", "[[1]]", "nan", "inf", "-inf", "9999-12-31", "0001-01-01", "1e308", "1e20", "9" * 500, "1e-300",
    '"\\u000b"', '"\\u001b[31m"', '"a\\u202eb"', '"a\\ufffe"',
)  # fmt: skip


def _absurd(column: object, dtype: pl.DataType, low: float | None) -> tuple[str, ...]:
    if dtype.is_numeric():
        return (*NUMBERS, "-5") if low is not None and low >= 0 else NUMBERS
    if dtype == pl.Date:
        return DAYS
    if dtype == pl.Boolean:
        return FLAGS
    return (*TEXTS, *CODES) if (getattr(column, "metadata", None) or {}).get("codes") else TEXTS


def _untold(table: str, name: str, values: tuple[str, ...]) -> list[str]:
    """Those of `values` that no error names when they stand in a column, a row each."""
    names = list(TABLES[table].columns())
    columns = {str(i): [one, *(value if one == name else None for value in values)] for i, one in enumerate(names)}
    cells = trimmed(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    findings = typed(Raw(table, f"{table}.csv", cells, pl.Series(range(len(values) + 1))))[2]
    told = {f.row for f in findings if f.severity == "error" and f.column == name}
    return [value[:40] for row, value in enumerate(values, 1) if row not in told]


@pytest.mark.parametrize("table", TABLES)
def test_absurd_cells_are_errors(table: str) -> None:
    silent = {}
    for name, column in TABLES[table].columns().items():
        untold = _untold(table, name, _absurd(column, column.dtype, getattr(column, "min", None)))
        if untold:
            silent[name] = untold
    assert not silent


def test_cells_without_anything_to_see_are_empty() -> None:
    seen = trimmed(pl.DataFrame({"0": [*EMPTY, "مصنع\u200f"]}))["0"].to_list()
    assert seen == [None] * len(EMPTY) + ["مصنع\u200f"]


def test_absurd_settings_are_errors() -> None:
    lines = toml_of(generate(1, seed=1).settings).splitlines()
    silent = []
    for i, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if not equals:
            continue
        for value in SETTINGS:
            if value == "[]" and key in {"rates", "brackets", "parties"}:
                continue
            text = "\n".join([*lines[:i], f"{key} = {value}", *lines[i + 1 :]])
            if not any(f.severity == "error" for f in read_toml(text.encode())[1]):
                silent.append((key, value))
    assert not silent


def test_texts_that_lost_their_letters_are_told() -> None:
    case = generate(1, seed=1)
    assert not [f for f in check(case) if "lost" in f.code]
    for key, value in rows_of(case.settings):
        if not (key.endswith(("name_en", "name_ar", "notice_en", "notice_ar")) and isinstance(value, str)):
            continue
        values = case.settings.model_dump(mode="json")
        section, *steps = key.split(".")
        place = values[section]
        for step in steps[:-1]:
            place = place[int(step) - 1]
        for lost in ("????? ???", *MOJIBAKE, "a\ufffdb"):
            place[steps[-1]] = lost
            changed = dataclasses.replace(case, settings=Settings.model_validate_json(json.dumps(values)))
            told = lost_setting_letters(changed)
            assert [(f.column, f.value) for f in told] == [(key, lost)]
            assert all(lost in Words(lang).say(told[0].code, told[0].args) for lang in LANGS)


@pytest.mark.parametrize("lost", [*MOJIBAKE, "????", "a\ufffdb"])
def test_cells_that_lost_their_letters_are_told(lost: str) -> None:
    case = generate(2, seed=1)
    for table, column in (("sites", "name_ar"), ("regions", "name_en"), ("works", "name_ar"), ("costs", "name_ar")):
        frame = case[table].with_columns(pl.lit(lost).alias(column))
        changed = dataclasses.replace(case, tables={**case.tables, table: frame})
        assert {(f.table, f.column) for f in lost_letters(changed) if f.code == "check.lost_letters"} == {
            (table, column)
        }


def test_bytes_of_a_lone_surrogate_are_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """CESU bytes of half a letter: no reading of the file takes them for letters without a word."""
    folder = tmp_path_factory.mktemp("surrogate") / "case"
    write_folder(generate(1, seed=1), folder)
    path = folder / "sites.csv"
    data = path.read_bytes()
    name = read_case_with_findings(folder)[0]["sites"]["name_en"][0].encode()
    assert name in data
    raw, findings = raw_csv(data.replace(name, name + b"\xed\xa0\xbd", 1), "sites", "sites.csv")
    assert raw is None
    assert [f.code for f in findings] == ["file.broken_text"]
