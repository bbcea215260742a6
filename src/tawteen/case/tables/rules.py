"""What the parties want, and what the past teaches."""

from tawteen.case.columns import date, flag, key, maybe, number, text
from tawteen.case.tables.table import Table


class Rules(Table):
    """A rule of the case; an empty selector means all."""

    id = key("Rule", "القاعدة")
    kind = text("Kind", "النوع", need=True, codes="rule_kinds")
    sites = text("Sites", "المواقع", "Separated by ;", "تفصلها ;", ref="sites", many=True)
    options = text("Option kinds", "أنواع الخيارات", "Separated by ;", "تفصلها ;", codes="option_kinds", many=True)
    before = text(
        "Site that comes first", "الموقع الذي يسبق", "For a rule of kind after", "لقاعدة من نوع بعد", ref="sites"
    )
    region = text("Region", "المنطقة", ref="regions")
    authority = text("Controlling authority", "السلطة المسيطرة")
    measure = text("Measure", "المقياس", codes="measures")
    value = number(
        "Value",
        "القيمة",
        "A share between 0 and 1, or an amount of the measure",
        "حصة بين 0 و1 أو مقدار من المقياس",
        unit="measure",
    )
    start = date("From", "من", part="first")
    end = date("By", "حتى", "For must: works start no later than this", "لقاعدة يجب: تبدأ الأعمال قبله", part="last")
    active = flag("Switched on", "مفعلة", default=True)
    text_en = text("In words (English)", "بالكلام (إنجليزي)")
    text_ar = text("In words (Arabic)", "بالكلام (عربي)")


class Projects(Table):
    """A reconstruction project that causes demand."""

    id = key("Project", "المشروع")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    region = text("Region", "المنطقة", need=True, ref="regions")
    start = date("From", "من", part="first")
    end = date("Until", "إلى", part="last")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")


class Precedents(Table):
    """A past restart, as a member of a reference class."""

    id = key("Precedent", "السابقة")
    reference_class = text("Reference class", "فئة المرجع", need=True, codes="reference_classes")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    country = text("Country", "البلد")
    product = text("Product", "المنتج")
    years_stopped = number("Years stopped", "سنوات التوقف", unit="years")
    months = number("Months to restart", "أشهر إعادة التشغيل", unit="months")
    cost_ratio = number("Actual over planned cost", "الكلفة الفعلية إلى المخططة", unit="ratio")
    duration_ratio = number("Actual over planned time", "المدة الفعلية إلى المخططة", unit="ratio")
    output_reached = number("Output reached", "الإنتاج المتحقق", unit="share", high=1.5)
    survived = maybe("Still runs after three years", "ما زال يعمل بعد ثلاث سنوات")
    outcome = text("Outcome", "النتيجة")
    source = text("Source", "المصدر", ref="sources")
