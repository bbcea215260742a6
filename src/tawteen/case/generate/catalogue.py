"""Catalogue of synthetic countries: regions, goods, crafts, courses and their names. Round, invented figures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Region:
    """Where: share of sites and of demand, freight from the port (currency/t), centre."""

    id: str
    en: str
    ar: str
    sites: float
    demand: float
    port: bool
    inland_cost: float
    lat: float
    lon: float


REGIONS = (
    Region("west", "Western coast", "الساحل الغربي", 0.38, 0.42, True, 4.0, 32.3, 13.2),
    Region("centre", "Central coast", "الساحل الأوسط", 0.22, 0.20, True, 6.0, 31.2, 16.4),
    Region("east", "Eastern coast", "الساحل الشرقي", 0.28, 0.28, True, 5.0, 31.9, 20.9),
    Region("south", "Interior", "الدواخل", 0.12, 0.10, False, 45.0, 27.4, 14.6),
)

# from, to, km, goods per t, power link (share of the power that a third of the sites takes; 0: no line)
LINKS = (
    ("west", "centre", 400, 14.0, 0.25),
    ("centre", "east", 560, 18.0, 0.20),
    ("west", "south", 780, 34.0, 0.05),
    ("centre", "south", 640, 30.0, 0.0),
    ("west", "east", 1000, 26.0, 0.0),
)


@dataclass(frozen=True)
class Good:
    """A commodity. `price` is CIF, or for what cannot be imported what it costs at home; `inputs` per unit made."""

    id: str
    en: str
    ar: str
    unit: str
    price: float
    imported: bool = True
    exported: bool = False
    mass: float = 1.0
    port_cost: float = 0.0
    hs: str | None = None
    carries: str | None = "goods"
    credit: bool = False
    emission: float = 0.0
    local: float = 0.0  # what existing supply covers of the sites' need when all run
    isic: str | None = None
    plant_en: str = ""
    plant_ar: str = ""
    reference_class: str = ""
    field: str = "manufacturing"
    weight: float = 1.0
    final: bool = True
    inputs: dict[str, float] = dataclasses.field(default_factory=dict)


def _product(id_: str, words: tuple[str, str, str, str], unit: str, price: float, **more: Any) -> Good:
    en, ar, plant_en, plant_ar = words
    return Good(id_, en, ar, unit, price, plant_en=plant_en, plant_ar=plant_ar, **more)


MATERIALS = (
    Good("power", "Electricity", "كهرباء", "MWh", 70.0, imported=False, carries="power", emission=0.55),
    Good("gas", "Natural gas", "غاز طبيعي", "GJ", 3.0, imported=False, carries=None, emission=0.056, local=0.6),
    Good("limestone", "Limestone", "حجر جيري", "t", 6.0, imported=False, local=0.8),
    Good("scrap", "Steel scrap", "خردة حديد", "t", 320.0, port_cost=14, hs="720449", local=0.25),
    Good("wheat", "Wheat", "قمح", "t", 270.0, port_cost=14, hs="100199", credit=True),
    Good("raw_sugar", "Raw sugar", "سكر خام", "t", 420.0, port_cost=14, hs="170114", credit=True),
    Good("milk_powder", "Milk powder", "حليب مجفف", "t", 3500.0, port_cost=25, hs="040210", credit=True),
    Good("cotton", "Cotton", "قطن", "t", 1900.0, port_cost=25, hs="520100", credit=True),
    Good("pulp", "Pulp", "لب الورق", "t", 700.0, port_cost=18, hs="470321", credit=True),
    Good("resin", "Polymer resin", "راتنج بوليمري", "t", 1150.0, port_cost=20, hs="390120", credit=True),
    Good("copper", "Copper rod", "قضبان نحاس", "t", 9000.0, port_cost=30, hs="740811", credit=True),
    Good("kits", "Tractor kits", "مجموعات تجميع جرارات", "unit", 17000.0, mass=2.5, port_cost=220, hs="870899",
         credit=True),
)  # fmt: skip

PRODUCTS = (
    _product("flour", ("Flour", "دقيق", "Flour mill", "مطحن دقيق"), "t", 470.0,
             isic="1061", reference_class="food", port_cost=18, hs="110100", weight=1.6, final=False,
             inputs={"wheat": 1.28, "power": 0.09}),
    _product("clinker", ("Clinker", "كلنكر", "Clinker kiln", "فرن كلنكر"), "t", 45.0,
             isic="2394", reference_class="process", port_cost=4, hs="252310", weight=0.5, final=False,
             inputs={"limestone": 1.5, "gas": 3.4, "power": 0.07}),
    _product("billet", ("Steel billet", "كتل صلب", "Melt shop", "مصهر صلب"), "t", 530.0,
             isic="2410", reference_class="process", port_cost=16, hs="720711", weight=0.5, final=False,
             inputs={"scrap": 1.1, "power": 0.55, "gas": 0.6}),
    _product("yarn", ("Cotton yarn", "غزل قطن", "Spinning mill", "مصنع غزل"), "t", 3250.0,
             isic="1311", reference_class="process", port_cost=30, hs="520512", weight=0.9, final=False,
             inputs={"cotton": 1.14, "power": 3.0}),
    _product("kraft", ("Kraft paper", "ورق كرافت", "Paper mill", "مصنع ورق"), "t", 1050.0,
             isic="1701", reference_class="process", port_cost=22, hs="480411", weight=0.5, final=False,
             inputs={"pulp": 0.9, "power": 0.6, "gas": 6.0}),
    _product("compound", ("Plastic compound", "مركب بلاستيك", "Compounding plant", "مصنع مركبات"), "t", 1520.0,
             isic="2013", reference_class="process", port_cost=22, hs="390490", weight=0.7, final=False,
             inputs={"resin": 0.86, "power": 0.35}),
    _product("pasta", ("Pasta", "معكرونة", "Pasta plant", "مصنع معكرونة"), "t", 860.0,
             isic="1074", reference_class="food", port_cost=24, hs="190219", weight=1.3, exported=True,
             inputs={"flour": 1.05, "power": 0.2}),
    _product("biscuits", ("Biscuits", "بسكويت", "Biscuit plant", "مصنع بسكويت"), "t", 1750.0,
             isic="1071", reference_class="food", port_cost=30, hs="190531", weight=1.2,
             inputs={"flour": 0.7, "sugar": 0.3, "cartons": 0.15, "power": 0.3}),
    _product("sugar", ("Sugar", "سكر", "Sugar refinery", "مصفاة سكر"), "t", 650.0,
             isic="1072", reference_class="food", port_cost=18, hs="170199", weight=0.4,
             inputs={"raw_sugar": 1.05, "gas": 5.0, "power": 0.1}),
    _product("dairy", ("Dairy products", "منتجات ألبان", "Dairy", "مصنع ألبان"), "t", 1500.0,
             isic="1050", reference_class="food", port_cost=40, hs="040110", weight=1.3,
             inputs={"milk_powder": 0.2, "cartons": 0.04, "power": 0.15}),
    _product("rebar", ("Reinforcing bars", "حديد تسليح", "Rolling mill", "مصنع درفلة"), "t", 740.0,
             isic="2410", reference_class="process", port_cost=18, hs="721420", weight=0.8, exported=True,
             inputs={"billet": 1.04, "power": 0.12, "gas": 1.2}),
    _product("cement", ("Cement", "أسمنت", "Cement works", "مصنع أسمنت"), "t", 76.0,
             isic="2394", reference_class="process", port_cost=9, hs="252329", weight=0.8,
             inputs={"clinker": 0.82, "power": 0.05}),
    _product("blocks", ("Concrete blocks", "طوب أسمنتي", "Block plant", "مصنع طوب أسمنتي"), "thousand", 360.0,
             isic="2395", reference_class="light", imported=False, mass=12.0, weight=1.6,
             inputs={"cement": 2.0, "power": 0.05}),
    _product("clothing", ("Work clothing", "ملابس عمل", "Garment plant", "مصنع ملابس"), "thousand", 9000.0,
             isic="1392", reference_class="light", port_cost=120, hs="620322", weight=1.3, exported=True,
             inputs={"yarn": 1.3, "power": 2.0}),
    _product("cartons", ("Cartons", "كرتون", "Carton plant", "مصنع كرتون"), "t", 1600.0,
             isic="1702", reference_class="light", port_cost=28, hs="481910", weight=1.1,
             inputs={"kraft": 1.05, "power": 0.15}),
    _product("pipes", ("Plastic pipes", "أنابيب بلاستيك", "Pipe plant", "مصنع أنابيب"), "t", 2350.0,
             isic="2220", reference_class="light", port_cost=45, hs="391721", weight=1.3, field="infrastructure",
             inputs={"compound": 1.03, "power": 0.5}),
    _product("cable", ("Cables", "كابلات", "Cable works", "مصنع كابلات"), "t", 10400.0,
             isic="2732", reference_class="process", port_cost=60, hs="854449", weight=0.8, exported=True,
             field="communications", inputs={"copper": 0.75, "compound": 0.25, "power": 0.9}),
    _product("transformers", ("Transformers", "محولات", "Transformer works", "مصنع محولات"), "unit", 14500.0,
             isic="2710", reference_class="assembly", mass=1.6, port_cost=180, hs="850421", weight=0.7,
             field="infrastructure", inputs={"copper": 0.55, "billet": 0.9, "power": 1.5}),
    _product("tractors", ("Tractors", "جرارات", "Tractor plant", "مصنع جرارات"), "unit", 26500.0,
             isic="2821", reference_class="assembly", mass=3.0, port_cost=300, hs="870192", weight=0.6,
             field="transportation", inputs={"kits": 1.0, "power": 1.2}),
)  # fmt: skip

CATALOGUE_GOODS = MATERIALS + PRODUCTS
PRICE = {good.id: good.price for good in CATALOGUE_GOODS}

# kind: words, share of full investment, capacity of nominal, inputs per unit, jobs, weeks, packages (fewest, most)
OPTION_KINDS = {
    "as_is": ("As it is", "كما هو", 0.0, 0.0, 1.05, 1.0, 0.0, 0, 0),
    "efficiency": ("Raise efficiency", "رفع الكفاءة", 0.36, 0.78, 0.99, 0.98, 0.6, 3, 4),
    "repair": ("Repair", "إصلاح", 0.42, 0.64, 1.02, 1.0, 0.7, 3, 4),
    "rehabilitate": ("Rehabilitate", "تأهيل", 0.74, 0.85, 1.0, 0.92, 1.0, 4, 6),
    "modernise": ("Modernise", "تحديث", 1.28, 1.0, 0.965, 0.8, 1.25, 5, 6),
}
STOPPED_KINDS = ("repair", "rehabilitate", "modernise")
RUNNING_KINDS = ("as_is", "efficiency", "modernise")

# craft: words, unit, price of the partner, field, stage of the works it serves
CRAFTS = {
    "civil": ("Civil works crew", "طاقم أعمال مدنية", "person_week", 700.0, "infrastructure", 0),
    "steelwork": ("Steelwork", "إنشاءات معدنية", "t", 1900.0, "manufacturing", 0),
    "mechanical": ("Mechanical crew", "طاقم ميكانيكا", "person_week", 1000.0, "manufacturing", 1),
    "piping": ("Piping crew", "طاقم أنابيب", "person_week", 900.0, "manufacturing", 1),
    "refractory": ("Refractory crew", "طاقم حراريات", "person_week", 950.0, "manufacturing", 1),
    "electrical": ("Electrical crew", "طاقم كهرباء", "person_week", 1050.0, "electronics", 2),
    "machining": ("Machined parts", "أجزاء مشغلة", "t", 6500.0, "manufacturing", 2),
    "castings": ("Castings", "مسبوكات", "t", 3200.0, "manufacturing", 2),
    "controls": ("Control systems crew", "طاقم أنظمة تحكم", "person_week", 1600.0, "electronics", 3),
    "commissioning": ("Commissioning team", "فريق تشغيل تجريبي", "person_week", 1700.0, "solutions", 4),
    "networks": ("Plant networks team", "فريق شبكات المصانع", "person_week", 1400.0, "digital", 5),
    "ot_security": ("OT security team", "فريق أمن التقنيات التشغيلية", "person_week", 1800.0, "security", 5),
}

# stage of the works: words, predecessors, share of effort, weeks
WORK_STAGES = (
    ("A", "Buildings and dismantling", "المباني والفك", None, 0.22, 8.0),
    ("B", "Main machines", "الآلات الرئيسية", "A", 0.28, 12.0),
    ("C", "Electrical and parts", "الكهرباء والأجزاء", "A", 0.22, 9.0),
    ("D", "Controls", "التحكم", "B;C", 0.12, 6.0),
    ("E", "Trial operation", "التشغيل التجريبي", "D", 0.1, 5.0),
    ("F", "Networks and their security", "الشبكات وأمنها", "D", 0.06, 4.0),
)

# unit: words, craft → share of the pool
PARTNER_UNITS = (
    ("U01", "Heavy engineering works", "مصنع الهندسة الثقيلة", {"mechanical": 0.6, "steelwork": 0.3}),
    ("U02", "Structures factory", "مصنع المنشآت", {"steelwork": 0.7, "civil": 0.35}),
    ("U03", "Construction group", "مجموعة التشييد", {"civil": 0.65}),
    ("U04", "Pipe and pressure shop", "ورشة الأنابيب والضغط", {"piping": 0.7, "mechanical": 0.2}),
    ("U05", "Kiln and furnace services", "خدمات الأفران", {"refractory": 1.0}),
    ("U06", "Electrical equipment factory", "مصنع المعدات الكهربائية", {"electrical": 0.55}),
    ("U07", "Motors works", "مصنع المحركات", {"electrical": 0.45, "machining": 0.25}),
    ("U08", "Precision shop", "ورشة الدقة", {"machining": 0.75}),
    ("U09", "Foundry", "المسبك", {"castings": 0.8}),
    ("U10", "Forge and foundry", "مصنع الحدادة والسباكة", {"castings": 0.2, "mechanical": 0.2}),
    ("U11", "Electronics factory", "مصنع الإلكترونيات", {"controls": 0.7}),
    ("U12", "Automation house", "بيت الأتمتة", {"controls": 0.3, "commissioning": 0.4, "networks": 0.4}),
    ("U13", "Field services", "الخدمات الميدانية", {"commissioning": 0.6, "piping": 0.3}),
    ("U14", "Information systems centre", "مركز نظم المعلومات", {"networks": 0.6, "ot_security": 1.0}),
)

OCCUPATIONS = {
    "7412": ("Electrical mechanics and fitters", "ميكانيكيو وتركيب الكهرباء"),
    "7233": ("Industrial machinery mechanics", "ميكانيكيو الآلات الصناعية"),
    "3122": ("Manufacturing supervisors", "مشرفو التصنيع"),
    "3139": ("Process control technicians", "فنيو التحكم في العمليات"),
}
# course: words, occupation, level, weeks, trainer pool, trainers per trainee, price
COURSES = {
    "electricians": ("Electricians, refresher", "كهربائيون، تنشيط", "7412", "R", 6.0, "crafts", 0.1, 1800.0),
    "fitters": ("Machine fitters, refresher", "ميكانيكيو آلات، تنشيط", "7233", "R", 8.0, "crafts", 0.1, 2000.0),
    "young_fitters": ("Machine fitters, new", "ميكانيكيو آلات، جدد", "7233", "N", 16.0, "crafts", 0.12, 3600.0),
    "supervisors": ("Shift supervisors", "مشرفو ورديات", "3122", "Q", 5.0, "management", 0.08, 2600.0),
    "controllers": ("Control room technicians", "فنيو غرف التحكم", "3139", "Q", 12.0, "digital", 0.15, 4800.0),
}
TRAINER_POOLS = {
    "crafts": ("Craft trainers", "مدربو الحرف"),
    "management": ("Management trainers", "مدربو الإدارة"),
    "digital": ("Digital trainers", "مدربو الأنظمة الرقمية"),
}

AUTHORITIES = ("ministry", "holding", "fund", "municipality")

# gate: probability of open, closed by works, closed by an authority, closed for good, unknown; weeks; cost of sales
STOPPED_GATES = {
    "machinery": (0.05, 0.95, 0.0, 0.0, 0.0, 4.0, 0.02),
    "utilities": (0.6, 0.37, 0.0, 0.0, 0.03, 6.0, 0.04),
    "title": (0.86, 0.0, 0.08, 0.015, 0.045, 6.0, 0.01),
    "litigation": (0.93, 0.0, 0.02, 0.005, 0.045, 8.0, 0.01),
    "explosives": (0.95, 0.01, 0.0, 0.005, 0.035, 10.0, 0.05),
    "contamination": (0.93, 0.02, 0.0, 0.005, 0.045, 9.0, 0.05),
    "workforce": (0.8, 0.0, 0.0, 0.0, 0.2, 4.0, 0.01),
    "control": (1.0, 0.0, 0.0, 0.0, 0.0, 4.0, 0.01),
    "market": (1.0, 0.0, 0.0, 0.0, 0.0, 6.0, 0.01),
}
RUNNING_GATES = {
    "permits": (0.92, 0.0, 0.08, 0.0, 0.0, 4.0, 0.005),
    "digital": (0.7, 0.2, 0.0, 0.0, 0.1, 3.0, 0.01),
}
GATE_TASKS = {
    "machinery": ("Strip down and list what is missing", "فك وحصر النواقص"),
    "utilities": ("Reconnect power and water", "إعادة توصيل الكهرباء والماء"),
    "title": ("Settle who owns the site", "حسم ملكية الموقع"),
    "litigation": ("Settle debts and claims", "تسوية الديون والدعاوى"),
    "explosives": ("Clear explosive hazards", "إزالة المخاطر المتفجرة"),
    "contamination": ("Clean the ground", "تنظيف التربة"),
    "workforce": ("Call the staff back", "استدعاء العاملين"),
    "control": ("Hand the site over", "تسليم الموقع"),
    "market": ("Sign contracts with buyers", "توقيع عقود مع المشترين"),
    "permits": ("Renew the operating permit", "تجديد تصريح التشغيل"),
    "digital": ("Restore the control system's data", "استعادة بيانات نظام التحكم"),
}
