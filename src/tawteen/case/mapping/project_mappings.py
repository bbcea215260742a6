"""Mappings for projects in the two public standards, whose fields are known beforehand."""

from __future__ import annotations

from tawteen.case.mapping.model import ColumnMapping, TableMapping
from tawteen.case.mapping.plant_tables import region_column, region_table
from tawteen.case.mapping.records import Records

_SECTORS = {
    "transport": "transportation",
    "communications": "communications",
    "digital": "digital",
    "education": "training",
    "energy": "infrastructure",
    "industry": "manufacturing",
}


def oc4ids_tables(records: Records) -> tuple[TableMapping, ...]:
    """Projects of OC4IDS as rows of `projects`: the period is that of implementation, else of the project."""
    has = _Fields(records)
    region = has.any("locations/0/address/region", "locations/0/address/locality", "locations/0/address/countryName")
    columns = {
        "id": ColumnMapping(columns=("id",)),
        "name_en": ColumnMapping(columns=has.any("title", "description", "id")),
        "name_ar": ColumnMapping(columns=has.any("title", "description", "id")),
        "region": region_column(region),
    }
    if start := has.any("implementationPeriod/startDate", "period/startDate"):
        columns["start"] = ColumnMapping(columns=start, date=True)
    if end := has.any("implementationPeriod/endDate", "period/endDate", "completion/endDate"):
        columns["end"] = ColumnMapping(columns=end, date=True)
    if sector := has.any("sector"):
        columns["field"] = ColumnMapping(columns=sector, codes=_fields(records, sector[0]))
    return (region_table(region), TableMapping(table="projects", key=("id",), columns=columns))


def iati_tables(records: Records) -> tuple[TableMapping, ...]:
    """Activities of IATI 2.03 as rows of `projects`: actual dates before planned ones."""
    has = _Fields(records)
    titles = has.starting("title/narrative") or ("iati-identifier",)
    arabic = tuple(c for c in titles if c.endswith("[ar]"))
    english = tuple(c for c in titles if c not in arabic)
    region = has.any("location/administrative/@code", "location/name/narrative", "recipient-region/narrative",
                     "recipient-region/@code", "recipient-country/@code")  # fmt: skip
    columns = {
        "id": ColumnMapping(columns=("iati-identifier",)),
        "name_en": ColumnMapping(columns=(*english, *arabic)),
        "name_ar": ColumnMapping(columns=(*arabic, *english)),
        "region": region_column(region),
    }
    # 1 planned start, 2 actual start, 3 planned end, 4 actual end
    if start := has.any("activity-date[2]/@iso-date", "activity-date[1]/@iso-date"):
        columns["start"] = ColumnMapping(columns=start, date=True)
    if end := has.any("activity-date[4]/@iso-date", "activity-date[3]/@iso-date"):
        columns["end"] = ColumnMapping(columns=end, date=True)
    return (region_table(region), TableMapping(table="projects", key=("iati-identifier",), columns=columns))


class _Fields:
    """Which fields a source has."""

    def __init__(self, records: Records) -> None:
        self._columns = records.frame.columns

    def any(self, *names: str) -> tuple[str, ...]:
        """Those of `names` that are there, in their order."""
        return tuple(name for name in names if name in self._columns)

    def starting(self, name: str) -> tuple[str, ...]:
        """Fields whose path begins with `name`."""
        return tuple(column for column in self._columns if column.startswith(name))


def _fields(records: Records, column: str) -> dict[str, str]:
    """Sectors as the source writes them with the field of cooperation that their first word means."""
    texts = dict.fromkeys(records.frame[column].drop_nulls().to_list())
    return {text: _SECTORS[head] for text in texts if (head := text.split(";")[0].split(".")[0]) in _SECTORS}
