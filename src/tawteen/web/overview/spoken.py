"""What is known, in one line that a person would say aloud."""

from __future__ import annotations

from tawteen.web.registry.models import SiteRow
from tawteen.words import Words


def registry_in_one_line(party: str, words: Words) -> str:
    """How many sites a party sees, and how many of them stand still."""
    rows = SiteRow.objects.filter(party=party)
    suspended = words.say("web.overview.suspended", n=rows.filter(state="suspended").count())
    return words.say("web.overview.spoken", {"suspended": suspended}, rows.count())
