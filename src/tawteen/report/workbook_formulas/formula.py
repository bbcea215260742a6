"""Spreadsheet formulas that know what they come to: a formula and its values are written once.

A `Formula` is one text for all periods, with marks in the place of columns, and one value for each period (or a single
one for all). A row therefore holds one formula from its first period to its last (FAST standard).
Arithmetic on formulas makes formulas, so that what a spreadsheet shows before it recalculates is what it shows after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from tawteen.appraise.params import CASH_ROUNDING

Array = NDArray[np.float64]
LABEL_COLUMN, UNIT_COLUMN, GRADE, SOURCE, SINGLE, FIRST = range(6)
"""Columns: what a row is, its unit, grade and source, the one number for all periods, the first period."""
ATOM_RANK, POWER_RANK, PRODUCT_RANK, SUM_RANK, TEST_RANK = 4, 3, 2, 1, 0
"""How tightly a text binds: one that binds less than its place asks for is put in brackets."""
_MARK = re.compile(r"⟦(-?\d+)⟧")


def column(ahead: int = 0) -> str:
    """The mark of the column of a period, or of one some periods ahead of it (before it where negative)."""
    return f"⟦{ahead}⟧"


@dataclass(frozen=True)
class Formula:
    """A text without the sign of equality, with marks for columns, and its values.

    `addends`: the parts of a sum, so that a long one can be written in several rows.
    """

    text: str
    values: Array
    binds: int = ATOM_RANK
    addends: tuple[Formula, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def in_column(self, period: int) -> str:
        """The text in the column of a period."""
        return _MARK.sub(lambda mark: xl_col_to_name(FIRST + period + int(mark[1])), self.text)

    @property
    def texts(self) -> tuple[str, ...]:
        """The text in each column."""
        return tuple(self.in_column(t) for t in range(len(self)))

    def __add__(self, other: Formula | float) -> Formula:
        joined = _join(self, other, "+", np.add, left=SUM_RANK, right=SUM_RANK)
        return Formula(joined.text, joined.values, SUM_RANK, (*_addends(self), *_addends(formula(other))))

    def __radd__(self, other: Formula | float) -> Formula:
        return formula(other) + self

    def __sub__(self, other: Formula | float) -> Formula:
        joined = _join(self, other, "-", np.subtract, left=SUM_RANK, right=PRODUCT_RANK)
        return Formula(joined.text, joined.values, SUM_RANK, (*_addends(self), -formula(other)))

    def __rsub__(self, other: Formula | float) -> Formula:
        return formula(other) - self

    def __mul__(self, other: Formula | float) -> Formula:
        return _join(self, other, "*", np.multiply, left=PRODUCT_RANK, right=PRODUCT_RANK)

    def __rmul__(self, other: Formula | float) -> Formula:
        return formula(other) * self

    def __truediv__(self, other: Formula | float) -> Formula:
        return _join(self, other, "/", np.divide, left=PRODUCT_RANK, right=POWER_RANK)

    def __rtruediv__(self, other: Formula | float) -> Formula:
        return formula(other) / self

    def __pow__(self, other: Formula | float) -> Formula:
        return _join(self, other, "^", np.power, left=ATOM_RANK, right=ATOM_RANK, binds=POWER_RANK)

    def __neg__(self) -> Formula:
        return Formula(f"-{_held(self.text, self.binds, ATOM_RANK)}", -self.values, SUM_RANK)

    def __lt__(self, other: Formula | float) -> Formula:
        return _join(self, other, "<", np.less, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __le__(self, other: Formula | float) -> Formula:
        return _join(self, other, "<=", np.less_equal, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __gt__(self, other: Formula | float) -> Formula:
        return _join(self, other, ">", np.greater, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __ge__(self, other: Formula | float) -> Formula:
        return _join(self, other, ">=", np.greater_equal, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def equals(self, other: Formula | float) -> Formula:
        """Whether both are the same number."""
        return _join(self, other, "=", np.equal, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __getitem__(self, place: int) -> Formula:
        """The value of one period for all periods: its column is fixed."""
        index = range(len(self))[place]
        text = _MARK.sub(lambda mark: f"${xl_col_to_name(FIRST + index + int(mark[1]))}", self.text)
        return Formula(text, self.values[index : index + 1], self.binds)

    def moved(self, first: float) -> Formula:
        """The same one period earlier; `first` is its value in the first period."""
        text = _MARK.sub(lambda mark: column(int(mark[1]) - 1), self.text)
        return Formula(text, np.concatenate([[first], self.values[:-1]]), self.binds)

    @property
    def in_next(self) -> str:
        """The text in the column of the period after."""
        return _MARK.sub(lambda mark: column(int(mark[1]) + 1), self.text)

    def one_more(self) -> Formula:
        """With a column after the last period, where only empty cells are referred to."""
        return Formula(self.text, np.append(self.values, 0.0), self.binds, self.addends)


def formula(content: Formula | float) -> Formula:
    """A number as a formula."""
    if isinstance(content, Formula):
        return content
    return Formula(f"{content:.15g}", np.array([float(content)]), ATOM_RANK if content >= 0 else SUM_RANK)


def _addends(part: Formula) -> tuple[Formula, ...]:
    return part.addends or (part,)


def total(parts: Sequence[Formula]) -> Formula:
    """Sum of formulas; 0 of none."""
    if not parts:
        return formula(0.0)
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def largest(*parts: Formula | float) -> Formula:
    """MAX, period by period."""
    return called("MAX", parts, lambda *values: np.maximum.reduce(values))


def smallest(*parts: Formula | float) -> Formula:
    """MIN, period by period."""
    return called("MIN", parts, lambda *values: np.minimum.reduce(values))


def size(part: Formula) -> Formula:
    """ABS."""
    return called("ABS", (part,), np.abs)


def upward(part: Formula) -> Formula:
    """ROUNDUP to a whole number."""
    return called("ROUNDUP", (part, 0.0), lambda value, _digits: np.ceil(value))


def downward(part: Formula) -> Formula:
    """INT."""
    return called("INT", (part,), np.floor)


def remainder(part: Formula, divisor: Formula | float) -> Formula:
    """MOD."""
    return called("MOD", (part, divisor), np.mod)


def all_true(*tests: Formula) -> Formula:
    """AND."""
    return called("AND", tests, lambda *values: np.logical_and.reduce(values).astype(float))


def any_of(*tests: Formula) -> Formula:
    """OR."""
    return called("OR", tests, lambda *values: np.logical_or.reduce(values).astype(float))


def either(test: Formula, then: Formula | float, other: Formula | float) -> Formula:
    """IF."""
    return called("IF", (test, then, other), lambda t, a, b: np.where(t.astype(bool), a, b))


EMPTY = Formula('""', np.array([np.nan]))
"""An empty text: no number."""


def ratio(above: Formula, below: Formula, otherwise: Formula | float = EMPTY) -> Formula:
    """One over the other; empty (not a number), or `otherwise`, where there is nothing below."""
    return either(size(below) > CASH_ROUNDING.zero, above / below, otherwise)


def _join(
    one: Formula | float,
    other: Formula | float,
    sign: str,
    apply: Callable[..., Any],
    *,
    left: int,
    right: int,
    binds: int | None = None,
) -> Formula:
    a, b = formula(one), formula(other)
    with np.errstate(all="ignore"):
        values = np.asarray(apply(*_broadcast(a, b)), dtype=np.float64)
    text = f"{_held(a.text, a.binds, left)}{sign}{_held(b.text, b.binds, right)}"
    return Formula(text, values, left if binds is None else binds)


def _held(text: str, binds: int, context: int) -> str:
    return f"({text})" if binds < context else text


def wide(values: Formula | float, length: int) -> Formula:
    """The formula in at least so many periods."""
    one = formula(values)
    return one if len(one) >= length else Formula(one.text, np.repeat(one.values, length), one.binds, one.addends)


def _broadcast(*parts: Formula) -> list[Array]:
    """Values of all parts in the length of the longest."""
    length = max(len(part) for part in parts)
    return [part.values if len(part) == length else np.repeat(part.values, length) for part in parts]


def called(name: str, parts: Sequence[Formula | float], apply: Callable[..., Any]) -> Formula:
    """A function of a spreadsheet, period by period; `apply` is the same on arrays."""
    formulas = [formula(part) for part in parts]
    with np.errstate(all="ignore"):
        values = np.asarray(apply(*_broadcast(*formulas)), dtype=np.float64)
    return Formula(f"{name}({','.join(part.text for part in formulas)})", values)
