"""The partner: the load of its units, what it earns, and which needs nobody covers."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.report.drawing import both
from tawteen.report.exhibit import PERIOD, Exhibit, Shown, amount, coded, money, share, words
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked

MOST = 12


def partner(study: ReportData) -> list[Exhibit]:
    """Load per unit and quarter, revenue beside cooperation, gaps of the match."""
    return [load(study), revenue(study), gaps(study)]


def capacity(study: ReportData) -> pl.DataFrame:
    """pool_kind, pool, source, period, capacity of the limited sources, from their first period on."""
    limited = study.match.sources.filter(pl.col("capacity").is_not_null())
    every = pl.DataFrame({"period": range(study.periods)}, schema={"period": pl.Int64})
    last = study.periods - 1
    return (
        limited.join(every, how="cross")
        .filter(
            (pl.col("period") >= pl.max_horizontal(pl.col("first_period"), pl.col("start").fill_null(0)))
            & (pl.col("period") <= pl.col("end").fill_null(last))
        )
        .group_by("pool_kind", "pool", "source", "period")
        .agg(pl.col("capacity").sum())
    )


def load(study: ReportData) -> Exhibit:
    """What each unit supplies of each capability per quarter, against its capacity."""
    keys = ["source", "pool", "period"]
    given = study.bought.filter(pl.col("pool_kind") == "capability")
    can = capacity(study).filter(pl.col("pool_kind") == "capability").select(*keys, "capacity")
    table = (
        given.group_by(*keys).agg(pl.col("amount").sum(), pl.col("paid").sum())
        .with_columns(pl.col("period").cast(pl.Int64))
        .join(can, on=keys, how="left")
        .filter(pl.col("amount") > 1e-6)
        .with_columns(load=pl.when(pl.col("capacity") > 0).then(pl.col("amount") / pl.col("capacity")))
        .join(study.case["capabilities"].select(pool="id", unit="unit"), on="pool", how="left")
        .sort(keys)
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "source": words("Unit", "الوحدة"), "pool": words("Capability", "القدرة"), "period": PERIOD,
        "amount": amount("Work supplied", "العمل المقدم", decimals=1),
        "capacity": amount("Capacity", "السعة", decimals=1),
        "unit": coded("Unit of measure", "وحدة القياس", "units"), "load": share("Load", "الحمل"),
        "paid": money("Price", "الثمن"),
    }  # fmt: skip
    busiest = (
        table.group_by("source").agg(pl.col("paid").sum()).sort("paid", descending=True)["source"].to_list()[:MOST]
    )
    shown = table.filter(pl.col("source").is_in(busiest) & pl.col("load").is_not_null())
    ordered = [s for s in busiest if s in set(shown["source"])]

    def chart(k: int) -> Any:
        pools = {p: study.names["capabilities"][p] for p in shown["pool"].unique(maintain_order=True)}
        frame = pl.concat([shown.filter(pl.col("source") == s) for s in ordered])
        return stacked(
            frame, "pool", "load", study, labels=pools, unit=("", ""), k=k,
            facet="source", facets=study.names["sources"], columns=2, height=130,
        )  # fmt: skip

    return Exhibit(
        "load", "partner", ("Load of partner units per quarter", "حمل وحدات الشريك في كل ربع"),
        (f"Each colour is one capability as a share of what the unit can do of it in a quarter; 1 is full. A unit with "
         f"several capabilities may add up to more than 1. The {MOST} units that earn most are drawn.",
         f"كل لون قدرة واحدة بنسبتها من سعة الوحدة في الربع؛ 1 تعني الامتلاء. قد يتجاوز مجموع الوحدة ذات القدرات 1. "
         f"رسمت أكثر {MOST} وحدة دخلا."),
        ("Supply of pools in the programme; capacity and lead time of the offers.",
         "توريد القدرات في البرنامج؛ وسعة العروض ومهلتها."),
        study.named(table, source="sources", pool="capabilities"), columns, both(chart) if ordered else {},
        limit=80, inputs=("offers", "units", "capabilities", "programme.supply"),
    )  # fmt: skip


def revenue(study: ReportData) -> Exhibit:
    """What the programme pays to each unit, and to the partner for goods, beside what it restarts."""
    people = (
        study.bought.group_by("source", "pool_kind").agg(paid=pl.col("paid").sum())
        .with_columns(of=pl.when(pl.col("pool_kind") == "course").then(pl.lit("training")).otherwise(pl.lit("works")))
        .select("source", "of", "paid")
    )  # fmt: skip
    goods = study.spent.filter((pl.col("origin") == "partner") & ~pl.col("pooled")).group_by("category").agg(
        paid=pl.col("amount").sum()
    )  # fmt: skip
    sold = goods.select(source=pl.lit("partner"), of="category", paid="paid")
    bridging = _bridging(study)
    table = (
        pl.concat([people, sold, bridging], how="vertical_relaxed")
        .filter(pl.col("paid") > 0)
        .sort("paid", descending=True)
    )
    mine = study.partners | {"partner"}
    table = table.with_columns(
        side=pl.when(pl.col("source").is_in(list(mine))).then(pl.lit("partner")).otherwise(pl.lit("other")),
        part=pl.col("paid") / pl.max_horizontal(pl.col("paid").sum(), pl.lit(1e-9)),
    )
    names = {**study.names["sources"], "partner": ("Partner, goods", "الشريك، سلع")}
    table = table.with_columns(
        pl.Series("source_en", [names.get(s, (s, s))[0] for s in table["source"]], dtype=pl.String),
        pl.Series("source_ar", [names.get(s, (s, s))[1] for s in table["source"]], dtype=pl.String),
    )
    columns: dict[str, Shown] = {
        "source": words("Paid to", "يدفع إلى"), "side": coded("Side", "الجهة", "sides"),
        "of": coded("For", "لقاء", "revenue"), "paid": money("Revenue over the horizon", "الإيراد طوال الأفق"),
        "part": share("Share", "الحصة"),
    }  # fmt: skip
    return Exhibit(
        "revenue", "partner", ("What the partner and others earn", "ما يكسبه الشريك وغيره"),
        ("Works and training at the price of each source, goods at their investment price, bridging supply at its "
         "cost; "
         "undiscounted. Shown beside the value to the country because both sides sign.",
         "الأعمال والتدريب بسعر كل مصدر، والسلع بسعر الاستثمار، والتوريد الانتقالي بكلفته؛ بلا خصم. يعرض بجانب القيمة "
         "للبلد لأن الطرفين يوقعان."),
        ("Supply of pools in the programme times the price of the source; outlays whose supplier is the partner.",
         "توريد القدرات في البرنامج مضروبا بسعر المصدر؛ والمدفوعات التي موردها الشريك."),
        table, columns, inputs=("offers", "costs", "supplies", "programme.supply"),
    )  # fmt: skip


def _bridging(study: ReportData) -> pl.DataFrame:
    supplies = study.case.filled("supplies").filter(pl.col("partner"))
    used = study.programme.flows.filter(pl.col("kind") == "supply").join(
        supplies.select("id", "variable_cost"), on="id", how="inner"
    )
    total = float((used["amount"] * used["variable_cost"]).sum()) if used.height else 0.0
    return pl.DataFrame({"source": ["partner"], "of": ["bridging"], "paid": [total]})


def gaps(study: ReportData) -> Exhibit:
    """Needs that no source covers."""
    table = study.named(
        study.match.gaps.join(study.effects.options.select("option", "site"), on="option", how="left")
        .sort("site", "option"),
        site="sites", option="options", pool="pools",
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "site": words("Site", "الموقع", link="site-"), "option": words("Option", "الخيار"),
        "pool": words("Capability or course", "القدرة أو الدورة"),
        "amount": amount("Not covered", "غير المغطى", decimals=1),
    }  # fmt: skip
    return Exhibit(
        "gaps", "partner", ("Needs that nobody covers", "احتياجات لا يغطيها أحد"),
        ("What no partner unit and no third party supplies, even alone and in full: an option with such a need "
         "cannot be "
         "chosen.",
         "ما لا توفره أي وحدة من الشريك ولا طرف ثالث ولو انفرد به كاملا: الخيار الذي له مثل هذه الحاجة لا يختار."),
        ("Needs of the diagnosis matched with offers, courses and third-party prices.",
         "احتياجات التشخيص مقابلة بالعروض والدورات وأسعار الأطراف الثالثة."),
        table, columns, limit=100, inputs=("works", "offers", "capabilities", "courses"),
    )  # fmt: skip
