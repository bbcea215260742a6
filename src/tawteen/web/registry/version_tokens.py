"""Entries and versions of cells by tokens, in forms and addresses: they do not tell how many entries others wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from tawteen.record.cells import Version
from tawteen.web.params import SECRETS

Row = TypeVar("Row", bound=Model)
UNKNOWN_VERSION = 0
"""The number that a token of no version stands for; entries count from 1."""


def version_token(number: int) -> str:
    """The token of an entry, and of the versions that it states."""
    return salted_hmac("version", str(number)).digest()[: SECRETS.version].hex()


def number_of_token(token: str, numbers: Iterable[int]) -> int | None:
    """Which of some numbers of entries a token stands for; None for none of them."""
    return next((number for number in numbers if version_token(number) == token), None)


def row_of_token(token: str, rows: QuerySet[Row]) -> Row | None:
    """Which of some rows, whose `number` is that of an entry, a token stands for; None for none of them."""
    number = number_of_token(token, rows.values_list("number", flat=True))
    return None if number is None else rows.get(number=number)


def tokens_of(numbers: Iterable[int]) -> str:
    """The tokens of several versions, as a form sends them back."""
    return " ".join(map(version_token, numbers))


def seen_versions(sent: str, history: Sequence[Version]) -> tuple[int, ...]:
    """The numbers of those versions of a history that a form was shown with; UNKNOWN_VERSION for a strange token."""
    known = {version_token(version.number): version.number for version in history} if sent else {}
    return tuple(sorted({known.get(token, UNKNOWN_VERSION) for token in sent.split()}))
