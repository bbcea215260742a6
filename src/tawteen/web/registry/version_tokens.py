"""Versions of cells as forms send them back: by tokens, which do not tell how many entries others wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.crypto import salted_hmac

from tawteen.record.cells import Version
from tawteen.web.params import SECRETS

UNKNOWN_VERSION = 0
"""The number that a token of no version stands for; entries count from 1."""


def version_token(number: int) -> str:
    """The token of the version that an entry states."""
    return salted_hmac("version", str(number)).digest()[: SECRETS.version].hex()


def tokens_of(numbers: Iterable[int]) -> str:
    """The tokens of several versions, as a form sends them back."""
    return " ".join(map(version_token, numbers))


def seen_versions(sent: str, history: Sequence[Version]) -> tuple[int, ...]:
    """The numbers of those versions of a history that a form was shown with; UNKNOWN_VERSION for a strange token."""
    known = {version_token(version.number): version.number for version in history} if sent else {}
    return tuple(sorted({known.get(token, UNKNOWN_VERSION) for token in sent.split()}))
