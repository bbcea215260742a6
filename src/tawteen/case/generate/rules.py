"""Tables about will and knowledge: rules, precedents, innovations, and evidence of a sample of sites."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from tawteen.case.generate.catalogue import REGIONS
from tawteen.case.generate.layout import CaseLayout, Whole, frame, quarter_end
from tawteen.case.generate.params import GENERATOR

EVIDENCE_CELLS = (("lines", "nominal", "site"), ("sites", "idle_staff", "id"), ("options", "jobs", "site"))
EVIDENCE_GRADES = ("reported", "documented", "inspected", "tested")


def rules(draft: CaseLayout, blockers: pl.DataFrame) -> pl.DataFrame:
    """Rules that can be kept, of six kinds: a small open site must, another never, and so on. None below ten sites."""
    if draft.count < 10:
        return frame("rules", {}, height=0)
    shut = set(blockers.filter(pl.col("state").ne("open") & pl.col("opens_by").ne("works"))["site"])
    shut |= set(blockers.filter(pl.col("state") == "unknown")["site"])
    order = np.argsort(draft.sales, kind="stable")
    free = [i for i in order if draft.ids[i] not in shut and not draft.running[i]] or list(order)
    must, never = draft.ids[free[len(free) // 3]], draft.ids[order[-1]]
    pair = [draft.ids[order[-2]], draft.ids[order[-3]]]
    before, after = draft.ids[free[0]], draft.ids[free[-1]]
    interior = float((draft.region == 3).mean())
    due = quarter_end(max(0, round(0.55 * draft.periods)))
    rows = [
        {"id": "first", "kind": "must", "sites": must, "end": due,
         "text_en": "The pilot site is restarted", "text_ar": "يعاد تشغيل الموقع التجريبي"},
        {"id": "museum", "kind": "never", "sites": never,
         "text_en": "The largest site stays closed", "text_ar": "يبقى أكبر موقع مغلقا"},
        {"id": "either", "kind": "one_of", "sites": ";".join(pair), "value": 1.0,
         "text_en": "One of two neighbours", "text_ar": "واحد من موقعين متجاورين"},
        {"id": "order", "kind": "after", "sites": after, "before": before,
         "text_en": "The small one shows the way", "text_ar": "الصغير يمهد الطريق"},
        {"id": "interior", "kind": "share", "region": REGIONS[3].id, "measure": "investment",
         "value": round(0.3 * interior, 3), "text_en": "A share for the interior", "text_ar": "حصة للدواخل"},
        {"id": "ceiling", "kind": "at_most", "measure": "sites", "value": float(max(2, round(0.6 * draft.count))),
         "text_en": "No more at once than can be led", "text_ar": "ليس أكثر مما يمكن إدارته"},
    ]  # fmt: skip
    columns = sorted({key for row in rows for key in row})
    return frame("rules", {name: [row.get(name) for row in rows] for name in columns})


# reference class: cost, time, output reached, survivors of four
PAST = {
    "light": (1.08, 1.1, 0.95, 4),
    "food": (1.12, 1.15, 0.93, 4),
    "process": (1.22, 1.3, 0.9, 4),
    "assembly": (1.15, 1.2, 0.88, 3),
}


def precedents(draft: CaseLayout) -> pl.DataFrame:
    """Four invented restarts a reference class, around its usual cost, time and output."""
    rng = draft.random(40)
    rows = [(kind, i, *spec) for kind, spec in PAST.items() for i in range(4)]
    spread = rng.uniform(0.92, 1.08, (3, len(rows)))
    return frame("precedents", {
        "id": [f"{kind}-{i + 1}" for kind, i, *_ in rows],
        "reference_class": [kind for kind, *_ in rows],
        "name_en": [f"Synthetic restart {n + 1}" for n in range(len(rows))],
        "name_ar": [f"إعادة تشغيل افتراضية {n + 1}" for n in range(len(rows))],
        "years_stopped": np.round(rng.uniform(2, 12, len(rows))),
        "months": np.round(rng.uniform(8, 30, len(rows))),
        "cost_ratio": np.round(np.array([row[2] for row in rows]) * spread[0], 2),
        "duration_ratio": np.round(np.array([row[3] for row in rows]) * spread[1], 2),
        "output_reached": np.round(np.minimum(np.array([row[4] for row in rows]) * spread[2], 1.0), 2),
        "survived": [i < alive for _, i, _, _, _, alive in rows],
        "source": "synthetic",
    })  # fmt: skip


def innovations(draft: CaseLayout) -> pl.DataFrame:
    """Up to three ideas that a modernisation would try."""
    o = draft.options
    some = o.ids[np.flatnonzero(o.kind == "modernise")[:3]]
    words = [("Remote monitoring", "مراقبة عن بعد"), ("Printed spare parts", "قطع غيار مطبوعة"),
             ("Heat recovery", "استرجاع الحرارة")]  # fmt: skip
    return frame("innovations", {
        "id": [f"idea-{i + 1}" for i in range(len(some))],
        "name_en": [words[i][0] for i in range(len(some))],
        "name_ar": [words[i][1] for i in range(len(some))],
        "field": "innovations",
        "readiness": [6 + i for i in range(len(some))],
        "option": some,
    }, height=len(some))  # fmt: skip


def _sample(draft: CaseLayout) -> Whole:
    size = min(draft.count, GENERATOR.evidence_sites, max(1, draft.count // 4))
    return np.sort(draft.random(41).choice(draft.count, size, replace=False))


def evidence(draft: CaseLayout, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Observations of a sample of sites, equal to what the tables hold; everything else is assumed."""
    rng = draft.random(42)
    chosen = set(draft.ids[_sample(draft)])
    parts = []
    for name, column, owner in EVIDENCE_CELLS:
        rows = tables[name].filter(pl.col(owner).is_in(chosen) & pl.col(column).is_not_null())
        parts.append(rows.select(table=pl.lit(name), row="id", column=pl.lit(column), number=pl.col(column)))
    seen = pl.concat(parts)
    n = len(seen)
    grade = np.array(EVIDENCE_GRADES)[rng.choice(4, n, p=(0.5, 0.3, 0.15, 0.05))]
    days = np.datetime64(dt.date(2025, 1, 1)) + rng.integers(0, 600, n)
    table = frame("evidence", {
        "id": [f"e{i:05d}" for i in range(1, n + 1)],
        "table": seen["table"], "row": seen["row"], "column": seen["column"],
        "value": seen["number"].cast(pl.String).str.strip_suffix(".0"),
        "grade": grade,
        "low": (seen["number"] * 0.9).round(3),
        "high": (seen["number"] * 1.1).round(3),
        "source": "synthetic",
        "as_of": days,
        "observer": "generator",
    })  # fmt: skip
    sources = frame("sources", {"id": ["synthetic"], "title": ["Drawn at random by tawteen.case.generate"]})
    return {"evidence": table, "sources": sources}
