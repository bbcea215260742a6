"""Mutants of the JSON and TOML files beside a case: programmes and mappings."""

from __future__ import annotations

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

VALUES: list[Any] = [
    None, True, False, -1, 0, 1.5, 1e308, -1e308, 10**30, "", "x", "x" * 40_000, "\x0b", "\x1b[2J", "\u202e", "=1+1",
    "9999-12-31", "2027-13-01", [], {}, [None], [[1]], {"a": 1}, "../../x",
]  # fmt: skip
BARE = ("NaN", "Infinity", "-Infinity", "1e999", "'x'", "[" * 3000, "9" * 6000, "", '"\\ud800"')
MAPPING_LINES = ("unknown = 1", "[[tables]]", 'table = "zzz"', "factor = inf", "\x00", "part = 9")
PROVED = ("value", "bound", "do_nothing")
"""What a proof is about: a programme in which one of them is another does not hold."""

SOURCES = (
    b"", b"Plant name", b"\xff\xfe\x00", b"Plant name,Status\n" + b"," * 500_000, b"Plant name,Status\n=1+1,\x1b",
    b"Plant name,Status\n" + b"x" * 40_000 + b",closed\n", b"Plant name,Plant name\na,b\n",
    b"Plant name,Start\nMill,99999999999999999999\n", b"Plant name,Status\nMill,closed\nMill,running\n",
)  # fmt: skip
SOURCE = "Plant name,Status,Region,Start\nMill,closed,West,1990\nDairy,running,East,2001\n"


def programme_changed(path: Path, seed: int) -> tuple[str, bool]:
    """Changes a programme's file; returns what was done and whether `verify` cannot hold the programme true."""
    chance = random.Random(seed)
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    if chance.random() < 0.2:
        places = list(re.finditer(r"(?<=: )[^,\[\]{}]+", text))
        hit = chance.choice(places)
        path.write_text(text[: hit.start()] + chance.choice(BARE) + text[hit.end() :], encoding="utf-8")
        return "programme_bare", True
    if chance.random() < 0.2:
        path.write_bytes(text.encode()[: chance.randrange(len(text))])
        return "programme_cut", True
    if chance.random() < 0.25:
        key = chance.choice(PROVED)
        stated = data[key]
        others = [None, 0.0, *([1e6, -1e6] if stated is None else [stated * 2, stated / 2, stated + 1e6, stated - 1e6])]
        data[key] = chance.choice([other for other in others if other != stated])
        path.write_text(json.dumps(data), encoding="utf-8")
        return f"programme_{key}", True
    steps = _somewhere(data, chance)
    holder = data
    for step in steps[:-1]:
        holder = holder[step]
    before = copy.deepcopy(holder[steps[-1]])
    match chance.randrange(3):
        case 0 if isinstance(holder, dict):
            del holder[steps[-1]]
        case 1 if isinstance(before, list) and before:
            before.append(copy.deepcopy(chance.choice(before)))
            holder[steps[-1]] = before
        case _:
            holder[steps[-1]] = chance.choice(VALUES)
    path.write_text(json.dumps(data), encoding="utf-8")
    return f"programme_{steps[0]}", False


def _somewhere(data: dict[str, Any], chance: random.Random) -> list[Any]:
    """The path to a value, at any depth."""
    steps: list[Any] = []
    value: Any = data
    while isinstance(value, (dict, list)) and value and (not steps or chance.random() < 0.8):
        step = chance.choice(sorted(value)) if isinstance(value, dict) else chance.randrange(len(value))
        steps.append(step)
        value = value[step]
    return steps


def mapping_changed(path: Path, seed: int) -> str:
    """Changes a mapping: a value, a line, the whole of it, or its source, which stands beside it as plants.csv."""
    chance = random.Random(seed)
    lines = path.read_text(encoding="utf-8").splitlines()
    values = [i for i, line in enumerate(lines) if " = " in line]
    kind = chance.choice(["value", "value", "value", "line", "cut", "deep", "source"])
    i = chance.choice(values)
    if kind == "value":
        new = chance.choice(["true", "-1", "1e308", "nan", '"x"', "[]", "{}", "[[1]]", '["Status"]', '"\\u001b[2J"',
                             "9" * 500, "[" * 2000 + "]" * 2000, '"' + "x" * 40_000 + '"', "2027-01-01"])  # fmt: skip
        lines[i] = f"{lines[i].partition(' = ')[0]} = {new}"
    elif kind == "line":
        lines.insert(i, chance.choice(MAPPING_LINES))
    elif kind == "cut":
        lines = lines[:i]
    elif kind == "deep":
        lines.append("x" + ".x" * 5000 + " = 1")
    else:
        source = path.with_name("plants.csv")
        source.write_bytes(chance.choice(SOURCES))
    path.write_text("\n".join(lines), encoding="utf-8")
    return f"mapping_{kind}"
