"""Small text files that people send each other: checkpoints and keys."""

from __future__ import annotations

from pathlib import Path

from tawteen.case.findings import CaseError
from tawteen.case.size_limits import read_within, unreadable
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.limits import RECORD_LIMITS

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_note_file(path: Path) -> str:
    """The text of a checkpoint or key.

    Raises RecordError where the file is missing, too long, no UTF-8, or was saved by an editor that changed its ends of
    line or put a byte-order mark before it.
    """
    try:
        content = read_within(path, RECORD_LIMITS.note_bytes)
    except OSError as error:
        raise RecordError([unreadable(path, error)]) from error
    except CaseError as error:
        raise RecordError(error.findings) from error
    try:
        if content.startswith(BYTE_ORDER_MARK) or b"\r" in content:
            raise FaultError("record.resaved")
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError([FaultError("record.not_utf8", byte=error.start + 1).finding(path.name)]) from error
    except FaultError as fault:
        raise RecordError([fault.finding(path.name)]) from fault
