"""Tables about the means: crafts of partner units, courses and trainers, funds and credit; scaled to the sites."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from tawteen.case.generate.catalogue import (
    AUTHORITIES,
    CATALOGUE_GOODS,
    COURSES,
    CRAFTS,
    OCCUPATIONS,
    PARTNER_UNITS,
    PRODUCTS,
    REGIONS,
    TRAINER_POOLS,
)
from tawteen.case.generate.layout import CaseLayout, frame, quarter_end, quarter_start, significant
from tawteen.case.generate.params import GENERATOR
from tawteen.case.generate.plants import Packages


def units() -> pl.DataFrame:
    """Fourteen units of the partner."""
    return frame("units", {
        "id": [u[0] for u in PARTNER_UNITS],
        "name_en": [u[1] for u in PARTNER_UNITS],
        "name_ar": [u[2] for u in PARTNER_UNITS],
        "party": "partner", "civil_lines": [", ".join(CRAFTS[c][0] for c in u[3]) for u in PARTNER_UNITS],
    })  # fmt: skip


def capabilities(draft: CaseLayout) -> pl.DataFrame:
    """A dozen crafts; third parties do them at a premium, unless the case is hard."""
    return frame("capabilities", {
        "id": list(CRAFTS),
        "name_en": [spec[0] for spec in CRAFTS.values()],
        "name_ar": [spec[1] for spec in CRAFTS.values()],
        "unit": [spec[2] for spec in CRAFTS.values()],
        "field": [spec[4] for spec in CRAFTS.values()],
        "third_party_price": [None if draft.hard else 1.6 * spec[3] for spec in CRAFTS.values()],
        "third_party_foreign": 0.8,
    })  # fmt: skip


def pool_capacity(rates: pl.DataFrame, draft: CaseLayout) -> dict[str, float]:
    """Capacity per quarter of each pool from `rates` (pool, rate while it lasts, total of all options).

    A pool serves `sites_at_once` average sites, or a third of all sites within `service_quarters` where that is more.
    """
    least, within = (
        (0.75 * GENERATOR.sites_at_once, 2 * GENERATOR.service_quarters)
        if draft.hard
        else (GENERATOR.sites_at_once, GENERATOR.service_quarters)
    )
    pools = rates.group_by("pool").agg(pl.col("rate").mean(), pl.col("total").sum()).sort("pool")
    return {pool: max(least * rate, total / 3 / 3 / within) for pool, rate, total in pools.iter_rows()}


def offers(draft: CaseLayout, p: Packages) -> pl.DataFrame:
    """What units offer; in a hard case each craft comes from its largest unit alone."""
    rng = draft.random(31)
    rates = pl.DataFrame({"pool": p.craft, "rate": p.effort / np.maximum(p.weeks / 13, 1.0), "total": p.effort})
    capacity = pool_capacity(rates, draft)
    usual = {name: 100_000.0 / spec[3] for name, spec in CRAFTS.items()}  # of crafts that no site drawn needs
    largest = {c: max(PARTNER_UNITS, key=lambda u, c=c: u[3].get(c, 0.0))[0] for c in CRAFTS}  # type: ignore[misc]
    rows = [(u, c, part) for u, _, _, parts in PARTNER_UNITS for c, part in parts.items()]
    if draft.hard:
        rows = [(u, c, 1.0) for u, c, _ in rows if largest[c] == u]
    size = np.array([part * capacity.get(c, usual[c]) for _, c, part in rows])
    price = np.array([CRAFTS[c][3] for _, c, _ in rows]) * rng.uniform(0.92, 1.12, len(rows))
    return frame("offers", {
        "unit": [u for u, _, _ in rows],
        "capability": [c for _, c, _ in rows],
        "capacity": significant(size, 3),
        "price": significant(price, 3),
        "lead_weeks": np.round(rng.uniform(0, 20, len(rows))),
        "local_share": np.round(rng.uniform(0.1, 0.4, len(rows)), 2),
        "proof": np.array(["reported", "documented"])[rng.integers(0, 2, len(rows))],
        "reference": "Invented reference job",
    })  # fmt: skip


def courses(draft: CaseLayout, cadres: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Occupations, courses with seats and trainers for as many sites at once as there are crews for."""
    weeks = pl.DataFrame({"course": list(COURSES), "weeks": [spec[4] for spec in COURSES.values()]})
    taken = cadres.join(weeks, on="course").select(
        pool="course", total=pl.col("headcount") / 0.85 * pl.col("weeks") / 13
    )
    seats = pool_capacity(taken.with_columns(rate="total"), draft)
    held = {name: float(np.ceil(1.2 * max(seats.get(name, 0.0), 4.0))) for name in COURSES}
    teachers = dict.fromkeys(TRAINER_POOLS, 0.0)
    for name, spec in COURSES.items():
        teachers[spec[5]] += spec[6] * held[name]
    table = frame("courses", {
        "id": list(COURSES),
        "name_en": [spec[0] for spec in COURSES.values()],
        "name_ar": [spec[1] for spec in COURSES.values()],
        "occupation": [spec[2] for spec in COURSES.values()],
        "level": [spec[3] for spec in COURSES.values()],
        "weeks": [spec[4] for spec in COURSES.values()],
        "delivery": "mixed",
        "seats": [held[name] for name in COURSES],
        "trainer_pool": [spec[5] for spec in COURSES.values()],
        "trainer_ratio": [spec[6] for spec in COURSES.values()],
        "price": [spec[7] for spec in COURSES.values()],
        "third_party_price": [None if draft.hard else 1.8 * spec[7] for spec in COURSES.values()],
        "pass_rate": 0.85,
    })  # fmt: skip
    pools = frame("trainers", {
        "id": list(TRAINER_POOLS),
        "name_en": [words[0] for words in TRAINER_POOLS.values()],
        "name_ar": [words[1] for words in TRAINER_POOLS.values()],
        "headcount": [float(np.ceil(0.95 * teachers[name])) for name in TRAINER_POOLS],
        "attrition": 0.03,
    })  # fmt: skip
    jobs = frame("occupations", {
        "id": list(OCCUPATIONS),
        "name_en": [words[0] for words in OCCUPATIONS.values()],
        "name_ar": [words[1] for words in OCCUPATIONS.values()],
    })  # fmt: skip
    return {"courses": table, "trainers": pools, "occupations": jobs}


