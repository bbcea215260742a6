"""A case small enough to plan by hand, and changes to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Any

from tawteen.case.build import case_of, table_of
from tawteen.case.model import Case
from tawteen.case.settings import Settings

SETTINGS: dict[str, Any] = {
    "about": {"id": "tiny", "name_en": "Tiny", "name_ar": "صغيرة"},
    "time": {"start": dt.date(2027, 1, 1), "periods": 8},
    "money": {"currency": "USD", "price_year": 2026, "rates": [{"currency": "LYD", "official": 6.37, "parallel": 8.7}]},
    "discount": {"financial": 0.12, "economic": 0.08},
    "value": {"fx_premium": 0.2, "labour": "shadow_wage", "shadow_wage": 0.6, "carbon_price": 5.0},
    "parties": [
        {"id": "host", "name_en": "Host", "name_ar": "المضيف", "role": "host"},
        {"id": "partner", "name_en": "Partner", "name_ar": "الشريك", "role": "partner"},
    ],
}

Tables = dict[str, list[dict[str, Any]]]


def names(en: str, ar: str) -> dict[str, str]:
    return {"name_en": en, "name_ar": ar}


def unknown_title(site: str, **cells: Any) -> dict[str, Any]:
    """A row of blockers: nobody knows whose the site is, and a task opens it with chance 0.5."""
    gate = {"gate": "title", "state": "unknown", "stops": "now", "opens_by": "works", "chance": 0.5}
    return {"site": site, **gate, **cells}


def _country() -> Tables:
    """Regions, routes, goods, and what is demanded and supplied."""
    return {
        "regions": [
            {"id": "east", **names("East", "الشرق"), "port": True, "inland_cost": 0.0, "lat": 32.1, "lon": 20.1},
            {"id": "south", **names("South", "الجنوب"), "port": False, "inland_cost": 40.0, "lat": 27.0, "lon": 14.4},
        ],
        "routes": [
            {"id": "east-south", "from_region": "east", "to_region": "south", "carries": "goods", "cost": 35.0},
            {"id": "south-east", "from_region": "south", "to_region": "east", "carries": "goods", "cost": 35.0,
             "capacity": 2000.0},
        ],
        "commodities": [
            {"id": "flour", **names("Flour", "دقيق"), "unit": "t", "carries": "goods", "cif": 400.0, "fob": 300.0,
             "port_cost": 20.0, "uptake": 0.6},
            {"id": "wheat", **names("Wheat", "قمح"), "unit": "t", "carries": "goods", "cif": 250.0, "port_cost": 15.0,
             "credit": True},
            {"id": "cable", **names("Cable", "كابلات"), "unit": "t", "carries": "goods", "cif": 8000.0,
             "port_cost": 50.0, "storable": True, "holding_cost": 20.0},
            {"id": "copper", **names("Copper rod", "قضبان نحاس"), "unit": "t", "carries": "goods", "cif": 5000.0,
             "port_cost": 50.0, "credit": True},
            {"id": "power", **names("Electricity", "كهرباء"), "unit": "MWh", "emission": 0.5},
        ],
        "demands": [
            {"id": "flour-east", "region": "east", "commodity": "flour", "quantity": 6000.0, "penalty": 900.0},
            {"id": "flour-south", "region": "south", "commodity": "flour", "quantity": 1500.0, "penalty": 900.0},
            {"id": "cable-east", "region": "east", "commodity": "cable", "quantity": 300.0, "penalty": 12000.0,
             "growth": 0.04},
        ],
        "supplies": [
            {"id": "grid-east", **names("Grid", "الشبكة"), "region": "east", "commodity": "power", "quantity": 1500.0,
             "variable_cost": 60.0},
            {"id": "diesel-south", **names("Diesel sets", "مولدات"), "region": "south", "commodity": "power",
             "quantity": 800.0, "variable_cost": 180.0, "foreign_share": 0.5},
        ],
    }  # fmt: skip


def _sites() -> Tables:
    """Sites and their gates."""
    site = {"care_cost": 10_000.0, "survey_cost": 20_000.0, "survey_weeks": 4.0, "role": "candidate",
            "state_as_of": dt.date(2026, 6, 1)}  # fmt: skip
    return {
        "sites": [
            {"id": "mill", **names("Mill", "مطحنة"), "region": "south", "state": "suspended", "authority": "ministry",
             "idle_staff": 10.0, "idle_wage": 15_000.0, **site},
            {"id": "cables", **names("Cable works", "مصنع كابلات"), "region": "east", "state": "suspended",
             "authority": "fund", **site},
            {"id": "pasta", **names("Mill in the east", "مطحنة الشرق"), "region": "east", "state": "under_used",
             "authority": "ministry", **site, "care_cost": 0.0},
        ],
        "blockers": [
            {"site": "mill", "gate": "machinery", "state": "closed", "stops": "now", "opens_by": "works",
             "cost": 30_000.0, "weeks": 3.0},
            {"site": "cables", "gate": "title", "state": "unknown", "stops": "now", "opens_by": "authority",
             "authority": "court", "cost": 10_000.0, "weeks": 6.0, "chance": 0.7},
            *({"site": site, "gate": gate, "state": "open", "stops": "no", "opens_by": "works"}
              for site in ("mill", "cables") for gate in ("title", "explosives", "contamination", "control", "market")
              if (site, gate) != ("cables", "title")),
        ],
    }  # fmt: skip


def _options() -> Tables:
    """Options and what they make."""
    return {
        "options": [
            {"id": "mill-repair", "site": "mill", "kind": "repair", **names("Repair", "إصلاح"), "capacity": 3000.0,
             "ramp_quarters": 2.0, "ramp_start": 0.5, "fixed_cost": 20_000.0, "variable_cost": 8.0, "jobs": 30.0,
             "wage": 1200.0, "working_capital_days": 30.0, "life": 12.0, "closing_cost": 5_000.0},
            {"id": "mill-new", "site": "mill", "kind": "modernise", **names("Modernise", "تحديث"), "capacity": 4500.0,
             "ramp_quarters": 2.0, "ramp_start": 0.4, "fixed_cost": 25_000.0, "variable_cost": 6.0, "jobs": 25.0,
             "wage": 1300.0, "working_capital_days": 30.0, "life": 15.0},
            {"id": "cables-rehab", "site": "cables", "kind": "rehabilitate", **names("Rehabilitate", "تأهيل"),
             "capacity": 250.0, "ramp_quarters": 1.0, "fixed_cost": 60_000.0, "variable_cost": 300.0,
             "foreign_share": 0.3, "jobs": 60.0, "wage": 1500.0, "working_capital_days": 45.0, "life": 15.0},
            {"id": "pasta-now", "site": "pasta", "kind": "as_is", **names("As it is", "كما هو"), "capacity": 1500.0,
             "output_reached": 1.0, "fixed_cost": 15_000.0, "variable_cost": 10.0, "jobs": 20.0, "wage": 1200.0},
            {"id": "pasta-more", "site": "pasta", "kind": "efficiency", **names("Raise efficiency", "رفع الكفاءة"),
             "capacity": 2200.0, "fixed_cost": 16_000.0, "variable_cost": 8.0, "jobs": 20.0, "wage": 1250.0,
             "stops_line": True, "maintained": True, "life": 8.0},
        ],
        "recipes": [
            {"option": option, "commodity": commodity, "direction": direction, "quantity": quantity}
            for option, flows in {
                "mill-repair": [("flour", "out", 1.0), ("wheat", "in", 1.3), ("power", "in", 0.12)],
                "mill-new": [("flour", "out", 1.0), ("wheat", "in", 1.27), ("power", "in", 0.1)],
                "cables-rehab": [("cable", "out", 1.0), ("copper", "in", 0.9), ("power", "in", 1.0)],
                "pasta-now": [("flour", "out", 1.0), ("wheat", "in", 1.35), ("power", "in", 0.15)],
                "pasta-more": [("flour", "out", 1.0), ("wheat", "in", 1.3), ("power", "in", 0.12)],
            }.items()
            for commodity, direction, quantity in flows
        ],
    }  # fmt: skip


def _works() -> Tables:
    """Works of the options, what they cost and whom they need."""
    return {
        "works": [
            {"option": "mill-repair", "id": "A", **names("Mechanical", "ميكانيكا"), "weeks": 10.0,
             "capability": "mechanical", "effort": 120.0},
            {"option": "mill-repair", "id": "B", **names("Electrical", "كهرباء"), "weeks": 6.0, "after": "A",
             "capability": "electrical", "effort": 60.0},
            {"option": "mill-new", "id": "A", **names("Mechanical", "ميكانيكا"), "weeks": 20.0,
             "capability": "mechanical", "effort": 300.0, "releases": 0.5},
            {"option": "mill-new", "id": "B", **names("Electrical", "كهرباء"), "weeks": 12.0, "after": "A",
             "capability": "electrical", "effort": 150.0, "releases": 0.5},
            {"option": "cables-rehab", "id": "A", **names("Overhaul", "عمرة"), "weeks": 16.0,
             "capability": "mechanical", "effort": 250.0},
            {"option": "pasta-more", "id": "A", **names("Tuning", "ضبط"), "weeks": 8.0, "capability": "electrical",
             "effort": 40.0},
        ],
        "costs": [
            {"option": "mill-repair", "id": "parts", **names("Parts", "قطع"), "category": "spares", "amount": 150_000.0,
             "origin": "foreign"},
            {"option": "mill-new", "id": "line", **names("Line", "خط"), "category": "equipment", "amount": 900_000.0,
             "origin": "foreign", "work": "A"},
            {"option": "cables-rehab", "id": "hall", **names("Hall", "صالة"), "category": "civil",
             "amount": 1_500_000.0, "currency": "LYD", "origin": "local"},
            {"option": "cables-rehab", "id": "machines", **names("Machines", "آلات"), "category": "equipment",
             "amount": 700_000.0, "origin": "foreign"},
            {"option": "pasta-more", "id": "drives", **names("Drives", "محركات"), "category": "equipment",
             "amount": 80_000.0, "origin": "partner"},
        ],
        "cadres": [
            {"option": "mill-repair", "course": "electricians", "headcount": 4.0},
            {"option": "mill-new", "course": "electricians", "headcount": 6.0},
            {"option": "cables-rehab", "course": "electricians", "headcount": 8.0},
        ],
    }  # fmt: skip


def _means() -> Tables:
    """Units, their offers, money and training."""
    return {
        "units": [{"id": "ENG", **names("Engine works", "مصنع المحركات"), "party": "partner"}],
        "capabilities": [
            {"id": "mechanical", **names("Mechanical crew", "طاقم ميكانيكا"), "unit": "person_week",
             "third_party_price": 1500.0},
            {"id": "electrical", **names("Electrical crew", "طاقم كهرباء"), "unit": "person_week"},
        ],
        "offers": [
            {"unit": "ENG", "capability": "mechanical", "capacity": 150.0, "price": 900.0, "lead_weeks": 13.0},
            {"unit": "ENG", "capability": "electrical", "capacity": 90.0, "price": 1000.0, "local_share": 0.3},
        ],
        "funds": [
            {"id": "budget", **names("Budget", "ميزانية"), "party": "host", "terms": "budget", "carry_over": 1.0},
            {"id": "line", **names("Partner line", "خط الشريك"), "party": "partner", "terms": "credit",
             "carry_over": 0.0},
        ],
        "fund_limits": [
            {"fund": "budget", "start": dt.date(2027, 1, 1), "amount": 500_000.0},
            {"fund": "line", "start": dt.date(2027, 1, 1), "end": dt.date(2027, 12, 31), "amount": 300_000.0},
        ],
        "fund_uses": [
            {"id": "1", "fund": "budget"},
            {"id": "2", "fund": "line", "origin": "partner"},
            {"id": "3", "fund": "line", "category": "equipment"},
        ],
        "credit": [{"start": dt.date(2027, 1, 1), "amount": 2_500_000.0}],
        "occupations": [{"id": "7412", **names("Electrical mechanics", "ميكانيكيو كهرباء")}],
        "courses": [
            {"id": "electricians", **names("Electricians", "كهربائيون"), "occupation": "7412", "level": "R",
             "weeks": 6.0, "seats": 6.0, "trainer_pool": "academy", "trainer_ratio": 0.1, "price": 2000.0,
             "third_party_price": 3500.0, "pass_rate": 0.8},
        ],
        "trainers": [{"id": "academy", **names("Academy", "الأكاديمية"), "headcount": 2.0, "attrition": 0.1}],
    }  # fmt: skip


def tables() -> Tables:
    """Two regions; a mill (firm), a cable works behind an unknown gate, a second mill that runs badly."""
    return {**_country(), **_sites(), **_options(), **_works(), **_means()}


@cache
def _unchanged() -> Case:
    return case_of(Settings.model_validate(SETTINGS), tables())


def tiny(changes: Tables | None = None, **settings: Any) -> Case:
    """The tiny case; `changes` replace whole tables, `settings` replace sections of case.toml.

    Without changes it is one object for all tests, and with some it shares the tables that are the same: what follows
    from these is worked out once, as for scenarios of a case (`tawteen.case.derived`).
    """
    case = _unchanged()
    if changes:
        case = replace(case, tables={**case.tables, **{name: table_of(name, rows) for name, rows in changes.items()}})
    return replace(case, settings=Settings.model_validate({**SETTINGS, **settings})) if settings else case
