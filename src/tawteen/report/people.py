"""People: cadres in training against seats, and jobs in restarted sites."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.report.drawing import STATUS_COLOURS, both
from tawteen.report.exhibit import PERIOD, Exhibit, Shown, amount, coded, money, share, words
from tawteen.report.lists import SOURCES, STATUS
from tawteen.report.partner import capacity
from tawteen.report.report_data import WORKS, ReportData
from tawteen.report.stacked import stacked

MOST = 9


def people(study: ReportData) -> list[Exhibit]:
    """Training and jobs."""
    return [training(study), cohorts(study), jobs(study)]


def training(study: ReportData) -> Exhibit:
    """Trainees in the room per course and quarter, against seats."""
    keys = ["pool", "period"]
    given = study.bought.filter(pl.col("pool_kind") == "course").with_columns(pl.col("period").cast(pl.Int64))
    side = given.with_columns(
        where=pl.when(pl.col("source") == "third_party").then(pl.lit("third_party")).otherwise(pl.lit("academy"))
    )
    seats = capacity(study).filter(pl.col("pool_kind") == "course").group_by(*keys).agg(seats=pl.col("capacity").sum())
    table = (
        side.group_by(*keys).agg(
            own=pl.col("amount").filter(pl.col("where") == "academy").sum(),
            third=pl.col("amount").filter(pl.col("where") == "third_party").sum(),
            paid=pl.col("paid").sum(),
        )
        .join(seats, on=keys, how="left")
        .filter(pl.col("own") + pl.col("third") > 1e-6)
        .with_columns(load=pl.when(pl.col("seats") > 0).then(pl.col("own") / pl.col("seats")))
        .sort(keys)
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "pool": words("Course", "الدورة"), "period": PERIOD,
        "own": amount("In the academy or with the provider", "في الأكاديمية أو لدى المقدم", "seats", 1),
        "third": amount("With third parties", "لدى أطراف ثالثة", "seats", 1),
        "seats": amount("Seats", "المقاعد", "seats", 1),
        "load": share("Seats used", "المقاعد المستعملة"), "paid": money("Price", "الثمن"),
    }  # fmt: skip
    largest = side.group_by("pool").agg(pl.col("amount").sum()).sort("amount", descending=True)["pool"].to_list()[:MOST]
    shown = side.filter(pl.col("pool").is_in(largest))

    def chart(k: int) -> Any:
        return stacked(
            shown, "where", "amount", study, labels=SOURCES, unit=("trainees at once", "متدرب في آن واحد"), k=k,
            facet="pool",
            facets=study.names["courses"], line=seats.filter(pl.col("pool").is_in(largest)).rename({"seats": "amount"}),
            columns=3, height=130,
        )  # fmt: skip

    return Exhibit(
        "training", "people", ("Cadres in training per course and quarter", "الكوادر في التدريب لكل دورة وربع"),
        ("Trainees in the room at once; the dashed line is the seats. A course ends when the works of its site end.",
         "المتدربون في آن واحد؛ والخط المتقطع هو المقاعد. تنتهي الدورة مع نهاية أعمال موقعها."),
        ("Supply of courses in the programme; seats and trainers of the case.", "توريد الدورات في البرنامج؛ "
        "والمقاعد والمدربون من الحالة."),
        study.named(table, pool="courses"), columns, both(chart) if shown["amount"].sum() > 0 else {},
        limit=80, inputs=("courses", "trainers", "cadres", "programme.supply"),
    )  # fmt: skip


def cohorts(study: ReportData) -> Exhibit:
    """People to certify per chosen option and course."""
    courses = study.case.filled("courses").select("occupation", "level", "weeks", "pass_rate", course="id")
    table = (
        study.case.filled("cadres")
        .join(study.chosen.select("option", "site", "status", "period", "quarters"), on="option")
        .join(courses, on="course", how="left")
        .with_columns(
            trainees=pl.col("headcount") / pl.col("pass_rate"),
            ready=pl.min_horizontal(pl.col("period") + pl.col("quarters"), pl.lit(study.periods - 1)),
        )
        .sort("ready", "site", "course")
    )  # fmt: skip
    occupations = {r["id"]: (r["name_en"], r["name_ar"]) for r in study.case["occupations"].iter_rows(named=True)}
    for suffix, k in (("_en", 0), ("_ar", 1)):
        cells = [occupations.get(o, (o, o))[k] for o in table["occupation"]]
        table = table.with_columns(pl.Series("occupation" + suffix, cells, dtype=pl.String))
    columns: dict[str, Shown] = {
        "site": words("Site", "الموقع", link="site-"), "course": words("Course", "الدورة"),
        "occupation": words("Occupation", "المهنة"), "level": coded("Level", "المستوى", "levels"),
        "headcount": amount("To certify", "من يعتمدون", "persons", 1),
        "trainees": amount("To train", "من يدربون", "persons", 1),
        "weeks": amount("Weeks", "الأسابيع", decimals=1), "ready": Shown(("Ready in", "الجاهزية في"), "period"),
    }  # fmt: skip
    return Exhibit(
        "cohorts", "people", ("Who must be certified before a site may run", "من يجب اعتماده قبل تشغيل الموقع"),
        ("To train is to certify divided by the pass rate.", "من يدربون هم من يعتمدون مقسومين على نسبة النجاح."),
        ("Cadres and courses of the case for the options chosen.", "الكوادر والدورات من الحالة للخيارات المختارة."),
        study.named(table, site="sites", course="courses"), columns, limit=100,
        inputs=("cadres", "courses", "occupations", "programme.sites"),
    )  # fmt: skip


def jobs(study: ReportData) -> Exhibit:
    """Expected persons at work in chosen sites per quarter."""
    frame = study.jobs.filter(pl.col("status").is_in(WORKS))
    table = frame.group_by("period").agg(
        firm=pl.col("jobs").filter(pl.col("status") == "firm").sum(),
        conditional=pl.col("jobs").filter(pl.col("status") == "conditional").sum(),
        new_jobs=pl.col("new_jobs").sum(),
    ).sort("period")  # fmt: skip
    columns: dict[str, Shown] = {
        "period": PERIOD, "firm": amount("Firm sites", "مواقع مؤكدة", "persons"),
        "conditional": amount("Conditional sites, expected", "مواقع مشروطة، المتوقع", "persons"),
        "new_jobs": amount("Of both, new (net)", "منهما جديدة (صافية)", "persons"),
    }  # fmt: skip
    unit = ("persons", "شخص")

    def chart(k: int) -> Any:
        return stacked(
            frame, "status", "jobs", study, labels=STATUS, unit=unit, k=k, palette=STATUS_COLOURS, height=220
        )

    return Exhibit(
        "jobs", "people", ("Jobs in chosen sites per quarter", "الوظائف في المواقع المختارة في كل ربع"),
        ("Expected: jobs of the option times its chance of operating (gates, success and survival). Firm and "
         "conditional are gross; new jobs are net of idle staff on the payroll and, from the takeover on, of those who "
         "work on a running line that the option takes over, as the value counts them; below zero, a line stands "
         "during works or needs fewer people. Jobs of crews during the works are not counted.",
         "المتوقع: وظائف الخيار مضروبة باحتمال تشغيله (البوابات والنجاح والبقاء). المؤكدة والمشروطة إجمالية؛ والجديدة "
         "صافية من العمالة المعطلة على القوائم، ومن العاملين على خط قائم منذ أن يتسلمه الخيار، كما تحسبها القيمة؛ وما "
         "تحت الصفر يعني خطا يتوقف أثناء الأعمال أو يحتاج إلى عدد أقل. لا تحسب وظائف أطقم الأعمال."),
        ("Jobs of the options and their operating profile.", "وظائف الخيارات ومسار تشغيلها."),
        table, columns,
        both(chart) if frame["jobs"].sum() > 0 else {},
        inputs=("options", "sites", "programme.sites"),
    )  # fmt: skip
