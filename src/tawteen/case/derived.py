"""What follows from a case alone, worked out once for each case however often it is asked for."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from tawteen.case.model import Case

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def once_per_case(
    derive: Callable[Concatenate[Case, Arguments], Value],
) -> Callable[Concatenate[Case, Arguments], Value]:
    """Returns `derive(case, …)` with its values kept as long as the case lives.

    A case is frozen, so its values stay true; callers share them and must not change them in place. Arguments after
    the case are hashable.
    """
    known: dict[int, dict[Any, Value]] = {}

    @functools.wraps(derive)
    def derived(case: Case, /, *args: Arguments.args, **named: Arguments.kwargs) -> Value:
        if id(case) not in known:
            known[id(case)] = {}
            weakref.finalize(case, known.pop, id(case), None)
        values, key = known[id(case)], (args, tuple(sorted(named.items())))
        if key not in values:
            values[key] = derive(case, *args, **named)
        return values[key]

    return derived
