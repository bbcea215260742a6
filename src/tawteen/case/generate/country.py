"""Tables about the country: regions, routes, goods, what is needed and what exists; scaled to the sites."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.case.generate.catalogue import CATALOGUE_GOODS, LINKS, MATERIALS, PRICE, PRODUCTS, REGIONS
from tawteen.case.generate.layout import CaseLayout, Floats, frame, quarter_end, quarter_start, significant
from tawteen.case.generate.params import GENERATOR

PROJECTS = {
    "housing": ("Housing", "الإسكان", 0, {"cement": 0.06, "rebar": 0.06, "blocks": 0.08}),
    "grid": ("Power grid", "شبكة الكهرباء", 2, {"cable": 0.08, "transformers": 0.1}),
    "water": ("Water mains", "خطوط المياه", 1, {"pipes": 0.1}),
}


def regions() -> pl.DataFrame:
    """The regions table."""
    return frame("regions", {
        "id": [r.id for r in REGIONS], "name_en": [r.en for r in REGIONS], "name_ar": [r.ar for r in REGIONS],
        "lat": [r.lat for r in REGIONS], "lon": [r.lon for r in REGIONS], "port": [r.port for r in REGIONS],
        "inland_cost": [r.inland_cost for r in REGIONS],
    })  # fmt: skip


def needs(draft: CaseLayout) -> pl.DataFrame:
    """What each commodity's makers and takers come to per quarter by region: made, taken (all at full), running."""
    rows = [(p, k, q) for p, good in enumerate(PRODUCTS) for k, q in good.inputs.items()]
    product, commodity, quantity = zip(*rows, strict=True)
    recipe = pl.DataFrame({"product": product, "commodity": commodity, "quantity": quantity})
    plants = pl.DataFrame({
        "product": draft.product, "region": draft.region, "nominal": draft.nominal,
        "running": np.where(draft.running, draft.oee, 0.0) * draft.nominal,
    })  # fmt: skip
    amount = pl.col("nominal", "running") * pl.col("quantity")
    return (
        plants.join(recipe, on="product")
        .with_columns(amount)
        .group_by("commodity", "region")
        .agg(pl.col("nominal", "running").sum())
        .sort("commodity", "region")
    )


def routes(draft: CaseLayout, taken: pl.DataFrame) -> pl.DataFrame:
    """Roads both ways, that to the interior limited; power lines both ways, all limited."""
    power = float(taken.filter(pl.col("commodity") == "power")["nominal"].sum()) / 3
    mass = np.array([good.mass for good in PRODUCTS])[draft.product]
    tonnes = max(float((mass * draft.nominal).sum()), 1000.0)
    rows: list[tuple[str, str, str, str, float, float, float | None]] = []
    for a, b, km, cost, line in LINKS:
        for start, end in ((a, b), (b, a)):
            limit = 0.05 * tonnes if "south" in (start, end) else None
            rows.append((f"road-{start}-{end}", start, end, "goods", float(km), cost, limit))
            if line:
                rows.append((f"line-{start}-{end}", start, end, "power", float(km), 3.0, max(line * power, 100.0)))
    names = ("id", "from_region", "to_region", "carries", "distance", "cost", "capacity")
    columns = dict(zip(names, (list(c) for c in zip(*rows, strict=True)), strict=True))
    return frame("routes", columns).with_columns(pl.col("capacity").round(0))


def commodities() -> pl.DataFrame:
    """The commodities table; what is imported has a CIF price, few goods can be exported, at seven tenths of it."""
    price = [good.price if good.imported else None for good in CATALOGUE_GOODS]
    produced = {good.id for good in PRODUCTS}
    return frame("commodities", {
        **{name: [getattr(good, name) for good in CATALOGUE_GOODS]
           for name in ("id", "unit", "field", "hs", "carries", "mass", "port_cost", "credit", "emission")},
        "name_en": [good.en for good in CATALOGUE_GOODS],
        "name_ar": [good.ar for good in CATALOGUE_GOODS],
        "cif": price,
        "fob": [round(0.72 * good.price, 1) if good.exported else None for good in CATALOGUE_GOODS],
        "uptake": [(0.4 if good.final else 0.6) if good.id in produced and good.imported else None
                   for good in CATALOGUE_GOODS],
        "storable": [good.unit in {"t", "unit"} and good.price > 600 for good in CATALOGUE_GOODS],
        "holding_cost": [round(0.02 * good.price, 2) if good.unit in {"t", "unit"} and good.price > 600 else None
                         for good in CATALOGUE_GOODS],
    })  # fmt: skip


