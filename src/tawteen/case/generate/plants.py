"""Tables about the sites: gates and lines, options with recipes, works and costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.case.generate.catalogue import (
    AUTHORITIES,
    COURSES,
    CRAFTS,
    GATE_TASKS,
    OPTION_KINDS,
    PRODUCTS,
    REGIONS,
    RUNNING_GATES,
    STOPPED_GATES,
    WORK_STAGES,
)
from tawteen.case.generate.layout import (
    STATE_SEEN,
    CaseLayout,
    Floats,
    Texts,
    Whole,
    frame,
    quarter_start,
    significant,
)
from tawteen.case.generate.params import GENERATOR

# shares of an option's investment
ITEMS = (
    ("civil", "Buildings", "المباني", "civil", 0.17, "A"),
    ("machines", "Machines", "الآلات", "equipment", 0.4, "B"),
    ("spares", "Spare parts", "قطع الغيار", "spares", 0.09, "C"),
    ("start", "Before production", "ما قبل الإنتاج", "preproduction", 0.06, None),
)

LOSSES = {
    "stops": ("availability", "Unplanned stops", "توقفات غير مخططة"),
    "slow": ("performance", "Slow running", "تشغيل بطيء"),
    "waste": ("quality", "Waste", "هالك"),
}
"""Losses of running lines: factor and names."""


def sites(draft: CaseLayout) -> pl.DataFrame:
    """The sites table."""
    rng, n = draft.random(2), draft.count
    plant = {lang: draft.by_product(f"plant_{lang}") for lang in ("en", "ar")}
    region = {lang: np.array([getattr(r, lang) for r in REGIONS])[draft.region] for lang in ("en", "ar")}
    number = np.arange(1, n + 1).astype(str)
    centre = np.array([(r.lat, r.lon) for r in REGIONS])[draft.region]
    idle = np.where(draft.running, 0.0, np.round(rng.uniform(0, 0.35, n) * 0.22 * draft.added / 1800))
    stopped = np.array([f"{year}-06-30" for year in range(2011, 2025)])[rng.integers(0, 14, n)].astype("datetime64[D]")
    stopped = np.where(draft.running, np.datetime64("NaT"), stopped)
    return frame("sites", {
        "id": draft.ids,
        "name_en": _joined(plant["en"], " ", number, ", ", region["en"]),
        "name_ar": _joined(plant["ar"], " ", number, "، ", region["ar"]),
        "region": np.array([r.id for r in REGIONS])[draft.region],
        "lat": np.round(centre[:, 0] + rng.uniform(-0.7, 0.4, n), 3),
        "lon": np.round(centre[:, 1] + rng.uniform(-1.2, 1.2, n), 3),
        "isic": draft.by_product("isic"),
        "field": draft.by_product("field"),
        "owner": "state",
        "authority": np.array(AUTHORITIES)[rng.choice(4, n, p=(0.5, 0.25, 0.15, 0.1))],
        "mandate": np.array(["confirmed", "claimed", "unknown"])[rng.choice(3, n, p=(0.7, 0.2, 0.1))],
        "state": np.where(draft.running, "under_used", "suspended"),
        "state_as_of": STATE_SEEN,
        "stopped_since": stopped,
        "role": "candidate",
        "care_cost": np.where(draft.running, 0.0, significant(0.004 * draft.sales, 2)),
        "idle_staff": idle,
        "idle_wage": idle * 1200.0,
        "survey_cost": significant(8_000 + 0.006 * draft.sales, 2),
        "survey_weeks": np.round(np.clip(3 * (draft.sales / 1.4e6) ** 0.3, 2, 8)),
    })  # fmt: skip


def _joined(*parts: Texts | str) -> Texts:
    whole = parts[0]
    for part in parts[1:]:
        whole = np.char.add(whole, part)
    return np.asarray(whole)


def _named(texts: Texts) -> pl.Series:
    return pl.Series(texts).replace("", None)


def _known(numbers: Floats) -> pl.Series:
    return pl.Series(numbers).fill_nan(None)


def lines(draft: CaseLayout) -> pl.DataFrame:
    """One line a site; its losses are known where it runs."""
    rng, n = draft.random(3), draft.count
    quality = np.round(rng.uniform(0.93, 0.98, n), 3)
    performance = np.round(rng.uniform(0.75, 0.9, n), 3)
    lost = {
        "availability": np.round(draft.oee / quality / performance, 4),
        "performance": performance,
        "quality": quality,
    }
    return frame("lines", {
        "id": np.char.add(draft.ids, "-line"),
        "site": draft.ids,
        "name_en": "Main line",
        "name_ar": "الخط الرئيسي",
        "commodity": draft.by_product("id"),
        "nominal": draft.nominal,
        **{name: _known(np.where(draft.running, rate, np.nan)) for name, rate in lost.items()},
    })  # fmt: skip


def losses(table: pl.DataFrame) -> pl.DataFrame:
    """One named loss of each factor of the running lines `table`."""
    frames = [
        table.drop_nulls(factor).select(
            line="id", id=pl.lit(name), name_en=pl.lit(en), name_ar=pl.lit(ar), factor=pl.lit(factor),
            share=(1.0 - pl.col(factor)).round(4),
        )
        for name, (factor, en, ar) in LOSSES.items()
    ]  # fmt: skip
    return frame("losses", pl.concat(frames).sort("line", "id").to_dict(as_series=True))


def closed_losses(options: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Half of the stops, and of the slow running, for options that raise the efficiency of a line."""
    raised = options.filter(pl.col("kind") == "efficiency").select(
        option="id", line=pl.col("site") + "-line", closes=pl.lit(0.5)
    )
    rows = raised.join(lost.filter(pl.col("factor") != "quality").select("line", loss="id"), on="line")
    return frame("closed_losses", rows.sort("option", "loss").to_dict(as_series=True))


