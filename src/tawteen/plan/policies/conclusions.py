"""What one site shows of others: a decision about several of them, such as of a court, settles the gates of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import polars as pl

from tawteen.plan.tolerances import TOLERANCES

Outcome = Mapping[str, int]


class Conclusions:
    """What is certain of sites that have not been surveyed, from what others have shown.

    A site that is open shows that all decisions about it are open. A site that stays shut shows that a decision is shut
    where nothing else can keep it shut: no gate of its own is unknown, and all its other decisions are known to be
    open. Whatever else it may have, a site of a decision that is shut stays shut.
    """

    def __init__(self, findings: pl.DataFrame, decisions: pl.DataFrame) -> None:
        """`findings` and `decisions`: those of `PolicyInputs`."""
        self._decisions: dict[str, list[str]] = {}
        odds: dict[str, float] = {}
        for site, decision, chance in decisions.select("site", "decision", "chance").iter_rows():
            self._decisions.setdefault(site, []).append(decision)
            odds[decision] = 0.0 if chance is None else chance
        self._opens: dict[tuple[str, int], bool] = {}
        self._shut: dict[str, int] = {}
        chances: dict[str, float] = {}
        for site, finding, chance, opens in findings.select("site", "finding", "chance", "opens").iter_rows():
            self._opens[site, finding] = opens
            if opens:
                chances[site] = chances.get(site, 0.0) + chance
            else:
                self._shut[site] = finding
        self._by_decisions_alone = {
            site
            for site, names in self._decisions.items()
            if abs(chances.get(site, 0.0) - float(np.prod([odds[name] for name in names]))) <= TOLERANCES.integrality
        }
        self._concluded = lru_cache(maxsize=None)(self._shut_sites)

    def shut_sites(self, known: Outcome) -> Mapping[str, int]:
        """Finding of each site that is certain to stay shut, by what is known of others; sites in `known` aside."""
        if not self._decisions:
            return {}
        relevant = frozenset((site, finding) for site, finding in known.items() if site in self._decisions)
        return self._concluded(relevant)

    def _shut_sites(self, known: frozenset[tuple[str, int]]) -> Mapping[str, int]:
        decided_shut = set(self._decided_shut(known))
        surveyed = {site for site, _ in known}
        return {
            site: self._shut[site]
            for site, names in self._decisions.items()
            if site not in surveyed and site in self._shut and decided_shut & set(names)
        }

    def _decided_shut(self, known: frozenset[tuple[str, int]]) -> Iterator[str]:
        """Decisions that are certain to be shut."""
        decided_open = {name for site, finding in known if self._opens[site, finding] for name in self._decisions[site]}
        for site, finding in known:
            left = [name for name in self._decisions[site] if name not in decided_open]
            if not self._opens[site, finding] and site in self._by_decisions_alone and len(left) == 1:
                yield left[0]
