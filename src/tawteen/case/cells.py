"""Cells as people type them, in Arabic or English, become numbers, days, flags, keys and codes.

A reader takes a series of trimmed strings (empty is null) and gives values and problems, both as long as the cells:
a problem is the code of a finding, null where the cell is fine.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.days import day_in, span_of
from tawteen.case.names import DIGITS, INVISIBLE, fold
from tawteen.case.params import READING

Read = tuple[pl.Series, pl.Series]

LIST_SEPARATOR = re.compile("[;؛]")
"""What separates several codes in one cell."""

_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "نعم", "صحيح"), True),
    **dict.fromkeys(("no", "n", "false", "0", "لا", "خطا"), False),
}

_SIGNED = re.compile(r"\s*[-\u2212]\s*[\d٠-٩]")
"""A number below zero: `fold` would leave its sign out, so that it would mean the code without it."""

_GROUPED = (
    re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?"),
    re.compile(r"[+-]?\d{1,3}(?:'\d{3})+(?:[.,]\d+)?"),
    re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+"),
    re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}"),
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+"),
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}"),
)

_OTHER = {"thousands": "decimal", "decimal": "thousands"}
_EITHER_WAY = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
DOUBTFUL = r"^[\s+-]*[1-9]\d{0,2}[.,]\d{3}$"
_PLAIN = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d{1,4})?")


@dataclass(frozen=True)
class Separators:
    """What dots and commas are for in a column or file, as far as its cells prove it: "thousands", "decimal" or ""."""

    dot: str = ""
    comma: str = ""


def separators(cells: pl.Series) -> Separators:
    """What the cells prove about dots and commas; nothing where they prove both of one mark.

    1.040.000 proves that dots separate thousands, 437.5 that they separate decimals; 1.040,5 and 1,040.5 prove both.
    """
    texts = cells.drop_nulls().str.replace_all(INVISIBLE, "").str.strip_chars("+-%٪ \u2212").str.replace_all("،", ",")
    texts = texts.filter(texts.str.contains(r"^\d[\d.,]*$") & ~texts.str.contains(DOUBTFUL))

    def proved(pattern: str) -> bool:
        return bool(texts.str.contains(pattern).any())

    both_commas, both_dots = proved(r"^\d{1,3}(,\d{3})+\.\d+$"), proved(r"^\d{1,3}(\.\d{3})+,\d+$")
    dot = {
        "thousands": both_dots or proved(r"^\d{1,3}(\.\d{3}){2,}$"),
        "decimal": both_commas or proved(r"^\d+\.\d*$"),
    }
    comma = {
        "thousands": both_commas or proved(r"^\d{1,3}(,\d{3}){2,}$"),
        "decimal": both_dots or proved(r"^\d+,\d*$"),
    }
    if any(dot[role] and (comma[role] or dot[other]) for role, other in _OTHER.items()) or all(comma.values()):
        return Separators()
    role_of = {name: next((role for role, holds in roles.items() if holds), "") for name, roles in
             (("dot", dot), ("comma", comma))}  # fmt: skip
    # thousands of one kind leave the other mark for decimals; decimals of one kind leave the other mark open
    if role_of["dot"] == "thousands" or role_of["comma"] == "thousands":
        role_of = {name: role or "decimal" for name, role in role_of.items()}
    return Separators(**role_of)


def number_of(text: str, *, share: bool, marks: Separators = Separators()) -> tuple[float | None, str | None]:
    """The number a cell means, or the code of why it cannot be told; percent signs only where it is a `share`.

    9.000 and 9,000 are a thousand or a decimal number; `marks` says which, where other cells prove it.
    """
    plain = re.sub(INVISIBLE, "", text).translate(DIGITS).replace("\u2212", "-").replace("’", "'")
    plain = " ".join(plain.split())
    percent = plain.endswith(("%", "٪"))
    if percent and not share:
        return None, "cell.percent"
    plain = plain[:-1].rstrip() if percent else plain
    if "٫" in plain or "٬" in plain:  # these two can only mean one thing
        if re.search(r"[.,' ]", plain) or not re.fullmatch(r"[+-]?(\d+|\d{1,3}(٬\d{3})+)?(٫\d+)?", plain):
            return None, "cell.number"
        plain = plain.replace("٬", "").replace("٫", ".")
    elif _EITHER_WAY.fullmatch(plain := plain.replace("،", ",")) and not percent:
        role = marks.dot if "." in plain else marks.comma
        if not role:
            return None, "cell.number_ambiguous"
        plain = re.sub("[.,]", "" if role == "thousands" else ".", plain)
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
    return (value + 0.0, None) if abs(value) != float("inf") else (None, "cell.number")


def exact_text(value: float) -> str:
    """A number as text that reads back to it in one way only: 9.125, which could be 9125, as 9.1250."""
    text = str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return f"{text}0" if _EITHER_WAY.fullmatch(text) else text


def date_of(text: str) -> tuple[dt.date | None, str | None]:
    """The one day a cell means: ISO, or day, month, year where only one reading is possible."""
    span, problem = span_of(text)
    return (span[0], None) if span and span[0] == span[1] else (None, problem or "cell.date")


def flag_of(text: str) -> tuple[bool | None, str | None]:
    """Yes or no in either language."""
    value = None if _SIGNED.match(text) else _FLAGS.get(fold(text))
    return value, None if value is not None else "cell.flag"


def clean_key(text: str) -> str:
    """A key or code as it is compared: composed, without invisible marks or tatweel, single spaces."""
    return " ".join(re.sub(INVISIBLE, "", unicodedata.normalize("NFC", text)).split())


@cache
def _spellings(name: str) -> Mapping[str, str]:
    """Every spelling of every code of a list; labels that two codes share are left out."""
    words = codes(name)
    codes_by_spelling: dict[str, str | None] = {}
    for code, labels in words.items():
        for label in {fold(label) for label in labels}:
            codes_by_spelling[label] = None if label in codes_by_spelling else code
    exact = {fold(code): code for code in words}
    both = {fold(f"{code} {label}"): code for code, labels in words.items() for label in labels}
    bare: dict[str, list[str]] = {}
    for code in words:
        if code.isdigit():
            bare.setdefault(code.lstrip("0"), []).append(code)
    lost = {number: one[0] for number, one in bare.items() if len(one) == 1}
    return both | {label: code for label, code in codes_by_spelling.items() if code} | lost | exact


def code_of(text: str, name: str) -> tuple[str | None, str | None]:
    """The code of list `name` that a cell gives as code, as label, or as a number that lost its leading zeros."""
    if text in codes(name):
        return text, None
    if _SIGNED.match(text):
        return None, "cell.code"
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
    if not where.any():
        return problems
    hit = where.fill_null(False) & problems.is_null()
    return problems.zip_with(~hit, pl.Series([code]).new_from_index(0, len(problems))) if hit.any() else problems


@dataclass(frozen=True)
class NumberColumn:
    """How the numbers of a column are read: as a `share` (percent signs), within bounds, with `marks` of its file."""

    share: bool = False
    low: float | None = None
    high: float | None = None
    marks: Separators = Separators()

    def read(self, text: str, marks: Separators) -> tuple[float | None, str | None]:
        """The number of one cell; of two readings the one within the bounds, where the other lies outside."""
        value, problem = number_of(text, share=self.share, marks=marks)
        if problem != "cell.number_ambiguous":
            return value, problem
        readings = [number_of(text, share=self.share, marks=Separators(role, role))[0] for role in _OTHER]
        fitting = [number for number in readings if number is not None and self.holds(number)]
        return (fitting[0], None) if len(fitting) == 1 else (None, problem)

    def holds(self, value: float) -> bool:
        """Whether a number lies within the bounds of the column."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def without_negative_zero(numbers: pl.Expr) -> pl.Expr:
    """The numbers with 0 in place of −0; polars gives back a column of several rows to which 0 is added as it was."""
    return pl.when(numbers.ne(0.0).fill_null(True)).then(numbers).otherwise(0.0)


