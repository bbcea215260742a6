"""The tables of a case: one definition that drives reading, writing, checking, templates and reference pages."""

import dataframely as dy

from tawteen.case.tables.evidence import Evidence, Sources
from tawteen.case.tables.goods import Commodities, Demands, Supplies
from tawteen.case.tables.localisation import ContentRules, Parts, TransferPaths, Transfers
from tawteen.case.tables.money import Buyers, Credit, Finance, FundLimits, Funds, FundUses
from tawteen.case.tables.options import Cadres, ClosedLosses, Costs, Options, Recipes, Works
from tawteen.case.tables.partners import Capabilities, Innovations, Offers, Units
from tawteen.case.tables.people import AddedSeats, AddedTrainers, Courses, Occupations, Trainers
from tawteen.case.tables.place import Regions, Routes
from tawteen.case.tables.risk import Correlations
from tawteen.case.tables.rules import Precedents, Projects, Rules
from tawteen.case.tables.sites import Blockers, LineLosses, Lines, Sites, Staff

TABLES: dict[str, type[dy.Schema]] = {
    "regions": Regions,
    "routes": Routes,
    "commodities": Commodities,
    "demands": Demands,
    "supplies": Supplies,
    "sites": Sites,
    "lines": Lines,
    "losses": LineLosses,
    "blockers": Blockers,
    "staff": Staff,
    "options": Options,
    "closed_losses": ClosedLosses,
    "recipes": Recipes,
    "works": Works,
    "costs": Costs,
    "transfers": Transfers,
    "transfer_paths": TransferPaths,
    "parts": Parts,
    "content_rules": ContentRules,
    "cadres": Cadres,
    "units": Units,
    "capabilities": Capabilities,
    "offers": Offers,
    "innovations": Innovations,
    "funds": Funds,
    "fund_limits": FundLimits,
    "fund_uses": FundUses,
    "finance": Finance,
    "credit": Credit,
    "buyers": Buyers,
    "occupations": Occupations,
    "courses": Courses,
    "trainers": Trainers,
    "added_seats": AddedSeats,
    "added_trainers": AddedTrainers,
    "rules": Rules,
    "projects": Projects,
    "precedents": Precedents,
    "correlations": Correlations,
    "evidence": Evidence,
    "sources": Sources,
}

TITLES: dict[str, tuple[str, str]] = {
    "regions": ("Regions", "المناطق"),
    "routes": ("Routes", "المسارات"),
    "commodities": ("Commodities", "السلع"),
    "demands": ("Demands", "الطلب"),
    "supplies": ("Existing supply", "العرض القائم"),
    "sites": ("Sites", "المواقع"),
    "lines": ("Production lines", "خطوط الإنتاج"),
    "losses": ("Losses of lines", "فواقد الخطوط"),
    "blockers": ("Gates and blockers", "البوابات والعوائق"),
    "staff": ("Staff present", "العاملون الحاليون"),
    "options": ("Options", "الخيارات"),
    "closed_losses": ("Losses that options close", "الفواقد التي تزيلها الخيارات"),
    "recipes": ("Recipes", "الوصفات"),
    "works": ("Works", "الأعمال"),
    "costs": ("Investment items", "بنود الاستثمار"),
    "transfers": ("Technology transfer", "نقل التقنية"),
    "transfer_paths": ("Other ways of transfer", "طرق أخرى لنقل التقنية"),
    "parts": ("Parts of spares", "مكونات قطع الغيار"),
    "content_rules": ("Rules of local content", "قواعد المحتوى المحلي"),
    "cadres": ("Cadres needed", "الكوادر المطلوبة"),
    "units": ("Partner units", "وحدات الشريك"),
    "capabilities": ("Capabilities", "القدرات"),
    "offers": ("Offers", "العروض"),
    "innovations": ("Innovations", "الابتكارات"),
    "funds": ("Funds", "الصناديق"),
    "fund_limits": ("Fund limits", "حدود الصناديق"),
    "fund_uses": ("What funds may pay for", "أوجه صرف الصناديق"),
    "finance": ("Financing of options", "تمويل الخيارات"),
    "credit": ("Letters of credit", "الاعتمادات المستندية"),
    "buyers": ("Buyers", "المشترون"),
    "occupations": ("Occupations", "المهن"),
    "courses": ("Courses", "الدورات"),
    "trainers": ("Trainers", "المدربون"),
    "added_seats": ("Seats that options add", "مقاعد تضيفها الخيارات"),
    "added_trainers": ("Trainers that options add", "مدربون تضيفهم الخيارات"),
    "rules": ("Rules", "القواعد"),
    "projects": ("Reconstruction projects", "مشروعات الإعمار"),
    "precedents": ("Precedents", "السوابق"),
    "correlations": ("What moves together", "ما يتحرك معا"),
    "evidence": ("Evidence", "الأدلة"),
    "sources": ("Sources", "المصادر"),
}

FIRST_TABLES = (
    "regions", "commodities", "demands", "sites", "options", "recipes", "works", "costs", "funds", "fund_limits",
    "fund_uses",
)  # fmt: skip
"""The tables that suffice for a first plan, and without any of which nothing is planned or nothing is true."""

SHEETS: dict[str, tuple[str, str]] = {
    "readme": ("readme", "اقرأني"),
    "settings": ("settings", "الإعدادات"),
    "lists": ("lists", "القوائم"),
    "findings": ("findings", "الملاحظات والأخطاء"),
}
"""Names in English and Arabic of the sheets of a workbook that are no tables."""

NOTES = (
    "Notes", "note", "my notes", "remark", "remarks", "comment", "comments",
    "ملاحظات", "ملاحظة", "ملحوظة", "ملحوظات", "تعليق", "تعليقات",
)  # fmt: skip
"""Headings of a column in which people write to themselves, where the table has no column of that name."""
