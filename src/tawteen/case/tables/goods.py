"""What is made, used, bought or moved."""

from tawteen.case.columns import date, flag, key, number, text, whole
from tawteen.case.tables.table import Table


class Commodities(Table):
    """A product, material, utility or service with its parity prices."""

    id = key("Commodity", "السلعة")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    unit = text("Unit", "الوحدة", need=True, codes="units")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    hs = text("HS 2022 code", "رمز النظام المنسق")
    carries = text(
        "Moves as",
        "ينتقل كـ",
        "Empty: it cannot move between regions",
        "الفراغ: لا ينتقل بين المناطق",
        codes="carriers",
    )
    mass = number(
        "Mass",
        "الكتلة",
        "Tonnes moved per unit (1 for power and water)",
        "أطنان لكل وحدة (1 للكهرباء والماء)",
        unit="t/unit",
        low=1e-6,
        default=1.0,
    )
    cif = number(
        "Import price (CIF)",
        "سعر الاستيراد (سيف)",
        "Price at the port before port charges; empty means it cannot be imported",
        "السعر عند الميناء قبل رسومه؛ الفراغ يعني لا يستورد",
        unit="currency/unit",
    )
    partner_share = number(
        "Share of imports from the partner",
        "حصة الواردات من الشريك",
        "Of what is imported, at CIF; empty means unknown: what the partner sells is not counted",
        "من المستورد بسعر سيف؛ الفراغ يعني غير معروفة: لا تحسب مبيعات الشريك",
        unit="share",
        high=1.0,
    )
    fob = number(
        "Export price (FOB)",
        "سعر التصدير (فوب)",
        "Empty means it cannot be exported",
        "الفراغ يعني لا يصدر",
        unit="currency/unit",
    )
    port_cost = number("Port charges", "رسوم الميناء", unit="currency/unit", default=0.0)
    import_limit = number(
        "Import limit per quarter",
        "حد الاستيراد في الربع",
        "Whole country; empty means no limit",
        "للبلد كله؛ الفراغ يعني بلا حد",
        unit="unit/quarter",
    )
    export_limit = number(
        "Export limit per quarter",
        "حد التصدير في الربع",
        "Whole country; empty means no limit",
        "للبلد كله؛ الفراغ يعني بلا حد",
        unit="unit/quarter",
    )
    uptake = number(
        "Market uptake per year",
        "استيعاب السوق في السنة",
        "Share of today's imports that new home output may replace more each year; empty means 1",
        "حصة واردات اليوم التي يحل محلها إنتاج محلي جديد زيادة كل سنة؛ الفراغ يعني 1",
        unit="share/year",
        high=1.0,
        default=1.0,
    )
    storable = flag("Can be stored", "قابل للتخزين")
    holding_cost = number("Holding cost", "كلفة التخزين", unit="currency/unit/quarter", default=0.0)
    credit = flag(
        "Needs a letter of credit",
        "يحتاج اعتمادا مستنديا",
        "Its purchase as an input takes letter-of-credit capacity",
        "شراؤه مدخلا يستهلك من سعة الاعتمادات",
    )
    emission = number("Carbon when used", "الكربون عند الاستعمال", unit="tCO2/unit", default=0.0)
    dual_use = flag("Dual use", "مزدوج الاستخدام", "Flagged for export control", "يخضع لضوابط التصدير")


class Demands(Table):
    """What a region needs per quarter."""

    id = key("Demand", "الطلب")
    region = text("Region", "المنطقة", need=True, ref="regions")
    commodity = text("Commodity", "السلعة", need=True, ref="commodities")
    start = date("From", "من", "Empty means the start of the horizon", "الفراغ يعني بداية الأفق", part="first")
    end = date("Until", "إلى", "Empty means the end of the horizon", "الفراغ يعني نهاية الأفق", part="last")
    season = whole(
        "Calendar quarter",
        "ربع السنة",
        "Only in this quarter of each year; empty means all",
        "في هذا الربع من كل سنة فقط؛ الفراغ يعني كلها",
        unit="1-4",
        low=1,
        high=4,
    )
    quantity = number("Quantity per quarter", "الكمية في الربع", unit="unit/quarter", need=True)
    growth = number("Growth per year", "النمو السنوي", unit="share/year", low=-0.5, high=0.5, default=0.0)
    penalty = number(
        "Willingness to pay",
        "الاستعداد للدفع",
        "What one unmet unit costs the country",
        "كلفة الوحدة غير الملباة على البلد",
        unit="currency/unit",
        need=True,
    )
    project = text("Reconstruction project", "مشروع الإعمار", ref="projects")


class Supplies(Table):
    """What exists already: running plants, grid power, water; also bridging supply by the partner."""

    id = key("Supply", "العرض القائم")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    region = text("Region", "المنطقة", need=True, ref="regions")
    commodity = text("Commodity", "السلعة", need=True, ref="commodities")
    start = date("From", "من", part="first")
    end = date("Until", "إلى", part="last")
    season = whole("Calendar quarter", "ربع السنة", unit="1-4", low=1, high=4)
    quantity = number("Quantity per quarter", "الكمية في الربع", unit="unit/quarter", need=True)
    variable_cost = number("Variable cost", "الكلفة المتغيرة", unit="currency/unit", need=True)
    foreign_share = number("Foreign share of cost", "الحصة الأجنبية من الكلفة", unit="share", high=1.0, default=0.0)
    jobs = number(
        "Jobs per unit per quarter",
        "وظائف لكل وحدة في الربع",
        "Lost when it is displaced",
        "تفقد عند إزاحته",
        unit="persons/(unit/quarter)",
        default=0.0,
    )
    site = text("Site", "الموقع", ref="sites")
    partner = flag("Bridging supply of the partner", "عرض انتقالي من الشريك")
