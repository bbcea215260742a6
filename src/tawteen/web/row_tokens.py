"""Rows of the database in addresses: by tokens, which do not tell how many rows there are of others."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from tawteen.web.params import SECRETS

Row = TypeVar("Row", bound=Model)


def row_token(row: Model) -> str:
    """The token of a row of a table that counts its rows."""
    return salted_hmac(row._meta.label, str(row.pk)).digest()[: SECRETS.version].hex()


def row_named(token: str, rows: QuerySet[Row]) -> Row | None:
    """Which of some rows a token names; None for none of them."""
    return next((row for row in rows if row_token(row) == token), None)
