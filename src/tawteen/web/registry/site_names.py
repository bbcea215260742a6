"""Names of sites, as far as a party sees them."""

from __future__ import annotations

from collections.abc import Iterable

from tawteen.web.params import SERVER
from tawteen.web.registry.models import SiteRow
from tawteen.words import Words


def site_names(party: str, sites: Iterable[str], words: Words) -> dict[str, str]:
    """Names of those sites that a party sees, by their keys; empty ones are no keys."""
    keys = sorted({site for site in sites if site})
    names: dict[str, str] = {}
    for start in range(0, len(keys), SERVER.rows_written):
        rows = SiteRow.objects.filter(party=party, site__in=keys[start : start + SERVER.rows_written])
        names |= {
            row.site: words.pick((row.name_en, row.name_ar)) or row.name_en or row.name_ar or row.site for row in rows
        }
    return names
