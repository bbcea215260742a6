"""Fixed investment and pre-production items: outlays, depreciation, disposals, residual values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tawteen.appraise.statements.depreciation import opening_written_off, written_off
from tawteen.appraise.statements.operations import Operations
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.study import Depreciation, Disposal, InvestmentGroup, Origin, Study

PRE_PRODUCTION: Final = "pre_production"


@dataclass(frozen=True)
class Asset:
    """An asset by period, in the currency of the study.

    `paid`: outlays; `opening`: book value before the first period; `written_off`; `proceeds` of its sale and
    `book_sold`, the book value that leaves with it in the period `sold`; `residual`: its value after the last period.
    """

    item: str
    group: InvestmentGroup | None
    origin: Origin
    currency: str
    paid: Array
    opening: float
    written_off: Array
    proceeds: Array
    book_sold: Array
    residual_share: float | None
    sold: int | None = None

    @property
    def book(self) -> Array:
        """Book value at the end of each period."""
        return np.asarray(self.opening + np.cumsum(self.paid - self.written_off - self.book_sold, axis=-1))

    @property
    def residual(self) -> Array:
        """Residual value: book value, or the stated share of the cost of what is not sold."""
        if self.residual_share is None:
            return np.asarray(self.book[..., -1])
        kept = self.paid if self.sold is None else self.paid[..., self.sold + 1 :]
        return np.asarray(self.residual_share * kept.sum(axis=-1))


def assets(study: Study, time: Timeline, operations: Operations) -> list[Asset]:
    """Returns the assets of the existing company and all investments that are not sunk."""
    sold = {investment.item: investment for investment in study.disposals}
    all_assets = []
    nothing = np.zeros(time.periods)
    for old in study.opening.fixed_assets:
        off = opening_written_off(old.value, old.depreciation, time, operations.sold)
        asset = Asset(old.id, None, "local", "", nothing, old.value, off, nothing, nothing, None)
        all_assets.append(_sold(asset, sold, time, nothing))
    for investment in study.investments:
        if investment.sunk:
            continue
        price = operations.money.level(investment.currency, investment.escalation) * operations.money.rate(
            investment.currency, investment.rate
        )
        paid = time.spread(investment.amount, "first") * price
        off = written_off(paid, investment.depreciation, time, operations.sold)
        disposal = sold.get(investment.id)
        later = np.where(np.arange(time.periods) > (time.periods if disposal is None else time.index(disposal.period)),
                         paid, 0.0)  # fmt: skip
        asset = Asset(
            investment.id,
            investment.group,
            investment.origin,
            investment.currency,
            paid,
            0.0,
            off,
            nothing,
            nothing,
            investment.residual,
        )
        all_assets.append(_sold(asset, sold, time, written_off(later, investment.depreciation, time, operations.sold)))
    return all_assets


def interest_asset(interest: Array, origin: Origin, item: str, rule: Depreciation, time: Timeline) -> Asset:
    """Returns the cost of finance of the construction phase as a pre-production item."""
    nothing = np.zeros_like(interest)
    off = written_off(interest, rule, time, np.ones(time.periods))
    return Asset(item, PRE_PRODUCTION, origin, "", interest, 0.0, off, nothing, nothing, None)


def _sold(asset: Asset, disposals: dict[str, Disposal], time: Timeline, later: Array) -> Asset:
    """Returns the asset with its disposal: depreciation ends with that period, save `later`, that of later outlays."""
    disposal = disposals.get(asset.item)
    if disposal is None:
        return asset
    period = time.index(disposal.period)
    off, proceeds, gone = asset.written_off.copy(), np.zeros(time.periods), np.zeros(time.periods)
    off[..., period + 1 :] = later[..., period + 1 :]
    proceeds[period] = disposal.proceeds
    gone[period] = (asset.opening + np.cumsum(asset.paid - off, axis=-1))[..., period]
    return replace(asset, written_off=off, proceeds=proceeds, book_sold=gone, sold=period)
