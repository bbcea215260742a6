"""SOURCES.md: what was read, what it is used for, what is assumed, and under which licences."""

from __future__ import annotations

from collections import Counter

from facts import HOME, rows, source_of

from tawteen.case.model import Case

LICENCES = """\
- Coordinates and town populations: GeoNames (geonames.org), CC BY 4.0.
- Country outlines: Natural Earth, public domain. Region names: iso-codes (LGPL-2.1), CLDR (Unicode licence).
- Ports: UN/LOCODE data, MIT. ISIC Rev.4: United Nations.
- Facts are stated in own words; no page is copied. The case itself stands under the licence of this repository.
"""


def sources_page(case: Case) -> str:
    """The page as Markdown."""
    evidence = case["evidence"]
    grades = Counter(evidence["grade"])
    used = _uses(case)
    lines = [
        "# Sources of the public Libya case",
        "",
        "Written by `python cases/libya/build`; edit the facts and assumptions, not this page.",
        "",
        case.settings.about.notice_en,
        "",
        "## What stands on what",
        "",
        *(f"- {grade}: {count} rows of evidence" for grade, count in sorted(grades.items())),
        "",
        "## Licences",
        "",
        LICENCES,
        "## Settings, and why",
        "",
        "```toml",
        (HOME / "assumptions/settings.toml").read_text("utf-8").strip(),
        "```",
        "",
        "## Assumptions that shape everything",
        "",
        "| what | value | low | high | unit | why |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {r['id']} | {r['value']} | {r['low']} | {r['high']} | {r['unit']} | {r['reason']} |"
            for r in rows("assumptions/parameters.csv")
        ),
        "",
        "All others stand in `assumptions/` with range and reason, and in the case's evidence.",
        "",
        "## What no source tells",
        "",
        "| of | what | taken |",
        "| --- | --- | --- |",
        *(f"| {r['subject']} | {r['what']} | {r['taken']} |" for r in rows("assumptions/unknown.csv")),
        "",
        "## Sources",
        "",
    ]
    for source in case["sources"].iter_rows(named=True):
        use = ", ".join(sorted(used.get(source["id"], ()))) or "read, bears on no cell of the case"
        lines.append(
            f"- {source['id']}: {source['title']}. {source['address'] or 'no address stored'}. Used for: {use}."
        )
    return "\n".join(lines) + "\n"


def _uses(case: Case) -> dict[str, set[str]]:
    """What each source is used for: tables of the case, and rows of the context file behind assumptions."""
    used: dict[str, set[str]] = {}
    for row in case["evidence"].iter_rows(named=True):
        if row["source"]:
            used.setdefault(row["source"], set()).add(row["table"])
    for row in case["precedents"].iter_rows(named=True):
        if row["source"]:
            used.setdefault(row["source"], set()).add("precedents")
    for row in (*rows("facts/context.csv"), *rows("facts/more_facts.csv")):
        if source := source_of(row):
            used.setdefault(source, set()).add(f"context of assumptions ({row['topic']})")
    return used