def blockers(draft: CaseLayout) -> pl.DataFrame:
    """Gates: mostly open or closed by works, some with an authority's date, some unknown, a few without a way."""
    rng = draft.random(4)
    frames = [_gate(draft, rng, name, draft.running) for name in RUNNING_GATES]
    frames += [_gate(draft, rng, name, ~draft.running) for name in STOPPED_GATES]
    return pl.concat(frames).sort("site", maintain_order=True)


def _gate(draft: CaseLayout, rng: np.random.Generator, gate: str, where: np.ndarray) -> pl.DataFrame:
    *odds, weeks, cost = {**STOPPED_GATES, **RUNNING_GATES}[gate]
    n = draft.count
    state = rng.choice(5, n, p=odds)  # open, works, authority, nothing known, unknown
    last = max(1, min(10, draft.periods // 2))
    days = np.array([quarter_start(q) for q in range(last + 1)], dtype="datetime64[D]")
    opens = days[rng.integers(1, last + 1, n)]
    by = np.array(["works", "works", "authority", "none", "works"])[state]
    task = state != 0
    chance = np.round(rng.uniform(0.45, 0.95, n), 2)
    rows = frame("blockers", {
        "site": draft.ids,
        "gate": gate,
        "state": np.array(["open", "closed", "closed", "closed", "unknown"])[state],
        "stops": np.where(task, np.where(rng.random(n) < 0.8, "now", "next"), "no"),
        "opens_by": by,
        "authority": _named(np.where(by == "authority", "court", "")),
        "open_date": np.where(by == "authority", opens, np.datetime64("NaT")),
        "cost": np.where(task, significant(cost * draft.sales * rng.uniform(0.5, 1.5, n), 2), 0.0),
        "weeks": np.where(task, np.round(weeks * rng.uniform(0.6, 1.4, n)), 0.0),
        "chance": _known(np.where(state == 4, chance, np.nan)),
        "task_en": GATE_TASKS[gate][0],
        "task_ar": GATE_TASKS[gate][1],
    })  # fmt: skip
    return rows.filter(pl.Series(where))


def staff(table: pl.DataFrame) -> pl.DataFrame:
    """Two occupations of those still on the payroll."""
    idle = table.filter(pl.col("idle_staff") >= 2).select("id", "idle_staff", "stopped_since")
    half = (idle["idle_staff"] / 2).floor()
    years = 2027 - idle["stopped_since"].dt.year()
    return pl.concat(
        frame("staff", {"site": idle["id"], "occupation": job, "headcount": head, "years_idle": years})
        for job, head in (("7233", half), ("7412", idle["idle_staff"] - half))
    ).sort("site", maintain_order=True)


def options(draft: CaseLayout) -> pl.DataFrame:
    """The options table."""
    rng, o = draft.random(5), draft.options
    n = len(o.ids)
    added, sales = draft.added[o.site], draft.sales[o.site]
    capacity_share = o.capacity / draft.nominal[o.site]
    working = o.working
    earliest = np.datetime64(quarter_start(min(6, draft.periods // 4)))
    return frame("options", {
        "id": o.ids,
        "site": draft.ids[o.site],
        "kind": o.kind,
        "name_en": _kind_names(o.kind, 0),
        "name_ar": _kind_names(o.kind, 1),
        "field": draft.by_product("field")[o.site],
        "capacity": o.capacity,
        "output_reached": _known(np.where(o.kind == "as_is", 1.0, np.nan)),
        "ramp_quarters": np.where(working, rng.integers(1, 5, n), 0),
        "ramp_start": np.where(working, np.round(rng.uniform(0.35, 0.6, n), 2), 1.0),
        "fixed_cost": significant(GENERATOR.fixed_share * added * (0.5 + 0.5 * capacity_share), 3),
        "variable_cost": significant(GENERATOR.variable_share * added / draft.nominal[o.site], 3),
        "foreign_share": np.round(rng.uniform(0.2, 0.5, n), 2),
        "jobs": o.jobs,
        "wage": o.wage,
        "working_capital_days": np.where(working, rng.integers(15, 50, n), 0),
        "life": np.where(o.kind == "repair", 8.0, np.where(o.kind == "modernise", 18.0, 14.0)),
        "closing_cost": np.where(rng.random(n) < 0.15, significant(0.02 * sales, 2), 0.0),
        "process_emission": np.where(draft.by_product("id")[o.site] == "clinker", 0.52, 0.0),
        "estimate_class": np.where(draft.running[o.site], 4, 5),
        "reference_class": _named(np.where(working, draft.by_product("reference_class")[o.site], "")),
        "earliest": np.where(working & (rng.random(n) < 0.06), earliest, np.datetime64("NaT")),
        "stops_line": draft.running[o.site] & (o.kind == "modernise"),
        "relapse": _known(
            np.where(working & draft.running[o.site] & (o.kind != "modernise"), GENERATOR.relapse, np.nan)
        ),
        "maintained": working & draft.running[o.site] & (o.kind == "modernise"),
    })  # fmt: skip


def recipes(draft: CaseLayout) -> pl.DataFrame:
    """What a unit of throughput makes (one) and takes (the trade's recipe, better or worse by site and option)."""
    o = draft.options
    trade = [(p, good.id, k, q) for p, good in enumerate(PRODUCTS) for k, q in good.inputs.items()]
    inputs = pl.DataFrame(
        {"product": [t[0] for t in trade], "commodity": [t[2] for t in trade], "usual": [t[3] for t in trade]},
        schema={"product": pl.Int64, "commodity": pl.String, "usual": pl.Float64},
    )
    base = pl.DataFrame({"option": o.ids, "product": draft.product[o.site], "intake": o.intake}).with_row_index("at")
    taken = base.join(inputs, on="product", how="inner").with_columns(
        direction=pl.lit("in"), quantity=(pl.col("usual") * pl.col("intake")).round(5)
    )
    products = base.with_columns(
        commodity=pl.Series(draft.by_product("id")[o.site]), direction=pl.lit("out"), quantity=pl.lit(1.0)
    )
    columns = ["at", "option", "commodity", "direction", "quantity"]
    return pl.concat([products.select(columns), taken.select(columns)]).sort("at", maintain_order=True).drop("at")


@dataclass(frozen=True)
class Packages:
    """Work packages: option and stage (indices), weeks, craft, effort."""

    option: Whole
    stage: Whole
    weeks: Floats
    craft: Texts
    effort: Floats


def packages(draft: CaseLayout) -> Packages:
    """Three to six packages an option, in the order of WORK_STAGES; their effort is a share of the investment."""
    rng, o = draft.random(6), draft.options
    option = np.repeat(np.arange(len(o.ids)), o.packages)
    first = np.repeat(np.cumsum(o.packages) - o.packages, o.packages)
    stage = np.arange(len(option)) - first
    share = np.array([s[4] for s in WORK_STAGES])
    usual = np.array([s[5] for s in WORK_STAGES])
    whole = np.cumsum(share)[o.packages - 1]
    money = GENERATOR.works_share * o.investment[option] * share[stage] / whole[option]
    craft = np.empty(len(option), dtype="<U16")
    for stage_index in range(len(WORK_STAGES)):
        able = [name for name, spec in CRAFTS.items() if spec[5] == stage_index]
        in_stage = stage == stage_index
        craft[in_stage] = np.array(able)[rng.integers(0, len(able), int(in_stage.sum()))]
    price = np.array([CRAFTS[name][3] for name in sorted(CRAFTS)])[np.searchsorted(sorted(CRAFTS), craft)]
    weeks = np.maximum(1.0, np.round(usual[stage] * o.pace[option] * rng.uniform(0.8, 1.25, len(option))))
    return Packages(option, stage, weeks, craft, significant(money / price * rng.uniform(0.85, 1.15, len(option)), 3))


def works(draft: CaseLayout, p: Packages) -> pl.DataFrame:
    """The works table; long programmes release six tenths of the capacity before the trial operation of the rest."""
    o = draft.options
    long = (o.packages[p.option] >= 5) & (draft.product[o.site[p.option]] % 3 == 0)
    last = p.stage == o.packages[p.option] - 1
    releases = np.where(long & (p.stage == 3), 0.6, np.where(long & last, 0.4, np.nan))
    crews = np.char.find(p.craft, "steelwork") < 0
    return frame("works", {
        "option": o.ids[p.option],
        "id": np.array([s[0] for s in WORK_STAGES])[p.stage],
        "name_en": np.array([s[1] for s in WORK_STAGES])[p.stage],
        "name_ar": np.array([s[2] for s in WORK_STAGES])[p.stage],
        "weeks": p.weeks,
        "weeks_low": np.floor(p.weeks * 0.85),
        "weeks_high": np.ceil(p.weeks * 1.6),
        "after": pl.Series(np.array([s[3] or "" for s in WORK_STAGES])[p.stage]).replace("", None),
        "lag": np.where(p.stage == 4, 1.0, 0.0),
        "capability": p.craft,
        "effort": p.effort,
        "crew": np.where(crews, np.ceil(p.effort / p.weeks), 0.0),
        "releases": _known(releases),
    })  # fmt: skip


def _kind_names(kinds: Texts, language: int) -> Texts:
    """Names of option kinds, English for `language` 0 and Arabic for 1."""
    known = sorted(OPTION_KINDS)
    return np.array([OPTION_KINDS[kind][language] for kind in known])[np.searchsorted(known, kinds)]


def costs(draft: CaseLayout) -> pl.DataFrame:
    """Investment items beside the works: civil local, machines foreign or of the partner, some in euro."""
    rng, o = draft.random(7), draft.options
    which = np.flatnonzero(o.working)
    partner = rng.random(len(which)) < 0.35
    euro = ~partner & (rng.random(len(which)) < 0.3)
    frames = []
    for item_index, (item, en, ar, category, share, work) in enumerate(ITEMS):
        bought = category in {"equipment", "spares"}
        origin = np.where(partner, "partner", "foreign") if bought else np.full(len(which), "local")
        rate = np.where(euro & bought, 0.92, 1.0)
        amount = significant(share * o.investment[which] * rng.uniform(0.85, 1.15, len(which)) * rate, 3)
        frames.append(frame("costs", {
            "option": o.ids[which], "id": item, "name_en": en, "name_ar": ar, "category": category, "amount": amount,
            "low": significant(amount * 0.8, 3), "high": significant(amount * 1.6, 3),
            "currency": _named(np.where(euro & bought, "EUR", "")), "origin": origin, "work": work,
        }).with_columns(at=pl.Series(which), item=item_index))  # fmt: skip
    return pl.concat(frames).sort("at", "item").drop("at", "item")


def cadres(draft: CaseLayout) -> pl.DataFrame:
    """Fitters and electricians for every restart; new entrants, supervisors and control rooms for the larger ones."""
    rng, o = draft.random(8), draft.options
    share = {"repair": 0.1, "efficiency": 0.05, "rehabilitate": 0.14, "modernise": 0.2, "as_is": 0.0}
    needed = np.array([share[k] for k in sorted(share)])[np.searchsorted(sorted(share), o.kind)] * o.jobs
    large = o.packages >= 5
    mix = {"electricians": 0.3, "fitters": 0.4, "young_fitters": 0.3 * large, "supervisors": 0.1 * large,
           "controllers": 0.2 * (o.kind == "modernise")}  # fmt: skip
    frames = []
    for course, part in mix.items():
        head = np.round(needed * part * rng.uniform(0.7, 1.3, len(o.ids)))
        some = np.flatnonzero(head >= 1)
        level = COURSES[course][3]
        back = np.round(head[some] * 0.5) if level == "R" else np.zeros(len(some))
        frames.append(
            frame("cadres", {"option": o.ids[some], "course": course, "headcount": head[some], "returning": back})
            .with_columns(at=pl.Series(some))
        )  # fmt: skip
    return pl.concat(frames).sort("at", maintain_order=True).drop("at")


def transfers(draft: CaseLayout) -> pl.DataFrame:
    """One modernisation in seven comes with a licence: a fee at first, a royalty, and more local parts each year."""
    rng, o = draft.random(9), draft.options
    some = np.flatnonzero((o.kind == "modernise") & (rng.random(len(o.ids)) < 1 / 7))
    rows = np.repeat(some, 4)
    year = np.tile(np.arange(1, 5), len(some))
    return frame("transfers", {
        "option": o.ids[rows],
        "year": year,
        "form": "licence",
        "fee": np.where(year == 1, significant(0.05 * draft.sales[o.site[rows]], 2), 0.0),
        "royalty": 0.01,
        "local_share": np.round(0.1 + 0.1 * year, 2),
    })  # fmt: skip
