"""Factories and what keeps them from working."""

from tawteen.case.columns import date, key, number, text, whole
from tawteen.case.tables.table import Table


class Sites(Table):
    """A factory, power plant, training centre, route or other place that an option can bring to work."""

    id = key("Site", "الموقع")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    region = text("Region", "المنطقة", need=True, ref="regions")
    town = text("Town", "المدينة")
    lat = number("Latitude", "خط العرض", unit="deg", low=-90, high=90)
    lon = number("Longitude", "خط الطول", unit="deg", low=-180, high=180)
    isic = text("ISIC Rev.4", "التصنيف الصناعي", codes="isic")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    owner = text("Owner", "المالك")
    authority = text(
        "Controlling authority", "السلطة المسيطرة", "Who can hand the site over in fact", "من يستطيع تسليم الموقع فعلا"
    )
    mandate = text("Mandate", "التفويض", codes="mandates")
    state = text("State", "الحالة", need=True, codes="site_states")
    state_as_of = date(
        "State as of",
        "تاريخ الحالة",
        "Older than `time.state_years` at the start: works wait for an inspection, which renews the date",
        "أقدم من `time.state_years` عند البداية: تنتظر الأعمال معاينة تجدد التاريخ",
    )
    stopped_since = date("Stopped since", "متوقف منذ")
    role = text("Role in the case", "الدور في الحالة", need=True, codes="site_roles")
    care_cost = number(
        "Care and maintenance",
        "الحراسة والصيانة",
        "While it stands still",
        "وهو متوقف",
        unit="currency/quarter",
        default=0.0,
    )
    idle_staff = number("Staff on the payroll now", "العاملون على القوائم الآن", unit="persons", default=0.0)
    idle_wage = number("Payroll now", "الأجور الحالية", unit="currency/quarter", default=0.0)
    survey_cost = number("Cost of a survey", "كلفة المسح", unit="currency", default=0.0)
    survey_weeks = number("Weeks of a survey", "أسابيع المسح", unit="weeks", default=0.0)
    survey_capability = text(
        "Survey team",
        "فريق المسح",
        "Capability whose units survey the site; empty: anybody can",
        "القدرة التي تمسح وحداتها الموقع؛ الفراغ: أي أحد",
        ref="capabilities",
    )
    survey_effort = number(
        "Effort of a survey",
        "جهد المسح",
        "Of the team over the whole survey, paid at its price beside the cost of the survey",
        "جهد الفريق في المسح كله، ويدفع بسعره إلى جانب كلفة المسح",
        unit="capability unit",
        default=0.0,
    )


class Lines(Table):
    """A production line: what it was built for and what it loses today."""

    id = key("Line", "الخط")
    site = text("Site", "الموقع", need=True, ref="sites")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    commodity = text("Product", "المنتج", need=True, ref="commodities")
    nominal = number("Nominal capacity", "الطاقة الاسمية", unit="unit/quarter", need=True)
    availability = number(
        "Availability",
        "الإتاحة",
        "Share of planned time that it runs; power cuts and missing inputs are not its fault. Empty: what its losses leave",
        "حصة الوقت المخطط الذي يعمل فيه؛ انقطاع الكهرباء والمدخلات ليس ذنبه. الفراغ: ما تبقيه فواقده",
        unit="share",
        high=1.0,
    )
    performance = number(
        "Performance",
        "الأداء",
        "Speed over nominal speed while it runs; empty: what its losses leave",
        "السرعة إلى السرعة الاسمية أثناء التشغيل؛ الفراغ: ما تبقيه فواقده",
        unit="share",
        high=1.0,
    )
    quality = number(
        "Quality",
        "الجودة",
        "Good output over all output; empty: what its losses leave",
        "الإنتاج الجيد إلى كل الإنتاج؛ الفراغ: ما تبقيه فواقده",
        unit="share",
        high=1.0,
    )
    state_as_of = date(
        "State as of",
        "تاريخ الحالة",
        "When its losses were seen; the oldest date of a site and its lines counts",
        "متى رصد الفاقد؛ يعتد بأقدم تواريخ الموقع وخطوطه",
    )


class LineLosses(Table):
    """A named loss of a line: stops, slow running, waste. Those of one factor make up what it lacks to 1."""

    line = key("Line", "الخط", ref="lines")
    id = key("Loss", "الفاقد")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    factor = text("Factor", "العامل", need=True, codes="loss_factors")
    share = number(
        "Share lost",
        "الحصة المفقودة",
        "Of planned time (availability), of speed (performance) or of output (quality)",
        "من الوقت المخطط (الإتاحة) أو من السرعة (الأداء) أو من الإنتاج (الجودة)",
        unit="share",
        need=True,
    )


class Blockers(Table):
    """A gate of a site: open, closed or unknown, with its way to open."""

    site = key("Site", "الموقع", ref="sites")
    gate = key("Gate", "البوابة", codes="gates")
    state = text("State", "الحالة", need=True, codes="gate_states")
    stops = text(
        "Stops it",
        "يوقفه",
        "Now, or next once the present blockers are gone",
        "الآن، أو لاحقا بعد زوال العوائق الحالية",
        need=True,
        codes="gate_timing",
    )
    opens_by = text("Opens by", "يفتح بـ", need=True, codes="gate_openers")
    authority = text("Holder", "صاحب القرار")
    open_date = date("Opens on", "تاريخ الفتح", "For a gate an authority opens", "لبوابة تفتحها سلطة", part="last")
    cost = number("Cost of its task", "كلفة مهمته", unit="currency", default=0.0)
    weeks = number("Weeks of its task", "أسابيع مهمته", unit="weeks", default=0.0)
    chance = number(
        "Chance of passing",
        "احتمال الاجتياز",
        "For an unknown gate, after survey and task",
        "لبوابة مجهولة بعد المسح والمهمة",
        unit="share",
        high=1.0,
    )
    decision = text(
        "Decision",
        "القرار",
        "Gates of one decision, as of a court about many sites, open or stay shut together",
        "بوابات القرار الواحد، كقرار محكمة في مواقع كثيرة، تفتح معا أو تبقى مغلقة معا",
    )
    task_en = text("Task (English)", "المهمة (إنجليزي)")
    task_ar = text("Task (Arabic)", "المهمة (عربي)")


class Staff(Table):
    """Who is still there, by occupation."""

    site = key("Site", "الموقع", ref="sites")
    occupation = key("Occupation (ISCO-08)", "المهنة", ref="occupations")
    headcount = number("Headcount", "العدد", unit="persons", need=True)
    last_worked = date("Last worked", "آخر عمل")
    years_idle = whole("Years without practice", "سنوات بلا ممارسة", unit="years")
