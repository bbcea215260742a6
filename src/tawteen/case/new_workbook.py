"""A workbook that appears whole or not at all.

It stands apart from `atomic_write` because most of what is written is no workbook, and loading XlsxWriter takes time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from tawteen.case.atomic_write import folder_beside, replacing


@contextmanager
def new_workbook(path: Path, **options: Any) -> Iterator[Any]:
    """An XlsxWriter workbook whose texts stay texts; `path` appears whole when it is closed, or not at all.

    `options` are those of `xlsxwriter.Workbook`. Raises OSError where it cannot be written, such as on a full disk.
    """
    path = Path(path)
    kept = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, **options}
    # Through memory: a ZIP file that met a full disk complains once more whenever Python takes it down.
    content = BytesIO()
    # XlsxWriter removes its parts only when all went well: they stand where what a killed run left is removed.
    with folder_beside(path) as parts:
        try:
            with xlsxwriter.Workbook(content, {**kept, "tmpdir": str(parts)}) as book:
                yield book
        except FileCreateError as error:
            # XlsxWriter wraps what the system said in an exception of its own.
            cause = error.args[0] if error.args else None
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
    with replacing(path) as beside:
        beside.write_bytes(content.getbuffer())
