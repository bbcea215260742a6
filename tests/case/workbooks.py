"""Workbooks for tests: the parts of one are changed as text, as other programs would have written them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tawteen.case.workbook_file import open_workbook


def patched(path: Path, changes: Mapping[str, Callable[[bytes], bytes]]) -> None:
    """Rewrites the workbook; `changes` map a sheet's name, or the name of a part, to what is made of its bytes."""
    data = path.read_bytes()
    xml = {sheet.xml: sheet.name for sheet in open_workbook(data).sheets}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            change = changes.get(name) or changes.get(xml.get(part, ""))
            new.writestr(name, change(part) if change else part)
    path.write_bytes(out.getvalue())


def calculated(path: Path) -> None:
    """The workbook as after a spreadsheet program calculated it: results of formulas are stored."""
    patched(path, {"xl/workbook.xml": lambda part: part.replace(b'fullCalcOnLoad="1"', b"")})
