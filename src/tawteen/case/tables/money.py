"""Money: funds of both parties, what they may pay for, and letters of credit."""

import dataframely as dy

from tawteen.case.columns import date, date_key, key, number, text


class Funds(dy.Schema):
    """A source of money."""

    id = key("Fund", "الصندوق")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    party = text("Party", "الطرف", need=True)
    terms = text("Terms", "الشروط", need=True, codes="fund_terms")
    currency = text("Currency", "العملة", "Empty means the currency of the case", "الفراغ يعني عملة الحالة")
    rate = number("Interest", "الفائدة", unit="share/year", high=1.0, default=0.0)
    carry_over = number(
        "Carried over",
        "المرحّل",
        "Share of an unspent quarter that may be spent in the next",
        "حصة غير المنفق التي ترحّل إلى الربع التالي",
        unit="share",
        high=1.0,
        default=1.0,
    )
    refill = number(
        "Refilled by sales",
        "يعاد ملؤه من المبيعات",
        "Share of the sales of restarted sites that flows back",
        "حصة مبيعات المواقع المعادة التي تعود إليه",
        unit="share",
        high=1.0,
        default=0.0,
    )


class FundLimits(dy.Schema):
    """Money that becomes available per quarter, from a day until a day."""

    fund = key("Fund", "الصندوق", ref="funds")
    start = date_key("From", "من")
    end = date("Until", "إلى", "Empty: to the end of the horizon", "الفراغ: حتى نهاية الأفق")
    amount = number("Amount per quarter", "المبلغ في الربع", unit="money/quarter", need=True)


class FundUses(dy.Schema):
    """One thing a fund may pay for; an empty cell means any. A fund without a row can pay for nothing."""

    id = key("Use", "الاستعمال")
    fund = text("Fund", "الصندوق", need=True, ref="funds")
    category = text("Category", "الفئة", codes="cost_categories")
    region = text("Region", "المنطقة", ref="regions")
    authority = text("Controlling authority", "السلطة المسيطرة")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    origin = text("Supplier", "المورد", codes="origins")


class Credit(dy.Schema):
    """Letter-of-credit capacity per quarter for imported equipment, spares and inputs; no row means no limit."""

    start = date_key("From", "من")
    end = date("Until", "إلى")
    amount = number("Amount per quarter", "المبلغ في الربع", unit="currency/quarter", need=True)
