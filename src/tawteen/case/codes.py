"""Code lists: every code a cell may hold, with its words in English and Arabic."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from tawteen.case.tables import TITLES

Words = dict[str, tuple[str, str]]

LISTS: dict[str, Words] = {
    "fields": {
        "communications": ("Communications", "الاتصالات"),
        "electronics": ("Electronics", "الإلكترونيات"),
        "digital": ("Digital transformation", "التحول الرقمي"),
        "solutions": ("Technological solutions", "الحلول التقنية"),
        "security": ("Information security", "أمن المعلومات"),
        "infrastructure": ("Technological infrastructure", "البنية التحتية التقنية"),
        "innovations": ("Industrially applicable innovations", "الابتكارات القابلة للتطبيق الصناعي"),
        "manufacturing": ("Manufacturing", "التصنيع"),
        "transportation": ("Transportation", "النقل"),
        "training": ("Training of cadres", "تدريب الكوادر"),
    },
    "grades": {
        "assumed": ("Assumed", "مفترض"),
        "reported": ("Reported", "منقول"),
        "documented": ("Documented", "موثق"),
        "inspected": ("Inspected", "معاين"),
        "tested": ("Tested", "مختبر"),
    },
    "gates": {
        "title": ("Legal title and authority", "الملكية والصلاحية القانونية"),
        "litigation": ("Litigation, debts and liens", "النزاعات والديون والحجوزات"),
        "explosives": ("Explosive hazards", "المخاطر المتفجرة"),
        "contamination": ("Contamination", "التلوث"),
        "control": ("Site control and security", "السيطرة على الموقع والأمن"),
        "structure": ("Structure", "المنشآت"),
        "machinery": ("Machinery", "الآلات"),
        "utilities": ("Utilities", "المرافق"),
        "inputs": ("Inputs and logistics", "المدخلات واللوجستيات"),
        "workforce": ("Workforce", "القوى العاملة"),
        "market": ("Market", "السوق"),
        "finance": ("Finance and letters of credit", "التمويل والاعتمادات المستندية"),
        "permits": ("Environment and operating permits", "البيئة وتصاريح التشغيل"),
        "digital": ("Digital systems and data", "الأنظمة الرقمية والبيانات"),
        "ot_security": ("Security of operational technology", "أمن التقنيات التشغيلية"),
        "sanctions": ("Sanctions, dual use and export control", "العقوبات والاستخدام المزدوج وضوابط التصدير"),
    },
    "gate_states": {"open": ("Open", "مفتوحة"), "closed": ("Closed", "مغلقة"), "unknown": ("Unknown", "مجهولة")},
    "gate_timing": {"now": ("Now", "الآن"), "next": ("Next", "لاحقا"), "no": ("Does not stop it", "لا يوقفه")},
    "gate_openers": {
        "works": ("Works", "أعمال"),
        "authority": ("An authority", "سلطة"),
        "none": ("Nothing known", "لا سبيل معروف"),
    },
    "option_kinds": {
        "as_is": ("As it is", "كما هو"),
        "survey": ("Survey only", "مسح فقط"),
        "repair": ("Repair", "إصلاح"),
        "rehabilitate": ("Rehabilitate", "تأهيل"),
        "modernise": ("Modernise", "تحديث"),
        "efficiency": ("Raise efficiency", "رفع الكفاءة"),
        "convert": ("Convert to another product", "تحويل إلى منتج آخر"),
        "lease": ("Lease or partnership", "تأجير أو شراكة"),
        "build": ("Build", "إنشاء"),
        "transfer": ("Technology transfer", "نقل تقنية"),
        "pilot": ("Pilot of an innovation", "تجربة ابتكار"),
        "close": ("Close for good", "إغلاق نهائي"),
    },
    "site_states": {
        "running": ("Running", "يعمل"),
        "under_used": ("Under-used", "يعمل دون طاقته"),
        "suspended": ("Suspended", "متوقف"),
        "never_started": ("Never started", "لم يبدأ"),
        "destroyed": ("Destroyed", "مدمر"),
        "planned": ("Planned", "مخطط"),
        "unknown": ("Unknown", "مجهول"),
    },
    "site_roles": {
        "candidate": ("Candidate", "مرشح"),
        "survey": ("Survey only", "مسح فقط"),
        "supply": ("Existing supply", "عرض قائم"),
        "infrastructure": ("Infrastructure", "بنية تحتية"),
        "context": ("Context", "سياق"),
    },
    "mandates": {"confirmed": ("Confirmed", "مؤكد"), "claimed": ("Claimed", "مدعى"), "unknown": ("Unknown", "مجهول")},
    "carriers": {"goods": ("Goods", "بضائع"), "power": ("Power", "كهرباء"), "water": ("Water", "ماء")},
    "directions": {"out": ("Makes", "ينتج"), "in": ("Takes", "يستهلك")},
    "origins": {"local": ("Local", "محلي"), "foreign": ("Foreign", "أجنبي"), "partner": ("Partner", "الشريك")},
    "cost_categories": {
        "survey": ("Survey", "المسح"),
        "gate": ("Opening of gates", "فتح البوابات"),
        "works": ("Works", "الأعمال"),
        "civil": ("Civil works", "الأعمال المدنية"),
        "equipment": ("Equipment", "المعدات"),
        "spares": ("Spare parts", "قطع الغيار"),
        "preproduction": ("Before production", "ما قبل الإنتاج"),
        "training": ("Training", "التدريب"),
        "transfer": ("Technology transfer", "نقل التقنية"),
        "working_capital": ("Working capital", "رأس المال العامل"),
        "closing": ("Closing", "الإغلاق"),
        "severance": ("Severance", "تعويضات نهاية الخدمة"),
    },
    "transfer_forms": {
        "licence": ("Licence", "ترخيص"),
        "drawings": ("Drawings", "رسومات"),
        "royalty": ("Royalty", "إتاوة"),
        "kits": ("Kits to local parts", "من التجميع إلى الأجزاء المحلية"),
    },
    "drivers": {
        "cost": ("Cost of investment", "كلفة الاستثمار"),
        "delay": ("Delay", "التأخير"),
        "ramp": ("Ramp-up", "تصاعد الإنتاج"),
        "price": ("Price of products", "سعر المنتجات"),
        "inputs": ("Price of inputs", "سعر المدخلات"),
        "energy": ("Price of energy", "سعر الطاقة"),
        "exchange": ("Exchange rate", "سعر الصرف"),
        "running": ("Running cost", "كلفة التشغيل"),
        "wages": ("Wages", "الأجور"),
        "output": ("Output reached", "الإنتاج المحقق"),
        "outage": ("Power outage", "انقطاع الكهرباء"),
    },
    "content_formulas": {
        "build_down": ("(1 − imported / price) · 100", "(1 − المستورد / السعر) · 100"),
        "build_up": ("local components / all components", "المكونات المحلية / كل المكونات"),
    },
    "content_unknown": {"imported": ("imported", "مستوردا"), "left_out": ("left out", "غير محسوب")},
    "fund_terms": {
        "grant": ("Grant", "منحة"),
        "budget": ("Budget", "ميزانية"),
        "loan": ("Loan", "قرض"),
        "equity": ("Equity", "مساهمة"),
        "credit": ("Supplier credit", "ائتمان مورد"),
    },
    "standings": {
        "proven": ("Proven", "مثبت"),
        "referenced": ("Referenced", "له مرجع"),
        "claimed": ("Claimed", "مدعى"),
    },
    "repayments": {
        "principal": ("Equal principal", "أصل متساو"),
        "annuity": ("Equal payments", "دفعات متساوية"),
        "bullet": ("In one sum at the end", "دفعة واحدة في النهاية"),
        "sculpted": ("Sculpted to the cash flow", "مفصل على التدفق النقدي"),
    },
    "exchange_kinds": {
        "official": ("Official", "رسمي"),
        "taxed": ("Official with its tax", "رسمي مع ضريبته"),
        "parallel": ("Parallel market", "السوق الموازية"),
    },
    "buyer_kinds": {"private": ("Private", "خاص"), "state": ("State", "حكومي"), "export": ("Export", "تصدير")},
    "levels": {"R": ("Returning", "عائد"), "N": ("New entrant", "داخل جديد"), "Q": ("Qualified", "مؤهل")},
    "deliveries": {
        "classroom": ("Classroom", "قاعة"),
        "digital": ("Digital", "رقمي"),
        "simulator": ("Simulator", "محاك"),
        "on_the_job": ("On the job", "أثناء العمل"),
        "mixed": ("Mixed", "مختلط"),
    },
    "rule_kinds": {
        "must": ("Must be done", "يجب تنفيذه"),
        "never": ("Never", "لا ينفذ أبدا"),
        "one_of": ("At most one of", "واحد على الأكثر من"),
        "at_least": ("At least", "على الأقل"),
        "at_most": ("At most", "على الأكثر"),
        "after": ("Only after", "فقط بعد"),
        "share": ("At least a share", "حصة على الأقل"),
    },
    "measures": {
        "sites": ("Number of sites", "عدد المواقع"),
        "investment": ("Investment", "الاستثمار"),
        "jobs": ("Jobs", "الوظائف"),
    },
    "reference_classes": {
        "light": ("Light repair", "إصلاح خفيف"),
        "process": ("Process plant", "مصنع عمليات"),
        "assembly": ("Assembly plant", "مصنع تجميع"),
        "food": ("Food plant", "مصنع غذائي"),
        "infrastructure": ("Infrastructure", "بنية تحتية"),
    },
    "loss_factors": {
        "availability": ("Availability", "الإتاحة"),
        "performance": ("Performance", "الأداء"),
        "quality": ("Quality", "الجودة"),
    },
    "distributions": {"triangular": ("triangular", "مثلثي"), "pert": ("PERT", "بيرت (PERT)")},
    "units": {
        "t": ("t", "طن"),
        "kg": ("kg", "كغ"),
        "MWh": ("MWh", "م.و.س"),
        "GJ": ("GJ", "جيجا جول"),
        "m3": ("m³", "م³"),
        "Nm3": ("Nm³", "م³ قياسي"),
        "m2": ("m²", "م²"),
        "km": ("km", "كم"),
        "unit": ("units", "وحدة"),
        "thousand": ("thousand", "ألف"),
        "million": ("million", "مليون"),
        "person_week": ("person-weeks", "أسبوع عمل"),
        "l": ("l", "لتر"),
        "MWp": ("MWp", "م.و ذروة"),
        "pair": ("pairs", "زوج"),
    },
    "tables": TITLES,
}

SOFT_GATES = ("machinery", "inputs", "workforce", "digital")
"""Gates whose task is done with the works while they are unknown; every other gate is hard."""

DECISIVE_GATES = ("title", "explosives", "contamination", "control", "market")
"""Hard gates that keep works conditional while they are unknown, whatever the case says of what they stop."""

NO_WORKS = ("as_is", "survey", "close")
"""Kinds of options that do not work on the site, so that no gate stops them."""

LOSS_FACTORS = tuple(LISTS["loss_factors"])
"""Factors of the overall equipment effectiveness, in the order in which they act."""


@cache
def isic() -> Words:
    """ISIC Rev.4 codes with English titles (UNSD); Arabic falls back on English where no title was carried over."""
    with files("tawteen.case").joinpath("data/isic4.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {row["code"]: (row["title"], row.get("title_ar") or row["title"]) for row in rows}


def codes(name: str) -> Words:
    """The code list called `name`: code → (English, Arabic). Raises KeyError for an unknown list."""
    return isic() if name == "isic" else LISTS[name]
