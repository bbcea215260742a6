"""Ways to bring a site to work, and what each takes."""

from tawteen.case.columns import date, key, maybe, number, text, whole
from tawteen.case.tables.table import Table


class Options(Table):
    """One way for one site; `as_is` describes a line that runs today."""

    id = key("Option", "الخيار")
    site = text("Site", "الموقع", need=True, ref="sites")
    kind = text("Kind", "النوع", need=True, codes="option_kinds")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    capacity = number(
        "Throughput capacity",
        "طاقة التشغيل",
        "In units of throughput; the recipe says what one unit makes and takes. Empty: what the lines of the site make by "
        "availability, performance and quality, those losses closed that the option closes",
        "بوحدات التشغيل؛ الوصفة تحدد ما تنتجه الوحدة وما تستهلكه. الفراغ: ما تنتجه خطوط الموقع بحسب الإتاحة والأداء "
        "والجودة بعد إزالة الفواقد التي يزيلها الخيار",
        unit="unit/quarter",
        default=0.0,
    )
    output_reached = number(
        "Output reached",
        "الإنتاج المتحقق",
        "Share of capacity reached in practice; empty means the mean of the reference class",
        "الحصة المتحققة عمليا؛ الفراغ يعني متوسط فئة المرجع",
        unit="share",
        high=1.0,
    )
    ramp_quarters = number(
        "Quarters of ramp-up",
        "أرباع التصاعد",
        "From first product to full output",
        "من أول منتج إلى كامل الإنتاج",
        unit="quarters",
        default=0.0,
    )
    ramp_start = number("Output in the first quarter", "إنتاج الربع الأول", unit="share", high=1.0, default=0.5)
    fixed_cost = number(
        "Fixed cost without wages",
        "الكلفة الثابتة بلا أجور",
        "Whether it runs full or empty",
        "سواء عمل كاملا أو فارغا",
        unit="currency/quarter",
        default=0.0,
    )
    variable_cost = number(
        "Other variable cost", "كلفة متغيرة أخرى", "Beyond the recipe", "فوق الوصفة", unit="currency/unit", default=0.0
    )
    foreign_share = number(
        "Foreign share of running cost", "الحصة الأجنبية من كلفة التشغيل", unit="share", high=1.0, default=0.0
    )
    jobs = number("Jobs in operation", "الوظائف عند التشغيل", unit="persons", default=0.0)
    wage = number("Wage", "الأجر", unit="currency/person/quarter", default=0.0)
    working_capital_days = number(
        "Working capital", "رأس المال العامل", "Days of running cost", "أيام من كلفة التشغيل", unit="days", default=0.0
    )
    life = number("Economic life", "العمر الاقتصادي", unit="years", low=1, default=15.0)
    closing_cost = number(
        "Closing and clean-up",
        "الإغلاق والتنظيف",
        "Owed at the end of the horizon",
        "مستحقة في نهاية الأفق",
        unit="currency",
        default=0.0,
    )
    process_emission = number("Process carbon", "كربون العملية", unit="tCO2/unit", default=0.0)
    severance = number("Severance", "تعويض نهاية الخدمة", unit="currency", default=0.0)
    estimate_class = whole(
        "Estimate class (AACE)",
        "صنف التقدير",
        "Class of AACE 18R-97; stated, it gives the investment items without a range theirs, of which the plan takes the "
        "mean. Empty: the amounts are planned with as they stand, and only their spread is that of class 5",
        "صنف AACE 18R-97؛ إن ذكر أعطى البنود التي بلا مجال مجالها، والخطة تأخذ متوسطه. الفراغ: يخطط بالمبالغ كما هي، "
        "وتشتتها وحده تشتت الصنف 5",
        unit="1-5",
        low=1,
        high=5,
        default=5,
    )
    reference_class = text(
        "Reference class",
        "فئة المرجع",
        "Class of precedents that corrects cost, time, output and survival; empty means none",
        "فئة السوابق التي تصحح الكلفة والمدة والإنتاج والبقاء؛ الفراغ يعني لا تصحيح",
        codes="reference_classes",
    )
    chance = number(
        "Chance of success",
        "احتمال النجاح",
        "Of a pilot or innovation, beside its gates",
        "لتجربة أو ابتكار إلى جانب بواباته",
        unit="share",
        high=1.0,
        default=1.0,
    )
    earliest = date("Not before", "ليس قبل", part="first")
    latest = date("Not after", "ليس بعد", part="last")
    stops_line = maybe(
        "Line stands during works",
        "الخط متوقف أثناء الأعمال",
        "Of an option that works on a line that runs today: whether its works take the line down, for their weeks; empty "
        "counts as yes",
        "لخيار يعمل على خط قائم: هل توقف أعماله الخط طوال أسابيعها؛ الفراغ يعد نعم",
    )
    relapse = number(
        "Chance of relapse in a year",
        "احتمال الانتكاس في السنة",
        "Of the gain over the line that runs today: the chance that within a year it is lost again",
        "للزيادة على الخط القائم: احتمال ضياعها خلال سنة",
        unit="share/year",
    )
    maintained = maybe(
        "Maintenance is part of it",
        "الصيانة جزء منه",
        "Yes: maintenance keeps the gain, which does not relapse",
        "نعم: تحفظ الصيانة الزيادة فلا تنتكس",
    )


