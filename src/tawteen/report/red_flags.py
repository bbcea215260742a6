"""Signs that a programme is too good to be true, worked out for any case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tawteen.report.assumed import assumed_share, weight
from tawteen.report.exhibit import Both, Exhibit, Shown, coded, words
from tawteen.report.report_data import WORKS, ReportData
from tawteen.words import Words

MOTOR = "29"


@dataclass(frozen=True)
class Flag:
    """One sign: its value, the threshold, and whether it is raised; None where it cannot be told."""

    label: Both
    value: float | None
    threshold: float
    unit: str
    raised: bool | None
    why: Both


def red_flags(study: ReportData) -> list[Exhibit]:
    """All flags as one table."""
    checks: tuple[Callable[[ReportData], Flag], ...] = (
        vehicles, value_over_investment, utilisation, first_year, partner_works, avoided_penalties, surveys, assumed,
    )  # fmt: skip
    flags = [check(study) for check in checks]
    names = {True: "raised", False: "held", None: "silent"}
    rows = [
        {"flag_en": f.label[0], "flag_ar": f.label[1], "value": f.value, "threshold": f.threshold, "unit": f.unit,
         "state": names[f.raised], "why_en": f.why[0], "why_ar": f.why[1]}
        for f in flags
    ]  # fmt: skip
    columns: dict[str, Shown] = {
        "flag": words("Sign", "الإشارة"), "value": Shown(("Value", "القيمة"), "by_row"),
        "threshold": Shown(("Threshold", "العتبة"), "by_row"), "state": coded("State", "الحال", "flags"),
        "why": words("Why", "لماذا"),
    }  # fmt: skip
    return [
        Exhibit(
            "red_flags", "evidence", ("Red flags", "إشارات التحذير"),
            ("Signs that a result promises more than the facts carry. A raised flag is a question to the data "
             "before it is one "
             "to the sites. The share of the value that rests on assumed numbers is the share of assumed numbers of "
             "each "
             "restarted site, weighted by its gain (by its investment where the gain is not known).",
             "إشارات إلى أن النتيجة تعد بأكثر مما تحمله الحقائق. الإشارة المرفوعة سؤال للبيانات قبل أن تكون سؤالا "
             "للمواقع. حصة "
             "القيمة القائمة على أرقام مفترضة هي حصة الأرقام المفترضة لكل موقع معاد مرجحة بمكسبه (وباستثماره حيث لا "
             "يعرف المكسب)."),
            ("Programme, effects and evidence of the case.", "البرنامج والآثار وأدلة الحالة."),
            pl.DataFrame(rows), columns,
            inputs=("sites", "evidence", "programme.sites", "programme.throughput", "programme.draws"),
        )
    ]  # fmt: skip


def restarted(study: ReportData) -> pl.DataFrame:
    """Chosen sites that work."""
    return study.chosen.filter(pl.col("status").is_in(WORKS))


def vehicles(study: ReportData) -> Flag:
    """Vehicle assembly on top: a kit priced too low makes assembly look best."""
    ranked = restarted(study).with_columns(
        weight=pl.struct("site", "investment").map_elements(
            lambda r: weight(study, r["site"], r["investment"]), return_dtype=pl.Float64
        )
    ).sort("weight", descending=True)  # fmt: skip
    isic = dict(zip(study.case["sites"]["id"], study.case["sites"]["isic"], strict=True))
    places = [i + 1 for i, s in enumerate(ranked["site"]) if (isic.get(s) or "").startswith(MOTOR)]
    place = float(places[0]) if places else None
    label: Both = ("Vehicle assembly on top (rank by gain)", "تجميع المركبات في الصدارة (الرتبة حسب المكسب)")
    if place is None:
        why: Both = ("No restarted site assembles vehicles (ISIC 29).", "لا موقع معاد يجمع مركبات (التصنيف 29).")
    else:
        why = (
            f"The best vehicle site ranks {place:g} of {ranked.height}.",
            f"أفضل موقع مركبات في الرتبة {place:g} من {ranked.height}.",
        )
    return Flag(label, place, 1.0, "", place == 1.0, why)


def value_over_investment(study: ReportData) -> Flag:
    """Gain over investment above 3."""
    spent = float(restarted(study)["investment"].sum())
    value, nothing = study.programme.value, study.programme.do_nothing
    ratio = (value - nothing) / spent if spent and value is not None and nothing is not None else None
    return Flag(
        ("Gain over investment", "المكسب إلى الاستثمار"), ratio, 3.0, "x", None if ratio is None else ratio > 3.0,
        ("Gain over doing nothing divided by the investment of the restarted sites.",
         "المكسب على عدم فعل شيء مقسوما على استثمار المواقع المعادة."),
    )  # fmt: skip


def utilisation(study: ReportData) -> Flag:
    """Mean use of nominal capacity from the first quarter of operation on."""
    sites = restarted(study).filter(pl.col("operating_from").is_not_null() & (pl.col("capacity") > 0))
    sites = sites.with_columns(first=pl.col("period") + pl.col("operating_from")).filter(
        pl.col("first") < study.periods
    )
    run = study.programme.throughput.join(sites.select("option", "first"), on="option").filter(
        pl.col("period") >= pl.col("first")
    )
    most = float((sites["capacity"] * (study.periods - sites["first"])).sum()) if sites.height else 0.0
    per = (
        run.group_by("option").agg(pl.col("amount").sum()).join(sites, on="option", how="right")
        .select(u=pl.col("amount").fill_null(0.0) / (pl.col("capacity") * (study.periods - pl.col("first"))))
    )  # fmt: skip
    mean = float(per["u"].mean()) if most and per.height else None  # type: ignore[arg-type]
    return Flag(
        ("Mean utilisation of restarted sites", "متوسط استغلال المواقع المعادة"), mean, 0.7, "share",
        None if mean is None else mean > 0.7,
        ("Throughput over nominal capacity from the first quarter of operation on, mean over the sites.",
         "التشغيل إلى الطاقة الاسمية من أول ربع تشغيل، متوسطا على المواقع."),
    )  # fmt: skip


def first_year(study: ReportData) -> Flag:
    """Suspended sites that start works in the first year."""
    standing = study.case["sites"].filter((pl.col("state") == "suspended") & (pl.col("role") != "context"))
    early = restarted(study).filter(pl.col("period") < 4)["site"].to_list()
    share = len(set(standing["id"]) & set(early)) / standing.height if standing.height else None
    return Flag(
        ("Suspended sites that start in the first year", "المواقع المتوقفة التي تبدأ في السنة الأولى"), share, 0.5,
        "share",
        None if share is None else share > 0.5,
        (Words("en").say("report.of_suspended", n=standing.height),
         Words("ar").say("report.of_suspended", n=standing.height)),
    )  # fmt: skip


def partner_works(study: ReportData) -> Flag:
    """The partner's share of works and investment."""
    works = study.bought.filter(pl.col("pool_kind") == "capability")
    mine = float(works.filter(pl.col("source").is_in(list(study.partners)))["paid"].sum())
    goods = study.spent.filter(
        ~pl.col("pooled") & pl.col("category").is_in(["works", "civil", "equipment", "spares", "transfer"])
    )
    mine += float(goods.filter(pl.col("origin") == "partner")["amount"].sum())
    total = float(works["paid"].sum()) + float(goods["amount"].sum())
    share = mine / total if total else None
    return Flag(
        ("The partner's share of the works", "حصة الشريك من الأعمال"), share, 0.4, "share",
        None if share is None else share > 0.4,
        ("Works bought from its units and goods it supplies, of all works and goods.",
         "الأعمال المشتراة من وحداته والسلع التي يوردها، من كل الأعمال والسلع."),
    )  # fmt: skip


