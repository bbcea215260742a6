"""Money: funds of both parties and their terms, what they pay for, letters of credit, and who buys on what terms."""

from tawteen.case.columns import date, date_key, key, number, text
from tawteen.case.tables.table import Table


class Funds(Table):
    """A source of money."""

    id = key("Fund", "الصندوق")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    party = text("Party", "الطرف", need=True)
    terms = text("Terms", "الشروط", need=True, codes="fund_terms")
    currency = text("Currency", "العملة", "Empty means the currency of the case", "الفراغ يعني عملة الحالة")
    exchange = text(
        "Exchange rate",
        "سعر الصرف",
        "Which rate its money is counted at in statements; empty means official (the plan always takes it)",
        "السعر الذي تحسب به أمواله في القوائم؛ الفراغ يعني الرسمي (والخطة تأخذ به دائما)",
        codes="exchange_kinds",
    )
    rate = number("Interest", "الفائدة", unit="share/year", high=1.0, default=0.0)
    grace_quarters = number(
        "Grace",
        "مدة السماح",
        "Of a loan: quarters after the first draw in which nothing is repaid; repayment never begins before the last",
        "للقرض: أرباع بعد أول سحب لا يسدد فيها شيء؛ ولا يبدأ السداد قبل آخر سحب",
        unit="quarters",
        default=0.0,
    )
    years = number(
        "Repaid in",
        "يسدد خلال",
        "Of a loan: years of repayment after the grace; empty: nothing is repaid inside the horizon",
        "للقرض: سنوات السداد بعد مدة السماح؛ الفراغ: لا يسدد شيء داخل الأفق",
        unit="years",
        low=0.25,
    )
    repayment = text(
        "Repayment",
        "طريقة السداد",
        "Of a loan, by quarters; empty means equal principal",
        "للقرض، كل ربع؛ الفراغ يعني أصل متساو",
        codes="repayments",
    )
    target_dscr = number(
        "Debt cover aimed at",
        "تغطية الدين المستهدفة",
        "Of sculpted repayment: cash available over debt service",
        "للسداد المفصل على التدفق النقدي: النقد المتاح إلى خدمة الدين",
        unit="times",
        low=1.0,
        default=1.3,
    )
    capitalised = number(
        "Interest added to the loan",
        "الفائدة المضافة إلى القرض",
        "Share of the interest before the first repayment",
        "حصة الفائدة التي تسبق أول سداد",
        unit="share",
        high=1.0,
        default=0.0,
    )
    fee = number("Fee on draws", "رسم السحب", unit="share", high=1.0, default=0.0)
    carry_over = number(
        "Carried over",
        "المرحل",
        "Share of an unspent quarter that may be spent in the next",
        "حصة غير المنفق التي ترحل إلى الربع التالي",
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


class FundLimits(Table):
    """Money that becomes available per quarter, from a day until a day."""

    fund = key("Fund", "الصندوق", ref="funds")
    start = date_key("From", "من")
    end = date("Until", "إلى", "Empty: to the end of the horizon", "الفراغ: حتى نهاية الأفق", part="last")
    amount = number("Amount per quarter", "المبلغ في الربع", unit="money/quarter", need=True)


class FundUses(Table):
    """One thing a fund may pay for; an empty cell means any. A fund without a row can pay for nothing."""

    id = key("Use", "الاستعمال")
    fund = text("Fund", "الصندوق", need=True, ref="funds")
    category = text("Category", "الفئة", codes="cost_categories")
    region = text("Region", "المنطقة", ref="regions")
    authority = text("Controlling authority", "السلطة المسيطرة")
    field = text("Field of cooperation", "مجال التعاون", codes="fields")
    origin = text("Supplier", "المورد", codes="origins")


class Finance(Table):
    """How an option is paid for, as statements show it; the plan draws on funds by their limits and uses alone.

    A row speaks of one option, of all options of a site, or of all options; the closest ones hold. A fund pays what
    its uses allow (anything without a use): a share of it, an amount, or, where neither is stated, what others leave.
    """

    id = key("Row", "السطر")
    fund = text("Fund", "الصندوق", "Its terms are the terms of this money", "شروطه هي شروط هذا المال", need=True,
                ref="funds")  # fmt: skip
    option = text("Option", "الخيار", "Empty: every option", "الفراغ: كل الخيارات", ref="options")
    site = text("Site", "الموقع", "Every option of the site", "كل خيارات الموقع", ref="sites")
    share = number(
        "Share",
        "الحصة",
        "Of the outlays that the fund may pay for",
        "من النفقات التي يجوز للصندوق دفعها",
        unit="share",
        high=1.0,
    )
    amount = number(
        "Amount",
        "المبلغ",
        "In the currency of the fund; spent evenly over the outlays it may pay for",
        "بعملة الصندوق؛ يصرف بالتناسب على النفقات التي يجوز له دفعها",
        unit="money",
    )


class Buyers(Table):
    """Who buys what is made, and when they pay; what no buyer is named for is paid at once."""

    id = key("Buyer", "المشتري")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    kind = text("Kind", "النوع", need=True, codes="buyer_kinds")
    commodities = text(
        "Commodities",
        "السلع",
        "What they buy, separated by ; empty: whatever no other buyer is named for",
        "ما يشترونه، تفصله ; والفراغ: كل ما لم يسم له مشتر آخر",
        ref="commodities",
        many=True,
    )
    share = number("Share of sales", "الحصة من المبيعات", unit="share", high=1.0, default=1.0)
    days = number("Days until due", "أيام الاستحقاق", unit="days", default=0.0)
    late_days = number(
        "Days paid late",
        "أيام التأخر",
        "Beyond the days until due, as such buyers do in fact",
        "فوق أيام الاستحقاق كما يجري فعلا",
        unit="days",
        default=0.0,
    )


class Credit(Table):
    """Letter-of-credit capacity per quarter for imported equipment, spares and inputs; no row means no limit."""

    start = date_key("From", "من")
    end = date("Until", "إلى", part="last")
    amount = number("Amount per quarter", "المبلغ في الربع", unit="currency/quarter", need=True)
