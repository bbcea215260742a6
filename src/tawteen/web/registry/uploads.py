"""Files that a browser sends: a workbook, or those of a folder, checked by name and size and kept for a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tawteen.case.atomic_write import folder_beside
from tawteen.case.findings import CaseError, Finding
from tawteen.case.settings_file import TOML
from tawteen.case.tables import TABLES
from tawteen.web.params import UPLOAD

_WORKBOOK, _FOLDER_FILES = ".xlsx", frozenset((TOML, "outline.geojson", *(f"{table}.csv" for table in TABLES)))


@contextmanager
def uploaded_case(files: Sequence[UploadedFile[Any]], *, whole: bool = True) -> Iterator[tuple[Path, str]]:
    """The path of a case that was sent, for as long as it is read, and what it is called.

    With `whole` a folder has to have the file of settings. Raises CaseError
    where there is no file, too much, several workbooks, or a file that belongs to no case.
    """
    names = [Path(str(file.name)).name for file in files]
    if not files:
        raise CaseError([Finding("error", "web.no_files")])
    if sum(file.size or 0 for file in files) > UPLOAD.most_bytes:
        raise CaseError([Finding("error", "web.upload_large", args={"most": UPLOAD.most_bytes // 1_000_000})])
    is_workbook = len(files) == 1 and names[0].lower().endswith(_WORKBOOK)
    if not is_workbook:
        strange = [name for name in names if name not in _FOLDER_FILES]
        findings = [Finding("error", "web.strange_file", file=name, args={"name": name}) for name in strange]
        if whole and TOML not in names:
            findings.append(Finding("error", "web.no_settings_file", args={"name": TOML}))
        if findings:
            raise CaseError(findings)
    with folder_beside(settings.DATA_FOLDER.path / "upload") as folder:
        for name, file in zip(names, files, strict=True):
            # The name of a workbook is its sender's: here it has one of ours.
            with (folder / ("case.xlsx" if is_workbook else name)).open("wb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
        yield (folder / "case.xlsx", names[0]) if is_workbook else (folder, TOML if TOML in names else names[0])


def hash_of(path: Path) -> str:
    """SHA-256 of a file; of a folder that of the names and hashes of its files, in the order of names."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digest = hashlib.sha256()
    for file_path in sorted(one for one in path.iterdir() if one.is_file()):
        digest.update(f"{hash_of(file_path)}  {file_path.name}\n".encode())
    return digest.hexdigest()
