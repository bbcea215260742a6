"""Classification of costs and investments in the economic view: tax, domestic value added, wages, materials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import CostCategory, CountryInputs, ItemView, Origin

Nature = Literal["materials", "wages", "other"]

NATURES: dict[CostCategory, Nature] = {
    "raw_materials": "materials",
    "factory_supplies": "materials",
    "spare_parts": "materials",
    "energy": "materials",
    "repair": "materials",
    "factory_overheads": "materials",
    "labour": "wages",
    "care": "wages",
    "royalties": "other",
    "administration": "other",
    "leasing": "other",
    "marketing": "other",
}
"""Default nature of each category of cost."""


@dataclass(frozen=True)
class ClassifiedFlow:
    """A cost or investment by period with its classification, and the persons who work for it."""

    view: ItemView
    nature: Nature | None
    origin: Origin
    values: Array
    persons: Array

    @property
    def tax(self) -> Array:
        """Tax contained in the values."""
        return np.asarray(self.values * max(self.view.taxes, 0.0))

    @property
    def subsidy(self) -> Array:
        """Subsidy of the state on the values."""
        return np.asarray(self.values * max(-self.view.taxes, 0.0))

    @property
    def without_tax(self) -> Array:
        """Values without tax."""
        return np.asarray(self.values - self.tax)

    @property
    def consumed(self) -> Array:
        """Values without tax and without domestic value added, round by round."""
        return np.asarray(self.without_tax * np.prod([1.0 - share for share in self.view.value_added]))


def classified_costs(accounts: Accounts, country: CountryInputs) -> list[ClassifiedFlow]:
    """Returns every production cost with its classification."""
    views = {item_view.item: item_view for item_view in country.items}
    return [
        ClassifiedFlow(
            view,
            view.nature or NATURES[flow.cost.category],
            flow.cost.origin,
            flow.values,
            accounts.time.spread(flow.cost.persons, "production"),
        )
        for flow in accounts.operations.costs
        for view in [views.get(flow.cost.id, ItemView(item=flow.cost.id))]
    ]


def classified_investments(accounts: Accounts, country: CountryInputs) -> list[ClassifiedFlow]:
    """Returns every investment and pre-production item except interest, with its classification."""
    views = {item_view.item: item_view for item_view in country.items}
    return [
        ClassifiedFlow(views.get(asset.item, ItemView(item=asset.item)), None, asset.origin, asset.paid, accounts.zeros)
        for asset in accounts.assets
        if not asset.item.startswith(INTEREST_ITEM)
    ]


def total(values: list[Array], accounts: Accounts) -> Array:
    """Returns the sum by period; zeros for an empty list."""
    return sum(values, accounts.zeros)
