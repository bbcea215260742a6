"""Numbers that tune the survey of the workspace: secrets of telephones, and how much they may send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PhoneParams:
    """How telephones sign in."""

    name_bytes: int = 5
    """Random bytes of the name with which a telephone signs in: 8 letters. It is in ASCII, for ODK Collect sends
    names in Latin-1."""
    code_bytes: int = 20
    """Random bytes of its password, 32 letters: nobody guesses one, and a plain hash of it tells nothing."""
    used_step: int = 600
    """Seconds after which the last use of a telephone is noted anew: a request that reads does not write."""
    most: int = 20
    """Telephones that one person may have signed in."""


@dataclass(frozen=True)
class PostParams:
    """How much a telephone may send."""

    bytes: int = 10_000_000
    """Bytes of one post; a telephone spreads a submission with more photos over several posts. Larger posts lose more
    where a line breaks."""
    sites_offered: int = 20
    """Sites among which a person chooses the one that a submission means."""
    form_overhead: int = 200_000
    """Bytes by which a post may be larger: telephones count their files, not what stands between them."""


@dataclass(frozen=True)
class FormParams:
    """How forms are kept ready."""

    cases_kept: int = 4
    """Cases of parties that are kept in memory until a cell of theirs changes."""


@dataclass(frozen=True)
class FileParams:
    """Photos and documents on pages."""

    document_bytes: int = 20_000_000
    """Bytes of a document that is added to a row."""
    caption_characters: int = 500
    """Characters of what is written below a document."""
    large: int = 1_600
    """Longer side in pixels of a picture that is opened; telephones send no larger ones."""
    small: int = 320
    """Longer side in pixels of a picture in a list: some 15 kB."""
    most_pixels: int = 60_000_000
    """Pixels of a picture that is read: a small file can claim to hold so many that memory ends."""
    quality: int = 80
    """Quality of JPEG, from 1 to 95."""
    listed: int = 60
    """Files that the page of a site lists, the newest first."""


PHONES = PhoneParams()
POSTS = PostParams()
FORMS = FormParams()
FILES = FileParams()
