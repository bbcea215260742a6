"""A folder of collected submissions, as telephones keep them and servers export them, becomes posts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from tawteen.case.findings import CaseError, Finding
from tawteen.case.size_limits import unreadable
from tawteen.survey.params import SURVEY
from tawteen.survey.posts import Post

_MEDIA = ("", "media", "attachments")
"""Folders beside the XML of a submission in which its photos are looked for."""


def collected_posts(folder: Path) -> tuple[list[Post], list[Finding]]:
    """A post for each XML file in the folder and those below, and a finding for each file that cannot be read.

    Photos are the files that the XML names and that stand beside it. Files are named by their path in the folder.
    Links are not followed, hidden files and folders left out. Raises CaseError for a folder with too many files.
    """
    posts, findings = [], []
    for path in _xml_files(folder):
        try:
            content = _beginning(path)
            attachments = _photos(path.parent, content)
        except OSError as error:
            findings.append(unreadable(path, error))
            continue
        posts.append(Post(path.relative_to(folder).as_posix(), content, attachments))
    return posts, findings


def _xml_files(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        count += len(files)
        if count > SURVEY.files:
            args = {"most": SURVEY.files}
            raise CaseError([Finding("error", "survey.many_files", file=folder.name, args=args)])
        for name in sorted(files):
            path = Path(place) / name
            if path.suffix.lower() == ".xml" and not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _beginning(path: Path) -> bytes:
    """The content of a file; of one that is too long to be a submission only so much that it is refused."""
    with path.open("rb") as stream:
        return stream.read(SURVEY.instance_bytes + 1)


def _photos(folder: Path, content: bytes) -> dict[str, str]:
    """Hashes of the files beside a submission that its XML names."""
    if len(content) > SURVEY.instance_bytes:
        return {}
    photos = {}
    for place in _MEDIA:
        beside = folder / place
        for path in sorted(beside.iterdir()) if beside.is_dir() and not beside.is_symlink() else ():
            named = path.suffix.lower() != ".xml" and path.name.encode() in content
            if named and path.is_file() and not path.is_symlink():
                with path.open("rb") as stream:
                    photos[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return photos
