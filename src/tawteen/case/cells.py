"""Cells as people type them, in Arabic or English, become numbers, days, flags, keys and codes.

A reader takes a series of trimmed strings (empty is null) and gives values and problems, both as long as the cells:
a problem is the code of a finding, null where the cell is fine.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.names import DIGITS, INVISIBLE, fold

Read = tuple[pl.Series, pl.Series]

SEVERAL = re.compile("[;؛]")
"""What separates several codes in one cell."""

_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "نعم", "صحيح"), True),
    **dict.fromkeys(("no", "n", "false", "0", "لا", "خطا"), False),
}

_GROUPED = (
    re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?"),
    re.compile(r"[+-]?\d{1,3}(?:'\d{3})+(?:[.,]\d+)?"),
    re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+"),
    re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}"),
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+"),
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}"),
)
_EITHER_WAY = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_PLAIN = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d{1,4})?")
_DOTTED_EITHER_WAY = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")


def number_of(text: str, *, share: bool) -> tuple[float | None, str | None]:
    """The number a cell means, or the code of why it cannot be told; percent signs only where it is a `share`."""
    plain = re.sub(INVISIBLE, "", text).translate(DIGITS).replace("\u2212", "-").replace("’", "'")
    plain = " ".join(plain.split())
    percent = plain.endswith(("%", "٪"))
    if percent and not share:
        return None, "cell.percent"
    plain = plain.rstrip("%٪ ") if percent else plain
    if "٫" in plain or "٬" in plain:  # these two can only mean one thing
        if re.search(r"[.,' ]", plain) or not re.fullmatch(r"[+-]?(\d+|\d{1,3}(٬\d{3})+)?(٫\d+)?", plain):
            return None, "cell.number"
        plain = plain.replace("٬", "").replace("٫", ".")
    plain = plain.replace("،", ",")
    if _EITHER_WAY.fullmatch(plain):
        return None, "cell.number_ambiguous"
    if any(pattern.fullmatch(plain) for pattern in _GROUPED):
        mark = "." if plain.rfind(".") > plain.rfind(",") else ","
        if plain.count(mark) > 1:
            mark = ""  # all of them separate thousands
        whole, _, part = plain.rpartition(mark) if mark and mark in plain else (plain, "", "")
        plain = re.sub(r"[ ',.]", "", whole) + "." + part
    if not _PLAIN.fullmatch(plain):
        return None, "cell.number"
    exact = Decimal(plain.replace(",", ".")) / (100 if percent else 1)
    value = float(exact)
    return (value, None) if abs(value) != float("inf") else (None, "cell.number")


def date_of(text: str) -> tuple[dt.date | None, str | None]:
    """The day a cell means: ISO, or day, month, year where only one reading is possible."""
    plain = re.sub(INVISIBLE, "", text).translate(DIGITS)
    try:
        if iso := _ISO.fullmatch(plain):
            return dt.date(int(iso[1]), int(iso[3]), int(iso[4])), None
        if parts := _DAY_FIRST.fullmatch(plain):
            first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
            if first <= 12 and second <= 12 and first != second:
                return None, "cell.date_ambiguous"
            return dt.date(year, min(first, second), max(first, second)), None
    except ValueError:
        pass
    return None, "cell.date"


def flag_of(text: str) -> tuple[bool | None, str | None]:
    """Yes or no in either language."""
    value = _FLAGS.get(fold(text))
    return value, None if value is not None else "cell.flag"


def clean_key(text: str) -> str:
    """A key or code as it is compared: composed, without invisible marks or tatweel, single spaces."""
    return " ".join(re.sub(INVISIBLE, "", unicodedata.normalize("NFC", text)).split())


@cache
def _spellings(name: str) -> Mapping[str, str]:
    """Every spelling of every code of a list; labels that two codes share are left out."""
    words = codes(name)
    found: dict[str, str | None] = {}
    for code, labels in words.items():
        for label in {fold(label) for label in labels}:
            found[label] = None if label in found else code
    exact = {fold(code): code for code in words}
    both = {fold(f"{code} {label}"): code for code, labels in words.items() for label in labels}
    bare: dict[str, list[str]] = {}
    for code in words:
        if code.isdigit():
            bare.setdefault(code.lstrip("0"), []).append(code)
    lost = {number: one[0] for number, one in bare.items() if len(one) == 1}
    return both | {label: code for label, code in found.items() if code} | lost | exact


def code_of(text: str, name: str) -> tuple[str | None, str | None]:
    """The code of list `name` that a cell gives as code, as label, or as a number that lost its leading zeros."""
    plain = fold(text)
    spellings = _spellings(name)
    code = spellings.get(plain) or spellings.get(re.sub(r"^(\d+)\.0$", r"\1", plain))
    return (code, None) if code else (None, "cell.code")


def _each(cells: pl.Series, read: Callable[[str], tuple[Any, str | None]], dtype: pl.DataType) -> Read:
    """`read` on every different cell once."""
    texts = cells.drop_nulls().unique().to_list()
    results = [read(text) for text in texts]
    if not texts:
        return pl.Series(cells.name, [None] * len(cells), dtype=dtype), _fine(cells)
    return (
        cells.replace_strict(texts, [value for value, _ in results], default=None, return_dtype=dtype),
        cells.replace_strict(texts, [problem for _, problem in results], default=None, return_dtype=pl.String()),
    )


def _fine(cells: pl.Series) -> pl.Series:
    return pl.Series(cells.name, [None], dtype=pl.String).new_from_index(0, len(cells))


def _mark(problems: pl.Series, where: pl.Series, code: str) -> pl.Series:
    """`code` where it holds and no problem was found before."""
    hit = where.fill_null(False) & problems.is_null()
    return problems.zip_with(~hit, pl.Series([code]).new_from_index(0, len(problems))) if hit.any() else problems


def numbers(cells: pl.Series, *, share: bool, written: bool) -> Read:
    """Float64 values. `written` cells are text somebody wrote, not the numbers of a workbook.

    In a column where one cell has a decimal comma, 1.234 could be a thousand and is refused.
    """
    values = cells.cast(pl.Float64, strict=False)
    odd = cells.is_not_null() & ~values.is_finite().fill_null(False)
    if not odd.any():
        return values, _fine(cells)
    rare = cells.zip_with(odd, pl.Series([None], dtype=pl.String).new_from_index(0, len(cells)))
    understood, problems = _each(rare, lambda text: number_of(text, share=share), pl.Float64())
    values = values.zip_with(~odd, understood)
    comma = rare.str.contains(r"^[^.,،]*[,،][^.,،]*$|\..*,") & problems.is_null()
    if written and comma.any():
        problems = _mark(problems, cells.str.contains(_DOTTED_EITHER_WAY), "cell.number_ambiguous")
    return values, problems


def wholes(cells: pl.Series, *, written: bool) -> Read:
    """Int64 values."""
    values, problems = numbers(cells, share=False, written=written)
    problems = _mark(problems, (values != values.round()) | (values.abs() > 2.0**53), "cell.whole")
    kept = values.zip_with(problems.is_null(), pl.Series([None], dtype=pl.Float64).new_from_index(0, len(values)))
    return kept.cast(pl.Int64), problems


def dates(cells: pl.Series) -> Read:
    """Date values."""
    return _each(cells, date_of, pl.Date())


def flags(cells: pl.Series) -> Read:
    """Boolean values."""
    return _each(cells, flag_of, pl.Boolean())


def _or_null(texts: pl.Series) -> pl.Series:
    return texts.zip_with(
        (texts != "").fill_null(True), pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
    )


def keys(cells: pl.Series, *, many: bool) -> Read:
    """Keys and references, comparable with each other; `many` are separated by `;`."""
    texts = cells.str.normalize("NFC").str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", " ").str.strip_chars()
    if many:
        texts = texts.str.replace_all(r"\s*[;؛][;؛\s]*", ";").str.strip_chars("; ")
    return _or_null(texts), _fine(cells)


def coded(cells: pl.Series, *, name: str, many: bool) -> Read:
    """Codes of the list `name`; `many` are separated by `;`."""

    def read(text: str) -> tuple[str | None, str | None]:
        pieces = [piece for piece in SEVERAL.split(text) if piece.strip()] if many else [text]
        found = [code_of(piece, name)[0] for piece in pieces]
        known = [code for code in found if code]
        return (";".join(known) or None, None) if len(known) == len(found) else (None, "cell.code")

    return _each(cells, read, pl.String())


def bounded(values: pl.Series, problems: pl.Series, low: float | None, high: float | None) -> pl.Series:
    """Problems, with those of numbers below `low` or above `high`."""
    if low is not None:
        problems = _mark(problems, values < low, "cell.bound")
    return _mark(problems, values > high, "cell.bound") if high is not None else problems
