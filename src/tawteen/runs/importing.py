"""Somebody else's table becomes a case in a folder, which holds the old case or the new one at every moment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tawteen.case.mapping import Import, import_case
from tawteen.runs.delivery import claim


def import_into(
    source: Path, folder: Path, *, mapping: Path | None = None, form: Path | None = None, today: dt.date
) -> Import:  # fmt: skip
    """Imports `source` as `case.mapping.import_case` does and writes the case into `folder`.

    Files of the user in the folder stay. Raises CaseError, OSError, and UsageError where the folder cannot take the
    case, such as while another run writes to it.
    """
    with claim(folder, (), foreign=True) as claimed:
        done = import_case(source, folder, mapping=mapping, form=form, today=today)
        with claimed.staged(listed=False, replaced=done.replaced) as staged:
            done.write(staged)
    return done
