"""A case: its settings and its typed tables, and the calendar that turns days into periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.findings import Finding
from tawteen.case.settings import Settings
from tawteen.case.tables import TABLES

if TYPE_CHECKING:
    from tawteen.case.builder import CaseBuilder
    from tawteen.case.frames import Table


@dataclass(frozen=True)
class Calendar:
    """Quarters 0 … periods − 1 from the first day of `start`'s quarter."""

    start: dt.date
    periods: int

    def period(self, day: dt.date) -> int:
        """Index of the quarter that holds `day`; below 0 or from `periods` on when outside the horizon."""
        return (day.year - self.start.year) * 4 + (day.month - 1) // 3 - (self.start.month - 1) // 3

    def first_day(self, period: int) -> dt.date:
        """First day of a period."""
        months = self.start.year * 12 + (self.start.month - 1) // 3 * 3 + 3 * period
        return dt.date(months // 12, months % 12 + 1, 1)

    def season(self, period: int) -> int:
        """Calendar quarter 1–4 of a period."""
        return ((self.start.month - 1) // 3 + period) % 4 + 1

    def label(self, period: int) -> str:
        """A period as people write it: 2028-Q3."""
        quarters = self.start.year * 4 + (self.start.month - 1) // 3 + period
        return f"{quarters // 4}-Q{quarters % 4 + 1}"

    def parse(self, label: str) -> int:
        """The period of a label such as 2028-Q3. Raises ValueError where it is none."""
        year, _, quarter = label.partition("-Q")
        return (int(year) - self.start.year) * 4 + int(quarter) - 1 - (self.start.month - 1) // 3


SETTINGS = "settings"
"""The key under which `Case.origins` keeps where the settings were read."""


@dataclass(frozen=True)
class Origin:
    """Where a table was read: file (and sheet) name, and the row number there of each of its rows.

    Of the settings, whose origin is kept under `SETTINGS`, `lines` gives the row of every key that is stated.
    """

    file: str
    rows: tuple[int, ...] = ()
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, repr=False)
class Case:
    """Everything known about one planning situation. Every table of the schema is there, if only empty.

    Frames have exactly the columns and types of `tawteen.case.tables`; cells that are empty are null and mean
    the column's default (see `filled`). `findings`: warnings and notes of reading and checking, kept by `checked_case`.
    `path`: folder or workbook that it was read from. `computed`: its numbers are those to compute with, the means of
    their ranges or one draw of them (`tawteen.case.ranges`); `stated`: the case as written, of which it has the means.
    `derived`: values that functions of the case keep (`tawteen.case.derived`); a changed copy starts without any.
    `shared`: those that a changed copy shares as long as the tables that they were derived from are the same.
    """

    settings: Settings
    tables: Mapping[str, pl.DataFrame]
    origins: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    path: Path | None = field(default=None, compare=False)
    computed: bool = field(default=False, compare=False)
    stated: Case | None = field(default=None, compare=False)
    shared: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    derived: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, Table | Mapping[str, Any]], settings: Settings | Mapping[str, Any] | None = None
    ) -> Case:
        """A checked case of tables in memory (polars, pandas, columns or rows) and settings as in `case.toml`.

        Settings may also stand under the name `settings` among the tables.

        Raises CaseError with every finding where one is an error.
        """
        from tawteen.case.checked import checked_case  # noqa: PLC0415 - reading and checking import this module
        from tawteen.case.frames import case_from_tables  # noqa: PLC0415

        case = case_from_tables(tables, settings)
        return checked_case(case, case.findings)

    @staticmethod
    def build(id: str, *, start: str | dt.date, periods: int = 40, currency: str = "USD", **more: Any) -> CaseBuilder:
        """A builder: rows are added by methods that check them at once; `case()` ends it.

        The horizon has `periods` quarters from `start`. `more`: `name`, and sections of `case.toml` such as
        `discount={"economic": 0.08}`. Raises CaseError for settings that are unknown or out of bounds.
        """
        from tawteen.case.builder import build_case  # noqa: PLC0415

        return build_case(id, start=start, periods=periods, currency=currency, **more)

    def with_changes(self, *changes: str, must: Iterable[str] = (), without: Iterable[str] = ()) -> Case:
        """The case with cells changed by expressions such as `fund.X*0.8` or `commodity.wheat+50`, checked.

        `must` and `without` name sites that have to start, or must not. Raises CaseError for an expression or site that
        does not fit the case, and for a case that is wrong after the change.
        """
        from tawteen.case.changes import change_case  # noqa: PLC0415
        from tawteen.case.checked import checked_case  # noqa: PLC0415

        return checked_case(change_case(self, changes, must=must, without=without))

    def with_prior_options(self) -> Case:
        """The case with assumed options for idle sites that have none, after sites of the same industry, checked.

        What was assumed stands among the findings. Raises CaseError where the case is wrong.
        """
        from tawteen.case.checked import checked_case  # noqa: PLC0415
        from tawteen.case.prior_options import with_prior_options  # noqa: PLC0415

        case, assumed = with_prior_options(self)
        return checked_case(case, assumed)

    def write(self, path: str | Path) -> None:
        """Writes the case to a folder or, where the name ends in .xlsx, to a workbook; both read back to an equal case.

        Files of a case that stands there are replaced. OSError where it cannot be written.
        """
        from tawteen.case.folder import write_folder  # noqa: PLC0415
        from tawteen.case.workbook import write_workbook  # noqa: PLC0415

        target = Path(path)
        (write_workbook if target.suffix.lower() == ".xlsx" else write_folder)(self, target)

    def _repr_html_(self) -> str:
        from tawteen.case.one_line import tables_html  # noqa: PLC0415

        return tables_html(repr(self), {name: frame for name, frame in self.tables.items() if frame.height})

    def __repr__(self) -> str:
        filled = {name: frame.height for name, frame in self.tables.items() if frame.height}
        return f"Case({self.settings.about.id!r}, sites: {filled.get('sites', 0)}, tables with rows: {len(filled)})"

    def __getstate__(self) -> dict[str, Any]:
        # Who is sent a case derives its values itself: they are larger than the case.
        return {**self.__dict__, "shared": {}, "derived": {}}

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    @property
    def calendar(self) -> Calendar:
        """Calendar of the horizon."""
        return Calendar(self.settings.time.start, self.settings.time.periods)

    @once_per_tables(lambda table: (table,))
    def filled(self, table: str) -> pl.DataFrame:
        """The table with empty cells of columns that have a default set to it."""
        defaults = {
            name: column.metadata["default"]
            for name, column in TABLES[table].columns().items()
            if column.metadata and column.metadata.get("default") is not None
        }
        return self.tables[table].with_columns(pl.col(name).fill_null(value) for name, value in defaults.items())

    def rate(self, currency: str | None, kind: str = "official") -> float:
        """Units of `currency` for one unit of the case's currency at the rate of this kind. KeyError when unknown."""
        if currency is None or currency == self.settings.money.currency:
            return 1.0
        rate: float | None = getattr({r.currency: r for r in self.settings.money.rates}[currency], kind)
        if rate is None:
            raise KeyError(f"{currency} {kind}")
        return rate


def empty_tables() -> dict[str, pl.DataFrame]:
    """Every table of the schema without rows."""
    return dict(_empty_tables())


@cache
def _empty_tables() -> Mapping[str, pl.DataFrame]:
    return {name: schema.create_empty() for name, schema in TABLES.items()}
