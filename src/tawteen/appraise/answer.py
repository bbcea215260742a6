"""Numbers that may not exist: values, and beside each the code of why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Hindrance = tuple[ArrayLike, str]
"""Where a reason holds, and its code."""

NOT_FINITE = "functions.not_finite"


class NotCalculable(ValueError):  # noqa: N818 - not every number that is missing is an error
    """A number that does not exist; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """Values, NaN where not calculable, and beside them the code of the reason, empty where they are."""

    value: Numbers
    reason: NDArray[np.str_]

    def number(self) -> float:
        """The only value. Raises NotCalculable where it has none, ValueError where there are several."""
        if self.reason.size == 1 and self.reason.item():
            raise NotCalculable(str(self.reason.item()))
        return float(self.value.item())


def answered(value: ArrayLike, *hindrances: Hindrance) -> Answer:
    """Values with the first reason that holds for each; what is not a finite number has a reason too."""
    numbers = np.asarray(value, np.float64)
    conditions = [np.broadcast_to(condition, numbers.shape) for condition, _ in hindrances]
    codes = [code for _, code in hindrances]
    reason = np.select([*conditions, ~np.isfinite(numbers)], [*codes, NOT_FINITE], default="")
    return Answer(np.where(reason == "", numbers, np.nan), reason)


def floats(*arguments: ArrayLike) -> tuple[Numbers, ...]:
    """Arguments as arrays of one shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(argument, np.float64) for argument in arguments)))
