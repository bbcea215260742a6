"""What to find out first: sites by what knowing them is worth to the newest policy, else by a rule that is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.case.codes import DECISIVE_GATES
from tawteen.record.cells import Version, standing
from tawteen.survey.kinds import kind_of, site_kinds
from tawteen.web.registry.models import CellVersion
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.visibility import PartyView, value_of

_GATE_COLUMNS = ("site", "gate", "state", "stops")
_SITE_COLUMNS = ("state", "state_as_of", "isic", "field", "role", "survey_weeks")
_EVIDENCE_COLUMNS = ("table", "row", "column")
_CONTEXT = "context"
"""The role of a site at which nothing is to be decided."""


@dataclass(frozen=True)
class SurveyNeed:
    """What is not known of a site, and what knowing it is worth.

    `gates` are the unknown ones that keep works from starting; `unobserved` questions of its form about the site have
    no observation; `kind` is that of its form. `worth` is None where no policy says it.
    """

    site: str
    kind: str
    gates: tuple[str, ...]
    state: str
    state_as_of: str
    unobserved: int
    survey_weeks: float | None
    worth: float | None

    @property
    def rank(self) -> tuple[Any, ...]:
        """The place in the list: worth of knowing where it is known; unknown gates; an unknown or undated state, then
        the oldest one; questions without an observation; the key.
        """
        undated = self.state in ("", "unknown") or not self.state_as_of
        return (
            -(self.worth if self.worth is not None else float("-inf")), -len(self.gates), not undated,
            self.state_as_of, -self.unobserved, self.site,
        )  # fmt: skip


def survey_needs(party_view: PartyView, worths: Mapping[str, float]) -> list[SurveyNeed]:
    """The sites that a party sees, at which something is to be decided and of which something is not known.

    They stand in the order in which to find it out; `worths` is what knowing a site is worth, by site.
    """
    gates, observed = _unknown_gates(party_view), _observed_columns(party_view)
    needs = []
    for site, cells in _rows(party_view, SITE_TABLE, _SITE_COLUMNS).items():
        if value_of(cells, "role") == _CONTEXT:
            continue
        texts = {column: str(value_of(cells, column) or "") for column in _SITE_COLUMNS}
        kind = kind_of(texts["isic"] or None, texts["field"] or None)
        unobserved = [column for column in site_kinds()[kind].sites if column not in observed.get(site, ())]
        weeks = value_of(cells, "survey_weeks")
        needs.append(
            SurveyNeed(
                site, kind, tuple(gates.get(site, ())), texts["state"], texts["state_as_of"], len(unobserved),
                float(weeks) if isinstance(weeks, (int, float)) else None, worths.get(site),
            )
        )  # fmt: skip
    return sorted((need for need in needs if need.gates or need.unobserved), key=lambda need: need.rank)


def _rows(party_view: PartyView, table: str, columns: tuple[str, ...]) -> Mapping[str, Mapping[str, list[Version]]]:
    """Some columns of the rows of a table, by row: not all of them, of which there may be many."""
    rows: dict[str, dict[str, list[Version]]] = {}
    stored = CellVersion.objects.filter(table=table, column__in=columns)
    for place, history in party_view.visible(stored).items():
        versions = standing(history)
        if any(version.value is not None for version in versions):
            rows.setdefault(place.row, {})[place.column] = versions
    return rows


def _unknown_gates(party_view: PartyView) -> dict[str, list[str]]:
    """By site, the unknown gates that keep works from starting: as `tawteen.case.gates` counts them."""
    gates: dict[str, list[str]] = {}
    for _, cells in sorted(_rows(party_view, "blockers", _GATE_COLUMNS).items()):
        site, gate, state, stops = (str(value_of(cells, column) or "") for column in _GATE_COLUMNS)
        if state == "unknown" and (stops in ("now", "next") or gate in DECISIVE_GATES):
            gates.setdefault(site, []).append(gate)
    return gates


def _observed_columns(party_view: PartyView) -> dict[str, set[str]]:
    """By site, the columns of the table of sites that somebody has observed."""
    observed: dict[str, set[str]] = {}
    for cells in _rows(party_view, "evidence", _EVIDENCE_COLUMNS).values():
        table, row, column = (str(value_of(cells, name) or "") for name in _EVIDENCE_COLUMNS)
        if table == SITE_TABLE:
            observed.setdefault(row, set()).add(column)
    return observed
