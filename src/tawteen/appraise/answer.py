"""Values of financial functions, with a reason code for each value that cannot be calculated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Hindrance = tuple[ArrayLike, str]
"""Mask of the values that a reason applies to, and the code of the reason."""

NOT_FINITE = "functions.not_finite"


class NotCalculable(ValueError):  # noqa: N818 - not every number that is missing is an error
    """Raised for a value that cannot be calculated; `code` is the code of its reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """Values (NaN if not calculable) and, in the same shape, codes of reasons (empty for a value that exists)."""

    value: Numbers
    reason: NDArray[np.str_]

    def number(self) -> float:
        """Returns the only value. Raises NotCalculable if it has a reason, ValueError if there are several values."""
        if self.reason.size == 1 and self.reason.item():
            raise NotCalculable(str(self.reason.item()))
        return float(self.value.item())


def answered(value: ArrayLike, *hindrances: Hindrance) -> Answer:
    """Returns values with the first reason that applies to each; a value that is not finite gets `NOT_FINITE`."""
    numbers = np.asarray(value, np.float64)
    conditions = [np.broadcast_to(condition, numbers.shape) for condition, _ in hindrances]
    codes = [code for _, code in hindrances]
    reason = np.select([*conditions, ~np.isfinite(numbers)], [*codes, NOT_FINITE], default="")
    return Answer(np.where(reason == "", numbers, np.nan), reason)


def floats(*arguments: ArrayLike) -> tuple[Numbers, ...]:
    """Returns the arguments as float arrays, broadcast to one shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(argument, np.float64) for argument in arguments)))
