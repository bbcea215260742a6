"""What is made at home instead of bought abroad: rules of local content, parts worth making, ways of transfer."""

import dataframely as dy

from tawteen.case.columns import key, number, text, year_key
from tawteen.case.tables.table import Table


class ContentRules(Table):
    """A rule of local content that the parties are bound to, with where it is written."""

    id = key("Rule of local content", "قاعدة المحتوى المحلي")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    formula = text("Formula", "الصيغة", need=True, codes="content_formulas")
    unknown = text(
        "Unknown origin counts as",
        "المجهول المصدر يعد",
        need=True,
        codes="content_unknown",
    )
    least = number(
        "At least",
        "لا يقل عن",
        "Empty: the rule counts, but asks for nothing",
        "الفراغ: القاعدة تحسب ولا تشترط",
        unit="share",
        high=1.0,
    )
    citation = text(
        "Citation",
        "الاستشهاد",
        "Law, standard or contract, with its article",
        "القانون أو المواصفة أو العقد مع المادة",
        need=True,
    )
    source = text("Source", "المصدر", ref="sources")


class Parts(Table):
    """What an item of spare parts consists of, where somebody listed it: commodities that could be made at home."""

    option = key("Option", "الخيار", ref="options")
    item = key("Investment item", "بند الاستثمار", "An item of spare parts of the option", "بند قطع غيار للخيار")
    commodity = key("Commodity", "السلعة", ref="commodities")
    quantity = number("Quantity", "الكمية", "Over the works", "على مدى الأعمال", unit="unit", need=True)


def _terms() -> tuple[dy.String, dy.Float64, dy.Float64, dy.Float64]:
    """Form, fee, royalty and local parts of a year: the columns in which ways of transfer can differ."""
    form = text("Form", "الشكل", need=True, codes="transfer_forms")
    fee = number("Fee", "الرسم", unit="currency", default=0.0)
    royalty = number("Royalty", "الإتاوة", "Share of sales", "حصة من المبيعات", unit="share", high=1.0, default=0.0)
    local_share = number(
        "Local parts",
        "الأجزاء المحلية",
        "Share of input value made at home",
        "حصة قيمة المدخلات المصنوعة محليا",
        unit="share",
        high=1.0,
    )
    return form, fee, royalty, local_share


class Transfers(Table):
    """Technology transfer of an option, year by year from the start of operation."""

    option = key("Option", "الخيار", ref="options")
    year = year_key("Year of operation", "سنة التشغيل")
    form, fee, royalty, local_share = _terms()


class TransferPaths(Table):
    """Other ways of technology transfer for an option than that of the table of transfers, to be compared with it."""

    option = key("Option", "الخيار", ref="options")
    path = key("Path", "المسار", "Its name in a word", "اسمه في كلمة")
    year = year_key("Year of operation", "سنة التشغيل")
    form, fee, royalty, local_share = _terms()
