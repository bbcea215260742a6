"""Which site of the case a submission is about, also where the site was renamed since or was not in the list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.names import closest_key, fold
from tawteen.case.row_names import rows_called


@dataclass(frozen=True)
class StatedSite:
    """What a submission says of its site: the id that was chosen with the names that the list had, or a typed name."""

    id: str = ""
    names: tuple[str, ...] = ()
    typed: str = ""
    place: str = ""


@dataclass(frozen=True)
class SiteFinder:
    """Sites of a case. `renamed`: earlier ids of sites, with the id that each has now.

    `assigned`: the site that a person says is meant, whatever is stated.
    """

    case: Case
    renamed: Mapping[str, str] = field(default_factory=dict)
    assigned: str | None = None

    def find(self, stated: StatedSite, file: str) -> tuple[str | None, list[Finding]]:
        """The id of the site, None where there is none or more than one, and what is to be known about it."""
        if self.assigned is not None:
            return self.assigned, []
        if stated.typed:
            return self._typed(stated, file)
        if not stated.id:
            return None, [Finding("error", "survey.no_site", file=file, column="site")]
        if stated.id in self._ids():
            return stated.id, self._other_names(stated, file)
        moved = self.renamed.get(stated.id)
        ids = [moved] if moved in self._ids() else self._called(stated.names)
        if len(ids) == 1 and ids[0] is not None:
            args = {"now": ids[0]}
            return ids[0], [Finding("warning", "survey.site_moved", None, file, None, "site", stated.id, args)]
        args = {"names": " · ".join(stated.names) or "–", "guess": self._guess(stated.id, *stated.names)}
        return None, [Finding("error", "survey.site_unknown", None, file, None, "site", stated.id, args)]

    def _typed(self, stated: StatedSite, file: str) -> tuple[str | None, list[Finding]]:
        """The site of the name that a surveyor typed, who did not find it in the list."""
        ids = self._called((stated.typed,))
        if len(ids) == 1:
            args = {"now": ids[0]}
            return ids[0], [Finding("note", "survey.site_by_name", None, file, None, "site_name", stated.typed, args)]
        args = {"place": stated.place or "–", "guess": self._guess(stated.typed)}
        return None, [Finding("error", "survey.site_unlisted", None, file, None, "site_name", stated.typed, args)]

    def _other_names(self, stated: StatedSite, file: str) -> list[Finding]:
        """A finding where the site had another name in the list of the telephone."""
        row = self.case["sites"].filter(pl.col("id") == stated.id).select("name_en", "name_ar").row(0)
        current = {fold(name) for name in row if name}
        if not stated.names or current & {fold(name) for name in stated.names}:
            return []
        args = {"before": " · ".join(stated.names), "now": " · ".join(dict.fromkeys(row))}
        return [Finding("warning", "survey.site_renamed", None, file, None, "site", stated.id, args)]

    def _ids(self) -> Collection[str]:
        return set(self.case["sites"]["id"])

    def _called(self, names: Collection[str]) -> list[str]:
        return sorted({site for name in names for site in rows_called(self.case, "sites", name)})

    def _guess(self, *texts: str) -> str:
        """The site that the texts are most like, as id and name; a dash where none is near."""
        rows = self.case["sites"].select("id", "name_en", "name_ar").iter_rows()
        spellings = {site: (english, arabic) for site, english, arabic in rows}
        near = next((one for text in texts if text and (one := closest_key(text, spellings))), None)
        return "–" if near is None else f"{' · '.join(spellings[near])} ({near})"
