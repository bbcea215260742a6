"""What a submission changes in the registry, as cells with the versions that they replace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.case.evidence import key_of
from tawteen.case.model import Case
from tawteen.record.cells import Place, Version, standing
from tawteen.survey.entity_lists import shown
from tawteen.survey.form import SurveyForm
from tawteen.survey.instance import Instance
from tawteen.survey.surveyed_case import SurveyedCase
from tawteen.survey.visit import SiteVisit
from tawteen.web.registry.models import CellVersion
from tawteen.web.survey.survey_case import EarlierView
from tawteen.web.visibility import Cells, PartyView

KNOWN = "known_"
"""How the name of a field begins in which a telephone keeps what it showed of the registry."""
_OBSERVED = ("evidence", "sources")
Cell = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A visit with what its telephone showed of the registry: the words of a cell by its place."""

    visit: SiteVisit
    known: Mapping[Place, str]


def surveyed_cells(
    before: Case, surveyed: SurveyedCase, seen: Seen, party_view: PartyView, earlier_view: EarlierView
) -> list[Cell]:
    """The cells of an entry that takes a visit over: observations with their source, and what changed by them.

    A cell replaces the version that the telephone showed. Where that is not the one that stands any more, both stand,
    which is a conflict; and so do both where the field differs from what was inspected before: no visit wins over
    another. `before` is the case of `earlier_view`, without the entries of a submission that this one replaces: what
    they stated and this one does not state again returns to what it was.
    """
    changed: dict[Place, Any] = {}
    for table in _OBSERVED:
        changed |= _row_differences(before[table], surveyed.case[table], table)
    for one in surveyed.taken:
        place = Place(one.table, one.row, one.column)
        changed[place] = _cell_value(surveyed.case, place)
    differing = {(cell.table, cell.row, cell.column) for cell in surveyed.contested}
    contested = {
        Place(*one.cell): _plain(one.value)
        for one in seen.visit.observations if one.states_value and one.cell in differing
    }  # fmt: skip
    stated = CellVersion.objects.filter(number__in=earlier_view.without).values_list("table", "row", "column")
    withdrawn = dict.fromkeys(Place(*one) for one in stated)
    earlier = _histories(earlier_view, withdrawn)
    targets = {place: _first_value(earlier.get(place, [])) for place in withdrawn} | changed | contested
    histories = _histories(party_view, targets)
    cells = []
    for place, value in sorted(targets.items(), key=lambda pair: pair[0]):
        current = standing(histories.get(place, []))
        outdated = next((version for version in current if version.number in earlier_view.without), None)
        if outdated is not None:
            cells += [_cell(place, value, outdated.number)] if value != outdated.value else []
        elif place in contested:
            cells += _conflict(place, value, current)
        elif place in changed:
            cells.append(_cell(place, value, _replaced(place, histories, seen)))
    return cells


def _first_value(history: Sequence[Version]) -> Any:
    current = standing(history)
    return current[0].value if current else None


def _row_differences(before: pl.DataFrame, after: pl.DataFrame, table: str) -> dict[Place, Any]:
    """Cells of rows that are new or changed, and, empty, those of rows that are not there any more."""
    columns = before.columns
    cells: list[dict[Place, Any]] = []
    for frame, other in ((before, after), (after, before)):
        rows = frame.join(other, on=columns, how="anti", nulls_equal=True).with_columns(key_of(table).alias("#"))
        cells.append({
            Place(table, row["#"], name): _plain(row[name])
            for row in rows.iter_rows(named=True) for name in columns if row[name] is not None
        })  # fmt: skip
    earlier, later = cells
    changed = {place: value for place, value in later.items() if value != earlier.get(place)}
    return dict.fromkeys(earlier.keys() - later.keys()) | changed


def _cell_value(case: Case, place: Place) -> Any:
    rows = case[place.table].filter(key_of(place.table) == place.row)
    return _plain(rows[place.column][0])


def _plain(value: Any) -> Any:
    """A value in types of JSON; a whole number as one: that is its canonical form."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _cell(place: Place, value: Any, version: int) -> Cell:
    return {**place._asdict(), "value": value, "version": version}


def _histories(party_view: PartyView, places: Iterable[Place]) -> Cells:
    """The versions that the party sees of cells."""
    rows: dict[str, set[str]] = {}
    for place in places:
        rows.setdefault(place.table, set()).add(place.row)
    histories: Cells = {}
    for table, keys in rows.items():
        histories |= party_view.history(table, sorted(keys))
    return histories


def _replaced(place: Place, histories: Cells, seen: Seen) -> int:
    """The version that the author of the visit saw: the one that stands, unless the telephone showed an earlier one."""
    history = histories.get(place, [])
    current = standing(history)
    known = seen.known.get(place)
    if known is None or any(_shows(place, version, known) for version in current):
        return current[0].number if current else 0
    earlier = [version.number for version in history if _shows(place, version, known)]
    if earlier:
        return earlier[-1]
    # An empty cell was seen where a value came since; other words are those of an earlier wording of the form.
    return 0 if known == shown(place.table, place.column, None) or not current else current[0].number


def _shows(place: Place, version: Version, known: str) -> bool:
    """Whether a telephone shows a version in these words; behind a number its unit may stand."""
    words = shown(place.table, place.column, version.value)
    return known == words or known.startswith(f"{words} ")


def _conflict(place: Place, value: Any, current: Sequence[Version]) -> list[Cell]:
    """What a visit says of a cell on which the field differs, beside what stands there."""
    if not current or value in [version.value for version in current]:
        return []
    replaced = current[0].replaces
    return [_cell(place, value, replaced[0] if replaced else 0)]


def shown_words(instance: Instance, form: SurveyForm, site: str) -> dict[Place, str]:
    """What the telephone showed of the registry beside each question, by the cell that the question is about."""
    groups = {group.path: group for group in form.groups}
    lines = {one.places: one.text for one in instance.answers if one.path[1:] == ("line",)}
    words = {}
    for answer in instance.answers:
        group = groups.get(answer.path[:-1])
        if group is None or not answer.path[-1].startswith(KNOWN):
            continue
        row = {"sites": site, "lines": lines.get((*answer.places[:-1], 0)), "blockers": f"{site}/{group.gate}"}
        for question in group.questions:
            if f"{KNOWN}{question.name}" == answer.path[-1] and question.table and question.column:
                words[Place(question.table, row[question.table] or "", question.column)] = answer.text
    return words
