"""Scenarios, sensitivity and switching values of a study: its statements with other prices, amounts and costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from tawteen.appraise.study import RATE_KINDS, Amounts, Study, StudyScenario

SCENARIO_DRIVERS = ("price", "quantity", "investment", "variable_costs", "fixed_costs", "exchange")
"""What a scenario multiplies: the fields of `StudyScenario`."""
_Given = TypeVar("_Given", Amounts, Amounts | None)


def scaled(study: Study, factors: Mapping[str, float]) -> Study:
    """Returns the study with each driver times its factor, also without the project; what is not named stays."""
    by = {**dict.fromkeys(SCENARIO_DRIVERS, 1.0), **factors}

    def times(amounts: _Given, factor: float) -> _Given:
        if isinstance(amounts, dict):
            return {label: amount * factor for label, amount in amounts.items()}
        return amounts if amounts is None else amounts * factor

    def company(one: Study) -> dict[str, object]:
        return {
            "products": tuple(
                x.model_copy(update={"utilisation": times(x.utilisation, by["quantity"])}) for x in one.products
            ),
            "sales": tuple(x.model_copy(update={"price": times(x.price, by["price"])}) for x in one.sales),
            "investments": tuple(
                x.model_copy(update={"amount": times(x.amount, by["investment"])}) for x in one.investments
            ),
            "costs": tuple(
                x.model_copy(update={"variable": times(x.variable, by["variable_costs"]),
                                     "fixed": times(x.fixed, by["fixed_costs"])})
                for x in one.costs
            ),
        }  # fmt: skip

    currencies = tuple(
        x.model_copy(update={kind: times(getattr(x, kind), by["exchange"]) for kind in RATE_KINDS})
        for x in study.currencies
    )
    without = study.without
    if without is not None:
        bare = study.doing_nothing()
        without = without.model_copy(update=company(bare)) if bare is not None else None
    return study.model_copy(update={**company(study), "currencies": currencies, "without": without})


def scenario(study: Study, one: StudyScenario) -> Study:
    """Returns the study as a scenario has it."""
    return scaled(study, {driver: getattr(one, driver) for driver in SCENARIO_DRIVERS})