def markets(draft: CaseLayout) -> Floats:
    """What the country needs of each product per quarter: most of what all sites could make, for final goods."""
    nominal_output = np.bincount(draft.product, weights=draft.nominal, minlength=len(PRODUCTS))
    price = np.array([good.price for good in PRODUCTS])
    share = np.array([0.8 if good.final else 0.25 for good in PRODUCTS])
    return np.asarray(share * np.maximum(nominal_output, 0.4 * 1.4e6 / price))


def demands(draft: CaseLayout, taken: pl.DataFrame, projects: pl.DataFrame) -> pl.DataFrame:
    """Products by region; power by region and season; what the reconstruction projects need while they last."""
    rng = draft.random(20)
    market = markets(draft)
    ids, region, goods, quantity, growth, penalty = [], [], [], [], [], []
    for p, good in enumerate(PRODUCTS):
        pay = float(significant(np.array([good.price * rng.uniform(1.5, 2.1)]), 3)[0])
        pace = round(float(rng.uniform(0.0, 0.03)), 3)
        for r in REGIONS:
            ids.append(f"{good.id}-{r.id}")
            region.append(r.id)
            goods.append(good.id)
            quantity.append(market[p] * r.demand)
            growth.append(pace)
            penalty.append(pay)
    usual = frame("demands", {"id": ids, "region": region, "commodity": goods, "growth": growth, "penalty": penalty,
                              "quantity": significant(np.array(quantity), 3)})  # fmt: skip
    return pl.concat([usual, _power_need(taken), _project_need(market, projects)])


def _industry_power(taken: pl.DataFrame) -> tuple[float, Floats]:
    """A third of what all sites take, and what the running ones take by region (MWh per quarter)."""
    power = taken.filter(pl.col("commodity") == "power")
    running = np.zeros(len(REGIONS))
    running[power["region"].to_numpy()] = power["running"].to_numpy()
    return max(float(power["nominal"].sum()) / 3, 300.0), running


def _power_need(taken: pl.DataFrame) -> pl.DataFrame:
    third, _ = _industry_power(taken)
    rows = [(r, s) for r in REGIONS for s in range(4)]
    public = np.array([3 * third * r.demand * GENERATOR.power_seasons[s] for r, s in rows])
    return frame("demands", {
        "id": [f"power-{r.id}-{s + 1}" for r, s in rows],
        "region": [r.id for r, _ in rows],
        "commodity": "power",
        "season": [s + 1 for _, s in rows],
        "quantity": significant(public),
        "growth": 0.01,
        "penalty": 600.0,
    })  # fmt: skip


def _project_need(market: Floats, projects: pl.DataFrame) -> pl.DataFrame:
    rows = [(name, k, share) for name, spec in PROJECTS.items() for k, share in spec[3].items()]
    place_of = {good.id: p for p, good in enumerate(PRODUCTS)}
    days = projects.rows_by_key("id", named=True, unique=True)
    return frame("demands", {
        "id": [f"{name}-{k}" for name, k, _ in rows],
        "region": [days[name]["region"] for name, _, _ in rows],
        "commodity": [k for _, k, _ in rows],
        "start": [days[name]["start"] for name, _, _ in rows],
        "end": [days[name]["end"] for name, _, _ in rows],
        "quantity": significant(np.array([market[place_of[k]] * share for _, k, share in rows]), 3),
        "penalty": [round(2.2 * PRICE[k], 1) for _, k, _ in rows],
        "project": [name for name, _, _ in rows],
    })  # fmt: skip


