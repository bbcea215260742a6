"""Entries: what is written is read, and each fault has its code and field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.entries import NAMES, SALT, TIME, cell

from tawteen.record.acts import is_time, known_acts, read_acts
from tawteen.record.canonical import read_canonical
from tawteen.record.entry import Entry, check_entry, read_line, withheld_line
from tawteen.record.errors import FaultError
from tawteen.record.tree import leaf_hash
from tawteen.words import LANGS, Lang, catalog

SOURCE = Path(__file__).parents[2] / "src" / "tawteen" / "record"
HASH = "ab" * 32
CELL = {"table": "sites", "row": "S1", "column": "name", "value": "a", "version": 0}
EXAMPLES: dict[str, dict[str, Any]] = {
    "cell": {"subject": ("sites", "S1", "name"), "content": {"value": None, "grade": "tested"}, "based_on": (1,)},
    "import": {"subject": ("a.xlsx",), "content": {"sha256": HASH, "strategy": "replace", "cells": [CELL]}},
    "release": {"subject": ("sites", "*", "name"), "content": {"to": ["partner"], "later": True}},
    "settle": {"subject": ("sites", "S1", "name"), "content": {"value": 1, "reason": "seen"}, "based_on": (3, 4)},
    "snapshot": {"subject": ("joint",), "content": {"size": 8, "hash": HASH}},
    "run": {"subject": ("r1",), "content": {"view": "joint", "command": "plan", "state": "begun"}, "based_on": (8,)},
    "document": {
        "subject": ("sites", "S1"),
        "content": {"name": "a.pdf", "sha256": HASH, "media": "application/pdf"},
    },
    "submission": {"subject": ("visit", "uuid:1"), "content": {"files": [{"name": "a.xml", "sha256": HASH}]}},
    "tour": {
        "subject": ("t1",),
        "content": {
            "team": "One",
            "first_day": "2027-03-07",
            "stops": [{"site": "S1", "first_day": "2027-03-07", "last_day": "2027-03-08", "km": 90}],
        },
    },
    "grant": {"subject": ("amal",), "content": {"role": "analyst", "party": "host"}},
    "end": {"subject": ("amal",), "content": {"reason": "left"}, "based_on": (2,)},
    "reset": {"subject": ("amal",), "content": {"reason": "lost the telephone"}},
    "renew": {"subject": ("amal",), "content": {}, "based_on": (2,)},
    "require": {"subject": ("host",), "content": {"second_factor": True}},
    "key": {
        "subject": ("host",),
        "content": {"verifier": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"},
    },
}


def fault(value: Any) -> tuple[str, str | None]:
    """Code and field of the fault of a value that is no entry."""
    with pytest.raises(FaultError) as refused:
        check_entry(value)
    return refused.value.code, refused.value.column


def fields(**changed: Any) -> dict[str, Any]:
    """The fields of an entry as JSON has them."""
    return {**read_canonical(cell(9).line()), **changed}


@pytest.mark.parametrize("act", known_acts())
def test_every_act_is_written_and_read(act: str) -> None:
    entry = Entry(9, TIME, "amal", "host", act, **EXAMPLES[act])
    line = entry.line()
    assert read_line(line).entry() == entry
    assert read_line(line).leaf == entry.leaf() == leaf_hash(line)
    assert list(read_canonical(line)) == sorted(read_canonical(line))


@given(NAMES, NAMES, st.none() | st.booleans() | st.floats(-1e15, 1e15) | st.text(st.characters(codec="utf-8")))
def test_whatever_a_cell_holds_is_kept(person: str, row: str, value: Any) -> None:
    entry = cell(9, value, person=person, subject=("sites", row, "capacity"))
    assert read_line(entry.line()).entry() == entry


def test_two_entries_of_one_act_have_other_hashes() -> None:
    """Who knows all but the salt cannot tell a withheld value by its hash."""
    first, second = (Entry(1, TIME, "amal", "host", "cell", ("sites", "S1", "name"), {"value": 1}) for _ in "ab")
    assert first.salt != second.salt
    assert first.leaf() != second.leaf()


def test_a_withheld_entry_keeps_its_number_and_hash() -> None:
    read = read_line(withheld_line(9, cell(9).leaf()))
    assert (read.number, read.leaf, read.fields) == (9, cell(9).leaf(), None)
    with pytest.raises(ValueError, match="withheld"):
        read.entry()
    for line, code in (
        (b'{"leaf":"00","number":1}', "record.leaf"),
        (b'{"leaf":"' + HASH.encode() + b'","number":0}', "record.number"),
    ):
        with pytest.raises(FaultError) as refused:
            read_line(line)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"note": 1}, "record.unknown_field", "note"),
        ({"number": 0}, "record.number", "number"),
        ({"number": True}, "record.number", "number"),
        ({"number": "9"}, "record.number", "number"),
        ({"time": "2026-11-30 05:22:04Z"}, "record.time", "time"),
        ({"time": 5}, "record.time", "time"),
        ({"person": ""}, "record.name", "person"),
        ({"person": "a\nb"}, "record.name", "person"),
        ({"party": "p" * 201}, "record.name", "party"),
        ({"act": None}, "record.name", "act"),
        ({"act": "dance"}, "record.unknown_act", "act"),
        ({"salt": "00"}, "record.salt", "salt"),
        ({"salt": SALT.upper()}, "record.salt", "salt"),
        ({"subject": []}, "record.names", "subject"),
        ({"subject": "sites"}, "record.names", "subject"),
        ({"subject": ["sites", 1, "x"]}, "record.names", "subject"),
        ({"subject": ["sites"]}, "record.subject", "subject"),
        ({"content": []}, "record.content", "content"),
        ({"content": {}}, "record.field_missing", "content.value"),
        ({"content": {"value": []}}, "record.field_kind", "content.value"),
        ({"content": {"value": 1, "colour": 1}}, "record.field_unknown", "content.colour"),
        ({"content": {"value": 1, "grade": 1}}, "record.field_kind", "content.grade"),
        ({"based_on": [9]}, "record.based_on", "based_on"),
        ({"based_on": [0]}, "record.based_on", "based_on"),
        ({"based_on": [3, 2]}, "record.based_on", "based_on"),
        ({"based_on": [2, 2]}, "record.based_on", "based_on"),
        ({"based_on": 2}, "record.based_on", "based_on"),
        ({"based_on": [1, 2]}, "record.basis", "based_on"),
    ],
)
def test_each_fault_is_named(changed: dict[str, Any], code: str, column: str) -> None:
    assert fault(fields(**changed)) == (code, column)


def test_what_is_no_object_or_lacks_a_field_is_no_entry() -> None:
    assert fault([]) == ("record.no_object", None)
    assert fault({name: value for name, value in fields().items() if name != "salt"}) == (
        "record.missing_field",
        "salt",
    )


def test_an_entry_that_is_not_valid_is_not_written() -> None:
    with pytest.raises(FaultError, match=r"record\.field_missing"):
        cell(1, content={}).line()


def test_lists_of_objects_are_checked_inside() -> None:
    for wrong in ({**CELL, "version": -1}, {**CELL, "more": 1}, {"table": "sites"}, []):
        content = {"sha256": HASH, "strategy": "replace", "cells": [CELL, wrong]}
        with pytest.raises(FaultError, match=r"record\.field_kind"):
            cell(9, act="import", subject=("a.csv",), content=content).line()


def test_an_act_is_added_as_data() -> None:
    text = """
