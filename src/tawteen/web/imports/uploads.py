"""Files that a browser sends: a workbook, or those of a folder, checked by name and size and kept for a moment."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
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
from tawteen.case.zip_file import DamagedZipError, opened_zip
from tawteen.web.params import UPLOAD

_WORKBOOK, _ZIP = ".xlsx", ".zip"
_FOLDER_FILES = frozenset((TOML, "outline.geojson", *(f"{table}.csv" for table in TABLES)))


@contextmanager
def uploaded_case(files: Sequence[UploadedFile[Any]], *, whole: bool = True) -> Iterator[tuple[Path, str]]:
    """The path of a case that was sent, for as long as it is read, and what it is called.

    The files of a folder may come in a ZIP file. With `whole` a folder has to have the file of settings. Raises
    CaseError where there is no file, too much, several workbooks, or a file that belongs to no case.
    """
    names = [Path(str(file.name)).name for file in files]
    if not files:
        raise CaseError([Finding("error", "web.no_files")])
    if sum(file.size or 0 for file in files) > UPLOAD.most_bytes:
        raise CaseError([Finding("error", "web.upload_large", args={"most": UPLOAD.most_bytes // 1_000_000})])
    is_workbook = len(files) == 1 and names[0].lower().endswith(_WORKBOOK)
    is_zip = len(files) == 1 and names[0].lower().endswith(_ZIP)
    if not is_workbook and not is_zip:
        _check_names(names, whole=whole)
    with folder_beside(settings.DATA_FOLDER.path / "upload") as folder:
        if is_zip:
            _unpack(files[0], names[0], folder, whole=whole)
            yield folder, names[0]
            return
        for name, file in zip(names, files, strict=True):
            with (folder / (_safe_name(name) if is_workbook else name)).open("wb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
        yield (
            (folder / _safe_name(names[0]), names[0]) if is_workbook else (folder, TOML if TOML in names else names[0])
        )


def _safe_name(name: str) -> str:
    """What a workbook is called here, and in what is said about it: of its sender's name letters and digits alone."""
    return re.sub(r"[^\w .-]", "_", Path(name).stem)[: UPLOAD.name_characters] + _WORKBOOK


def _check_names(names: Sequence[str], *, whole: bool) -> None:
    """Raises CaseError for names that no file of a case has, those that come twice, and a case without settings."""
    strange = [name for name in names if name not in _FOLDER_FILES]
    findings = [Finding("error", "web.strange_file", file=name, args={"name": name}) for name in strange]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    findings += [Finding("error", "web.file_twice", file=name, args={"name": name}) for name in repeated]
    if whole and TOML not in names:
        findings.append(Finding("error", "web.no_settings_file", args={"name": TOML}))
    if findings:
        raise CaseError(findings)


def _unpack(file: UploadedFile[Any], name: str, folder: Path, *, whole: bool) -> None:
    """Writes the files of a ZIP file into a folder, by their last names alone and within the limit.

    Raises CaseError where it is damaged, unpacks to too much, or holds a file that belongs to no case.
    """
    try:
        with opened_zip(file) as archive:
            parts = [(Path(part.filename).name, part) for part in archive.infolist() if not part.is_dir()]
            _check_names([own_name for own_name, _ in parts], whole=whole)
            if sum(part.file_size for _, part in parts) > UPLOAD.unpacked_bytes:
                args = {"name": name, "most": UPLOAD.unpacked_bytes // 1_000_000}
                raise CaseError([Finding("error", "web.zip_unpacks", file=name, args=args)])
            for own_name, part in parts:
                with archive.open(part) as source, (folder / own_name).open("wb") as target:
                    # A part gives no more bytes than it declares: its checksum would not fit.
                    shutil.copyfileobj(source, target)
    except DamagedZipError as error:
        raise CaseError([Finding("error", "web.zip_broken", file=name, args={"name": name})]) from error


def hash_of(path: Path) -> str:
    """SHA-256 of a file; of a folder that of the names and hashes of its files, in the order of names."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digest = hashlib.sha256()
    for file_path in sorted(one for one in path.iterdir() if one.is_file()):
        digest.update(f"{hash_of(file_path)}  {file_path.name}\n".encode())
    return digest.hexdigest()
