"""What a party sees of the registry, as far as a survey needs it: sites, lines, gates, what was observed, settings."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from hashlib import sha256

from django.db.models import Max

from tawteen.case.codes import codes
from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.record.cells import Place, Version
from tawteen.survey.form import SurveyForm
from tawteen.survey.form_folder import forms_of_case
from tawteen.web.log.models import RecordRow
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.registry.view_case import case_of_rows
from tawteen.web.survey.params import FORMS
from tawteen.web.visibility import PartyView, value_of

FORM_TABLES = ("commodities", "sites", "lines", "blockers")
"""Tables that forms and their lists are made from; what was observed is read for one site at a time."""
_NAMES = ("name_en", "name_ar")
"""Columns by which an observation may name its row, where it was written by hand."""
_Rows = dict[str, dict[str, list[Version]]]
_Key = tuple[tuple[str, ...], str]

_kept: OrderedDict[_Key, Case] = OrderedDict()
_lock = threading.Lock()


def survey_case(party: str) -> Case:
    """The case that the forms of a party are made from, kept until one of its cells changes; without what was observed.

    Rows that cannot be read are left out: a party may see a part of a row alone. Raises CaseError where the party sees
    no settings, or settings that cannot be read.
    """
    key = (_last_changes(), party)
    with _lock:
        if key in _kept:
            return _kept[key]
    party_view = PartyView(party)
    case = _read(party_view, {table: party_view.rows(table) for table in FORM_TABLES})
    with _lock:
        _kept[key] = case
        while len(_kept) > FORMS.cases_kept:
            _kept.popitem(last=False)
    return case


def forms_known(party: str) -> dict[str, SurveyForm]:
    """The forms of all kinds by id, whether the party sees sites of them or not; none where it sees no settings."""
    try:
        return forms_of_case(_read(PartyView(party), {}))
    except CaseError:
        return {}


class EarlierView(PartyView):
    """What a party would see if it had not made some entries: what these replaced stands again."""

    def __init__(self, party: str, without: Collection[int]) -> None:
        super().__init__(party)
        self.without = frozenset(without)

    def sees(self, place: Place, version: Version) -> bool:
        """Whether a version of a cell is seen."""
        return version.number not in self.without and super().sees(place, version)


def site_case(party_view: PartyView, site: str) -> Case | None:
    """The case of one site that a party sees, with its lines, gates and what was observed of them; None for another.

    Raises CaseError as `survey_case`.
    """
    sites = party_view.rows("sites", [site])
    if not sites:
        return None
    lines, blockers = (party_view.rows_naming(table, "site", site) for table in ("lines", "blockers"))
    goods = {str(value_of(cells, "commodity")) for cells in lines.values()}
    named = [str(value_of(cells, name)) for rows in (sites, lines) for cells in rows.values() for name in _NAMES]
    keys = [*sites, *lines, *blockers, *_gates(site), *named]
    observed = CellVersion.objects.filter(table="evidence", column="row", key_value__in=keys).values_list(
        "row", flat=True
    )
    evidence = party_view.rows("evidence", set(observed))
    stated = {str(value_of(cells, "source")) for cells in evidence.values()}
    return _read(party_view, {
        "commodities": party_view.rows("commodities", goods), "sites": sites, "lines": lines, "blockers": blockers,
        "evidence": evidence, "sources": party_view.rows("sources", stated),
    })  # fmt: skip


def _gates(site: str) -> list[str]:
    """Keys of all gates that a site can have."""
    return [f"{site}/{gate}" for gate in codes("gates")]


def _last_changes() -> tuple[str, ...]:
    """Hashes of the last entries that can have changed what forms are made from.

    Every entry of every record has another hash, for each holds a salt.
    """
    cells = CellVersion.objects.filter(table__in=[*FORM_TABLES, SETTING_TABLE]).aggregate(last=Max("number"))["last"]
    release = ReleaseRow.objects.aggregate(last=Max("number"))["last"]
    lines = RecordRow.objects.filter(number__in=[cells or 0, release or 0]).order_by("number")
    return tuple(sha256(bytes(row.line)).hexdigest() for row in lines)


def _read(party_view: PartyView, rows: Mapping[str, _Rows]) -> Case:
    """Settings and some tables as a case, in the order of the keys."""
    stated = party_view.rows(SETTING_TABLE)
    tables = {table: dict(sorted(rows_by_key.items())) for table, rows_by_key in rows.items()}
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
