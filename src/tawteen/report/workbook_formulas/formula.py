"""Rows of spreadsheet formulas that know what they come to: a formula and its value are written once.

A `Formula` is one text and one value for each period, or a single one for all of them. Arithmetic on formulas makes
formulas, so that what a spreadsheet shows before it recalculates is what it shows after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ATOM_RANK, POWER_RANK, PRODUCT_RANK, SUM_RANK, TEST_RANK = 4, 3, 2, 1, 0
"""How tightly a text binds: one that binds less than its place asks for is put in brackets."""


@dataclass(frozen=True)
class Formula:
    """Texts without the sign of equality, and their values."""

    texts: tuple[str, ...]
    values: Array
    binds: int = ATOM_RANK

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Formula | float) -> Formula:
        return _join(self, other, "+", np.add, left=SUM_RANK, right=SUM_RANK)

    def __radd__(self, other: Formula | float) -> Formula:
        return formula(other) + self

    def __sub__(self, other: Formula | float) -> Formula:
        return _join(self, other, "-", np.subtract, left=SUM_RANK, right=PRODUCT_RANK)

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
        return Formula(tuple(f"-{_held(text, self.binds, ATOM_RANK)}" for text in self.texts), -self.values, SUM_RANK)

    def __lt__(self, other: Formula | float) -> Formula:
        return _join(self, other, "<", np.less, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __le__(self, other: Formula | float) -> Formula:
        return _join(self, other, "<=", np.less_equal, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __gt__(self, other: Formula | float) -> Formula:
        return _join(self, other, ">", np.greater, left=SUM_RANK, right=SUM_RANK, binds=TEST_RANK)

    def __getitem__(self, place: int) -> Formula:
        index = place % len(self) if place < 0 else min(place, len(self) - 1)
        return Formula((self.texts[index],), self.values[index : index + 1], self.binds)


def formula(content: Formula | float) -> Formula:
    """A number as a formula."""
    if isinstance(content, Formula):
        return content
    text = f"{content:.15g}"
    return Formula((text,), np.array([float(content)]), ATOM_RANK if content >= 0 else SUM_RANK)


def row(cells: Sequence[Formula | float]) -> Formula:
    """Single formulas side by side."""
    parts = [formula(cell) for cell in cells]
    binds = min((part.binds for part in parts), default=ATOM_RANK)
    return Formula(
        tuple(_held(part.texts[0], part.binds, binds) for part in parts),
        np.array([part.values[0] for part in parts]),
        binds,
    )


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
    return _called("MAX", parts, lambda *values: np.maximum.reduce(values))


def smallest(*parts: Formula | float) -> Formula:
    """MIN, period by period."""
    return _called("MIN", parts, lambda *values: np.minimum.reduce(values))


def size(part: Formula) -> Formula:
    """ABS."""
    return _called("ABS", (part,), np.abs)


def upward(part: Formula) -> Formula:
    """ROUNDUP to a whole number."""
    return _called("ROUNDUP", (part, 0.0), lambda value, _digits: np.ceil(value))


def all_true(*tests: Formula) -> Formula:
    """AND."""
    return _called("AND", tests, lambda *values: np.logical_and.reduce(values).astype(float))


def either(test: Formula, then: Formula | float, other: Formula | float) -> Formula:
    """IF."""
    return _called("IF", (test, then, other), lambda t, a, b: np.where(t.astype(bool), a, b))


def ratio(above: Formula, below: Formula, otherwise: float | None = None) -> Formula:
    """Quotient of two rows; empty (not a number), or `otherwise`, for a zero denominator."""
    parts = _wide(above, below)
    empty = '""' if otherwise is None else f"{otherwise:g}"
    texts = tuple(
        f"IF(ABS({b})>1E-9,{_held(a, above.binds, PRODUCT_RANK)}/{_held(b, below.binds, POWER_RANK)},{empty})"
        for a, b in zip(parts[0].texts, parts[1].texts, strict=True)
    )
    over, under = parts[0].values, parts[1].values
    none = np.full(len(texts), np.nan if otherwise is None else otherwise)
    return Formula(texts, np.divide(over, under, out=none, where=np.abs(under) > 1e-9))


def before(values: Formula, first: Formula | float = 0.0) -> Formula:
    """The row shifted by one period: each period holds the value of the period before."""
    return row([formula(first), *(values[t] for t in range(len(values) - 1))])


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
    wide_a, wide_b = _wide(a, b)
    texts = tuple(
        f"{_held(x, a.binds, left)}{sign}{_held(y, b.binds, right)}"
        for x, y in zip(wide_a.texts, wide_b.texts, strict=True)
    )
    with np.errstate(all="ignore"):
        values = np.asarray(apply(wide_a.values, wide_b.values), dtype=np.float64)
    return Formula(texts, values, left if binds is None else binds)


def _held(text: str, binds: int, context: int) -> str:
    return f"({text})" if binds < context else text


def wide(values: Formula | float, length: int) -> Formula:
    """The formula in at least so many periods."""
    return _wide(formula(values), Formula(("",) * length, np.zeros(length)))[0]


def _wide(*parts: Formula) -> list[Formula]:
    """Single formulas repeated to the length of the longest."""
    length = max(len(part) for part in parts)
    return [
        part if len(part) == length else Formula(part.texts * length, np.repeat(part.values, length), part.binds)
        for part in parts
    ]


def _called(name: str, parts: Sequence[Formula | float], apply: Callable[..., Any]) -> Formula:
    wide = _wide(*(formula(part) for part in parts))
    texts = tuple(f"{name}({','.join(each)})" for each in zip(*(part.texts for part in wide), strict=True))
    return Formula(texts, np.asarray(apply(*(part.values for part in wide)), dtype=np.float64))
