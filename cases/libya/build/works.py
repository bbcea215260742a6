"""Work networks: packages of the sector's restart kinds, scaled in time to the mode and in effort to the cost."""

from __future__ import annotations

from facts import Row, parameter, rows
from figure import Assumed, Book, Figure
from options import WEEKS_PER_MONTH, capex, months, running, uses

KEPT = {"F06", "H03", "H06", "H08", "A04"}  # technical packages of the phases that survey and gates stand for
BESIDE_THE_LINE = (
    "procurement", "spare-part", "site control", "structural", "roofs", "file", "survey", "certification",
    "trial production", "performance test", "recruitment", "training", "security hardening", "permit", "utilities",
    "power reconnection", "water",
)  # fmt: skip
"""Words of packages that leave a running line at work."""

PHASES = {"light": "CF", "tuning": "CF", "rehabilitation": "CDF", "modernisation": "CDF", "upgrade": "CDF"}


def capability_of() -> dict[str, str]:
    """Capability by crew type of the sector file."""
    found = {}
    for row in rows("assumptions/capabilities.csv"):
        found |= dict.fromkeys(row["crews"].split(";"), row["id"])
    return found


def network(kind: str, mode: str) -> dict[str, tuple[Row, list[str]]]:
    """Packages of a kind with their predecessors, those left out bridged by their own predecessors."""
    whole = {r["wp_id"]: r for r in rows("facts/sector/works.csv") if r["restart_kind"] == kind}
    crews = capability_of()
    kept = {
        wp for wp, r in whole.items() if (r["phase"][0] in PHASES[mode] or wp in KEPT) and r["crew_type"] in crews
    }  # fmt: skip

    def before(wp: str) -> set[str]:
        direct = [p for p in whole[wp]["predecessors"].split(";") if p]
        return {q for p in direct for q in ({p} if p in kept else before(p))}

    return {wp: (whole[wp], sorted(before(wp))) for wp in whole if wp in kept}


def built() -> dict[str, tuple[Row, list[str]]]:
    """Packages of a new plant."""
    return {r["wp_id"]: (r, [p for p in r["predecessors"].split(";") if p]) for r in rows("assumptions/works.csv")}


def length(packages: dict[str, tuple[Row, list[str]]]) -> float:
    """Likely weeks of the longest path; packages stand after their predecessors."""
    finish: dict[str, float] = {}

    def done(wp: str) -> float:
        if wp not in finish:
            row, after = packages[wp]
            finish[wp] = float(row["weeks_likely"]) + max((done(p) for p in after), default=0.0)
        return finish[wp]

    return max(done(wp) for wp in packages)


def _stops(option: Row, package: Row) -> Assumed | None:
    """Whether a package at a running line takes it down; empty where no line runs.

    Nobody states it: what is bought, made elsewhere or done around the line is taken not to stop it, and neither do
    trials, in which it makes product; all other work at the machines does.
    """
    if option["site"] not in running():
        return None
    words = package["work_package_en"].lower()
    if any(word in words for word in BESIDE_THE_LINE):
        return Assumed(False, "bought, made elsewhere, done around the line or a trial of it: assumed")
    return Assumed(True, "work at the machines: assumed")


def add(book: Book) -> None:
    """Work packages of every option that works on its site."""
    crews = capability_of()
    exponent = parameter("works_exponent").value
    for option in rows("assumptions/options.csv"):
        if option["kind"] == "as_is":
            continue
        use = uses()[option["process"]]
        packages = built() if option["mode"] == "greenfield" else network(use["network"], option["mode"])
        stretch = months(option).value * WEEKS_PER_MONTH / length(packages)
        size = min(3.0, (capex(option).value / float(use["network_cost"])) ** exponent)
        for wp, (row, after) in packages.items():
            weeks = {c: round(max(0.5, float(row[f"weeks_{c}"]) * stretch), 1) for c in ("low", "likely", "high")}
            effort = float(row["person_weeks_likely"]) * size
            book.add(
                "works", option=option["id"], id=wp, name_en=row["work_package_en"], name_ar=row["work_package_ar"],
                weeks=weeks["likely"], weeks_low=weeks["low"], weeks_high=weeks["high"], after=";".join(after) or None,
                capability=crews[row["crew_type"]], stops=_stops(option, row),
                effort=Figure(effort, effort * 0.6, effort * 1.7, "sector package scaled by cost to the power 0.6"),
                crew=Figure(crew := max(1.0, round(effort / weeks["likely"])), max(1.0, crew * 0.6), crew * 1.7 + 1),
            )  # fmt: skip
