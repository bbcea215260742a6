"""A case with what a field survey saw: every observation as evidence, and cells on which the field agrees changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tawteen.case.build import table_of
from tawteen.case.codes import codes
from tawteen.case.column_reader import Reading, read_column
from tawteen.case.evidence import GRADES, key_of, observations
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.survey.field_evidence import FIELD_GRADE, Seen, with_field_evidence
from tawteen.survey.site_position import position_observations
from tawteen.survey.submissions import Survey

Cell = tuple[str, str, str]

_LINE_LOSSES = ("availability", "performance", "quality")
"""Columns of a line that say how it runs: who saw one of them renews the day of its state."""


@dataclass(frozen=True)
class TakenCell:
    """A cell that the survey changed: its content before, None where it was empty, and after, as text."""

    table: str
    row: str
    column: str
    before: str | None
    after: str


@dataclass(frozen=True)
class ContestedCell:
    """A cell on which what was inspected or tested differs: what stands and stays, and each value with its sources."""

    table: str
    row: str
    column: str
    current: str | None
    values: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class SurveyedCase:
    """`case` after the survey; `observations`: evidence that is new in it; `agreed`: observed cells that stay as is."""

    case: Case
    observations: int
    taken: tuple[TakenCell, ...]
    contested: tuple[ContestedCell, ...]
    agreed: int
    findings: tuple[Finding, ...]


def with_survey(case: Case, survey: Survey, *, take: bool = True) -> SurveyedCase:
    """The case with the visits of a survey.

    Each observation becomes evidence graded *inspected*; the answer *unknown* is none. A cell takes the value that was
    seen where everything that was ever inspected or tested of it agrees; where it does not, the cell stays and is
    listed. A gate that the registry does not have becomes a row of `blockers`. The day of a state is the last on which
    it was seen as it stands. Without `take` observations become evidence and no cell changes. The result depends on
    the visits alone, not on their order.
    """
    places, findings = position_observations(case, survey.visits)
    seen = [(visit, one) for visit in survey.visits for one in visit.observations if one.states_value]
    seen = sorted([*seen, *places], key=lambda pair: (pair[1].cell, pair[0].instance))
    surveyed, added = with_field_evidence(case, seen, survey.replaced)
    if not take:
        return SurveyedCase(surveyed, added, (), (), 0, tuple(findings))
    surveyed = _with_new_gates(surveyed, survey, seen)
    changes, contested, agreed = _decided(surveyed, {one.cell for _, one in seen})
    changes, held = _without_decisions(surveyed, changes)
    surveyed = _with_cells(surveyed, changes)
    settled = {one.cell for _, one in seen} - {(one.table, one.row, one.column) for one in contested}
    surveyed = _with_cells(surveyed, _renewed_days(surveyed, settled))
    findings += held + [_contest(one, survey) for one in contested]
    return SurveyedCase(surveyed, added, _differences(case, surveyed), contested, agreed, tuple(findings))


def _with_new_gates(case: Case, survey: Survey, seen: Iterable[Seen]) -> Case:
    """The case with a row for each gate that surveyors looked into and that it does not have.

    Where they differ, the row states the most careful: the state is unknown, and the gate stops the site now.
    """
    keys = set(case["blockers"].select(key_of("blockers")).to_series())
    looked_into = {one.row for visit in survey.visits for one in visit.observations if one.table == "blockers"}
    stated: dict[tuple[str, str], set[Any]] = {}
    for _, one in seen:
        stated.setdefault((one.row, one.column), set()).add(one.value)
    rows = []
    for key in sorted(looked_into - keys):
        site, _, gate = key.rpartition("/")
        state = _agreed(stated.get((key, "state"))) or "unknown"
        stops = stated.get((key, "stops"), set())
        careful = next((code for code in codes("gate_timing") if code in stops), "now")
        rows.append({
            "site": site, "gate": gate, "state": state,
            "stops": "no" if state == "open" else careful,
            "opens_by": _agreed(stated.get((key, "opens_by"))) or "none",
            "authority": _agreed(stated.get((key, "authority"))),
            "open_date": _agreed(stated.get((key, "open_date"))),
        })  # fmt: skip
    return _replaced(case, "blockers", pl.concat([case["blockers"], table_of("blockers", rows)]))


def _agreed(values: set[Any] | None) -> Any:
    """The one value that was stated; None where there is none or more than one."""
    return next(iter(values)) if values and len(values) == 1 else None


def _decided(case: Case, cells: set[Cell]) -> tuple[dict[Cell, str], tuple[ContestedCell, ...], int]:
    """Of observed cells: new values as text, those on which the field differs, and how many agree with what stands."""
    strong = pl.col("rank") >= GRADES.index(FIELD_GRADE)
    evidence = observations(case).filter(strong & pl.col("said").is_not_null() & pl.col("found"))
    changes: dict[Cell, str] = {}
    contested, agreed = [], 0
    for cell, rows in evidence.partition_by("table", "row", "column", as_dict=True, maintain_order=True).items():
        if cell not in cells:
            continue
        if rows["said"].n_unique() > 1:
            values = rows.group_by("said").agg(pl.col("value").min(), pl.col("source").drop_nulls().unique().sort())
            stated = sorted((value, tuple(sources)) for _, value, sources in values.iter_rows())
            contested.append(ContestedCell(*cell, rows["current"][0], tuple(stated)))
        elif rows["agrees"].all():
            agreed += 1
        else:
            changes[cell] = rows["value"][0]
    return changes, tuple(sorted(contested, key=lambda one: (one.table, one.row, one.column))), agreed


def _without_decisions(case: Case, changes: dict[Cell, str]) -> tuple[dict[Cell, str], list[Finding]]:
    """The changes without states of gates that open and close together with those of other sites."""
    rows = case["blockers"].filter(pl.col("decision").is_not_null()).select(key=key_of("blockers"), decision="decision")
    decisions = dict(rows.iter_rows())
    held = {cell: decisions[cell[1]] for cell in changes
            if cell[0] == "blockers" and cell[2] == "state" and cell[1] in decisions}  # fmt: skip
    findings = [
        Finding("warning", "survey.decision", "blockers", None, None, "state", changes[cell],
                {"gate": cell[1], "decision": decision})
        for cell, decision in sorted(held.items())
    ]  # fmt: skip
    return {cell: value for cell, value in changes.items() if cell not in held}, findings


def _renewed_days(case: Case, cells: set[Cell]) -> dict[Cell, str]:
    """For each site and line whose state was seen: the last day on which it was seen as it stands, if that is later."""
    strong = pl.col("rank") >= GRADES.index(FIELD_GRADE)
    evidence = observations(case).filter(strong & pl.col("agrees") & pl.col("as_of").is_not_null())
    changes = {}
    for table, columns in (("sites", ("state",)), ("lines", _LINE_LOSSES)):
        rows = {row for name, row, column in cells if name == table and column in columns}
        known: dict[str, dt.date | None] = dict(case[table].select("id", "state_as_of").iter_rows())
        of_state = evidence.filter((pl.col("table") == table) & pl.col("column").is_in(columns))
        for row, day in of_state.group_by("row").agg(pl.col("as_of").max()).iter_rows():
            current = known.get(row)
            if row in rows and (current is None or day > current):
                changes[table, row, "state_as_of"] = day.isoformat()
    return changes


def _with_cells(case: Case, changes: dict[Cell, str]) -> Case:
    """The case with cells changed to what texts mean in their columns."""
    by_column: dict[tuple[str, str], dict[str, str]] = {}
    for (table, row, column), text in changes.items():
        by_column.setdefault((table, column), {})[row] = text
    for (table, column), texts in sorted(by_column.items()):
        keys = case[table].select(key_of(table)).to_series()
        listed = pl.Series([texts.get(key) for key in keys], dtype=pl.String)
        values, _ = read_column(column, TABLES[table].columns()[column], listed, Reading())
        changed = values.zip_with(values.is_not_null(), case[table][column]).alias(column)
        case = _replaced(case, table, case[table].with_columns(changed))
    return case


def _differences(before: Case, after: Case) -> tuple[TakenCell, ...]:
    """Cells that differ between two cases, without evidence and sources, in order."""
    taken = []
    for table, frame in after.tables.items():
        if table in {"evidence", "sources"} or frame.equals(before[table]):
            continue
        rows = {row["#"]: row for row in before[table].with_columns(key_of(table).alias("#")).iter_rows(named=True)}
        for row in frame.with_columns(key_of(table).alias("#")).iter_rows(named=True):
            earlier = rows.get(row["#"], {})
            taken += [
                TakenCell(table, row["#"], name, _plain(earlier.get(name)), str(_plain(value)))
                for name, value in row.items()
                if name != "#" and value is not None and value != earlier.get(name)
            ]
    return tuple(sorted(taken, key=lambda one: (one.table, one.row, one.column)))


def _plain(value: Any) -> str | None:
    """A cell as text; whole numbers without a point."""
    if value is None:
        return None
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _contest(cell: ContestedCell, survey: Survey) -> Finding:
    """The finding about a cell on which the field differs; it names the files of the submissions, as far as known."""
    stated = [
        f"{observation.text} ({visit.file})"
        for visit in survey.visits
        for observation in visit.observations
        if observation.cell == (cell.table, cell.row, cell.column)
    ]
    earlier = [value for value, _ in cell.values if not any(text.startswith(f"{value} (") for text in stated)]
    args = {"row": cell.row, "current": cell.current or "–", "values": ", ".join([*stated, *earlier])}
    return Finding("warning", "survey.contested", cell.table, None, None, cell.column, None, args)


def _replaced(case: Case, table: str, frame: pl.DataFrame) -> Case:
    return replace(case, tables={**case.tables, table: frame})
