"""A source and its mapping become a new case, or bring an earlier import up to date."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tawteen.case.evidence import key_of
from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import write_folder
from tawteen.case.mapping.conversion import Conversion, Row, convert_records
from tawteen.case.mapping.mapping_file import read_mapping, write_mapping
from tawteen.case.mapping.model import Mapping
from tawteen.case.mapping.proposal import propose_mapping
from tawteen.case.mapping.records import Records, read_records
from tawteen.case.model import Case, empty_tables
from tawteen.case.raw import Raw
from tawteen.case.read import read_case
from tawteen.case.settings import About, Settings, Time
from tawteen.case.settings_file import TOML
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed

MAPPING = "mapping.toml"


@dataclass(frozen=True)
class Import:
    """What an import did: the case, where its mapping stands, and counts.

    `mapping` is where the mapping stands; `proposed` the one to be written there, None where it stands there already.
    `added`: new rows by table; `filled`: cells that were empty; `differing`: cells whose value stays although the
    source says otherwise; `gone`: rows of an earlier import that the source no longer has; `observations`: new ones.
    """

    case: Case
    mapping: Path
    proposed: Mapping | None
    added: dict[str, int]
    filled: int
    differing: int
    gone: int
    observations: int
    findings: tuple[Finding, ...]
    source: str
    replaced: frozenset[str]

    def write(self, folder: Path) -> None:
        """Writes the case, and the mapping where it is a proposal, into `folder`. Raises OSError.

        Of the folder that the case was read from, these files take the place of those named in `replaced`.
        """
        write_folder(self.case, folder)
        if self.proposed is not None:
            comment = f"How the rows of {self.source} become a case. Correct it and run the import again."
            write_mapping(self.proposed, folder / MAPPING, comment)


def import_case(
    source: Path, folder: Path, *, mapping: Path | None = None, form: Path | None = None, today: dt.date
) -> Import:  # fmt: skip
    """What `source` makes of the case in `folder`, or of a new one; `Import.write` writes it.

    Without `mapping` and without `folder/mapping.toml`, a mapping is proposed. Values that stand in the case win: a
    source fills empty cells, adds rows and observations, and every difference stays visible as an observation. Raises
    CaseError where anything is an error, and OSError.
    """
    folder = Path(folder)
    records = read_records(source, form)
    place = mapping or folder / MAPPING
    proposed = mapping is None and not place.is_file()
    plan = propose_mapping(records, today) if proposed else read_mapping(place)
    conversion = convert_records(records, plan)
    earlier = read_case(folder) if (folder / TOML).is_file() else None
    new, wrong = _typed_tables(records, plan, conversion)
    if any(finding.severity == "error" for finding in wrong):
        raise CaseError([*conversion.findings, *wrong])
    result = _merge(earlier or _empty_case(plan, today), new, plan, earlier is not None)
    return Import(
        result.case, place, plan if proposed else None, result.added, result.filled, result.differing, result.gone,
        result.observations, (*conversion.findings, *wrong), records.file,
        frozenset() if earlier is None else frozenset({TOML, *(one.file for one in earlier.origins.values())}),
    )  # fmt: skip


def _empty_case(plan: Mapping, today: dt.date) -> Case:
    quarter = dt.date(today.year + (today.month > 9), (today.month - 1) // 3 * 3 + 4 if today.month <= 9 else 1, 1)
    name = plan.source.title
    settings = Settings(about=About(id=plan.source.id, name_en=name, name_ar=name), time=Time(start=quarter))
    return Case(settings, empty_tables())


def _typed_tables(
    records: Records, plan: Mapping, conversion: Conversion
) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    """The converted rows as typed tables, read by the reader of cases."""
    source: Row = {
        "id": plan.source.id, "title": plan.source.title, "address": plan.source.address or None,
        "as_of": plan.source.as_of.isoformat() if plan.source.as_of else None,
        "licence": plan.source.licence or None,
    }  # fmt: skip
    rows = {**conversion.rows, "sources": [source], "evidence": conversion.evidence}
    tables, findings = {}, []
    for name, listed in rows.items():
        columns = [c for c in TABLES[name].columns() if any(c in row for row in listed)]
        cells = {str(i): [c, *(row.get(c) for row in listed)] for i, c in enumerate(columns)}
        places = [0, *(conversion.origins.get(name) or range(1, len(listed) + 1))]
        raw = Raw(name, records.file, pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)), pl.Series(places))
        tables[name], _, wrong = typed(raw)
        findings += wrong
    return tables, findings


@dataclass(frozen=True)
class _Merged:
    case: Case
    added: dict[str, int]
    filled: int
    differing: int
    gone: int
    observations: int


def _merge(case: Case, new: dict[str, pl.DataFrame], plan: Mapping, repeated: bool) -> _Merged:
    """The case with what a source adds; cells that have a value keep it."""
    tables = dict(case.tables)
    added: Counter[str] = Counter()
    filled = differing = 0
    for name, frame in new.items():
        if name == "evidence":
            continue
        tables[name], more, cells, others = _merge_table(tables[name], frame, TABLES[name].primary_key())
        added[name] += more
        filled, differing = filled + cells, differing + (others if name != "sources" else 0)
    gone = _vanished_rows(case, new, plan) if repeated else 0
    evidence = _new_observations(case["evidence"], new["evidence"])
    tables["evidence"] = pl.concat([case["evidence"], evidence])
    return _Merged(
        Case(case.settings, tables), {k: n for k, n in added.items() if n}, filled, differing, gone, evidence.height
    )


def _merge_table(old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str]) -> tuple[pl.DataFrame, int, int, int]:
    """Rows joined by key: the old with empty cells filled, then those that are new; counts of each change."""
    rest = [c for c in old.columns if c not in key]
    both = old.join(new, on=list(key), how="left", suffix="\0new", maintain_order="left")
    pairs = [(pl.col(c), pl.col(f"{c}\0new")) for c in rest]
    filled = both.select(pl.sum_horizontal((now.is_null() & then.is_not_null()).sum() for now, then in pairs)).item()
    differing = both.select(pl.sum_horizontal((now != then).sum() for now, then in pairs)).item()
    kept = both.select(*key, *(pl.coalesce(c, f"{c}\0new") for c in rest)).select(old.columns)
    fresh = new.join(old, on=list(key), how="anti", maintain_order="left")
    return pl.concat([kept, fresh.select(old.columns)]), fresh.height, int(filled or 0), int(differing or 0)


def _vanished_rows(case: Case, new: dict[str, pl.DataFrame], plan: Mapping) -> int:
    """Rows that an earlier import from this source observed and the source no longer has."""
    seen = case["evidence"].filter(pl.col("source") == plan.source.id).select("table", "row").unique()
    count = 0
    for name, frame in new.items():
        if name not in ("evidence", "sources"):
            rows = seen.filter(pl.col("table") == name)
            count += rows.join(frame.select(row=key_of(name)), on="row", how="anti").height
    return count


def _new_observations(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Observations that say something new: another value or another day. An id that is taken gets its day."""
    compared_columns = ["table", "row", "column", "value", "source", "as_of"]
    fresh = new.join(old, on=compared_columns, how="anti", nulls_equal=True, maintain_order="left")
    taken = fresh.join(old.select("id", taken=pl.lit(True)), on="id", how="left", maintain_order="left")
    dated = pl.col("id") + "@" + pl.col("as_of").cast(pl.String).fill_null("?")
    named = taken.with_columns(id=pl.when(pl.col("taken")).then(dated).otherwise("id")).drop("taken")
    return named.join(old, on="id", how="anti", maintain_order="left").select(old.columns)
