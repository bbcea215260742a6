"""The record as a file: one entry in a line, canonical JSON, each line ended by a line feed."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tawteen.case.atomic_write import replacing
from tawteen.case.findings import Finding
from tawteen.case.size_limits import unreadable
from tawteen.record.entry import Entry, RecordLine, read_line
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.limits import RECORD_LIMITS
from tawteen.record.text_file import BYTE_ORDER_MARK
from tawteen.record.tree import leaf_hash


class ReadLine(NamedTuple):
    """A line of a record: its number in the file, what it states, its leaf hash, and what is wrong with it.

    `stated` is None where the line is no entry. `leaf` is then the hash of its bytes, or None where the file cannot be
    read on.
    """

    row: int
    stated: RecordLine | None
    leaf: bytes | None
    finding: Finding | None
    end: int
    """Bytes of the file up to the end of the line."""


def record_lines(path: Path) -> Generator[ReadLine]:
    """The lines of a record, one by one, in memory of one line.

    A line that is no entry comes with its finding. The first one that is too long, has no end or the end of a line of
    another system is the last one. Raises RecordError where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            row = end = 0
            while line := file.readline(RECORD_LIMITS.line_bytes + 1):
                row, end = row + 1, end + len(line)
                if fault := _end_fault(line, row):
                    yield ReadLine(row, None, None, fault.finding(path.name, row), end)
                    return
                yield _read(path.name, row, line[:-1], end)
    except OSError as error:
        raise RecordError([unreadable(path, error)]) from error


def _read(file: str, row: int, line: bytes, end: int) -> ReadLine:
    try:
        stated = read_line(line)
    except FaultError as fault:
        return ReadLine(row, None, leaf_hash(line), fault.finding(file, row), end)
    return ReadLine(row, stated, stated.leaf, None, end)


def _end_fault(line: bytes, row: int) -> FaultError | None:
    """What is wrong with how a line begins and ends, so that what follows it cannot be read."""
    if row == 1 and line.startswith(BYTE_ORDER_MARK):
        return FaultError("record.resaved")
    if line.endswith(b"\r\n"):
        return FaultError("record.resaved")
    if line.endswith(b"\n"):
        return None
    if len(line) > RECORD_LIMITS.line_bytes:
        return FaultError("record.line_long", most=f"{RECORD_LIMITS.line_bytes / 1e6:g}")
    return FaultError("record.cut")


def read_entries(path: Path) -> Iterator[RecordLine]:
    """The lines of a record whose numbers ascend from 1. Raises RecordError at the first one that is no entry."""
    for read in record_lines(path):
        if read.finding is not None or read.stated is None:
            raise RecordError([] if read.finding is None else [read.finding])
        if read.stated.number != read.row:
            fault = FaultError("record.order", "number", number=read.stated.number, expected=read.row)
            raise RecordError([fault.finding(path.name, read.row)])
        yield read.stated


def write_record(path: Path, lines: Iterable[Entry | bytes]) -> None:
    """Writes entries, or lines that state them, to a file, whole or not at all.

    Raises FaultError where an entry is not valid and OSError where the file cannot be written.
    """
    with replacing(path) as beside, beside.open("wb") as file:
        for line in lines:
            file.write((line.line() if isinstance(line, Entry) else line) + b"\n")
