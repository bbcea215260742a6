"""Words of the codes that programme and report use beside the case's own code lists."""

from __future__ import annotations

from collections.abc import Mapping

from tawteen.case import codes as case_codes

Both = tuple[str, str]

STATUS: dict[str, Both] = {
    "firm": ("Firm", "مؤكد"),
    "conditional": ("Conditional", "مشروط"),
    "survey": ("Survey", "مسح"),
    "close": ("Closed for good", "إغلاق نهائي"),
    "as_is": ("Goes on as it is", "يستمر كما هو"),
    "out": ("Not now", "ليس الآن"),
}
PARTS: dict[str, Both] = {
    "home": ("Made at home by the sites", "إنتاج المواقع محليا"),
    "supply": ("Existing supply", "العرض القائم"),
    "import": ("Imports", "واردات"),
    "arrivals": ("From other regions", "من مناطق أخرى"),
    "unmet": ("Unmet", "غير ملبى"),
    "demand": ("Demand", "الطلب"),
    "inputs": ("Inputs of the sites", "مدخلات المواقع"),
    "export": ("Exports", "صادرات"),
    "departures": ("To other regions", "إلى مناطق أخرى"),
}
LIMITS: dict[str, Both] = {
    "balance": ("Product balance", "ميزان سلعة"),
    "route": ("Route", "مسار نقل"),
    "import": ("Import limit", "حد استيراد"),
    "export": ("Export limit", "حد تصدير"),
    "uptake": ("Market uptake", "استيعاب السوق"),
    "source": ("Source of works or training", "مصدر أعمال أو تدريب"),
    "trainers": ("Trainers", "المدربون"),
    "fund": ("Fund", "صندوق"),
    "credit": ("Letters of credit", "الاعتمادات المستندية"),
    "rule": ("Rule", "قاعدة"),
}
OUTCOMES: dict[str, Both] = {
    "optimal": ("Proven optimal", "أمثل بالبرهان"),
    "within_gap": ("Proven within the gap", "مبرهن ضمن الفجوة"),
    "time_limit": ("Best found in the time given", "أفضل ما وجد في الوقت المتاح"),
    "step_limit": ("Best found in the steps given", "أفضل ما وجد في الخطوات المتاحة"),
    "interrupted": ("Best found before it was stopped", "أفضل ما وجد قبل الإيقاف"),
    "infeasible": ("The rules cannot all be kept", "يتعذر الوفاء بالقواعد كلها"),
}
FLAGS: dict[str, Both] = {
    "held": ("Held", "سليم"),
    "raised": ("Raised", "مرفوع"),
    "silent": ("Cannot be told", "لا يمكن الحكم"),
}
PLACED: dict[str, Both] = {"site": ("Own coordinates", "إحداثياته"), "region": ("Its region", "منطقته")}
SOURCES: dict[str, Both] = {"academy": ("Academy", "الأكاديمية"), "third_party": ("Third parties", "أطراف ثالثة")}

SIDES: dict[str, Both] = {"partner": ("Partner", "الشريك"), "other": ("Others", "غيره")}
REVENUE: dict[str, Both] = {
    **case_codes.LISTS["cost_categories"],
    "bridging": ("Bridging supply", "توريد انتقالي"),
}

ROBUST: dict[str, Both] = {
    "core": ("Robust core", "النواة المتينة"),
    "rim": ("Contested rim", "الحافة المتنازعة"),
    "out": ("Seldom or never", "نادرا أو أبدا"),
}
UNKNOWNS: dict[str, Both] = {"gate": ("Gate", "بوابة"), "value": ("Value", "قيمة")}
SHOCKS: dict[str, Both] = {
    "outage": ("Unplanned outages", "توقفات غير مخططة"),
    "slip": ("Start slips", "تأخر البدء"),
    "prices": ("Prices of all traded goods move together", "تحرك أسعار السلع المتاجر بها معا"),
    "closure": ("Region closed for a while", "إغلاق منطقة مدة"),
    "late_buyers": ("Buyers pay later", "تأخر المشترين في الدفع"),
    "credit": ("Letters of credit halved", "تنصيف الاعتمادات المستندية"),
    "summer_power": ("Summer power lost", "فقد كهرباء الصيف"),
}
SCOPES: dict[str, Both] = {
    "country": ("The country", "البلد"),
    "region": ("Each region", "كل منطقة"),
    "site": ("Each site", "كل موقع"),
    "summer": ("Each summer", "كل صيف"),
}
SHOCK_UNITS: dict[str, Both] = {
    "share": ("share", "حصة"),
    "quarters": ("quarters", "أرباع"),
    "days": ("days of running cost", "أيام من كلفة التشغيل"),
}

_OWN: dict[str, Mapping[str, Both]] = {
    "status": STATUS, "parts": PARTS, "limits": LIMITS, "outcomes": OUTCOMES, "flags": FLAGS, "placed": PLACED,
    "sides": SIDES, "revenue": REVENUE, "robust": ROBUST, "unknowns": UNKNOWNS, "shocks": SHOCKS, "scopes": SCOPES,
    "shock_units": SHOCK_UNITS,
}  # fmt: skip


def words_of(name: str) -> Mapping[str, Both]:
    """The code list `name`, of the report or of the case. Raises KeyError for an unknown list."""
    return _OWN[name] if name in _OWN else case_codes.codes(name)


def said(name: str, code: str | None) -> Both:
    """The words of one code; the code itself where the list does not know it, nothing for none."""
    if code is None:
        return ("", "")
    return words_of(name).get(code, (code, code))
