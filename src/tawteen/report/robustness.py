"""Robustness: what the programme comes to in many scenarios, what stays chosen, what to survey first, and fronts."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.plan.robust.front import Front
from tawteen.plan.robust.model import Robustness
from tawteen.report.drawing import PALETTE, WIDTH, both, data, measured, rounded, scale_of, spoken
from tawteen.report.exhibit import Both, Exhibit, Shown, amount, coded, money, period, share, words
from tawteen.report.labels import NAMES, beside
from tawteen.report.lists import ROBUST
from tawteen.report.report_data import ReportData

FIGURES: dict[str, Both] = {
    "gain": ("Value over doing nothing", "القيمة فوق عدم الفعل"),
    "firm_gain": ("Of it the firm part alone", "منها الجزء المؤكد وحده"),
    "cash": ("Money paid out", "المال المدفوع"),
    "short": ("Of it without a fund in time", "منه بلا صندوق في موعده"),
    "first": ("First restart", "أول إعادة تشغيل"),
    "last": ("Last restart", "آخر إعادة تشغيل"),
}
SHADES = {"core": "#12805c", "rim": "#e39b0b", "out": "#b4bec6"}
BARS, MOST = 40, 25


def robustness(study: ReportData) -> list[Exhibit]:
    """All exhibits of what was found; none where nothing was."""
    made: list[Exhibit] = []
    if study.robustness is not None:
        found = study.robustness
        made += [spread(study, found), dates(study, found), often(study, found), survey(study, found)]
        made += [values(study, found), assumptions(found)]
    if study.front is not None:
        made.append(front(study, study.front))
    return made


def spread(study: ReportData, found: Robustness) -> Exhibit:
    """Distribution of the value, and P50 and P80 of all figures."""
    shown = [_figure(study, row) for row in found.figures.iter_rows(named=True)]
    schema = dict.fromkeys(("figure_en", "figure_ar", "unit"), pl.String)
    numbers = dict.fromkeys(("base", "mean", "p50", "p80"), pl.Float64)
    table = pl.DataFrame(shown, schema={**schema, **numbers}, orient="row")
    columns: dict[str, Shown] = {
        "figure": words("Figure", "المؤشر"), "base": Shown(("As planned", "كما خطط"), "by_row"),
        "mean": Shown(("Mean", "المتوسط"), "by_row"), "p50": Shown(("P50", "P50"), "by_row"),
        "p80": Shown(("P80", "P80"), "by_row"),
    }  # fmt: skip
    count, beats = found.scenarios, found.beats
    firm = (
        (
            f" The firm part beats doing nothing in {beats:.0%} of them.",
            f" والجزء المؤكد أفضل من عدم الفعل في {beats:.0%} منها.",
        )
        if beats is not None
        else ("", "")
    )
    return Exhibit(
        "scenarios", "robust", ("The programme in many scenarios", "البرنامج في سيناريوهات كثيرة"),
        (f"{count} scenarios; sites and starts as chosen, everything else decided anew in each. The whole programme "
         f"is worth more than doing nothing in {found.gains:.0%} of them.{firm[0]} P80 is reached in four of five: "
         "value at least that much, money at most that much, dates no later. Dates are quarters from the start of "
         "the horizon.",
         f"{count} سيناريو؛ المواقع والمواعيد كما اختيرت وكل ما عداها يقرر من جديد في كل منها. البرنامج كله أفضل من "
         f"عدم الفعل في {found.gains:.0%} منها.{firm[1]} P80 يتحقق في أربعة من خمسة: قيمة لا تقل عنه ومال لا يزيد "
         "عليه ومواعيد لا تتأخر عنه. المواعيد بالأرباع من بداية الأفق."),
        ("Scenarios drawn from the ranges of the case (triangular, mode as planned), from its gates and precedents, "
         "and from assumed shocks; a linear programme in each.",
         "سيناريوهات مسحوبة من مجالات الحالة (مثلثية ومنوالها المخطط) ومن بواباتها وسوابقها ومن صدمات مفترضة؛ وبرنامج "
         "خطي في كل منها."),
        table, columns, both(lambda k: _histogram(study, found, k)),
        inputs=("evidence", "works", "costs", "precedents", "blockers", "programme.sites"),
    )  # fmt: skip


def _figure(study: ReportData, row: dict[str, Any]) -> tuple[Any, ...]:
    en, ar = FIGURES[row["figure"]]
    unit = "" if row["figure"] in ("first", "last") else study.currency
    return (f"{en} ({unit})" if unit else en, f"{ar} ({unit})" if unit else ar, unit,
            *(row[c] for c in ("base", "mean", "p50", "p80")))  # fmt: skip


def _histogram(study: ReportData, found: Robustness, k: int) -> Any:
    gains = found.runs["gain"]
    size, word = scale_of(float(gains.abs().max() or 0.0))  # type: ignore[arg-type]
    title = spoken(measured((study.currency, study.currency), word), k)
    rows = [{"v": rounded(v / size)} for v in gains]
    marks = found.figures.filter(pl.col("figure") == "gain").row(0, named=True)
    names: dict[str, Both] = {"base": ("As planned", "كما خطط"), "p50": ("P50", "P50"), "p80": ("P80", "P80")}
    lines = [
        {"x": rounded(marks[m] / size), "name": spoken(name, k), "y": i * 14}
        for i, (m, name) in enumerate(names.items())
    ]
    bars = alt.Chart(data(rows)).mark_bar(color=PALETTE[0], opacity=0.85).encode(
        x=alt.X("v:Q", bin=alt.Bin(maxbins=BARS),
                axis=alt.Axis(title=title, labelFlush=False, labelOverlap=True, labelSeparation=8)),
        y=alt.Y("count()", axis=alt.Axis(title=spoken(("Scenarios", "السيناريوهات"), k), tickCount=5)),
    )  # fmt: skip
    rules = alt.Chart(data(lines)).mark_rule(color="#b0222f", strokeWidth=1.6, strokeDash=[5, 3]).encode(x="x:Q")
    texts = alt.Chart(data(lines)).mark_text(align="left", dx=4, baseline="top").encode(
        x="x:Q", y=alt.Y("y:Q", scale=None), text="name:N"
    )  # fmt: skip
    return alt.layer(bars, rules, texts).properties(width=WIDTH - 90, height=240)


def dates(study: ReportData, found: Robustness) -> Exhibit:
    """When each site works, how often, and what its start is worth."""
    table = study.named(
        found.sites.filter(pl.col("status") != "survey").sort("pays", "site", descending=[True, False]),
        site="sites", option="options",
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "site": words("Site", "الموقع", link="site-"), "option": words("Option", "الخيار"),
        "status": coded("Status", "القرار", "status"), "operates": period("Planned to work", "تشغيله المخطط"),
        "operates_p50": period("P50", "P50"), "operates_p80": period("P80", "P80"),
        "reaches": share("Works in the horizon", "يعمل ضمن الأفق", 0),
        "worth_p50": money("Worth, P50", "قيمته، P50"), "worth_p80": money("Worth, P80", "قيمته، P80"),
        "pays": share("Worth it in", "يجدي في", 0),
    }  # fmt: skip
    return Exhibit(
        "dates_and_worth", "robust", ("Sites in many scenarios", "المواقع في سيناريوهات كثيرة"),
        ("A date that is missing is beyond the horizon, or behind a gate that stays shut. Worth is what the start adds "
         "at the prices of the scenario, with all other choices as they are.",
         "الموعد الغائب بعد الأفق أو خلف بوابة بقيت مغلقة. والقيمة ما يضيفه البدء بأسعار السيناريو وسائر الاختيارات "
         "على حالها."),
        ("Scenarios of the programme, held fixed.", "سيناريوهات البرنامج مثبتا."), table, columns, limit=100,
        inputs=("options", "works", "blockers", "precedents"),
    )  # fmt: skip


def often(study: ReportData, found: Robustness) -> Exhibit:
    """How often each site and option is chosen when all is chosen anew."""
    gap = ("", "")
    if found.replan_gap is not None:
        gap = (
            f" In half of the scenarios the choice is proven to be within {found.replan_gap:.1%} of the most that "
            "could be gained with these starts; it is not proven to be the best.",
            f" وفي نصف السيناريوهات ثبت أن الاختيار لا يبعد أكثر من {found.replan_gap:.1%} عن أقصى ما يمكن كسبه بهذه "
            "المواعيد؛ ولم يثبت أنه الأفضل.",
        )
    works = found.options.filter((pl.col("chosen") > 0) & (pl.col("kind") != "survey"))
    table = study.named(works, site="sites", option="options")
    columns: dict[str, Shown] = {
        "site": words("Site", "الموقع", link="site-"), "option": words("Option", "الخيار"),
        "status": coded("In the programme", "في البرنامج", "status"), "chosen": share("Chosen in", "يختار في", 0),
        "robust": coded("It is", "وهو", "robust"),
    }  # fmt: skip
    return Exhibit(
        "chosen_often", "robust", ("What stays chosen", "ما يبقى مختارا"),
        (f"The programme chosen anew in {found.replans} scenarios, before gates are known. The core is chosen in four "
         "of five or more; the rim depends on how things turn out; what is not listed was never chosen.",
         f"البرنامج مختارا من جديد في {found.replans} سيناريو قبل أن تعرف البوابات. النواة تختار في أربعة من خمسة "
         "أو أكثر؛ والحافة رهن بما يكون؛ وما لم يذكر لم يختر قط."),
        ("Prices of a linear model, then a search for whole starts among the best of each site, in each scenario."
         f"{gap[0]}",
         f"أسعار برنامج خطي ثم بحث عن مواعيد كاملة بين أفضل مواعيد كل موقع في كل سيناريو.{gap[1]}"),
        table, columns, both(lambda k: _often_bars(study, found, k)) if works.height else {}, limit=100,
        inputs=("options", "evidence", "programme.sites"),
    )  # fmt: skip


def _often_bars(study: ReportData, found: Robustness, k: int) -> Any:
    top = found.often.filter(pl.col("chosen") > 0).head(MOST)
    names = [spoken(study.name("sites", site), k) for site in top["site"]]
    rows = [
        {"site": name, "v": round(row["chosen"], 4), "robust": spoken(ROBUST[row["robust"]], k)}
        for name, row in zip(names, top.iter_rows(named=True), strict=True)
    ]
    present = [c for c in ROBUST if c in set(top["robust"])]
    scale = alt.Scale(domain=[spoken(ROBUST[c], k) for c in present], range=[SHADES[c] for c in present])
    axis, width = beside(names, k, NAMES, labelColor="#1d2a33")
    return (
        alt.Chart(data(rows)).mark_bar(height=12)
        .encode(
            x=alt.X("v:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(title=None, format=".0%", tickCount=5)),
            y=alt.Y("site:N", sort=list(dict.fromkeys(names)), axis=axis), color=alt.Color("robust:N", scale=scale),
        )
        .properties(width=width, height=alt.Step(18))
    )  # fmt: skip


def survey(study: ReportData, found: Robustness) -> Exhibit:
    """Sites in the order in which knowing them is worth most beyond what the survey costs."""
    worthy = found.surveys.filter(pl.col("worth") > 0)
    columns: dict[str, Shown] = {
        "site": words("Site", "الموقع", link="site-"), "gates": amount("Unknown gates", "بوابات مجهولة"),
        "values": amount("Assumed values", "قيم مفترضة"), "worth": money("Knowing it is worth", "قيمة معرفته"),
        "cost": money("Its survey costs", "كلفة مسحه"), "net": money("Difference", "الفرق"),
    }  # fmt: skip
    return Exhibit(
        "survey_first", "robust", ("What to survey first", "ما يمسح أولا"),
        ("What the expected value of the programme would rise by if all that is assumed of the site were known before "
         "anything is decided. Sites whose knowledge changes nothing are not listed; of a site without a stated "
         "capacity or chance nothing can be told.",
         "ما ترتفع به القيمة المتوقعة للبرنامج لو عرف كل ما يفترض عن الموقع قبل القرار. لا تذكر مواقع لا تغير معرفتها "
         "شيئا؛ ولا يقال شيء عن موقع بلا طاقة أو احتمال معلن."),
        ("Expected value of perfect information, by regression over the scenarios (Strong, Oakley and Brennan 2014).",
         "القيمة المتوقعة للمعلومات الكاملة بالانحدار على السيناريوهات (Strong, Oakley and Brennan 2014)."),
        study.named(worthy, site="sites"), columns,
        both(lambda k: _survey_bars(study, worthy, k)) if worthy.height else {}, limit=60,
        inputs=("sites", "blockers", "evidence"),
    )  # fmt: skip


def _survey_bars(study: ReportData, worthy: pl.DataFrame, k: int) -> Any:
    top = worthy.head(MOST)
    size, word = scale_of(float(top["worth"].max() or 0.0))  # type: ignore[arg-type]
    sides: dict[str, Both] = {
        "worth": ("Knowing it is worth", "قيمة معرفته"),
        "cost": ("Its survey costs", "كلفة مسحه"),
    }
    order = [spoken(study.name("sites", site), k) for site in top["site"]]
    rows = [
        {"site": name, "side": spoken(label, k), "v": rounded(row[side] / size)}
        for name, row in zip(order, top.iter_rows(named=True), strict=True)
        for side, label in sides.items()
    ]
    scale = alt.Scale(domain=[spoken(s, k) for s in sides.values()], range=["#12805c", "#b23a48"])
    axis, width = beside(order, k, NAMES, labelColor="#1d2a33")
    return (
        alt.Chart(data(rows)).mark_bar(height=7)
        .encode(
            x=alt.X("v:Q", axis=alt.Axis(title=spoken(measured((study.currency,) * 2, word), k), tickCount=6)),
            y=alt.Y("site:N", sort=order, axis=axis),
            yOffset=alt.YOffset("side:N", sort=[spoken(s, k) for s in sides.values()]),
            color=alt.Color("side:N", scale=scale),
        )
        .properties(width=width, height=alt.Step(9))
    )  # fmt: skip


def values(study: ReportData, found: Robustness) -> Exhibit:
    """Each gate and value with what knowing it alone is worth, gates first."""
    worthy = found.values.filter(pl.col("worth") > 0)
    for k, lang in enumerate(("en", "ar")):
        about = [
            study.name("sites", site)[k] if site else _whose(study, table, subject)[k]
            for site, table, subject in worthy.select("site", "table", "subject").iter_rows()
        ]
        fields = [_field(t, c, lang) for t, c in worthy.select("table", "column").iter_rows()]
        worthy = worthy.with_columns(
            pl.Series(f"about_{lang}", about, dtype=pl.String), pl.Series(f"field_{lang}", fields, dtype=pl.String)
        )
    columns: dict[str, Shown] = {
        "kind": coded("Kind", "النوع", "unknowns"), "about": words("Of", "عن"),
        "table": coded("Table", "الجدول", "tables"),
        "field": words("Field", "الحقل"), "worth": money("Knowing it is worth", "قيمة معرفته"),
    }  # fmt: skip
    table = worthy.with_columns(about=pl.col("subject"), field=pl.col("column"))
    return Exhibit(
        "values_first", "robust", ("Which gate and which value to know first", "أي بوابة وأي قيمة تعرف أولا"),
        ("Each alone; together they are worth more or less than the sum. What noise might feign is not listed.",
         "كل منها وحدها؛ وهي معا تساوي أكثر أو أقل من المجموع. ولا يذكر ما قد يوهم به التشتت."),
        ("Expected value of partial perfect information over the scenarios.",
         "القيمة المتوقعة للمعلومات الجزئية الكاملة على السيناريوهات."),
        table, columns, limit=80, inputs=("blockers", "evidence"),
    )  # fmt: skip


def _whose(study: ReportData, table: str, subject: str) -> Both:
    """The name of what a value belongs to: its own, that of what its key names, else the key itself."""
    known = {**study.names["commodities"], **study.names.get(table, {})}
    if subject in known:
        return known[subject]
    keys = {**study.names["sources"], **study.names["pools"], **study.names["options"], **known}
    parts = [keys.get(key, (key, key)) for key in subject.split("/")]
    return (", ".join(en for en, _ in parts), "، ".join(ar for _, ar in parts))


def _field(table: str, column: str, lang: str) -> str:
    """The words of a column, or of the gate that stands in its place."""
    if table == "blockers" and column in codes("gates"):
        return codes("gates")[column][lang == "ar"]
    spec = TABLES[table].columns().get(column) if table in TABLES else None
    return str(spec.metadata[lang]) if spec is not None and spec.metadata else column


def assumptions(found: Robustness) -> Exhibit:
    """The shocks and how likely they were taken to be."""
    columns: dict[str, Shown] = {
        "shock": coded("Shock", "الصدمة", "shocks"), "scope": coded("Strikes", "تصيب", "scopes"),
        "chance": share("Chance", "الاحتمال", 0), "low": amount("Size, low", "المقدار، الأدنى", decimals=2),
        "mode": amount("most likely", "الأرجح", decimals=2), "high": amount("high", "الأعلى", decimals=2),
        "unit": coded("Unit", "الوحدة", "shock_units"),
    }  # fmt: skip
    return Exhibit(
        "shocks", "robust", ("Shocks, all assumed", "الصدمات، وكلها مفترضة"),
        ("No source states these chances for the setting: they are assumed. Ranges of values, chances of gates and "
         "precedents come from the case.",
         "لا مصدر يذكر هذه الاحتمالات لهذه البيئة: هي مفترضة. أما مجالات القيم واحتمالات البوابات والسوابق فمن "
         "الحالة."),
        ("Assumed.", "مفترضة."), found.shocks, columns,
    )  # fmt: skip


def front(study: ReportData, found: Front) -> Exhibit:
    """The front between two aims."""
    labels = [_aim(study, aim) for aim in (found.aim_a, found.aim_b)]
    units = [
        "share" if a.startswith("share") else "persons" if a == "jobs" else "currency"
        for a in (found.aim_a, found.aim_b)
    ]
    columns: dict[str, Shown] = {
        "point": amount("Point", "النقطة"),
        "a": Shown(labels[0], units[0], 0), "b": Shown(labels[1], units[1], 1 if units[1] == "share" else 0),
        "bound": Shown(("No more is possible than", "لا يمكن أكثر من"), units[0], 0),
        "sites": amount("Sites started", "مواقع تبدأ"),
    }  # fmt: skip
    return Exhibit(
        "front", "robust",
        (f"{labels[0][0]} against {labels[1][0].lower()}", f"{labels[0][1]} مقابل {labels[1][1]}"),
        ("Each point is a programme of its own; none is better in both. The grey line is what could be possible "
         "at most.",
         "كل نقطة برنامج قائم بذاته؛ ولا نقطة أفضل في الاثنين. والخط الرمادي أقصى ما قد يمكن."),
        ("Best in the first aim with at least so much of the second, step by step.",
         "الأفضل في الهدف الأول بحد أدنى من الثاني، خطوة خطوة."),
        found.points, columns, both(lambda k: _front_line(study, found, labels, units, k)),
        inputs=("options", "rules"),
    )  # fmt: skip


AIMS: dict[str, Both] = {
    "value": ("Value over doing nothing", "القيمة فوق عدم الفعل"),
    "jobs": ("New jobs, net", "الوظائف الجديدة الصافية"),
    "foreign_exchange": ("Foreign exchange earned or saved", "النقد الأجنبي المكتسب أو الموفر"),
    "cash": ("Money not paid out", "المال غير المدفوع"),
}


def _aim(study: ReportData, aim: str) -> Both:
    name, _, region = aim.partition(":")
    if name != "share":
        return AIMS[name]
    where = study.name("regions", region)
    return (f"Share of investment in {where[0]}", f"حصة الاستثمار في {where[1]}")


def _front_line(study: ReportData, found: Front, labels: list[Both], units: list[str], k: int) -> Any:
    sizes, titles = [], []
    for column, label, unit in zip(("a", "b"), labels, units, strict=True):
        money_ = unit == "currency"
        size, word = scale_of(float(found.points[column].abs().max() or 0.0)) if money_ else (1.0, ("", ""))  # type: ignore[arg-type]
        scaled = measured((study.currency,) * 2, word) if money_ else ("", "")
        sizes.append(size)
        titles.append(spoken(tuple(f"{n} ({u})" if u else n for n, u in zip(label, scaled, strict=True)), k))  # type: ignore[arg-type]
    rows = [
        {"a": rounded(r["a"] / sizes[0]), "b": rounded(r["b"] / sizes[1]),
         "most": None if r["bound"] is None else rounded(r["bound"] / sizes[0])}
        for r in found.points.iter_rows(named=True)
    ]  # fmt: skip
    style = ".0%" if units[1] == "share" else "~s" if units[1] == "persons" else "~g"
    x = alt.X("b:Q", axis=alt.Axis(title=titles[1], format=style), scale=alt.Scale(zero=False))
    axis = alt.Axis(title=titles[0], tickCount=6)
    known = alt.Chart(data(rows)).mark_line(point=True, color=PALETTE[0]).encode(x=x, y=alt.Y("a:Q", axis=axis))
    most = alt.Chart(data([r for r in rows if r["most"] is not None])).mark_line(color="#b4bec6", strokeDash=[5, 3])
    return alt.layer(most.encode(x=x, y="most:Q"), known).properties(width=WIDTH - 110, height=320)