[agree]
meaning = "A party agrees."
subject = ["item"]
based_on = [1, 1]
content = { state = "name", "sum?" = "number" }
"""
    acts = read_acts(text)
    acts["agree"].check(["7"], {"state": "agreed", "sum": 1.5}, [4])
    with pytest.raises(FaultError, match=r"record\.basis"):
        acts["agree"].check(["7"], {"state": "agreed"}, [])


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (TIME, True), ("2024-02-29T23:59:59Z", True), ("2026-02-29T00:00:00Z", False), ("2026-11-30T24:00:00Z", False),
        ("2026-11-30T05:22:60Z", False), ("2026-11-30t05:22:04Z", False), ("2026-11-30T05:22:04z", False),
        ("2026-W49-1T05:22:04Z", False), ("٢٠٢٦-11-30T05:22:04Z", False), ("2026-11-30T05:22+00Z", False),
    ],
)  # fmt: skip
def test_a_time_has_one_form(text: str, *, valid: bool) -> None:
    assert is_time(text) is valid


@pytest.mark.parametrize("lang", LANGS)
def test_every_fault_has_its_sentence(lang: Lang) -> None:
    codes = {
        code
        for path in SOURCE.glob("*.py")
        for code in re.findall(r'"(record\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    } - {"record.py"}
    assert len(codes) > 20
    assert codes <= catalog(lang).keys()
