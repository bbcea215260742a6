"""Units of the partner and of the host, capabilities, offers and innovations."""

from __future__ import annotations

from facts import rows, stated
from figure import Book, Figure
from goods import ranged


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
            local_share=Figure(local, local * 0.7, min(1.0, local * 1.3 + 0.02), why), proof="assumed",
            reference=row["reference"],
        )  # fmt: skip
    for row in rows("assumptions/innovations.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "field", "need_en", "need_ar", "option")}
        level = float(row["readiness"])
        book.add("innovations", **words, readiness=Figure(level, float(row["low"]), float(row["high"]), row["reason"]))
