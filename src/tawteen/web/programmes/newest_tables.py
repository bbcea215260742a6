"""Tables of the newest programme that a person sees, as other pages use them: starts, supply, worth of knowing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from tawteen.runs.programme_folder import PROGRAMME
from tawteen.web.params import DESK, PLANNER_RUNS
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.visible_runs import file_of, registry_programmes, shown_run
from tawteen.web.rights import Person
from tawteen.words import Words


@dataclass(frozen=True)
class ProgrammeTables:
    """Tables of a programme as its file has them. `worths` is what knowing a site is worth; None without a policy."""

    sites: tuple[Mapping[str, Any], ...]
    supply: Mapping[str, tuple[Any, ...]]
    worths: Mapping[str, float] | None


def newest_tables(
    person: Person, words: Words, *, with_policy: bool = False
) -> tuple[dict[str, Any], ProgrammeTables] | None:
    """The newest programme of the registry, not of a what-if, that a person sees: as lists show it, and its tables.

    `with_policy` leaves out those that have no policy, and looks at the last `PLANNER_RUNS.shown`. None where there is
    none.
    """
    for one in islice(registry_programmes(person), PLANNER_RUNS.shown):
        tables = _tables(one.row.run, one.row.result)
        if tables is not None and (tables.worths is not None or not with_policy):
            return shown_run(one.row, one.progress, words), tables
    return None


@lru_cache(maxsize=DESK.programmes_kept)
def _tables(run: str, result: str | None) -> ProgrammeTables | None:  # noqa: ARG001 - another result, another entry
    """The tables of the programme that a run made; it made the file itself, so that it is not checked again."""
    content = file_of(RunRow.objects.get(run=run), PROGRAMME)
    if content is None:
        return None
    programme = json.loads(content)
    supply = {name: tuple(values) for name, values in programme["supply"].items()}
    policy, worths = programme["policy"], None
    if policy is not None:
        worths = {row["site"]: float(row["value_of_information"]) for row in policy["information"]}
    return ProgrammeTables(tuple(programme["sites"]), supply, worths)
