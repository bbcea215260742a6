"""Differences are listed with those first that need a look."""

from __future__ import annotations

import polars as pl

from tawteen.web.imports.differences import DIFFERENCES, by_consequence
from tawteen.web.imports.strategies import DIFFERENCE_KINDS


def test_what_has_consequences_comes_first() -> None:
    rows = [
        ("added", "new", None, "5"), ("changed", "text", '"a"', '"b"'), ("changed", "small", "100", "101"),
        ("changed", "to zero", "3", "0"), ("changed", "a tenth", "50", "5"), ("changed", "a thousand", "2", "2000"),
        ("changed", "below zero", "-4", "-8"), ("refused", "wrong", None, "many"), ("conflict", "two", "1", "2"),
        ("removed", "gone", "7", None), ("added", "new too", None, "9"), ("changed", "yes", "true", "false"),
    ]  # fmt: skip
    frame = pl.DataFrame(
        [dict(zip(("kind", "row", "now", "theirs"), row, strict=True)) for row in rows], schema=DIFFERENCES
    )
    assert by_consequence(frame)["row"].to_list() == [
        "gone", "two", "wrong", "to zero", "a thousand", "a tenth", "below zero", "small", "text", "yes", "new",
        "new too",
    ]  # fmt: skip
    assert {*frame["kind"]} == {*DIFFERENCE_KINDS}
    assert by_consequence(frame.clear()).height == 0
