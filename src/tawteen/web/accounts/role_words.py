"""Roles in the reader's words: an engineer with the unit, or as one of all units of the party."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from tawteen.case.names import fold
from tawteen.web.partner.offers import Row, own_units, unit_name
from tawteen.web.rights import Person
from tawteen.web.role_names import ENGINEER, ROLES
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words


class RoleWords:
    """Roles of a party; its units are read where one is asked for."""

    def __init__(self, party: str, words: Words) -> None:
        self._party, self._words = party, words

    @cached_property
    def _rows(self) -> Mapping[str, Row]:
        return own_units(PartyView(self._party))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """All roles with their labels."""
        return [(role, self._words.say(f"web.role.{role}")) for role in ROLES]

    @property
    def units(self) -> list[tuple[str, str]]:
        """Units of the party with their names."""
        return [(unit, unit_name(unit, cells, self._words)) for unit, cells in self._rows.items()]

    def unit_named(self, typed: str) -> str | None:
        """The unit of a key or of a name in either language; None where the party has none."""
        if typed in self._rows:
            return typed
        named = (
            unit for unit, cells in self._rows.items()
            if fold(typed) in {fold(str(value_of(cells, name) or "")) for name in ("name_en", "name_ar")}
        )  # fmt: skip
        return next(named, None)

    def label(self, role: str, unit: str | None = None) -> str:
        """A role, of an engineer with the unit."""
        if role != ENGINEER:
            return self._words.say(f"web.role.{role}")
        if not unit:
            return self._words.say("web.role.engineer_all")
        return self._words.say("web.role.engineer_of", {"unit": dict(self.units).get(unit, unit)})

    def listed(self, roles: list[str], unit: str = "") -> str:
        """Roles of an invitation as one text."""
        return self._words.say("cli.comma").join(self.label(role, unit) for role in roles)

    def held(self, person: Person) -> str:
        """The roles of a person as one text."""
        held = [(role, unit) for role in sorted(person.roles)
                for unit in (sorted(person.units) if role == ENGINEER and person.units else [""])]  # fmt: skip
        return self._words.say("cli.comma").join(self.label(role, unit) for role, unit in held)
