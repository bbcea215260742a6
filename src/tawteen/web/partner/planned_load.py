"""The load of the units in the newest programme that a person sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.web.partner.unit_load import Assignment, assignments, quarter_labels
from tawteen.web.programmes.newest_tables import newest_tables
from tawteen.web.rights import Person
from tawteen.words import Words


@dataclass(frozen=True)
class PlannedLoad:
    """What a programme asks of units. `shown` is the programme as lists show it."""

    shown: Mapping[str, Any]
    assignments: tuple[Assignment, ...]
    labels: Mapping[int, str]

    def of_unit(self, unit: str) -> list[Assignment]:
        """What is asked of a unit, by capability."""
        return [one for one in self.assignments if one.unit == unit]

    def of_offer(self, unit: str, capability: str) -> Assignment | None:
        """What is asked of a unit of one capability; None where nothing is."""
        return next((one for one in self.of_unit(unit) if one.capability == capability), None)


def planned_load(person: Person, words: Words) -> PlannedLoad | None:
    """The load in the newest programme of the registry that a person sees; None where there is none."""
    newest = newest_tables(person, words)
    if newest is None:
        return None
    shown, tables = newest
    all_assignments = tuple(assignments(tables.supply, tables.sites))
    periods = sorted({period for one in all_assignments for period in one.amounts})
    return PlannedLoad(shown, all_assignments, quarter_labels(tables.sites, periods))
