"""Help: partner units, what they can do, and what they offer."""

from tawteen.case.columns import date, flag, key, number, text
from tawteen.case.tables.proofs import proof_of_offer, proof_of_third_parties
from tawteen.case.tables.table import Table


class Units(Table):
    """A workshop, factory, institute or academy that offers capabilities."""

    id = key("Unit", "الوحدة")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    party = text("Party", "الطرف", "Identifier of a party in case.toml", "معرف طرف في ملف الحالة", need=True)
    city = text("City", "المدينة")
    country = text("Country", "البلد", "ISO 3166 code", "رمز البلد")
    lat = number("Latitude", "خط العرض", unit="deg", low=-90, high=90)
    lon = number("Longitude", "خط الطول", unit="deg", low=-180, high=180)
    civil_lines = text("Civil lines", "الخطوط المدنية")


class Capabilities(Table):
    """Something that works need and units offer, measured in one unit."""

    id = key("Capability", "القدرة")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    unit = text("Unit", "الوحدة", need=True, codes="units")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    third_party_price = number(
        "Price of third parties",
        "سعر الأطراف الثالثة",
        "Empty: nobody else offers it",
        "الفراغ: لا يقدمها غير الشريك",
        unit="currency/unit",
    )
    third_party_foreign = number(
        "Foreign share of third parties", "الحصة الأجنبية للأطراف الثالثة", unit="share", high=1.0, default=1.0
    )
    third_party_proof = proof_of_third_parties()
    third_party_reference = text("Reference job of third parties", "عمل مرجعي للأطراف الثالثة")
    dual_use = flag("Dual use", "مزدوج الاستخدام")


class Offers(Table):
    """What a unit can do of a capability per quarter."""

    unit = key("Unit", "الوحدة", ref="units")
    capability = key("Capability", "القدرة", ref="capabilities")
    capacity = number("Capacity per quarter", "السعة في الربع", unit="capability unit/quarter", need=True)
    price = number("Price", "السعر", unit="currency/capability unit", need=True)
    lead_weeks = number("Lead time", "مهلة التوريد", unit="weeks", default=0.0)
    local_share = number(
        "Local share",
        "الحصة المحلية",
        "Share of the price spent in the host country",
        "حصة السعر المنفقة في البلد المضيف",
        unit="share",
        high=1.0,
        default=0.0,
    )
    start = date("From", "من", part="first")
    end = date("Until", "إلى", part="last")
    proof = proof_of_offer()
    reference = text("Reference job", "عمل مرجعي", "A job of the same kind that is done", "عمل منجز من النوع نفسه")


class Innovations(Table):
    """An idea with a readiness level, tied to a need."""

    id = key("Innovation", "الابتكار")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    readiness = number("Readiness level (TRL)", "مستوى الجاهزية", unit="1-9", low=1, high=9)
    need_en = text("Need it answers (English)", "الحاجة (إنجليزي)")
    need_ar = text("Need it answers (Arabic)", "الحاجة (عربي)")
    option = text("Option that pilots it", "الخيار الذي يجربه", ref="options")
