"""Addresses of rows and cells."""

from __future__ import annotations

from django.urls import reverse

from tawteen.record.cells import Place
from tawteen.web.registry.site_rows import SITE_TABLE


def row_address(table: str, row: str) -> str:
    """The page of a row; of a site that of the site."""
    return reverse("site", args=[row]) if table == SITE_TABLE else reverse("row", args=[table, row])


def settle_address(place: Place) -> str:
    """The page on which a conflict about a cell is settled."""
    return reverse("settle", args=[place.table, place.column, place.row])
