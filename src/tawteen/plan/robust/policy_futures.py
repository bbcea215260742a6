"""A policy beside the single path in the same futures: what surveys find, prices, delays and outages, all drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from tawteen.case.gates import with_effects
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.plan.policies.findings import plant_cells, plant_values
from tawteen.plan.policies.known_cases import known_case
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.robust.model import POLICY_RUNS
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.sampling import Sample, Samples


@dataclass(frozen=True)
class FoundFutures:
    """The futures of a policy: what is found in each, and what the policy starts there.

    `by_future`: of each future the rows of `PolicyPlan.findings` that hold in it. `starts`: the quarter of each option
    and survey that the policy starts. `cells`: cells that a survey tells with their value by state of the plant: site,
    quantile, table, column, place, value.
    """

    by_future: tuple[pl.DataFrame, ...]
    starts: tuple[Mapping[str, int], ...]
    cells: pl.DataFrame

    @classmethod
    def of_policy(cls, case: Case, policy: PolicyPlan) -> FoundFutures:
        """The futures of the policy of `case` (before values are drawn)."""
        planned = expected_case(case)
        cells = plant_cells(planned)
        quantiles = policy.findings["quantile"].drop_nulls().unique().sort().to_list()
        valued = [
            cells.select("site", "table", "column", "place").with_columns(
                quantile=pl.lit(quantile, pl.Float64), value=pl.Series(plant_values(planned, cells, quantile))
            )
            for quantile in quantiles
        ]
        schema = {"site": pl.String, "table": pl.String, "column": pl.String, "place": pl.UInt32,
                  "quantile": pl.Float64, "value": pl.Float64}  # fmt: skip
        courses = {
            course: dict(rows)
            for course, rows in policy.starts.select("solution", "option", "period").rows_by_key("solution").items()
        }
        outcomes = policy.outcomes.explode("finding").with_columns(future=pl.int_range(pl.len()).over("site"))
        rows = outcomes.join(policy.findings, on=["site", "finding"], maintain_order="left")
        by_future = rows.partition_by("future", as_dict=True)
        return cls(
            tuple(by_future.get((number,), rows.clear()) for number in range(len(policy.gains))),
            tuple(courses.get(course, {}) for course in policy.solutions),
            pl.concat(valued) if valued else pl.DataFrame(schema=schema),
        )

    def path_sample(self, drawn: Sample, number: int) -> Sample:
        """The scenario with what future `number` finds: for whoever keeps to a single path."""
        return replace(drawn, case=self._with_findings(drawn.case, number))

    def policy_sample(self, drawn: Sample, number: int) -> Sample:
        """The same for the policy, which inspects first and works on sites that are known."""
        case = self._with_findings(drawn.case, number)
        return replace(drawn, case=known_case(case, self.by_future[number]))

    def _with_findings(self, case: Case, number: int) -> Case:
        """The case in which gates and plants of uninspected sites are as they are found; all else stays as drawn."""
        findings = self.by_future[number]
        unsure = with_effects(case.filled("blockers"))["unsure"]
        opened = pl.col("opens").cast(pl.Float64)
        gates = (
            case["blockers"]
            .with_columns(unsure=unsure)
            .join(findings.select("site", "opens"), on="site", how="left", maintain_order="left")
            .with_columns(chance=pl.when("unsure").then(pl.coalesce(opened, "chance")).otherwise("chance"))
            .select(case["blockers"].columns)
        )
        tables = {**case.tables, "blockers": gates}
        values = self.cells.join(findings.select("site", "quantile"), on=["site", "quantile"], maintain_order="left")
        for (table, column), rows in values.group_by("table", "column", maintain_order=True):
            frame = tables[str(table)]
            new = frame[str(column)].clone().scatter(rows["place"].to_numpy(), rows["value"])
            tables[str(table)] = frame.with_columns(new)
        return replace(case, tables=tables)


@dataclass(frozen=True)
class PolicyTask:
    """Scenarios in which a worker carries out the policy and the single path."""

    draws: Samples
    futures: FoundFutures
    path: StartChoice


def run_policy(piece: PolicyTask) -> pl.DataFrame:
    """Gains of the policy and of the single path in each scenario: columns of `POLICY_RUNS`.

    Scenario n meets what is found in future n of the policy, and the first one again after the last.
    """
    rows = []
    for drawn in piece.draws:
        number = drawn.index % len(piece.futures.by_future)
        starts = piece.futures.starts[number]
        policy = StartChoice(starts, frozenset(starts), frozenset(starts))
        rows.append((
            drawn.index, number, outcome(piece.futures.policy_sample(drawn, number), policy).gain,
            outcome(piece.futures.path_sample(drawn, number), piece.path).gain,
        ))  # fmt: skip
    return pl.DataFrame(rows, schema=POLICY_RUNS, orient="row")
