"""What follows from a case alone, worked out once for each case however often it is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from tawteen.case.model import Case

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def once_per_case(
    derive: Callable[Concatenate[Case, Arguments], Value],
) -> Callable[Concatenate[Case, Arguments], Value]:
    """Returns `derive(case, …)` with its values kept in the case (`Case.derived`), so that they go when it goes.

    A case is frozen, so its values stay true; callers share them and must not change them in place. Arguments after
    the case are hashable. Threads that ask at the same time may both derive a value, but all get the same one.
    """

    @functools.wraps(derive)
    def derived(case: Case, /, *args: Arguments.args, **named: Arguments.kwargs) -> Value:
        key = (derive, args, tuple(sorted(named.items())))
        if key not in case.derived:
            case.derived.setdefault(key, derive(case, *args, **named))
        return cast("Value", case.derived[key])

    return derived
