"""Synthetic cases of any size: an invented country whose money, crews and markets grow with its sites."""

from __future__ import annotations

from tawteen.case.generate import country, plants, resources, rules
from tawteen.case.generate.layout import FIRST_DAY_OF_PLAN, draw
from tawteen.case.model import Case, empty_tables
from tawteen.case.settings import Settings
from tawteen.words import Words


def generate(sites: int, seed: int = 1, hard: bool = False, periods: int = 40) -> Case:
    """An invented case: 4 regions, 31 commodities in chains, 3 options a site, limits as tight at every size.

    Money serves about a third of the sites; every pool holds at least eight average sites at work at once.
    `hard`: no third parties, one unit a craft, half the money. The same arguments give the same case.
    Raises ValueError for less than one site or fewer than four periods.
    """
    if sites < 1 or periods < 4:
        raise ValueError(f"{sites} sites, {periods} periods: at least 1 site and 4 periods")
    draft = draw(sites, seed, hard, periods)
    work = plants.packages(draft)
    taken = country.needs(draft)
    tables = empty_tables()
    tables |= {
        "regions": country.regions(),
        "routes": country.routes(draft, taken),
        "commodities": country.commodities(),
        "projects": country.projects(draft),
        "supplies": country.supplies(draft, taken),
        "sites": plants.sites(draft),
        "lines": plants.lines(draft),
        "blockers": plants.blockers(draft),
        "options": plants.options(draft),
        "recipes": plants.recipes(draft),
        "works": plants.works(draft, work),
        "costs": plants.costs(draft),
        "transfers": plants.transfers(draft),
        "cadres": plants.cadres(draft),
        "units": resources.units(),
        "capabilities": resources.capabilities(draft),
        "offers": resources.offers(draft, work),
        "innovations": rules.innovations(draft),
        "precedents": rules.precedents(draft),
    }
    tables["losses"] = plants.losses(tables["lines"])
    tables["closed_losses"] = plants.closed_losses(tables["options"], tables["losses"])
    tables["staff"] = plants.staff(tables["sites"])
    tables["demands"] = country.demands(draft, taken, tables["projects"])
    tables["rules"] = rules.rules(draft, tables["blockers"])
    tables |= resources.courses(draft, tables["cadres"]) | resources.funds(draft) | rules.evidence(draft, tables)
    return Case(_settings(sites, seed, hard, periods), tables)


def _settings(sites: int, seed: int, hard: bool, periods: int) -> Settings:
    kind_en, kind_ar = ("hard ", "صعبة ") if hard else ("", "")
    return Settings.model_validate({
        "about": {
            "id": f"synthetic-{sites}-{seed}" + ("-hard" if hard else ""),
            "name_en": Words("en").say("generate.name", {"kind": kind_en, "n": sites, "seed": seed}, sites),
            "name_ar": Words("ar").say("generate.name", {"kind": kind_ar, "n": sites, "seed": seed}, sites),
            "notice_en": "Every figure of this case is invented; it says nothing about any country.",
            "notice_ar": "كل أرقام هذه الحالة مختلقة ولا تصف أي بلد.",
            "demonstration": True,
        },
        "time": {"start": FIRST_DAY_OF_PLAN, "periods": periods},
        "money": {"currency": "USD", "price_year": 2026, "rates": [{"currency": "EUR", "official": 0.92}]},
        "discount": {"financial": 0.12, "economic": 0.08},
        "value": {"fx_premium": 0.15, "labour": "shadow_wage", "shadow_wage": 0.65, "carbon_price": 5.0,
                  "region_weight": {"south": 1.2}},
        "tax": {"rate": 0.2, "holiday": 3, "carry_forward": 5},
        "parties": [
            {"id": "host", "name_en": "Host country", "name_ar": "البلد المضيف", "role": "host"},
            {"id": "partner", "name_en": "Industrial partner", "name_ar": "الشريك الصناعي", "role": "partner"},
        ],
    })  # fmt: skip
