"""Rules of the case and past restarts."""

from __future__ import annotations

from facts import rows, source_of
from figure import Book, day
from sites import roles


def add(book: Book) -> None:
    """Rules with their words; survey waves name their sites."""
    for row in rows("assumptions/rules.csv"):
        wave = ";".join(site for site, role in roles().items() if row["wave"] and role["wave"] == row["wave"])
        book.add(
            "rules", id=row["id"], kind=row["kind"], sites=row["sites"] or wave or None, options=row["options"] or None,
            region=row["region"] or None, authority=row["authority"] or None, measure=row["measure"] or None,
            value=float(row["value"]) if row["value"] else None, start=day(row["start"]), end=day(row["end"]),
            active=row["active"] == "true", text_en=row["text_en"], text_ar=row["text_ar"],
        )  # fmt: skip
    _precedents(book)


def _precedents(book: Book) -> None:
    """Outcomes only (plans and programmes teach nothing here); cells a source does not fill stay empty."""
    facts = {r["id"]: r for r in rows("facts/precedents.csv")}
    for row in rows("assumptions/precedents.csv"):
        fact = facts[row["id"]]
        if fact["use_class"] in ("plan", "programme", "rebuild"):
            raise ValueError(f"{row['id']} is no outcome")
        ratios = {k: float(row[k]) if row[k] else None for k in ("cost_ratio", "duration_ratio", "output_reached")}
        numbers = {
            "years_stopped": float(fact["years_stopped"]) if fact["years_stopped"] else None,
            "months": float(fact["months_to_restart"]) if fact["months_to_restart"] else None,
        }
        source = source_of(fact)
        book.add(
            "precedents", id=row["id"], reference_class=row["reference_class"], name_en=row["name_en"],
            name_ar=row["name_ar"], country=fact["country"], product=fact["product"], **ratios, **numbers,
            survived={"true": True, "false": False}.get(row["survived"]), outcome=fact["outcome"], source=source,
        )  # fmt: skip
        for column, value in (ratios | numbers).items():
            if value is not None:
                note = row["reason"] if column in ratios else fact["note"]
                book.witness(
                    "precedents", row["id"], column, value=f"{value:g}", grade=_grade(fact["grade"]), source=source,
                    as_of=day(fact["restart_date"]), note=note,
                )  # fmt: skip


def _grade(fact: str) -> str:
    return {"document": "documented"}.get(fact, "reported")