def avoided_penalties(study: ReportData) -> Flag:
    """Penalties of unmet demand that the programme avoids, as a share of its gain."""
    fees = study.case["demands"].select(id="id", penalty="penalty")
    rate = study.case.settings.discount
    yearly = rate.economic if study.case.settings.value.view == "economic" else rate.financial

    def cost(flows: pl.DataFrame) -> float:
        unmet = flows.filter(pl.col("kind") == "unmet").join(fees, on="id")
        return float((unmet["amount"] * unmet["penalty"] * (1 + yearly) ** (-(unmet["period"] + 1) / 4)).sum())

    avoided = cost(study.programme.nothing_flows) - cost(study.programme.flows)
    value, nothing = study.programme.value, study.programme.do_nothing
    gain = value - nothing if value is not None and nothing is not None else 0.0
    share = avoided / gain if gain > 0 else None
    return Flag(
        ("Avoided penalties of unmet demand", "غرامات الطلب غير الملبى المتجنبة"), share, 0.2, "share",
        None if share is None else share > 0.2,
        ("Discounted willingness to pay for demand met that doing nothing leaves unmet, as a share of the gain.",
         "الاستعداد للدفع المخصوم لطلب يلبى ويتركه عدم الفعل، حصة من المكسب."),
    )  # fmt: skip


def surveys(study: ReportData) -> Flag:
    """No site is surveyed first or left."""
    status = study.programme.sites["status"]
    count = float(status.is_in(["survey", "out", "close"]).sum())
    return Flag(
        ("Sites to survey first or to leave", "مواقع تمسح أولا أو تترك"), count, 1.0, "", count < 1,
        ("A programme that restarts everything has not looked closely.", "برنامج يعيد كل شيء لم ينظر عن قرب."),
    )  # fmt: skip


def assumed(study: ReportData) -> Flag:
    """Share of the value on assumed numbers below 80 %: on public facts alone that claims more than is known."""
    share = assumed_share(study)
    return Flag(
        ("Share of the value that rests on assumed numbers", "حصة القيمة القائمة على أرقام مفترضة"), share, 0.8,
        "share",
        None if share is None else share < 0.8 and study.case.settings.about.demonstration,
        ("Below the threshold a demonstration on public facts claims to know more than it can; with surveyed data a "
         "low share is good.",
         "تحت العتبة تدعي حالة عرض على حقائق معلنة معرفة أكثر مما تستطيع؛ أما مع بيانات ممسوحة فالحصة المنخفضة حسنة."),
    )  # fmt: skip
