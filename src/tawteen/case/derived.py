"""What follows from a case alone, worked out once for each case however often it is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from tawteen.case.model import Case

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")
SECTION = "settings."
"""Prefix by which the name of a section of the settings is told from the name of a table."""


class KeepsDerived(Protocol):
    """A frozen object that keeps what was derived from it: a case, or the inputs of a plan."""

    @property
    def derived(self) -> dict[Hashable, Any]:
        """Values by function and arguments."""


Subject = TypeVar("Subject", bound=KeepsDerived)


def once_per_case(
    derive: Callable[Concatenate[Subject, Arguments], Value],
) -> Callable[Concatenate[Subject, Arguments], Value]:
    """Returns `derive(case, …)` with its values kept in the case (`Case.derived`), so that they go when it goes.

    A case is frozen, so its values stay true; callers share them and must not change them in place. Arguments after
    the case are hashable. Threads that ask at the same time may both derive a value, but all get the same one. In the
    place of a case may stand another frozen object that keeps values, as the inputs of a plan do.
    """

    @functools.wraps(derive)
    def derived(case: Subject, /, *args: Arguments.args, **named: Arguments.kwargs) -> Value:
        key = (derive, args, tuple(sorted(named.items())))
        if key not in case.derived:
            case.derived.setdefault(key, derive(case, *args, **named))
        return cast("Value", case.derived[key])

    return derived


def once_per_tables(
    reads: Callable[..., Sequence[str]],
) -> Callable[
    [Callable[Concatenate[Case, Arguments], Value]],
    Callable[Concatenate[Case, Arguments], Value],
]:
    """Returns a decorator that keeps values as `once_per_case` does, and shares them with copies of the case.

    Use it for what follows from a few tables that most scenarios leave as they are; `once_per_case` for everything
    else. A scenario that draws costs is a copy of the case (`dataclasses.replace`) with another table of costs: it need
    not spread demands over quarters again. The last value of each function and arguments (`Case.shared`) serves every
    copy whose tables and sections named by `reads` are the same objects.

    `reads` takes the arguments after the case and names the tables, and the sections of the settings
    (`settings.time`), that the decorated function reads. That function receives a case that holds these alone, so that
    reading another raises an error (KeyError for a table, AttributeError for a section).
    """

    def decorated(
        derive: Callable[Concatenate[Case, Arguments], Value],
    ) -> Callable[Concatenate[Case, Arguments], Value]:
        @functools.wraps(derive)
        def derived(case: Case, /, *args: Arguments.args, **named: Arguments.kwargs) -> Value:
            key = (derive, args, tuple(sorted(named.items())))
            if key not in case.derived:
                parts = {name: _part(case, name) for name in reads(*args, **named)}
                known = case.shared.get(key)
                if known is None or any(known[0][name] is not part for name, part in parts.items()):
                    known = (parts, derive(_with_only(case, parts), *args, **named))
                    case.shared[key] = known
                case.derived.setdefault(key, known[1])
            return cast("Value", case.derived[key])

        return derived

    return decorated


def _part(case: Case, name: str) -> Any:
    return getattr(case.settings, name.removeprefix(SECTION)) if name.startswith(SECTION) else case.tables[name]


def _with_only(case: Case, parts: dict[str, Any]) -> Case:
    """A case that holds `parts` and nothing else, and shares the values of `case`."""
    sections = {name.removeprefix(SECTION): part for name, part in parts.items() if name.startswith(SECTION)}
    tables = {name: part for name, part in parts.items() if not name.startswith(SECTION)}
    return type(case)(cast("Any", SimpleNamespace(**sections)), tables, shared=case.shared)
