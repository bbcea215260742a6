"""At a glance: the figures a chair asks for first, and the same by field of cooperation."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import codes
from tawteen.report.assumed import assumed_share
from tawteen.report.exhibit import FIELD, UNITS, Both, Exhibit, Shown, amount, money, words
from tawteen.report.lists import OUTCOMES, STATUS
from tawteen.report.study import WORKS, Study

Figure = tuple[str, Both, float | None, str, Both, str]


def overview(study: Study) -> list[Exhibit]:
    """Summary figures and the reading by field."""
    return [summary(study), by_field(study)]


def figures(study: Study) -> list[Figure]:
    """(key, label, value, unit, words of the value, what it means) of each summary figure."""
    programme, chosen = study.programme, study.chosen
    status = programme.sites["status"].value_counts()
    count = dict(zip(status["status"], status["count"], strict=True))
    gain = _minus(programme.value, programme.do_nothing)
    drawn = programme.draws["amount"].sum()
    peak = study.jobs.group_by("period").agg(pl.col("jobs").sum())["jobs"].max() if study.jobs.height else 0.0
    new = study.jobs.group_by("period").agg(pl.col("new_jobs").sum())["new_jobs"].max() if study.jobs.height else 0.0
    none: Both = ("", "")
    rows: list[Figure] = [
        ("status", ("Result", "النتيجة"), None, "", OUTCOMES[programme.status], "cards"),
        ("gain", ("Gain over doing nothing", "المكسب على عدم فعل شيء"), gain, "currency", none, "cards"),
        ("value", ("Value", "القيمة"), programme.value, "currency", none, ""),
        ("do_nothing", ("Value of doing nothing", "قيمة عدم فعل شيء"), programme.do_nothing, "currency", none, ""),
        ("bound", ("Proven upper bound", "الحد الأعلى المبرهن"), programme.bound, "currency", none, ""),
        ("gap", ("Gap of the proof, share of the gain", "فجوة البرهان من المكسب"), programme.gap, "share", none, "cards"),
        ("firm", ("Sites to restart, firm", "مواقع تعاد، مؤكدة"), count.get("firm", 0), "", none, "cards"),
        ("conditional", ("Sites to restart if gates open", "مواقع تعاد إذا فتحت بواباتها"), count.get("conditional", 0), "", none, "cards"),
        ("survey", ("Sites to survey first", "مواقع تمسح أولا"), count.get("survey", 0), "", none, "cards"),
        ("close", ("Sites to close for good", "مواقع تغلق نهائيا"), count.get("close", 0), "", none, ""),
        ("out", ("Sites left for now", "مواقع تترك الآن"), count.get("out", 0) + count.get("as_is", 0), "", none, "cards"),
        ("money", ("Money drawn", "المال المسحوب"), float(drawn), "currency", none, "cards"),
    ]  # fmt: skip
    for party, total in _by_party(study).items():
        en, ar = study.name("parties", party)
        rows.append((f"money_{party}", (f"Of it by {en}", f"منه من {ar}"), total, "currency", none, ""))
    rows += [
        ("investment", ("Investment of the chosen options", "استثمار الخيارات المختارة"), float(chosen["investment"].sum()), "currency", none, ""),
        ("jobs", ("Jobs at most in a quarter, expected", "أقصى الوظائف في ربع، المتوقع"), float(peak or 0.0), "persons", none, "cards"),  # type: ignore[arg-type]
        ("new_jobs", ("New persons at most in a quarter, expected", "أقصى العاملين الجدد في ربع، المتوقع"), float(new or 0.0), "persons", none, ""),  # type: ignore[arg-type]
        ("assumed", ("Share of the value that rests on assumed numbers", "حصة القيمة القائمة على أرقام مفترضة"), assumed_share(study), "share", none, "cards"),
        ("seconds", ("Seconds of planning", "ثواني التخطيط"), programme.seconds, "s", none, ""),
    ]  # fmt: skip
    return rows


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _by_party(study: Study) -> dict[str, float]:
    parties = study.case["funds"].select(fund="id", party="party")
    sums = study.programme.draws.join(parties, on="fund").group_by("party").agg(pl.col("amount").sum()).sort("party")
    return dict(zip(sums["party"], sums["amount"], strict=True))


def summary(study: Study) -> Exhibit:
    """The figures as a table; the page shows some of them as cards."""
    rows = [
        {"key": key, "figure_en": label[0], "figure_ar": label[1], "value": value, "unit": unit, "words_en": said[0],
         "words_ar": said[1], "place": place, **_unit(study, unit)}
        for key, label, value, unit, said, place in figures(study)
    ]  # fmt: skip
    types = {"key": pl.String, "figure_en": pl.String, "figure_ar": pl.String, "value": pl.Float64, "unit": pl.String,
             "words_en": pl.String, "words_ar": pl.String, "place": pl.String, "of_en": pl.String, "of_ar": pl.String}  # fmt: skip
    settings = study.case.settings
    view: Both = ("economic, of the host country", "الاقتصادي للبلد المضيف") if settings.value.view == "economic" else (
        "financial", "المالي")  # fmt: skip
    return Exhibit(
        "summary", "overview", ("The programme in figures", "البرنامج بالأرقام"),
        (f"{study.currency} of {settings.money.price_year}, constant prices; values are discounted to the start of "
         f"{study.case.calendar.label(0)}; the view is {view[0]}. Gain is value less the value of doing nothing.",
         f"{study.currency} بأسعار {settings.money.price_year} الثابتة؛ القيم مخصومة إلى بداية \u2066{study.case.calendar.label(0)}\u2069؛ "
         f"المنظور هو {view[1]}. المكسب هو القيمة ناقص قيمة عدم فعل شيء."),
        ("Computed by the planner; the command tawteen verify recomputes them from case and programme alone.",
         "حسبها المخطط؛ والأمر tawteen verify يعيد حسابها من الحالة والبرنامج وحدهما."),
        pl.DataFrame(rows, schema=types),
        {"figure": words("Figure", "الرقم"), "value": Shown(("Value", "القيمة"), "by_row"), "of": words("Unit", "الوحدة")},
        inputs=("programme.sites", "programme.draws"),
    )  # fmt: skip


def _unit(study: Study, unit: str) -> dict[str, str]:
    en, ar = (study.currency, study.currency) if unit == "currency" else UNITS.get(unit, ("", "")) if unit != "share" else ("", "")
    return {"of_en": en, "of_ar": ar}


def by_field(study: Study) -> Exhibit:
    """Everything by field of cooperation."""
    sites = study.fields.join(study.programme.sites.select(site="id", status="status"), on="site", how="left")
    picked = study.chosen.filter(pl.col("status").is_in(WORKS)).select("site", "investment", "jobs")
    sums = sites.join(picked, on="site", how="left").group_by("field").agg(
        sites=pl.len(),
        **{s: (pl.col("status") == s).sum() for s in ("firm", "conditional", "survey")},
        investment=pl.col("investment").sum(), jobs=pl.col("jobs").sum(),
    )  # fmt: skip
    skills = study.case["capabilities"].select(pool="id", field="field")
    works = study.bought.filter(pl.col("pool_kind") == "capability").join(skills, on="pool", how="left")
    works = works.group_by("field").agg(works=pl.col("paid").sum())
    trained = study.bought.filter(pl.col("pool_kind") == "course")["paid"].sum()
    ideas = study.case["innovations"].group_by("field").agg(ideas=pl.len())
    projects = study.case["projects"].group_by("field").agg(projects=pl.len())
    offers = study.case["offers"].select(pool="capability").join(skills, on="pool", how="left").group_by("field").agg(offers=pl.len())
    table = pl.DataFrame({"field": list(codes("fields"))})
    for part in (sums, works, offers, ideas, projects):
        table = table.join(part, on="field", how="left")
    table = table.with_columns(
        works=pl.col("works").fill_null(0.0) + pl.when(pl.col("field") == "training").then(float(trained)).otherwise(0.0)
    ).with_columns(pl.exclude("field").fill_null(0))
    columns: dict[str, Shown] = {
        "field": FIELD, "sites": amount("Sites in the case", "مواقع الحالة"), "firm": Shown(STATUS["firm"], decimals=0),
        "conditional": Shown(STATUS["conditional"], decimals=0), "survey": Shown(STATUS["survey"], decimals=0),
        "investment": money("Investment", "الاستثمار"), "jobs": amount("Jobs", "الوظائف", "persons"),
        "works": money("Works and training bought", "أعمال وتدريب مشتراة"), "offers": amount("Offers", "العروض"),
        "projects": amount("Projects", "المشروعات"), "ideas": amount("Innovations", "الابتكارات"),
    }  # fmt: skip
    return Exhibit(
        "fields", "overview", ("By field of cooperation", "حسب مجال التعاون"),
        ("Every field of the cooperation is listed, also those in which the programme does nothing. A site counts in the field "
         "of its chosen option, else in its own; works count in the field of the capability, courses in training.",
         "تذكر كل مجالات التعاون حتى ما لا يفعل البرنامج فيها شيئا. يحسب الموقع في مجال خياره المختار وإلا فمجاله؛ والأعمال في "
         "مجال القدرة، والدورات في التدريب."),
        ("Fields of sites, options, capabilities, projects and innovations in the case.",
         "مجالات المواقع والخيارات والقدرات والمشروعات والابتكارات في الحالة."),
        table, columns, inputs=("sites", "options", "capabilities", "projects", "innovations", "programme.sites"),
    )  # fmt: skip