# fund: words, party, terms, carried over, refilled, share of all money
FUNDS = {
    "budget": ("Development budget", "ميزانية التنمية", "host", "budget", 1.0, 0.0, 0.4),
    "bank": ("Industrial bank", "المصرف الصناعي", "host", "loan", 1.0, 0.02, 0.2),
    "line": ("Partner's supplier credit", "ائتمان المورد من الشريك", "partner", "credit", 0.8, 0.0, 0.3),
    "grant": ("Technical cooperation", "التعاون الفني", "partner", "grant", 0.5, 0.0, 0.1),
}
# terms of the funds that lend, assumed like everything here: interest, grace in quarters, years, added to the loan, fee
LOANS = {
    "bank": {"rate": 0.07, "grace_quarters": 6.0, "years": 5.0, "repayment": "principal", "capitalised": 1.0,
             "fee": 0.01},
    "line": {"rate": 0.05, "grace_quarters": 4.0, "years": 4.0, "repayment": "annuity", "capitalised": 1.0},
}  # fmt: skip
# who finances an option taken alone: shares of what the fund may pay for, and the budget for what they leave
FUND_SHARES: tuple[tuple[str, float | None], ...] = (("bank", 0.4), ("line", 0.4), ("grant", 0.6), ("budget", None))
# buyers: words, kind, share of sales, days, days late
BUYERS = {
    "state": ("State bodies", "جهات حكومية", "state", 0.4, 30.0, 120.0),
    "traders": ("Traders", "تجار", "private", 0.6, 20.0, 10.0),
}
USES: tuple[tuple[str, dict[str, str]], ...] = (
    ("budget", {}),
    *(("bank", {"category": c, "region": r.id}) for c in ("civil", "equipment", "works") for r in REGIONS[:3]),
    ("bank", {"category": "working_capital", "authority": AUTHORITIES[0]}),
    ("line", {"origin": "partner"}),
    ("line", {"category": "works"}),
    *(("grant", {"category": c}) for c in ("training", "survey", "gate", "transfer", "preproduction")),
)


