"""Sites by what people call them: the id, or the name in either language, however it is spelt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tawteen.case.names import closest_few
from tawteen.case.params import MESSAGE
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case


@dataclass(frozen=True)
class SiteListParams:
    """How messages list sites."""

    named: int = 20
    """Sites that a message names; of more only the first, with a mark."""


SITE_LISTS = SiteListParams()


def site_id(case: Case, text: str) -> str:
    """The id of the site that `text` names. Raises UsageError where none or several have that name."""
    from tawteen.case.row_names import rows_called

    same = rows_called(case, "sites", text)
    if len(same) == 1:
        return same[0]
    if same:
        raise UsageError("cli.many_sites", site=text, known=", ".join(same))
    sites = case["sites"].select("id", "name_en", "name_ar")
    called: dict[str, list[str]] = {row[0]: [name for name in row if name] for row in sites.iter_rows()}
    owners = {name: site for site, names in called.items() for name in names}
    near = dict.fromkeys(owners[name] for name in closest_few(text, owners, len(owners)))
    if near:
        names = {site: english if text.isascii() else arabic for site, english, arabic in sites.iter_rows()}
        guesses = [f"{site} ({names[site]})" if names[site] else site for site in list(near)[: MESSAGE.guesses]]
        raise UsageError("cli.no_site_like", site=text, guess=", ".join(guesses))
    raise UsageError("cli.no_site", site=text, known=listed(called))


def listed(names: Iterable[str]) -> str:
    """The first names in order, with a mark where there are more."""
    known = sorted(set(names))
    return ", ".join(known if len(known) <= SITE_LISTS.named else [*known[: SITE_LISTS.named], "…"])
