"""Mutants of a small case: what people and programs do to files by accident. A seed gives the same mutant each time."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

NUMBERS = [
    "1e308",
    "-1e308",
    "1e20",
    "-5",
    "0",
    "1e-300",
    "nan",
    "inf",
    "9" * 400,
    "1.000",
    "12,5",
    "٣٫٥",
    "1e",
    "−3",
    "50%",
]
TEXTS = [
    "", " ", "x" * 40_000, "\x0b", "\x1b[31mred", "\ufffe", "\U0001f600", "a\nb", '"', "=cmd|' /c calc'!A1", "<b>",
    "????",
    "\u202eabc", "null", "1.0", "../../x", "a;b;;c", "مصنع", "ãÕäÚ", "\ud83d".encode("utf-8", "replace").decode(),
]  # fmt: skip
DATES = [
    "2027",
    "31/12/2027",
    "01/02/03",
    "1448-06-14",
    "9999-12-31",
    "0001-01-01",
    "2027-13-01",
    "2027-02-30",
    "36526",
]
JSON_VALUES: list[Any] = [None, True, -1, 1e308, "x", [], {}, [[0, 0]], [[[0, 0]]], [1, 2], "\x0b"]
TOML_VALUES = [
    "true",
    "-1",
    "1e308",
    '"x"',
    "[]",
    "{}",
    "[[1]]",
    "nan",
    "9999-12-31",
    '"\\u000b"',
    "9" * 500,
    "0.5",
    "8",
]

Mutation = Callable[[Path, random.Random], None]


def mutate(folder: Path, seed: int) -> str:
    """Changes the case in `folder` by one to three mutations; returns their names."""
    chance = random.Random(seed)
    chosen = [chance.choice(MUTATIONS) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    for mutation in chosen:
        mutation(folder, chance)
    return ", ".join(mutation.__name__ for mutation in chosen)


def _table(folder: Path, chance: random.Random) -> tuple[Path, list[list[str]]]:
    paths = sorted(path for path in folder.glob("*.csv") if path.stat().st_size)
    path = chance.choice(paths)
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (csv.Error, UnicodeDecodeError):
        rows = []
    return path, rows if len(rows) > 1 and rows[0] else [["id"], ["x"]]


def _write(path: Path, rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding, "replace"))


def _place(rows: list[list[str]], chance: random.Random) -> tuple[int, int]:
    return chance.randrange(1, len(rows)), chance.randrange(len(rows[0]))


def cell_number(folder: Path, chance: random.Random) -> None:
    """A cell that holds a number gets an odd one."""
    path, rows = _table(folder, chance)
    numeric = [
        (i, j) for i, row in enumerate(rows[1:], 1) for j, cell in enumerate(row) if re.fullmatch(r"-?[\d.]+", cell)
    ]
    i, j = chance.choice(numeric) if numeric else _place(rows, chance)
    rows[i][j] = chance.choice(NUMBERS)
    _write(path, rows)


def cell_text(folder: Path, chance: random.Random) -> None:
    """Any cell gets odd text."""
    path, rows = _table(folder, chance)
    i, j = _place(rows, chance)
    rows[i] = [*rows[i], *[""] * (j + 1 - len(rows[i]))]
    rows[i][j] = chance.choice(TEXTS)
    _write(path, rows)


def cell_date(folder: Path, chance: random.Random) -> None:
    """Any cell gets an odd date."""
    path, rows = _table(folder, chance)
    i, j = _place(rows, chance)
    rows[i] = [*rows[i], *[""] * (j + 1 - len(rows[i]))]
    rows[i][j] = chance.choice(DATES)
    _write(path, rows)


def rows_moved(folder: Path, chance: random.Random) -> None:
    """A row is doubled, removed, emptied or lengthened."""
    path, rows = _table(folder, chance)
    i = chance.randrange(1, len(rows))
    match chance.randrange(4):
        case 0:
            rows.append(list(rows[i]))
        case 1:
            del rows[i]
        case 2:
            rows[i] = [""] * len(rows[i])
        case _:
            rows[i] = [*rows[i], "more", "and more"]
    _write(path, rows)


def columns_changed(folder: Path, chance: random.Random) -> None:
    """A heading is renamed, doubled, emptied or removed with its column."""
    path, rows = _table(folder, chance)
    j = chance.randrange(len(rows[0]))
    match chance.randrange(4):
        case 0:
            rows[0][j] = chance.choice(["Governorate", "x", "", rows[0][j] + "s", rows[0][j].upper()])
        case 1:
            rows = [[*row, row[j] if j < len(row) else ""] for row in rows]
        case 2:
            rows = [row[:j] + row[j + 1 :] for row in rows]
        case _:
            rows = [[*row[:j], "", *row[j:]] for row in rows]
    _write(path, rows)


def file_spelled(folder: Path, chance: random.Random) -> None:
    """Another separator or encoding, or broken bytes."""
    path, rows = _table(folder, chance)
    match chance.randrange(4):
        case 0:
            _write(path, rows, separator=chance.choice(";\t|"))
        case 1:
            _write(path, rows, encoding=chance.choice(["cp1256", "utf-16", "latin-1"]))
        case 2:
            data = bytearray(path.read_bytes())
            for _ in range(chance.choice((1, 5, 50))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path.write_bytes(bytes(data))
        case _:
            path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def file_moved(folder: Path, chance: random.Random) -> None:
    """A table is removed, renamed, emptied or takes another table's place."""
    path, _ = _table(folder, chance)
    match chance.randrange(4):
        case 0:
            path.unlink()
        case 1:
            path.rename(path.with_name(path.stem + chance.choice(["s", " (1)", "_x"]) + ".csv"))
        case 2:
            path.write_bytes(b"")
        case _:
            shutil.copyfile(path, _table(folder, chance)[0].with_suffix(".csv").with_name(path.name + ".csv"))


