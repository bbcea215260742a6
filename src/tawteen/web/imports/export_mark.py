"""What an exported file says of itself: from which record, for which party, up to which entry that the party saw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from django.db.models import Max

from tawteen.case.settings_file import TOML
from tawteen.case.zip_file import DamagedZipError, opened_zip
from tawteen.record.errors import FaultError
from tawteen.record.keys import VerifierKey
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.log.models import HolderKey
from tawteen.web.params import SECRETS, SERVER, UPLOAD
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.registry.version_tokens import number_of_token, version_token
from tawteen.web.visibility import PartyView

MARK_PROPERTY = "tawteen-export"
"""Name of the property of a workbook, and beginning of the comment in `case.toml`, that hold the mark."""
_MARK = re.compile(rf"{MARK_PROPERTY}: (\S+) (\S+) ([0-9a-f]{{{2 * SECRETS.version}}})\b")
_WORKBOOK_PROPERTIES = "docProps/custom.xml"
_PROPERTY_TEXT = re.compile(r"<vt:lpwstr>([^<]*)</vt:lpwstr>")


@dataclass(frozen=True)
class ExportMark:
    """A record by the name of its key, a party, and the token of the last entry that it saw in the file.

    The token does not tell how many entries others wrote before that one.
    """

    record: str
    party: str
    entry: str

    def __str__(self) -> str:
        """The mark as it stands in a file."""
        return f"{MARK_PROPERTY}: {self.record} {self.party} {self.entry}"


def mark_of_now(party: str) -> ExportMark:
    """The mark of a file of what a party sees; made before it is read, so that no entry between counts as seen."""
    return ExportMark(record_name(), party, version_token(last_seen(party)))


def record_name() -> str:
    """The name of the key of the workspace; empty where none is stated yet."""
    stated = HolderKey.objects.filter(holder=WORKSPACE).order_by("-number").first()
    try:
        return "" if stated is None else VerifierKey.parse(stated.verifier).name
    except FaultError:
        return ""


def last_seen(party: str) -> int:
    """The number of the last entry that changed what a party sees; 0 for none."""
    own = CellVersion.objects.filter(party=party).aggregate(last=Max("number"))["last"] or 0
    released = [row.number for row in ReleaseRow.objects.exclude(party=party) if party in row.receivers]
    last = max([own, *released])
    later = PartyView(party).newest(CellVersion.objects.exclude(party=party).filter(number__gt=last))
    return next((version.number for _, version in later), last)


def _marked_numbers(party: str) -> Iterator[int]:
    """Numbers that a mark of a party can stand for, the newest first: of cells, and of releases to it; 0 for none."""
    cells = CellVersion.objects.order_by("-number").values_list("number", flat=True).distinct()
    releases = ReleaseRow.objects.exclude(party=party).order_by("-number").values_list("number", flat=True)
    yield from merge(cells.iterator(SERVER.rows_read), releases.iterator(SERVER.rows_read), reverse=True)
    yield 0


def exported_number(path: Path, party: str) -> int | None:
    """The entry up to which a party saw the record in a file; None where the file has no mark of it."""
    try:
        text = _marked_text(path)
    except (DamagedZipError, OSError, KeyError):
        return None
    found_mark = _MARK.search(text)
    if found_mark is None or (found_mark[1], found_mark[2]) != (record_name(), party):
        return None
    return number_of_token(found_mark[3], _marked_numbers(party))


def _marked_text(path: Path) -> str:
    """The beginning of `case.toml`, or the texts among the properties of a workbook."""
    if path.is_dir():
        with (path / TOML).open("rb") as file:
            return file.read(UPLOAD.mark_bytes).decode("utf-8", errors="replace")
    with opened_zip(path) as book, book.open(_WORKBOOK_PROPERTIES) as part:
        return " ".join(_PROPERTY_TEXT.findall(part.read(UPLOAD.mark_bytes).decode("utf-8", errors="replace")))
