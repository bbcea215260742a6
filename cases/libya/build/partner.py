"""Units of the partner and of the host, capabilities, offers and innovations."""

from __future__ import annotations

from facts import Row, rows, source_of, stated
from figure import Book, Figure
from goods import ranged

GRADES = {"reported": "reported", "document": "documented"}


def _fact(name: str) -> Row:
    """A fact that tells of a reference job: a precedent by its id, or an observation of a unit as UNIT/field."""
    unit, _, field = name.partition("/")
    seen = [*rows("facts/partner_observations.csv"), *rows("facts/more_observations.csv")]
    found = [r for r in seen if field and (r.get("unit_id", r.get("subject")), r["field"]) == (unit, field)]
    return [*found, *(r for r in rows("facts/precedents.csv") if r["id"] == name)][0]


def _proof(fact: str) -> str:
    return GRADES[_fact(fact)["grade"]] if fact else "assumed"


def _witness(book: Book, row: Row) -> None:
    fact = _fact(row["fact"])
    book.witness(
        "offers", f"{row['unit']}/{row['capability']}", "reference", value=row["reference"], grade=_proof(row["fact"]),
        source=source_of(fact), note="a job of the unit that a source tells of; whether its kind fits is to be asked",
    )  # fmt: skip


def add(book: Book) -> None:
    """Help of both parties; no price or crew number of the partner was read, so all offers are assumed."""
    for row in rows("facts/partner_units.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar")}
        place = {"city": row["city"] or None, "country": row["country"]}
        book.add("units", **words, **place, party="aoi", civil_lines=row["civil_lines"])
    for row in rows("assumptions/units.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar")}
        book.add("units", **words, party="libya", city=row["city"] or None, country="LY", civil_lines=row["reason"])
    for row in rows("assumptions/capabilities.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "unit", "field")}
        foreign = float(row["foreign"])
        share = Figure(foreign, foreign * 0.7, min(1.0, foreign * 1.3), "assumed")
        book.add("capabilities", **words, third_party_price=stated(row), third_party_foreign=share)
    for row in rows("assumptions/offers.csv"):
        lead, local = float(row["lead_weeks"]), float(row["local_share"])
        why = f"assumed; reference: {row['reference']}"
        book.add(
            "offers", unit=row["unit"], capability=row["capability"],
            capacity=ranged(row, "value", "low", "high", why),
            price=ranged(row, "price", "price_low", "price_high", why),
            lead_weeks=Figure(lead, lead / 2, lead * 2, why),
            local_share=Figure(local, local * 0.7, min(1.0, local * 1.3 + 0.02), why), proof=_proof(row["fact"]),
            reference=row["reference"] if row["fact"] else None,
        )  # fmt: skip
        if row["fact"]:
            _witness(book, row)
    _tell_without_offers(book)
    for row in rows("assumptions/innovations.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "field", "need_en", "need_ar", "option")}
        level = float(row["readiness"])
        book.add("innovations", **words, readiness=Figure(level, float(row["low"]), float(row["high"]), row["reason"]))


def _tell_without_offers(book: Book) -> None:
    """A unit that offers nothing says why in `unknown.csv`; raises ValueError for one that is silent."""
    offering = {row["unit"] for row in book.tables["offers"]}
    told = {row["subject"] for row in rows("assumptions/unknown.csv")}
    if silent := [unit["id"] for unit in book.tables["units"] if unit["id"] not in offering | told]:
        raise ValueError(f"units without an offer and without a reason: {silent}")
