"""Sites in and out, with reasons."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import NO_WORKS, codes
from tawteen.case.evidence import site_grades
from tawteen.report.exhibit import REGION, SITE, Both, Exhibit, Shown, amount, coded, money, share, words
from tawteen.report.lists import STATUS
from tawteen.report.report_data import ReportData

LISTS: dict[str, tuple[Both, Both]] = {
    "firm": (
        ("Firm restarts", "إعادات مؤكدة"),
        ("No hard gate of these sites is unknown: works begin on the quarter given.",
         "لا بوابة صلبة مجهولة لهذه المواقع: تبدأ الأعمال في الربع المذكور."),
    ),
    "conditional": (
        ("Conditional restarts", "إعادات مشروطة"),
        ("Survey and gates come first; works follow only if the gates open, with the chance shown. Money and crews "
         "are kept for them.",
         "المسح والبوابات أولا؛ ولا تتبعها الأعمال إلا إذا فتحت البوابات، بالاحتمال المبين. المال والأطقم محجوزة لها."),
    ),
    "survey": (
        ("Surveys", "مواقع تمسح"),
        ("Only a survey is decided now; what follows is for the next round.", "المقرر الآن مسح فقط؛ وما يليه للجولة "
        "القادمة."),
    ),
}  # fmt: skip
GATE: Both = ("Gate that keeps it out", "البوابة التي تبقيه خارجا")


def decisions(study: ReportData) -> list[Exhibit]:
    """All sites with the decision, then the lists apart."""
    table = sites(study)
    every = Exhibit(
        "sites", "sites", ("Sites in and out", "المواقع المختارة والمتروكة"),
        ("One row a site. Open a site below to see why, its works, money, units, gates and evidence.",
         "صف لكل موقع. افتح الموقع في الأسفل لترى السبب وأعماله وماله ووحداته وبواباته وأدلته."),
        ("Decisions of the programme with their explanation; effects of the option; evidence of the case.",
         "قرارات البرنامج مع تفسيرها؛ وآثار الخيار؛ وأدلة الحالة."),
        table, _columns(study), limit=400, inputs=("sites", "options", "blockers", "evidence", "programme.sites"),
    )  # fmt: skip
    return [every, *(apart(study, table, status) for status in LISTS)]


def sites(study: ReportData) -> pl.DataFrame:
    """One row a site: decision, figures of its option, reasons."""
    known = study.case["sites"].select("region", "state", "authority", site="id")
    decided = study.programme.sites.select("option", "kind", "status", "start", "chance", "operates", site="id")
    facts = study.chosen.select("site", "investment", "jobs", "new_jobs")
    blocked = _blocked(study)
    table = (
        known.join(decided, on="site", how="inner")
        .join(study.fields, on="site", how="left").join(facts, on="site", how="left")
        .join(site_grades(study.case), on="site", how="left").join(blocked, on="site", how="left")
        .with_columns(gain=pl.col("site").replace_strict(dict(study.worth), default=None, return_dtype=pl.Float64))
    )  # fmt: skip
    if study.reasons is not None:
        table = table.join(study.reasons, on="site", how="left")
    rank = {s: i for i, s in enumerate(STATUS)}
    gates = codes("gates")
    for suffix, k in (("_en", 0), ("_ar", 1)):
        cells = [gates.get(g, (g, g))[k] if g else None for g in table["gate"]]
        table = table.with_columns(pl.Series("gate" + suffix, cells, dtype=pl.String))
    named = study.named(table, site="sites", region="regions", option="options")
    return named.sort(pl.col("status").replace_strict(rank, default=9), pl.col("gain").fill_null(0.0).neg(), "site")


def _blocked(study: ReportData) -> pl.DataFrame:
    """site, gate: a gate that closes every option of a site that is not chosen."""
    works = study.effects.options.filter(~pl.col("kind").is_in(NO_WORKS))
    shut = works.group_by("site").agg(any=pl.col("available").any(), gate=pl.col("blocked_by").drop_nulls().first())
    return shut.filter(~pl.col("any")).select("site", "gate")


def _columns(study: ReportData) -> dict[str, Shown]:
    columns: dict[str, Shown] = {
        "site": SITE, "region": REGION, "field": coded("Field", "المجال", "fields"),
        "state": coded("Now", "الآن", "site_states"),
        "status": coded("Decision", "القرار", "status"), "reason": words("Why", "لماذا"),
        "option": words("Option", "الخيار"), "start": words("Starts", "البداية"),
        "operates": words("Operates from", "التشغيل من"), "chance": share("Chance of the gates", "احتمال البوابات", 0),
        "investment": money("Investment", "الاستثمار"), "gain": money("Gain", "المكسب"),
        "jobs": amount("Jobs", "الوظائف", "persons"),
        "assumed": share("Numbers assumed", "أرقام مفترضة", 0), "gate": words("Closed gate", "بوابة مغلقة"),
    }  # fmt: skip
    if study.reasons is None:
        del columns["reason"]
    return columns


def apart(study: ReportData, table: pl.DataFrame, status: str) -> Exhibit:
    """The sites of one decision as a list of its own."""
    title, note = LISTS[status]
    drop = {"status", "gate", "state"} | (
        {"investment", "gain", "jobs", "operates", "chance"} if status == "survey" else set()
    )
    columns = {k: v for k, v in _columns(study).items() if k not in drop}
    columns["authority"] = words("Controlling authority", "السلطة المسيطرة")
    return Exhibit(
        f"sites_{status}", "sites", title, note,
        ("Decisions of the programme.", "قرارات البرنامج."),
        table.filter(pl.col("status") == status), columns, limit=200, inputs=("sites", "options", "programme.sites"),
    )  # fmt: skip
