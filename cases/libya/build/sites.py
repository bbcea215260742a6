"""Sites with their gates, lines and staff: the 54 of the facts, and the plans of this demonstration."""

from __future__ import annotations

from typing import Any

from facts import Row, parameter, rows
from figure import Book, Figure, day
from goods import ranged

from tawteen.case.codes import DECISIVE_GATES

AUTHORITY = {
    "west": "Tripoli government",
    "centre": "Eastern administration",
    "east": "Eastern administration",
    "south": "Eastern administration",
}
STATES = {"": "unknown", "never-started": "never_started", "under-used": "under_used"}
FIELDS = {"29": "transportation", "26": "electronics", "27": "electronics"}


def roles() -> dict[str, Row]:
    """Role of each site of the facts."""
    return {r["site"]: r for r in rows("assumptions/roles.csv")}


def add(book: Book) -> None:
    """All sites; who holds them in fact is read from the region and nowhere confirmed."""
    sizes = {r["size"]: r for r in rows("assumptions/sizes.csv")}
    for row in rows("facts/sites.csv"):
        role = roles()[row["id"]]
        region = role["region"] or row["region"]
        state = "destroyed" if row["id"] == "mill-national-sabha" else STATES.get(row["state"], row["state"])
        cells: dict[str, Any] = {
            "id": row["id"], "name_en": row["name_en"], "name_ar": row["name_ar"], "region": region,
            "town": row["city"] or None, "isic": row["isic4"] or None, "owner": row["owner"] or None,
            "authority": AUTHORITY[region], "mandate": "unknown", "state": state, "role": role["role"],
            "state_as_of": day(row["state_as_of"]), "stopped_since": day(role["stopped"]),
            "field": FIELDS.get(row["isic4"][:2], "manufacturing"),
            "lat": float(row["lat"]) if row["lat"] else None, "lon": float(row["lon"]) if row["lon"] else None,
        }  # fmt: skip
        if role["size"]:
            cells |= _survey(sizes[role["size"]], role["role"])
        if row["id"] == "trucks-tajoura":
            cells["idle_staff"] = Figure(300, 0, 400, "300 or 400 persons in 2019; how many remain was not read")
            cells["idle_wage"] = (cells["idle_staff"] * parameter("wage")).noted("at the wage assumed here")
        book.add("sites", **cells)
        for column in ("region", "role"):
            note = role["reason"] if column == "role" or role["region"] else "convention of the fact files"
            book.witness("sites", row["id"], column, value=str(cells[column]), grade="assumed", note=note)
        _authority(book, row["id"], region)
    _planned(book, sizes["small"])
    _gates(book)


def _survey(size: Row, role: str) -> dict[str, Figure]:
    cells = {
        "survey_cost": ranged(size, "survey_cost", "cost_low", "cost_high"),
        "survey_weeks": ranged(size, "survey_weeks", "weeks_low", "weeks_high"),
    }
    if role == "candidate":
        cells["care_cost"] = ranged(size, "care", "care_low", "care_high", "guards and upkeep of a stopped plant")
    return cells


def _authority(book: Book, site: str, region: str) -> None:
    note = "read from the region; no source states who can hand the site over: to be confirmed first"
    book.witness("sites", site, "authority", value=AUTHORITY[region], grade="assumed", note=note)


def _planned(book: Book, size: Row) -> None:
    """Infrastructure and hosts of technology transfer: plans of this demonstration, no plot is named."""
    towns = {t["name"]: t for t in rows("geo/geonames_cities500_LY_EG.csv")}
    for row in rows("assumptions/planned.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "region", "town", "isic", "field")}
        town = towns[row["town"]]
        book.add(
            "sites", **words, lat=float(town["lat"]), lon=float(town["lon"]), authority=AUTHORITY[row["region"]],
            mandate="unknown", state="planned", role="infrastructure",
            survey_cost=ranged(size, "survey_cost", "cost_low", "cost_high", "study of plot and demand"),
            survey_weeks=ranged(size, "survey_weeks", "weeks_low", "weeks_high", "study of plot and demand"),
        )  # fmt: skip
        _authority(book, row["id"], row["region"])


def _gates(book: Book) -> None:
    """Sixteen gates for each stopped site, unknown unless an observation speaks; others only what is known."""
    known = {(r["site"], r["gate"]): r for r in rows("assumptions/site_gates.csv")}
    gates = rows("assumptions/gates.csv")
    for site in book.tables["sites"]:
        all_gates = site["role"] in ("candidate", "survey")
        for gate in gates:
            seen = known.get((site["id"], gate["gate"]))
            if seen or all_gates:
                _gate(book, site["id"], gate, seen or _unseen(gate, site["role"]), site["authority"])


def _unseen(gate: Row, role: str) -> Row:
    """A gate of which no source speaks: a decisive one of a candidate may stop it, by the base rate of its kind."""
    decides = role == "candidate" and gate["gate"] in DECISIVE_GATES
    return {**gate, "state": "unknown", "stops": "next" if decides else "no", "reason": ""}


def _gate(book: Book, site: str, gate: Row, seen: Row, holder: str) -> None:
    opens_by = seen["opens_by"]
    cells: dict[str, Any] = {
        "site": site, "gate": gate["gate"], "state": seen["state"], "stops": seen["stops"], "opens_by": opens_by,
        "authority": holder if opens_by == "authority" else None,
        "task_en": gate["task_en"], "task_ar": gate["task_ar"],
    }  # fmt: skip
    if seen["stops"] != "no" and opens_by != "none":
        cells["cost"] = ranged(gate, "cost", "cost_low", "cost_high", "task of this gate")
        cells["weeks"] = ranged(gate, "weeks", "weeks_low", "weeks_high", "task of this gate")
        if seen["state"] == "unknown":
            cells["chance"] = ranged(seen, "chance", "low", "high", "" if seen["reason"] else "base rate of this gate")
    book.add("blockers", **cells)
    if seen["reason"]:
        key = f"{site}/{gate['gate']}"
        book.witness("blockers", key, "state", value=seen["state"], grade="assumed", note=seen["reason"])
