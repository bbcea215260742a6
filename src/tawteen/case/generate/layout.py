"""The country as drawn: arrays by site and by option, from which every table is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.generate.catalogue import OPTION_KINDS, PRICE, PRODUCTS, REGIONS, RUNNING_KINDS, STOPPED_KINDS
from tawteen.case.generate.params import GENERATOR
from tawteen.case.tables import TABLES

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

FIRST_DAY_OF_PLAN = dt.date(2027, 1, 1)
STATE_SEEN = dt.date(2026, 9, 30)
"""Day on which the state of every site was seen."""


def significant(values: Floats, digits: int = 4) -> Floats:
    """Rounded to so many significant digits: readable, and the same on every machine."""
    safe = np.where(values == 0, 1.0, np.abs(values))
    scale = 10.0 ** (np.floor(np.log10(safe)) - digits + 1)
    return np.round(np.round(values / scale) * scale, 9)


def quarter_start(period: int) -> dt.date:
    """First day of a period."""
    return dt.date(FIRST_DAY_OF_PLAN.year + period // 4, 1 + 3 * (period % 4), 1)


def quarter_end(period: int) -> dt.date:
    """Last day of a period."""
    return quarter_start(period + 1) - dt.timedelta(days=1)


def frame(table: str, columns: Mapping[str, Any], height: int | None = None) -> pl.DataFrame:
    """Columns as the table; single values are repeated, columns not named are null."""
    types = {name: spec.dtype for name, spec in TABLES[table].columns().items()}
    arrays = {k: v for k, v in columns.items() if isinstance(v, np.ndarray | list | pl.Series)}
    rows = height if height is not None else max((len(v) for v in arrays.values()), default=0)
    series = {
        name: pl.Series(name, columns[name], dtype=None if isinstance(columns[name], np.ndarray) else kind).cast(kind)
        if name in arrays
        else pl.repeat(columns.get(name), rows, dtype=kind, eager=True).alias(name)
        for name, kind in types.items()
    }
    return pl.DataFrame(list(series.values()), schema=list(types))


@dataclass(frozen=True)
class CaseLayout:
    """One entry a site: product and region (indices), nominal output and its value per quarter, running or not."""

    seed: int
    hard: bool
    periods: int
    product: Whole
    region: Whole
    sales: Floats
    nominal: Floats
    running: Flags
    oee: Floats
    payback: Floats
    intake: Floats  # what the site takes of its inputs beside the recipe of the trade

    @property
    def count(self) -> int:
        """Number of sites."""
        return len(self.product)

    def random(self, stream: int) -> np.random.Generator:
        """A stream of its own for each table, so that a change in one leaves the others as they were."""
        return np.random.default_rng([self.seed, stream])

    @cached_property
    def ids(self) -> Texts:
        """Site ids."""
        return np.array([f"s{i:05d}" for i in range(1, self.count + 1)])

    def by_product(self, attribute: str) -> NDArray[Any]:
        """An attribute of each site's product."""
        return np.array([getattr(good, attribute) for good in PRODUCTS])[self.product]

    @cached_property
    def added(self) -> Floats:
        """Value added per quarter at nominal output."""
        share = np.array([1 - sum(q * PRICE[k] for k, q in good.inputs.items()) / good.price for good in PRODUCTS])
        return share[self.product] * self.sales

    @cached_property
    def options(self) -> GeneratedOptions:
        """Three options a site."""
        return _options(self)


@dataclass(frozen=True)
class GeneratedOptions:
    """One entry an option, sites in order: its site and kind (indices), money, capacity, jobs, length."""

    ids: Texts
    site: Whole
    kind: Texts
    investment: Floats
    capacity: Floats
    intake: Floats
    jobs: Floats
    wage: Floats
    pace: Floats  # length of its works relative to the usual
    packages: Whole

    @property
    def working(self) -> Flags:
        """Those that work on the site."""
        return np.asarray(self.kind != "as_is")


def draw(sites: int, seed: int, hard: bool, periods: int) -> CaseLayout:
    """Sites with sizes lognormal; one in five runs, badly."""
    rng = np.random.default_rng([seed, 0])
    weight = np.array([good.weight for good in PRODUCTS])
    product = rng.choice(len(PRODUCTS), size=sites, p=weight / weight.sum())
    share = np.array([region.sites for region in REGIONS])
    region = rng.choice(len(REGIONS), size=sites, p=share / share.sum())
    sales = np.clip(1.4e6 * np.exp(0.8 * rng.standard_normal(sites)), 1.5e5, 1.2e7)
    price = np.array([good.price for good in PRODUCTS])[product]
    nominal = significant(sales / price, 3)
    return CaseLayout(
        seed=seed,
        hard=hard,
        periods=periods,
        product=product,
        region=region,
        sales=nominal * price,
        nominal=nominal,
        running=rng.random(sites) < 0.2,
        oee=np.round(rng.uniform(0.4, 0.62, sites), 3),
        payback=np.exp(np.log(6.4) + 0.55 * rng.standard_normal(sites)),
        intake=1 + 0.035 * rng.standard_normal(sites),
    )


def _options(draft: CaseLayout) -> GeneratedOptions:
    rng, count = draft.random(1), draft.count
    site = np.repeat(np.arange(count), 3)
    kind = np.where(draft.running[:, None], np.array(RUNNING_KINDS), np.array(STOPPED_KINDS)).reshape(-1)
    names = list(OPTION_KINDS)
    which = np.searchsorted(np.sort(names), kind)
    table = np.array([OPTION_KINDS[name][2:] for name in sorted(names)])
    money, reach, intake, jobs, weeks, fewest, most = table[which].T
    surplus = (1 - GENERATOR.wage_share - GENERATOR.fixed_share - GENERATOR.variable_share) * draft.added
    size = (draft.sales / 1.4e6) ** -0.12  # the larger the cheaper
    full = draft.payback * 4 * surplus * size
    investment = full[site] * money * np.exp(0.15 * rng.standard_normal(len(site)))
    investment *= np.where(draft.running[site] & (kind == "modernise"), 0.6, 1.0)
    capacity = draft.nominal[site] * np.where(
        kind == "as_is", draft.oee[site], np.maximum(reach, draft.oee[site] + 0.1)
    )
    wage = np.round(np.repeat(rng.uniform(1300, 2300, count), 3) * (1 + 0.1 * (kind == "modernise")), -1)
    staff = np.maximum(4, np.round(GENERATOR.wage_share * draft.added[site] / wage * jobs))
    pace = weeks * np.clip((draft.sales[site] / 1.4e6) ** 0.25, 0.6, 1.6)
    # short horizons have short works, so that something can be planned in them
    pace *= min(1.0, draft.periods / 12)
    return GeneratedOptions(
        ids=np.char.add(np.char.add(draft.ids[site], "-"), kind),
        site=site,
        kind=kind,
        investment=investment,
        capacity=significant(capacity, 3),
        intake=intake * draft.intake[site] * np.exp(0.01 * rng.standard_normal(len(site))),
        jobs=staff,
        wage=wage,
        pace=pace,
        packages=rng.integers(fewest.astype(int), most.astype(int) + 1),
    )