def projects(draft: CaseLayout) -> pl.DataFrame:
    """Three reconstruction projects, from the second quarter over a third of the horizon."""
    first, last = min(1, draft.periods - 1), max(min(1, draft.periods - 1), draft.periods // 3)
    return frame("projects", {
        "id": list(PROJECTS),
        "name_en": [spec[0] for spec in PROJECTS.values()],
        "name_ar": [spec[1] for spec in PROJECTS.values()],
        "region": [REGIONS[spec[2]].id for spec in PROJECTS.values()],
        "start": quarter_start(first),
        "end": quarter_end(min(last, draft.periods - 1)),
        "field": "infrastructure",
    }, height=len(PROJECTS))  # fmt: skip


def supplies(draft: CaseLayout, taken: pl.DataFrame) -> pl.DataFrame:
    """Grid and own generation by region, raw materials of the country, and one running plant a product."""
    return pl.concat([_power_supply(taken), _raw_supply(taken), _plants(draft)])


def _power_supply(taken: pl.DataFrame) -> pl.DataFrame:
    third, running = _industry_power(taken)
    share = np.array([r.demand for r in REGIONS])
    grid = 3 * third * share * max(GENERATOR.power_seasons) * 1.1 + 1.05 * running + 0.3 * third * share
    ids, names_en, names_ar = [r.id for r in REGIONS], [r.en for r in REGIONS], [r.ar for r in REGIONS]
    kinds = (
        ("grid", "Grid", "الشبكة", grid, 62.0, 0.1),
        ("diesel", "Own generation", "توليد ذاتي", third * share * 1.2, 190.0, 0.6),
    )
    return pl.concat(
        frame("supplies", {
            "id": [f"{kind}-{r}" for r in ids],
            "name_en": [f"{en}, {name}" for name in names_en],
            "name_ar": [f"{ar}، {name}" for name in names_ar],
            "region": ids, "commodity": "power", "quantity": significant(quantity),
            "variable_cost": cost, "foreign_share": foreign,
        })
        for kind, en, ar, quantity, cost, foreign in kinds
    )  # fmt: skip


def _raw_supply(taken: pl.DataFrame) -> pl.DataFrame:
    need = {(k, r): v for k, r, v in taken.select("commodity", "region", "nominal").iter_rows()}
    rows = [(good, region_index, r) for good in MATERIALS if good.local for region_index, r in enumerate(REGIONS)]
    quantity = [good.local * max(need.get((good.id, region_index), 0.0), 500.0) for good, region_index, _ in rows]
    return frame("supplies", {
        "id": [f"{good.id}-{r.id}" for good, _, r in rows],
        "name_en": [f"{good.en}, {r.en}" for good, _, r in rows],
        "name_ar": [f"{good.ar}، {r.ar}" for good, _, r in rows],
        "region": [r.id for _, _, r in rows],
        "commodity": [good.id for good, _, _ in rows],
        "quantity": significant(np.array(quantity)),
        "variable_cost": [round(0.9 * good.price, 2) for good, _, _ in rows],
        "foreign_share": 0.1,
    })  # fmt: skip


def _plants(draft: CaseLayout) -> pl.DataFrame:
    rng, market = draft.random(21), markets(draft)
    region = rng.integers(0, 3, len(PRODUCTS))
    cost = np.array([good.price for good in PRODUCTS]) * rng.uniform(0.8, 0.95, len(PRODUCTS))
    return frame("supplies", {
        "id": [f"plant-{good.id}" for good in PRODUCTS],
        "name_en": [f"Running plants, {good.en.lower()}" for good in PRODUCTS],
        "name_ar": [f"مصانع عاملة، {good.ar}" for good in PRODUCTS],
        "region": np.array([r.id for r in REGIONS])[region],
        "commodity": [good.id for good in PRODUCTS],
        "quantity": significant(0.22 * market, 3),
        "variable_cost": significant(cost, 3),
        "foreign_share": np.round(rng.uniform(0.4, 0.7, len(PRODUCTS)), 2),
    })  # fmt: skip
