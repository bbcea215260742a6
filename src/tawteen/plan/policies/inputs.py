"""Inputs of planning with policies: a case as planned today, its findings, and the same case once they are known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Case
from tawteen.effects import Effects
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.policies.findings import common_decisions, findings
from tawteen.plan.policies.known_cases import known_case
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams
from tawteen.plan.programme import Scenario

SCALED = {
    "outlays": ("amount",),
    "needs": ("amount",),
    "profile": ("capacity", "operating", "fee", "displaced"),
    "recipe": (),
}
"""Columns of the frames of `Effects` that count with the chance of the finding."""


DECISION_SCHEMA = {"site": pl.String, "decision": pl.String, "chance": pl.Float64}


@dataclass(frozen=True)
class PolicyInputs:
    """What a plan with policies is made of.

    `planned`: the case as it is planned without learning. `findings`: those of `plan.policies.findings`. `known[k]`:
    inputs of the case in which every uninspected site has its finding k; sites with fewer findings are as planned.
    `decisions`: unknown decisions about several uninspected sites: site, decision, chance (that its gates open).
    """

    planned: PlanInputs
    findings: pl.DataFrame
    known: tuple[PlanInputs, ...]
    decisions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DECISION_SCHEMA))
    params: PolicyParams = POLICY_PARAMS

    def sites(self, finding: int) -> list[str]:
        """Uninspected sites that have this finding."""
        return self.findings.filter(pl.col("finding") == finding)["site"].to_list()


def prepare_policies(
    case: Case,
    scenario: Scenario = Scenario(),  # noqa: B008
    params: PolicyParams = POLICY_PARAMS,
    planned: PlanInputs | None = None,
) -> PolicyInputs:
    """Inputs for planning policies of `case` under `scenario`; `planned`: `prepare(case, scenario)`, where the caller
    has it. Raises CaseError as `plan.inputs.prepare` does.
    """
    planned = prepare(case, scenario) if planned is None else planned
    site_findings = findings(planned.case, planned.diagnosis, params)
    slots = site_findings.partition_by("finding", maintain_order=True)
    known = tuple(prepare(known_case(planned.case, slot, params)) for slot in slots)
    return PolicyInputs(planned, site_findings, known, common_decisions(planned.case, site_findings), params)


def expected_inputs(inputs: PolicyInputs) -> tuple[PlanInputs, pl.DataFrame]:
    """Inputs in which an option of an uninspected site stands once for each finding, with amounts times its chance.

    Also returns the parts: option (as the inputs name it), planned (as the case names it), finding and chance (null
    and 1 for what is decided without one). Without a finding stand: options of inspected sites, surveys, lines as they
    are, and closing a site. A limit of these inputs is a limit in expectation over the findings.
    """
    planned, uninspected = inputs.planned, inputs.findings["site"].unique().to_list()
    unlearned = planned.effects.options.filter(
        ~pl.col("site").is_in(uninspected) | pl.col("kind").is_in(NO_WORKS)
    ).select("option", planned="option", finding=pl.lit(None, pl.Int64), chance=pl.lit(1.0))  # fmt: skip
    parts, effects = [unlearned], [_part(planned.effects, unlearned)]
    for number, known in enumerate(inputs.known):
        startable = pl.col("site").is_in(inputs.sites(number)) & ~pl.col("kind").is_in(["as_is", "survey"])
        learned = (
            known.effects.options.filter(startable)
            .join(inputs.findings.filter(pl.col("finding") == number).select("site", "finding", share="chance"),
                  on="site", maintain_order="left")
            .select(pl.col("option") + f"@{number}", planned="option", finding="finding", chance="share")
        )  # fmt: skip
        parts.append(learned)
        effects.append(_part(known.effects, learned))
    together = Effects(**{name: pl.concat([getattr(part, name) for part in effects]) for name in Effects.SCHEMAS})
    table = pl.concat(parts)
    return replace(planned, case=_case_of(planned.case, table), effects=together), table


def _part(effects: Effects, parts: pl.DataFrame) -> Effects:
    """The options of `parts` alone, as they are named there, with their amounts times their chance."""
    named = parts.select("planned", "chance", new="option")

    def frame(name: str, *scaled: str) -> pl.DataFrame:
        whole: pl.DataFrame = getattr(effects, name)
        return (
            whole.rename({"option": "planned"})
            .join(named.rename({"chance": "part"}), on="planned", maintain_order="left")
            .with_columns(pl.col(scaled) * pl.col("part"), option="new")
            .select(whole.columns)
        )

    return Effects(options=frame("options"), **{name: frame(name, *scaled) for name, scaled in SCALED.items()})


def _case_of(case: Case, parts: pl.DataFrame) -> Case:
    """The case in which what options add to training is named as in `parts`; its amounts count with their chance as
    their operation does.
    """
    named = parts.select("planned", new="option")
    tables = {
        name: case[name]
        .rename({"option": "planned"})
        .join(named, on="planned", maintain_order="left")
        .with_columns(option="new")
        .select(case[name].columns)
        for name in ("added_seats", "added_trainers")
    }
    return replace(case, tables={**case.tables, **tables})