def numbers(cells: pl.Series, column: NumberColumn = NumberColumn()) -> Read:
    """Float64 values.

    1.234 and 1,234 are read as other cells of the column prove it, else as those of the file do, else by the bounds
    of the column, and refused where none of these decides.
    """
    text = pl.col("text")
    value = without_negative_zero(text.cast(pl.Float64, strict=False))
    read = cells.to_frame("text").select(value=value, odd=_odd(text, value))
    values, odd = read["value"].alias(cells.name), read["odd"]
    if not odd.any():
        return values, _fine(cells)
    rare = cells.zip_with(odd, pl.Series([None], dtype=pl.String).new_from_index(0, len(cells)))
    marks = separators(cells)
    proved = marks if marks != Separators() or _contradictory(cells) else column.marks
    understood, problems = _each(rare, lambda text: column.read(text, proved), pl.Float64())
    return values.zip_with(~odd, understood), problems


def _odd(text: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Whether a cell with a text is no number that can be read in one way only."""
    return text.is_not_null() & (~value.is_finite().fill_null(False) | text.str.contains(DOUBTFUL).fill_null(False))


def any_odd(cells: pl.Series) -> bool:
    """Whether the marks in any of the cells have to be understood: where not, `numbers` needs no `separators`."""
    text = pl.col("text")
    odd = cells.to_frame("text").select(_odd(text, text.cast(pl.Float64, strict=False)).any())
    return bool(odd.item())


def _contradictory(cells: pl.Series) -> bool:
    """Whether commas or dots of a column are ambiguous by themselves, so that the file cannot decide."""
    return bool((cells.str.contains(r"[.,].*[.,]|,") & ~cells.str.contains(DOUBTFUL)).any())


def wholes(cells: pl.Series, column: NumberColumn = NumberColumn()) -> Read:
    """Int64 values."""
    values, problems = numbers(cells, column)
    problems = _mark(problems, (values != values.round()) | (values.abs() > 2.0**53), "cell.whole")
    kept = values.zip_with(problems.is_null(), pl.Series([None], dtype=pl.Float64).new_from_index(0, len(values)))
    return kept.cast(pl.Int64), problems


def dates(cells: pl.Series, *, part: str = "first", hijri: bool = False) -> Read:
    """Date values; of a year or a month the day that `part` names (`tawteen.case.days.day_in`)."""

    def read(text: str) -> tuple[dt.date | None, str | None]:
        span, problem = span_of(text, hijri=hijri)
        return (None, problem) if span is None else (day_in(span, part), None)

    return _each(cells, read, pl.Date())


def flags(cells: pl.Series) -> Read:
    """Boolean values."""
    return _each(cells, flag_of, pl.Boolean())


def keys(cells: pl.Series, *, many: bool) -> Read:
    """Keys and references, comparable with each other; `many` are separated by `;`."""
    texts = (
        pl.first().str.normalize("NFC").str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", " ").str.strip_chars()
    )
    if many:
        texts = texts.str.replace_all(r"\s*[;؛][;؛\s]*", ";").str.strip_chars("; ")
    return cells.to_frame().select(texts.replace("", None)).to_series(), _fine(cells)


def coded(cells: pl.Series, *, name: str, many: bool) -> Read:
    """Codes of the list `name`; `many` are separated by `;`."""

    def read(text: str) -> tuple[str | None, str | None]:
        pieces = [piece for piece in LIST_SEPARATOR.split(text) if piece.strip()] if many else [text]
        codes_read = [code_of(piece, name)[0] for piece in pieces]
        known = [code for code in codes_read if code]
        return (";".join(known) or None, None) if len(known) == len(codes_read) else (None, "cell.code")

    return _each(cells, read, pl.String())


def bounded(values: pl.Series, problems: pl.Series, low: float | None, high: float | None) -> pl.Series:
    """Problems, with those of numbers below `low`, above `high` or too near to zero to be meant."""
    value = pl.col("value")
    outside = [value < low] if low is not None else []
    outside += [value > high] if high is not None else []
    marks = values.to_frame("value").select(
        tiny=(value != 0) & (value.abs() < READING.smallest), bound=pl.any_horizontal(outside) if outside else False
    )
    return _mark(_mark(problems, marks["tiny"], "cell.tiny"), marks["bound"], "cell.bound")