def many_commas(folder: Path, chance: random.Random) -> None:
    """A file that is nothing but separators, or very wide."""
    path, _ = _table(folder, chance)
    with path.open("ab") as file:
        file.write(chance.choice([b"," * 500_000, b"\n" * 100_000, b'"' * 3, b"x," * 20_000]))


def settings_value(folder: Path, chance: random.Random) -> None:
    """A setting gets another value."""
    path = folder / "case.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [i for i, line in enumerate(lines) if "=" in line]
    i = chance.choice(places)
    lines[i] = lines[i].partition("=")[0] + "= " + chance.choice(TOML_VALUES)
    path.write_text("\n".join(lines), encoding="utf-8")


def settings_spelled(folder: Path, chance: random.Random) -> None:
    """The settings lose a line, gain one, nest deeply, or break."""
    path = folder / "case.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    i = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[i]
        case 1:
            lines.insert(i, "unknown_key = 1")
        case 2:
            lines.append("deep = " + "[" * 2000 + "]" * 2000)
        case 3:
            lines += ["[[money.rates]]", 'currency = "USD"', "official = 2.0"]
        case 4:
            lines = lines[:i]
        case _:
            lines[i] = lines[i] + "\x00"
    path.write_text("\n".join(lines), encoding="utf-8")


def outline(folder: Path, chance: random.Random) -> None:
    """The outline of the map holds something else."""
    path = folder / "outline.geojson"
    ring = [[[10, 20], [10, 30], [20, 30], [20, 20], [10, 20]]]
    good: Any = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": ring}}]}  # fmt: skip
    match chance.randrange(6):
        case 0:
            good["features"][0]["geometry"]["coordinates"] = chance.choice(JSON_VALUES)
        case 1:
            good["features"] = chance.choice(JSON_VALUES)
        case 2:
            good["features"][0]["geometry"] = chance.choice([*JSON_VALUES, {"type": "Point", "coordinates": [1, 2]}])
        case 3:
            good = chance.choice(JSON_VALUES)
        case 4:
            good["features"][0]["geometry"]["coordinates"] = [[[1e400, 0], [0, 1e300], [999, 999]]]
        case _:
            path.write_text("[" * 5000, encoding="utf-8")
            return
    path.write_text(json.dumps(good), encoding="utf-8-sig" if chance.random() < 0.3 else "utf-8")


def geometry(folder: Path, chance: random.Random) -> None:
    """The outline of the map is of another kind of geometry, or of a ring that no map can show."""
    ring = [[10, 20], [10, 30], [20, 30], [20, 20], [10, 20]]
    kinds: list[Any] = [
        {"type": "Point", "coordinates": [13, 32]},
        {"type": "MultiPoint", "coordinates": ring},
        {"type": "LineString", "coordinates": ring},
        {"type": "MultiLineString", "coordinates": [ring]},
        {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [ring]}]},
        {"type": "MultiPolygon", "coordinates": [[ring], [ring[:-1]]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [ring, ring, ring]},
        {"type": "Polygon", "coordinates": [ring[::-1]]},
        {"type": "Polygon", "coordinates": [[[10, 20]] * 5]},
        {"type": "Polygon", "coordinates": [[[10, 20], [11, 20], [12, 20], [10, 20]]]},
        {"type": "Polygon", "coordinates": [[[10, 20], [20, 30], [20, 20], [10, 30], [10, 20]]]},
        {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]},
        {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]},
        {"type": "Polygon", "coordinates": [[[*point, 5.0] for point in ring]]},
        {"type": "Polygon", "coordinates": [[[*point, 5.0, 6.0] for point in ring]]},
        {"type": "Polygon", "coordinates": [[[str(x), y] for x, y in ring]]},
        {"type": "Circle", "coordinates": [10, 20], "radius": 5},
        None,
    ]
    feature = {"type": "Feature", "properties": {"name": chance.choice(TEXTS)}, "geometry": chance.choice(kinds)}
    whole: Any = chance.choice([
        {"type": "FeatureCollection", "features": [feature]}, feature, feature["geometry"],
        {"type": "FeatureCollection", "features": [feature] * 3, "crs": {"type": "name", "properties": {"name": "x"}}},
    ])  # fmt: skip
    (folder / "outline.geojson").write_text(json.dumps(whole), encoding="utf-8")


def settings_table(folder: Path, chance: random.Random) -> None:
    """A table of the settings is doubled, emptied, renamed, a list, a value, or loses its place."""
    path = folder / "case.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    heads = [i for i, line in enumerate(lines) if line.startswith("[")]
    i = chance.choice(heads)
    name = lines[i].strip("[]")
    end = next((j for j in heads if j > i), len(lines))
    match chance.randrange(7):
        case 0:
            lines += lines[i:end]
        case 1:
            del lines[i + 1 : end]
        case 2:
            lines[i] = lines[i].replace(name, chance.choice(["about", "x", f"{name}.x", "parties", name.upper()]))
        case 3:
            lines[i] = f"[[{name}]]"
        case 4:
            lines[i:end] = []
            lines.insert(0, f"{name} = {chance.choice(TOML_VALUES)}")
        case 5:
            lines += [f"[[{name}]]"] * 2000
        case _:
            lines[i:end] = reversed(lines[i:end])
    path.write_text("\n".join(lines), encoding="utf-8")


MUTATIONS: list[Mutation] = [
    cell_number, cell_number, cell_text, cell_text, cell_date, rows_moved, columns_changed, file_spelled, file_moved,
    many_commas, settings_value, settings_value, settings_spelled, settings_table, outline, geometry,
]  # fmt: skip
