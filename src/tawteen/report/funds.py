"""Money: what each fund gives and pays, by quarter, by party and by category."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.report.drawing import both
from tawteen.report.exhibit import PERIOD, Both, Exhibit, Shown, amount, coded, money, share, words
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked

PREMIUM: Both = ("Above the reference price", "فوق السعر المرجعي")


def funds(study: ReportData) -> list[Exhibit]:
    """Draws against limits, per quarter and in sum, and who pays for what."""
    return [per_quarter(study), per_fund(study), by_category(study)]


def _unit(study: ReportData) -> Both:
    return (study.currency, study.currency)


def per_quarter(study: ReportData) -> Exhibit:
    """Draws of each fund per quarter against what becomes available."""
    draws = study.programme.draws.with_columns(pl.col("period").cast(pl.Int64))
    sums = draws.group_by("fund", "period").agg(drawn=pl.col("amount").sum())
    table = (
        study.available.rename({"amount": "available"})
        .join(sums, on=["fund", "period"], how="full", coalesce=True)
        .with_columns(pl.col("available", "drawn").fill_null(0.0))
        .sort("fund", "period")
        .with_columns(cumulated=(pl.col("available") - pl.col("drawn")).cum_sum().over("fund"))
    )
    columns: dict[str, Shown] = {
        "fund": words("Fund", "الصندوق"), "period": PERIOD, "available": money("Becomes available", "المتاح"),
        "drawn": money("Drawn", "المسحوب"),
        "cumulated": money("Available less drawn, summed", "المتاح ناقص المسحوب تراكميا"),
    }  # fmt: skip
    active = [f for f in study.case["funds"]["id"] if f in set(draws["fund"]) | set(study.available["fund"])]
    labels = codes("cost_categories")

    def chart(k: int) -> Any:
        silent = pl.DataFrame(
            [{"fund": f, "category": "works", "period": 0, "amount": 0.0} for f in active],
            schema={"fund": pl.String, "category": pl.String, "period": pl.Int64, "amount": pl.Float64},
        )
        frame = pl.concat([draws.select("fund", "category", "period", pl.col("amount").cast(pl.Float64)), silent])
        return stacked(
            frame.filter(pl.col("fund").is_in(active)), "category", "amount", study, labels=labels, unit=_unit(study),
            k=k,
            facet="fund", facets=study.names["funds"], line=study.available, columns=2, height=150,
        )  # fmt: skip

    return Exhibit(
        "funds", "money", ("Draws on each fund per quarter", "السحب من كل صندوق في كل ربع"),
        ("The dashed line is what becomes available in the quarter, at the official rate; what is not spent is carried "
         "over as far as the fund allows. Each panel has its own scale.",
         "الخط المتقطع هو ما يتاح في الربع بالسعر الرسمي؛ وما لا ينفق يرحل بقدر ما يسمح الصندوق. لكل لوحة مقياسها."),
        ("Draws of the programme; limits of the funds in the case.", "سحوبات البرنامج؛ وحدود الصناديق في الحالة."),
        study.named(table, fund="funds"), columns, both(chart) if active else {},
        limit=60, inputs=("funds", "fund_limits", "fund_uses", "programme.draws"),
    )  # fmt: skip


def per_fund(study: ReportData) -> Exhibit:
    """Sums of each fund."""
    drawn = study.programme.draws.group_by("fund").agg(drawn=pl.col("amount").sum())
    given = study.available.group_by("fund").agg(available=pl.col("amount").sum())
    table = (
        study.case["funds"].select("party", "terms", fund="id", currency=pl.col("currency").fill_null(study.currency))
        .join(given, on="fund", how="left").join(drawn, on="fund", how="left")
        .with_columns(pl.col("available", "drawn").fill_null(0.0))
        .with_columns(used=pl.when(pl.col("available") > 0).then(pl.col("drawn") / pl.col("available")))
        .sort("drawn", descending=True)
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "fund": words("Fund", "الصندوق"), "party": words("Party", "الطرف"),
        "terms": coded("Terms", "الشروط", "fund_terms"),
        "currency": words("Currency of the fund", "عملة الصندوق"),
        "available": money("Available over the horizon", "المتاح طوال الأفق"), "drawn": money("Drawn", "المسحوب"),
        "used": share("Used", "المستعمل"),
    }  # fmt: skip
    return Exhibit(
        "fund_sums", "money", ("Money by fund and party", "المال حسب الصندوق والطرف"),
        ("Draws beyond what is available come from sales that refill the fund.",
         "ما يزيد من السحب على المتاح يأتي من المبيعات التي تعيد ملء الصندوق."),
        ("Draws of the programme, summed; limits of the funds.", "مجموع سحوبات البرنامج؛ وحدود الصناديق."),
        study.named(table, fund="funds", party="parties"), columns,
        inputs=("funds", "fund_limits", "programme.draws"),
    )  # fmt: skip


def by_category(study: ReportData) -> Exhibit:
    """What the money buys, by category and origin."""
    table = (
        study.programme.draws.group_by("category", "origin")
        .agg(pl.col("amount").sum(), sites=pl.col("option").n_unique())
        .sort("amount", descending=True)
        .with_columns(part=pl.col("amount") / pl.max_horizontal(pl.col("amount").sum(), pl.lit(1e-9)))
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "category": coded("Pays for", "يدفع لقاء", "cost_categories"), "origin": coded("Supplier", "المورد", "origins"),
        "amount": money("Amount", "المبلغ"), "part": share("Share", "الحصة"), "sites": amount("Options", "الخيارات"),
    }  # fmt: skip
    draws = study.programme.draws.with_columns(pl.col("period").cast(pl.Int64), pl.col("amount").cast(pl.Float64))
    draws = draws.with_columns(pl.col("origin").fill_null("above"))
    origins = {**codes("origins"), "above": ("Above the reference price", "فوق السعر المرجعي")}
    return Exhibit(
        "spending", "money", ("What the money buys", "ما الذي يشتريه المال"),
        ("All draws of the programme, in price-year money, by supplier. What crews and courses cost above their "
         "reference price is the supplier's who was free, and stands by itself.",
         "كل سحوبات البرنامج بنقود سنة الأساس، حسب المورد. وما تزيده كلفة الأطقم والدورات على سعرها المرجعي لمن توفر "
         "من الموردين، ويقف وحده."),
        ("Draws of the programme by category and origin.", "سحوبات البرنامج حسب الفئة والمورد."),
        table, columns,
        both(lambda k: stacked(draws, "origin", "amount", study, labels=origins, unit=_unit(study), k=k, height=220))
        if draws.height else {},
        inputs=("costs", "works", "programme.draws"),
    )  # fmt: skip
