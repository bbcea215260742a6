"""Entries for tests of the record."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from tawteen.record.entry import Entry

TIME = "2026-11-30T05:22:04Z"
SALT = "00112233445566778899aabbccddeeff"


def cell(number: int, value: Any = 12.5, **changed: Any) -> Entry:
    """A change of a cell; `changed` replaces its fields."""
    fields: dict[str, Any] = {
        "number": number, "time": TIME, "person": "amal", "party": "host", "act": "cell",
        "subject": ("sites", "S1", "capacity"), "content": {"value": value, "reason": "مراجعة"}, "salt": SALT,
    }  # fmt: skip
    return Entry(**{**fields, **changed})


def cells(count: int, seed: int = 1) -> list[Entry]:
    """Changes of cells with values drawn by a seed."""
    draw = random.Random(seed)
    return [
        cell(number, draw.random(), subject=("sites", f"S{draw.randrange(9)}", "capacity"), salt=f"{number:032x}")
        for number in range(1, count + 1)
    ]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
