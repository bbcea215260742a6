"""What a party sees of the registry, as far as a survey needs it: sites, lines, gates, what was observed, settings."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256

from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.record.cells import Version
from tawteen.web.log.models import RecordRow
from tawteen.web.registry.import_case import SETTING_TABLE
from tawteen.web.registry.view_case import case_of_rows
from tawteen.web.survey.params import FORMS
from tawteen.web.visibility import PartyView

SURVEY_TABLES = ("commodities", "sites", "lines", "blockers", "evidence", "sources")
_Rows = dict[str, dict[str, list[Version]]]
_Key = tuple[str, str]

_kept: OrderedDict[_Key, Case] = OrderedDict()
_lock = threading.Lock()


def survey_case(party: str) -> Case:
    """The case of a survey of a party, kept until the record grows.

    Rows that cannot be read are left out: a party may see a part of a row alone. Raises CaseError where the party sees
    no settings, or settings that cannot be read.
    """
    key = (_end_of_record(), party)
    with _lock:
        if key in _kept:
            return _kept[key]
    case = _read(PartyView(party))
    with _lock:
        _kept[key] = case
        while len(_kept) > FORMS.cases_kept:
            _kept.popitem(last=False)
    return case


def _end_of_record() -> str:
    """A hash that every entry of every record changes: each holds a salt."""
    last = RecordRow.objects.order_by("-number").first()
    return "" if last is None else sha256(bytes(last.line)).hexdigest()


def _read(party_view: PartyView) -> Case:
    stated = party_view.rows(SETTING_TABLE)
    tables = {table: dict(sorted(party_view.rows(table).items())) for table in SURVEY_TABLES}
    while True:
        try:
            return case_of_rows(stated, tables)
        except CaseError as error:
            if not _without_broken_rows(tables, error):
                raise


def _without_broken_rows(tables: Mapping[str, _Rows], error: CaseError) -> bool:
    """Takes out the rows that an error names; whether there was one."""
    broken = {(one.table, one.row) for one in error.findings if one.severity == "error" and one.table in tables}
    keys = [(table, list(tables[table])[row - 1]) for table, row in broken if table and row]
    for table, key in keys:
        del tables[table][key]
    return bool(keys)