class ClosedLosses(Table):
    """A loss of a line that an option closes, whole or in part."""

    option = key("Option", "الخيار", ref="options")
    line = key("Line", "الخط", ref="lines")
    loss = key("Loss", "الفاقد", "A loss of the line, of the table of losses", "فاقد من فواقد الخط في جدول الفواقد")
    closes = number("Share it closes", "الحصة التي يزيلها", unit="share", default=1.0)


class Recipes(Table):
    """What one unit of throughput makes and takes."""

    option = key("Option", "الخيار", ref="options")
    commodity = key("Commodity", "السلعة", ref="commodities")
    direction = key("Direction", "الاتجاه", codes="directions")
    quantity = number("Quantity per unit of throughput", "الكمية لكل وحدة تشغيل", unit="unit/unit", need=True)


class Works(Table):
    """A work package of an option."""

    option = key("Option", "الخيار", ref="options")
    id = key("Work package", "حزمة العمل")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    weeks = number("Weeks", "الأسابيع", unit="weeks", need=True)
    weeks_low = number("Weeks, low", "الأسابيع، الأدنى", unit="weeks")
    weeks_high = number("Weeks, high", "الأسابيع، الأعلى", unit="weeks")
    after = text(
        "After",
        "بعد",
        "Work packages of the same option that come first, separated by ;",
        "حزم الخيار نفسه التي تسبقها، تفصلها ;",
        many=True,
    )
    lag = number(
        "Lag", "فاصل", "Weeks of waiting after the last of them", "أسابيع انتظار بعد آخرها", unit="weeks", default=0.0
    )
    capability = text("Capability", "القدرة", ref="capabilities")
    effort = number(
        "Effort",
        "الجهد",
        "In units of the capability over the whole package",
        "بوحدة القدرة للحزمة كلها",
        unit="capability unit",
        default=0.0,
    )
    crew = number("Crew", "الطاقم", unit="persons", default=0.0)
    stops = maybe(
        "Line stands",
        "الخط متوقف",
        "Whether the line stands during this package; empty: as the option says",
        "هل يتوقف الخط خلال هذه الحزمة؛ الفراغ: كما يذكر الخيار",
    )
    releases = number(
        "Capacity it releases",
        "الطاقة التي تطلقها",
        "Share of capacity that may run from its end on; if no package says so, the last releases all",
        "حصة الطاقة التي تعمل بعد نهايتها؛ إن لم تذكر أي حزمة فالأخيرة تطلق الكل",
        unit="share",
        high=1.0,
    )


class Costs(Table):
    """An investment item of an option, beside the effort of its works."""

    option = key("Option", "الخيار", ref="options")
    id = key("Item", "البند")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    category = text("Category", "الفئة", need=True, codes="cost_categories")
    amount = number("Amount", "المبلغ", "Price-year money", "بنقود سنة الأساس", unit="money", need=True)
    low = number("Low", "الأدنى", unit="money")
    high = number("High", "الأعلى", unit="money")
    currency = text("Currency", "العملة", "Empty means the currency of the case", "الفراغ يعني عملة الحالة")
    origin = text("Origin", "المصدر", need=True, codes="origins")
    work = text(
        "Paid with work package",
        "يدفع مع حزمة العمل",
        "Empty: evenly over all works",
        "الفراغ: بالتساوي على الأعمال كلها",
    )


class Cadres(Table):
    """People an option needs before it may run."""

    option = key("Option", "الخيار", ref="options")
    course = key(
        "Course",
        "الدورة",
        "Course that brings them to the level needed",
        "الدورة التي توصلهم إلى المستوى المطلوب",
        ref="courses",
    )
    headcount = number("People to certify", "عدد من يعتمدون", unit="persons", need=True)
    returning = number(
        "Of these returning staff",
        "منهم عائدون",
        "Counted as far as staff lists them; those who are out of practice need the course of new entrants",
        "يحسب منهم من تذكره القوى العاملة؛ ومن فقد الممارسة يحتاج دورة الداخلين الجدد",
        unit="persons",
        default=0.0,
    )
