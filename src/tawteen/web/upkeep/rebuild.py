"""Tables that follow from the record, made again from it."""

from __future__ import annotations

from pathlib import Path

from tawteen.case.findings import CaseError
from tawteen.web.server import open_workspace


def rebuild(folder: str | Path) -> int:
    """Makes all tables that follow from the record of a workspace again; returns the number of entries.

    The workspace may be served meanwhile: readers see the tables as they were until the end, and who writes waits for
    it, at most `SERVER.lock_wait` seconds. Raises UsageError where the folder holds no workspace, CaseError where a
    line of the record is no entry.
    """
    open_workspace(Path(folder))
    from django.db import connection

    from tawteen.record.errors import FaultError
    from tawteen.web.log.append import locked_log
    from tawteen.web.log.derived import rebuild as rebuild_tables

    try:
        with locked_log():
            return rebuild_tables()
    except FaultError as fault:
        raise CaseError([fault.finding()]) from fault
    finally:
        connection.close()
