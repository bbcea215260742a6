"""Bad input gets one clear message with its place, in both languages, and leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.cli.conftest import Ask
from tests.tiny import tiny

from tawteen.case.workbook import write_workbook

ARABIC = re.compile(r"[\u0600-\u06ff]")


def edit(table: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8-sig")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def cell(table: str, key: str, column: str, value: str) -> Callable[[Path], None]:
    """Puts `value` into a column of the first row whose first cell is `key`."""

    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        rows = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
        at = rows[0].index(column)
        row = next(row for row in rows if row[0] == key)
        row[at] = value
        path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")

    return change


def drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def broken_bytes(folder: Path) -> None:
    path = folder / "sites.csv"
    path.write_bytes(path.read_bytes().rstrip() + b"\xff\n")


def two_headers(folder: Path) -> None:
    path = folder / "sites.csv"
    head, rest = path.read_text(encoding="utf-8-sig").split("\n", 1)
    rows = [line + ",x" for line in rest.splitlines()]
    path.write_text("\n".join([head + ",region", *rows]) + "\n", encoding="utf-8")


BAD: dict[str, tuple[Callable[[Path], None], str, dict[str, object]]] = {
    "no settings": (drop("case.toml"), "settings.missing", {"file": "case.toml"}),
    "nothing in it": (emptied, "settings.missing", {"file": "case.toml"}),
    "broken encoding": (broken_bytes, "file.broken_text", {"file": "sites.csv"}),
    "duplicate header": (two_headers, "column.twice", {"file": "sites.csv", "column": "region"}),
    "text in a number": (
        cell("options", "mill-repair", "capacity", "plenty"),
        "cell.number",
        {"file": "options.csv", "row": 2, "column": "capacity", "value": "plenty"},
    ),
    "unknown code": (
        cell("sites", "mill", "state", "sleeping"),
        "cell.code",
        {"file": "sites.csv", "row": 2, "column": "state", "value": "sleeping"},
    ),
    "out of bounds": (
        cell("blockers", "cables", "chance", "1.7"),
        "cell.share",
        {"file": "blockers.csv", "column": "chance", "value": "1.7"},
    ),
    "dangling reference": (
        cell("offers", "ENG", "capability", "magic"),
        "",
        {"file": "offers.csv", "column": "capability", "value": "magic"},
    ),
    "bad settings": (
        lambda folder: (folder / "case.toml").write_text("[time]\nstart = ", encoding="utf-8") and None,
        "settings.syntax",
        {"file": "case.toml"},
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_one_clear_message(ask: Ask, folder: Path, tmp_path: Path, name: str) -> None:
    spoil, code, place = BAD[name]
    spoil(folder)
    told = ask("check", folder, "--json")
    assert told.code == 1
    errors = told.found()
    assert len(errors) == 1, errors
    assert not code or errors[0]["code"] == code
    assert {key: errors[0][key] for key in place} == place
    assert len(errors[0]["message"]) > 20
    for lang in ("en", "ar"):
        said = ask("check", folder, "--lang", lang)
        assert said.code == 1
        assert bool(ARABIC.search(said.all)) or lang == "en"
        assert all(str(part) in said.all for part in place.values())
    before = sorted(tmp_path.iterdir())
    assert ask("plan", folder, "--out", tmp_path / "out").code == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("verb", ["diagnose", "match", "appraise"])
def test_rooms_refuse_what_check_refuses(ask: Ask, folder: Path, verb: str) -> None:
    BAD["dangling reference"][0](folder)
    told = ask(verb, folder, "--json")
    assert told.code == 1
    assert len(told.found()) == 1


def spoiled(path: Path, sheet: str, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    book.save(path)
    return path


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.xlsx"
    write_workbook(tiny(), path)
    return path


def test_a_good_workbook_is_good(ask: Ask, workbook: Path, folder: Path) -> None:
    told, other = ask("check", workbook, "--json"), ask("check", folder, "--json")
    assert told.found() == []
    assert told.json["case_hash"] == other.json["case_hash"]


def test_merged_cells(ask: Ask, workbook: Path) -> None:
    last = openpyxl.load_workbook(workbook)["sites"].max_row
    spoiled(workbook, "sites", lambda sheet: sheet.merge_cells(f"B{last}:C{last}"))
    told = ask("check", workbook, "--json")
    assert told.code == 1
    assert "sheet.merged" in [finding["code"] for finding in told.json["findings"]]


def test_formulas(ask: Ask, workbook: Path) -> None:
    def formula(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        column = next(c.column_letter for row in sheet.iter_rows() for c in row if c.value == "capacity")
        sheet[f"{column}{sheet.max_row}"] = "=1+1"

    told = ask("check", spoiled(workbook, "options", formula), "--json")
    assert told.code == 1
    assert [finding["code"] for finding in told.found()] == ["sheet.formula"]


def test_not_a_workbook(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    path.write_text("this is no workbook", encoding="utf-8")
    told = ask("check", path, "--json")
    assert told.code == 1
    assert [finding["code"] for finding in told.found()] == ["file.text"]


def test_many_alike_are_counted(ask: Ask, folder: Path) -> None:
    path = folder / "works.csv"
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    at = head.split(",").index("capability")
    for i in range(40):
        cells = rows[0].split(",")
        cells[1], cells[at] = f"X{i}", f"craft-{i}"
        rows.append(",".join(cells))
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    told = ask("check", folder)
    assert told.code == 1
    assert told.out.count("\n") < 60


def test_a_code_near_the_right_one_is_named_first(ask: Ask, folder: Path) -> None:
    cell("sites", "mill", "state", "runing")(folder)
    assert "Write one of: running, " in ask("check", folder).all
    cell("sites", "mill", "state", "zzzz")(folder)
    told = ask("check", folder)
    assert "Write one of: " in told.all
    assert "—" not in told.all


def test_a_setting_asked_for_out_of_its_choices_names_them(ask: Ask, folder: Path, tmp_path: Path) -> None:
    for lang in ("en", "ar"):
        told = ask("plan", folder, "--out", tmp_path / "out", "--set", "value.view=both", "--lang", lang)
        assert "(economic, financial)" in told.all
        assert "Input should" not in told.all
        told = ask("plan", folder, "--out", tmp_path / "out", "--set", "discount.economic=-3", "--lang", lang)
        assert "≥ -0.2" in told.all


def test_an_address_that_is_none_is_answered_at_once(ask: Ask, folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    told = ask("plan", folder, "--out", tmp_path / "out", "--cluster", "nowhere", "--json")
    assert told.code == 2
    assert [f["code"] for f in told.found()] == ["cli.no_cluster"]
