"""Tables on narrow screens, and what a table says of what the case does not know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len
from tests.cli.conftest import Ask

Wide = Callable[[int], None]


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> Wide:
    return lambda columns: monkeypatch.setenv("COLUMNS", str(columns))


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("columns", [60, 80, 140, 200])
def test_no_number_is_broken_and_nothing_runs_over(ask: Ask, wide: Wide, folder: Path, lang: str, columns: int) -> None:
    wide(columns)
    rows = ask("localise", folder, "--json").json["worth"]
    whole = {f"{row[figure]:,.0f}" for row in rows for figure in ("worth", "most") if row[figure]}
    told = ask("localise", folder, "--lang", lang).out
    assert whole
    assert all(number in told for number in whole)
    tables = [line for line in told.splitlines() if line.startswith(" ")]
    assert all(cell_len(line.rstrip()) <= columns for line in tables)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_site_without_a_way_to_run_it_is_not_called_closed(ask: Ask, folder: Path, lang: str) -> None:
    path = folder / "options.csv"
    options = pl.read_csv(path, infer_schema=False)
    assert "repair" in options.filter(pl.col("site") == "mill")["kind"].to_list()
    for table in ("options", "recipes", "works", "costs", "cadres", "transfers"):
        file = folder / f"{table}.csv"
        if file.exists():
            frame = pl.read_csv(file, infer_schema=False)
            key = "id" if table == "options" else "option"
            frame.filter(~pl.col(key).str.starts_with("mill")).write_csv(file)
    told = ask("diagnose", folder, "--lang", lang)
    line = next(line for line in told.out.splitlines() if {"en": "no option", "ar": "لا خيار"}[lang] in line)
    assert "%" not in line
    assert "–" in line.split()
