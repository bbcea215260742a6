"""One reading of a record from its first entry to its last, with older copies beside it, in bounded memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from tawteen.case.findings import Finding
from tawteen.case.names import visible
from tawteen.case.size_limits import unreadable
from tawteen.progress import ProgressCallback, ProgressEvent
from tawteen.record.canonical import canonical_bytes
from tawteen.record.entry import RecordLine
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.limits import RECORD_LIMITS
from tawteen.record.record_file import ReadLine, record_lines
from tawteen.record.stated_keys import KEY_ACT, KeyHistory
from tawteen.record.tree import MerkleTree


@dataclass
class Copy:
    """An older copy that is read beside the record; `lines` is None once nothing more is to compare."""

    name: str
    lines: Generator[ReadLine] | None


@dataclass
class RecordPass:
    """What a reading finds.

    `roots` are those at the asked-for `sizes`, as far as the record has them. `differences` are numbers of the first
    entry that is not valid and of the first ones that differ from copies.
    """

    file: str
    sizes: Sequence[int]
    tree: MerkleTree = field(default_factory=MerkleTree)
    roots: dict[int, bytes] = field(default_factory=dict)
    keys: KeyHistory = field(default_factory=KeyHistory)
    withheld: int = 0
    differences: list[int] = field(default_factory=list)
    _faults: list[Finding] = field(default_factory=list)
    _faulty: int = 0
    _next_number: int = 1
    _last_time: str = ""
    _turned_back: list[int] = field(default_factory=list)

    def run(self, record: Path, copies: Sequence[Path], progress: ProgressCallback) -> None:
        """Reads the record and the copies. Raises RecordError where one of them cannot be read."""
        try:
            size = max(record.stat().st_size, 1)
        except OSError as error:
            raise RecordError([unreadable(record, error)]) from error
        waiting = sorted(self.sizes, reverse=True)
        if waiting and waiting[-1] == 0:
            self.roots[waiting.pop()] = self.tree.root()
        with ExitStack() as stack:
            compared = [Copy(path.name, stack.enter_context(closing(record_lines(path)))) for path in copies]
            for read in stack.enter_context(closing(record_lines(record))):
                if not self._take(read):
                    break
                if waiting and waiting[-1] == read.row:
                    self.roots[waiting.pop()] = self.tree.root()
                for copy in compared:
                    self._compare(copy, read)
                if read.row % RECORD_LIMITS.lines_per_event == 0:
                    progress(ProgressEvent("entries", min(read.end / size, 1.0)))
            for copy in compared:
                if copy.lines is not None and (longer := next(copy.lines, None)) is not None:
                    self._differ(copy, longer.row, "record.shorter_than_copy")

    def _take(self, read: ReadLine) -> bool:
        """Takes a line; whether the file can be read on."""
        if read.leaf is not None:
            self.tree.append(read.leaf)
        if read.finding is not None:
            self._fault(read.row, read.finding)
        if read.stated is None:
            self._next_number += 1
            return read.leaf is not None
        self._take_entry(read.row, read.stated)
        return True

    def _take_entry(self, row: int, stated: RecordLine) -> None:
        """The order of an entry, its time, and the key that it states."""
        if stated.number != self._next_number:
            fault = FaultError("record.order", "number", number=stated.number, expected=self._next_number)
            self._fault(row, fault.finding(self.file, row))
        self._next_number = stated.number + 1
        if stated.fields is None:
            self.withheld += 1
            return
        time = stated.fields["time"]
        if time < self._last_time:
            self._turned_back = self._turned_back or [row, 0]
            self._turned_back[1] += 1
        self._last_time = time
        if stated.fields["act"] == KEY_ACT:
            try:
                self.keys.add(stated)
            except FaultError as fault:
                self._fault(row, fault.finding(self.file, row))

    def _fault(self, row: int, finding: Finding) -> None:
        if not self._faulty:
            self.differences.append(row)
        self._faulty += 1
        if self._faulty <= RECORD_LIMITS.listed_faults:
            self._faults.append(finding)

    def _compare(self, copy: Copy, read: ReadLine) -> None:
        """Holds a line against that of a copy, until one differs or the copy ends."""
        if copy.lines is None:
            return
        other = next(copy.lines, None)
        if other is None:
            copy.lines = None
        elif other.leaf is None and other.finding is not None:
            self._faults.append(other.finding)
            copy.lines = None
        elif other.leaf != read.leaf:
            texts = {"here": description(read.stated), "there": description(other.stated)}
            self._differ(copy, read.row, "record.differs_from_copy", **texts)

    def _differ(self, copy: Copy, number: int, code: str, **texts: str) -> None:
        args = {"number": number, "copy": copy.name, **texts}
        self._faults.append(Finding("error", code, None, self.file, number, args=args))
        self.differences.append(number)
        copy.lines = None

    def findings(self) -> list[Finding]:
        """What is wrong with the entries, and a note where times go back."""
        findings = list(self._faults)
        if self._faulty > RECORD_LIMITS.listed_faults:
            args = {"count": self._faulty, "listed": RECORD_LIMITS.listed_faults}
            findings.append(Finding("error", "record.more_faults", file=self.file, args=args))
        if self._turned_back:
            row, count = self._turned_back
            findings.append(Finding("note", "record.clock", None, self.file, row, args={"count": count}))
        return findings


def description(stated: RecordLine | None) -> str:
    """An entry in one line for a message: act, subject, time, person, party and the beginning of its content."""
    if stated is None or stated.fields is None:
        return "–"
    fields = stated.fields
    content = visible(canonical_bytes(fields["content"]).decode())
    place, person = "/".join(fields["subject"]), f"{fields['person']} ({fields['party']})"
    return " · ".join((f"{fields['act']} {place}", fields["time"], person, content))
