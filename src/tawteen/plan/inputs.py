"""Inputs of planning: diagnosis, works, offers, effects and prices of a case, computed once for all stages."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tawteen.appraise.prices import Prices, prices
from tawteen.case.derived import once_per_case
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.case.spans import by_quarter
from tawteen.diagnose import Diagnosis, diagnose
from tawteen.effects import Effects, effects
from tawteen.match import Match, match
from tawteen.match.sources import sources_by_period
from tawteen.plan.programme import Scenario
from tawteen.plan.scenario import apply
from tawteen.works import WorksNetwork, works_network


@dataclass(frozen=True)
class PlanInputs:
    """A case under one scenario with its diagnosis, works, offers, effects and prices.

    `case` is the case after `scenario` was applied, its ranged values at their means (`tawteen.case.ranges`); `prices`
    are those of the case's own view (economic or financial). All stages of planning read these; only the independent
    check (`plan/verify`) derives its own. `derived`: what functions of the inputs keep (`tawteen.case.derived`).
    """

    case: Case
    scenario: Scenario
    diagnosis: Diagnosis
    works: WorksNetwork
    match: Match
    effects: Effects
    prices: Prices
    derived: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "derived": {}}

    @property
    def periods(self) -> int:
        """Number of quarters of the horizon."""
        return self.case.calendar.periods

    @once_per_case
    def discount_factors(self) -> pl.DataFrame:
        """One row per quarter of the horizon: `period`, `discount` (to the start of period 0)."""
        periods = range(self.periods)
        return pl.DataFrame(
            {"period": list(periods), "discount": [self.prices.discount(period) for period in periods]},
            schema={"period": pl.Int64, "discount": pl.Float64},
        )

    @once_per_case
    def sources_by_period(self) -> pl.DataFrame:
        """Sources of pools, repeated for each `period` in which they supply, with the capacity of that quarter."""
        return sources_by_period(self.match.sources, self.periods)

    def by_period(self, table: str) -> pl.DataFrame:
        """Rows of a table with amounts per quarter, repeated for each `period`: see `tawteen.case.spans.by_quarter`."""
        return by_quarter(self.case, table)


def prepare(case: Case, scenario: Scenario = Scenario()) -> PlanInputs:  # noqa: B008
    """Inputs for planning `case` under `scenario`.

    Raises CaseError for a scenario that does not fit the case, and for work packages that wait for each other in a
    circle.
    """
    changed = expected_case(apply(case, scenario))
    diagnosis = diagnose(changed)
    works = works_network(changed, diagnosis)
    offers = match(changed, works)
    return PlanInputs(
        case=changed,
        scenario=scenario,
        diagnosis=diagnosis,
        works=works,
        match=offers,
        effects=effects(changed, diagnosis, works, offers),
        prices=prices(changed),
    )
