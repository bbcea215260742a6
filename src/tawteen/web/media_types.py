"""What a file is, by its first bytes: names and what a browser says of them count for nothing."""

from __future__ import annotations

from typing import IO

from tawteen.case.zip_file import DamagedZipError, opened_zip

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
PDF_MEDIA, UNKNOWN_MEDIA = "application/pdf", "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARTS = {
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
}
DOCUMENTS = {**{media: media.partition("/")[2] for media in PICTURES.values()}, "image/webp": "webp", PDF_MEDIA: "pdf",
             _PARTS["xl/workbook.xml"]: "xlsx", _PARTS["word/document.xml"]: "docx"}  # fmt: skip
"""Kinds of files that can be added to a row, with the ends of their names."""
SHOWN_TYPES = frozenset(media for media in DOCUMENTS if media.startswith("image/"))
"""Kinds of files that a page shows as a picture; all others are downloaded."""
_BEGINNING = 16
"""Bytes that tell all kinds apart."""


def media_type(file: IO[bytes]) -> str:
    """The kind of a file; `application/octet-stream` where it is none that is shown or taken as a document."""
    file.seek(0)
    start = file.read(_BEGINNING)
    for beginning, media in PICTURES.items():
        if start.startswith(beginning):
            return media
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start.startswith(b"%PDF-"):
        return PDF_MEDIA
    return _office_type(file) if start.startswith(b"PK") else UNKNOWN_MEDIA


def _office_type(file: IO[bytes]) -> str:
    """The kind of a document of Office, by the part that each has; nothing of it is unpacked."""
    file.seek(0)
    try:
        with opened_zip(file) as archive:
            names = set(archive.namelist())
    except (DamagedZipError, OSError):
        return UNKNOWN_MEDIA
    return next((media for part, media in _PARTS.items() if part in names), UNKNOWN_MEDIA)
