"""Addresses of rows and cells."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from tawteen.record.cells import Place
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.registry.site_rows import SITE_TABLE


def row_address(table: str, row: str) -> str:
    """The page of a row: of a site that of the site, of a setting that of all settings."""
    if table == SETTING_TABLE:
        return reverse("settings")
    return reverse("site", args=[row]) if table == SITE_TABLE else reverse("row", args=[table, row])


def settle_address(place: Place) -> str:
    """The page on which a conflict about a cell is settled."""
    if place.table == SETTING_TABLE:
        return f"{reverse('edit_setting')}?{urlencode({'key': place.row})}"
    return reverse("settle", args=[place.table, place.column, place.row])