def money_needed(draft: CaseLayout) -> float:
    """Money for a third of the sites at their average option (half of it in a hard case), in the case's currency."""
    o = draft.options
    average = float(o.investment[o.working].mean())
    return 1.25 * average * max(draft.count / 3, 1.2) * (0.5 if draft.hard else 1.0)


def funds(draft: CaseLayout) -> dict[str, pl.DataFrame]:
    """Funds of both parties over the first three fifths of the horizon, what they may pay for, and credit."""
    spent = max(1, round(0.6 * draft.periods))
    starts = list(range(0, spent, 4))
    quarterly = money_needed(draft) / spent
    rng = draft.random(32)
    rows = [(fund, q) for fund in FUNDS for q in starts]
    tide = rng.uniform(0.8, 1.2, len(rows))
    limits = frame("fund_limits", {
        "fund": [fund for fund, _ in rows],
        "start": [quarter_start(q) for _, q in rows],
        "end": [quarter_end(min(q + 3, spent - 1)) for _, q in rows],
        "amount": significant(np.array([FUNDS[fund][6] * quarterly for fund, _ in rows]) * tide, 3),
    })  # fmt: skip
    names = ("name_en", "name_ar", "party", "terms", "carry_over", "refill")
    words = {n: [spec[i] for spec in FUNDS.values()] for i, n in enumerate(names)}
    terms = {
        n: [LOANS.get(fund, {}).get(n) for fund in FUNDS] for n in dict.fromkeys(t for x in LOANS.values() for t in x)
    }
    table = frame("funds", {"id": list(FUNDS), **words, **terms})
    uses = frame("fund_uses", {
        "id": [str(i) for i in range(1, len(USES) + 1)],
        "fund": [fund for fund, _ in USES],
        **{name: [use.get(name) for _, use in USES] for name in ("category", "region", "authority", "origin")},
    })  # fmt: skip
    finance = frame("finance", {
        "id": [str(i) for i in range(1, len(FUND_SHARES) + 1)],
        "fund": [fund for fund, _ in FUND_SHARES],
        "share": [share for _, share in FUND_SHARES],
    })  # fmt: skip
    money = {"funds": table, "fund_limits": limits, "fund_uses": uses, "finance": finance}
    return {**money, "credit": _credit(draft, quarterly), "buyers": _buyers()}


def _buyers() -> pl.DataFrame:
    """Who buys whatever is made; the state pays late."""
    names = ("name_en", "name_ar", "kind", "share", "days", "late_days")
    return frame(
        "buyers", {"id": list(BUYERS), **{n: [spec[i] for spec in BUYERS.values()] for i, n in enumerate(names)}}
    )


def _credit(draft: CaseLayout, quarterly: float) -> pl.DataFrame:
    """Letters for the inputs of the running sites and a third of the others, and for half of the quarterly outlays."""
    cif = {good.id: good.price for good in CATALOGUE_GOODS if good.credit}
    need = np.array([sum(q * cif.get(k, 0.0) for k, q in good.inputs.items()) for good in PRODUCTS])[draft.product]
    inputs = need * draft.nominal
    held = float((inputs * np.where(draft.running, draft.oee, 0.3)).sum())
    floor = float(inputs.mean())
    amount = 1.1 * max(held, floor) + 0.5 * quarterly
    days: list[dt.date] = [quarter_start(0)]
    return frame("credit", {"start": days, "amount": significant(np.array([amount]), 3)})
