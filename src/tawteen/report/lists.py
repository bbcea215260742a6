"""Words of the codes that programme and report use beside the case's own code lists."""

from __future__ import annotations

from collections.abc import Mapping

from tawteen.case import codes as case_codes
from tawteen.report.bilingual import Both, bilingual

STATUS_LABELS: dict[str, Both] = {
    "firm": bilingual("code.status.firm"),
    "conditional": bilingual("code.status.conditional"),
    "survey": bilingual("code.status.survey"),
    "close": bilingual("code.status.close"),
    "as_is": bilingual("code.status.as_is"),
    "out": bilingual("code.status.out"),
}
MARKET_PART_LABELS: dict[str, Both] = {
    "home": bilingual("code.parts.home"),
    "supply": bilingual("code.parts.supply"),
    "import": bilingual("code.parts.import"),
    "arrivals": bilingual("code.parts.arrivals"),
    "unmet": bilingual("code.parts.unmet"),
    "demand": bilingual("code.parts.demand"),
    "inputs": bilingual("code.parts.inputs"),
    "export": bilingual("code.parts.export"),
    "departures": bilingual("code.parts.departures"),
}
LIMIT_LABELS: dict[str, Both] = {
    "balance": bilingual("code.limits.balance"),
    "route": bilingual("code.limits.route"),
    "import": bilingual("code.limits.import"),
    "export": bilingual("code.limits.export"),
    "uptake": bilingual("code.limits.uptake"),
    "source": bilingual("code.limits.source"),
    "trainers": bilingual("code.limits.trainers"),
    "fund": bilingual("code.limits.fund"),
    "credit": bilingual("code.limits.credit"),
    "rule": bilingual("code.limits.rule"),
}
OUTCOMES: dict[str, Both] = {
    "optimal": bilingual("code.outcomes.optimal"),
    "within_gap": bilingual("code.outcomes.within_gap"),
    "time_limit": bilingual("code.outcomes.time_limit"),
    "step_limit": bilingual("code.outcomes.step_limit"),
    "interrupted": bilingual("code.outcomes.interrupted"),
    "infeasible": bilingual("code.outcomes.infeasible"),
    "unproved": bilingual("code.outcomes.unproved"),
}
FLAGS: dict[str, Both] = {
    "held": bilingual("code.flags.held"),
    "raised": bilingual("code.flags.raised"),
    "silent": bilingual("code.flags.silent"),
}
PLACED: dict[str, Both] = {"site": bilingual("code.placed.site"), "region": bilingual("code.placed.region")}
SOURCES: dict[str, Both] = {
    "academy": bilingual("code.sources.academy"),
    "third_party": bilingual("code.sources.third_party"),
}

SIDES: dict[str, Both] = {"partner": bilingual("code.sides.partner"), "other": bilingual("code.sides.other")}
REVENUE: dict[str, Both] = {
    **case_codes.LISTS["cost_categories"],
    "bridging": bilingual("code.revenue.bridging"),
}

ROBUST: dict[str, Both] = {
    "core": bilingual("code.robust.core"),
    "rim": bilingual("code.robust.rim"),
    "out": bilingual("code.robust.out"),
}
UNKNOWNS: dict[str, Both] = {"gate": bilingual("code.unknowns.gate"), "value": bilingual("code.unknowns.value")}
SHOCK_LABELS: dict[str, Both] = {
    "outage": bilingual("code.shocks.outage"),
    "slip": bilingual("code.shocks.slip"),
    "prices": bilingual("code.shocks.prices"),
    "closure": bilingual("code.shocks.closure"),
    "late_buyers": bilingual("code.shocks.late_buyers"),
    "credit": bilingual("code.shocks.credit"),
    "summer_power": bilingual("code.shocks.summer_power"),
}
SCOPES: dict[str, Both] = {
    "country": bilingual("code.scopes.country"),
    "region": bilingual("code.scopes.region"),
    "site": bilingual("code.scopes.site"),
    "summer": bilingual("code.scopes.summer"),
}
SHOCK_UNITS: dict[str, Both] = {
    "share": bilingual("code.shock_units.share"),
    "quarters": bilingual("code.shock_units.quarters"),
    "days": bilingual("code.shock_units.days"),
}

_OWN: dict[str, Mapping[str, Both]] = {
    "status": STATUS_LABELS, "parts": MARKET_PART_LABELS, "limits": LIMIT_LABELS,
    "outcomes": OUTCOMES, "flags": FLAGS, "placed": PLACED,
    "sides": SIDES, "revenue": REVENUE, "robust": ROBUST, "unknowns": UNKNOWNS, "shocks": SHOCK_LABELS,
    "scopes": SCOPES, "shock_units": SHOCK_UNITS,
}  # fmt: skip


def words_of(name: str) -> Mapping[str, Both]:
    """The code list `name`, of the report or of the case. Raises KeyError for an unknown list."""
    return _OWN[name] if name in _OWN else case_codes.codes(name)


def code_label(name: str, code: str | None) -> Both:
    """The words of one code; the code itself where the list does not know it, nothing for none."""
    if code is None:
        return ("", "")
    return words_of(name).get(code, (code, code))
