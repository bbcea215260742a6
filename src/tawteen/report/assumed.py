"""Share of the programme's value that rests on assumed numbers."""

from __future__ import annotations

import polars as pl

from tawteen.case.evidence import site_grades
from tawteen.report.report_data import PLANNED_STATUSES, ReportData


def assumed_share(study: ReportData) -> float | None:
    """Mean of the assumed shares of the restarted sites, each weighted by its gain; None when nothing is restarted.

    The assumed share of a site is `case.evidence.site_grades`: of all numbers in its rows, those that no agreeing
    observation backs. The weight is the gain of its option in `study.worth`, where that is known and positive, else
    its investment.
    """
    picked = study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES)).select("site", "investment")
    joined = picked.join(site_grades(study.case), on="site")
    weights = [weight(study, s, i) for s, i in zip(joined["site"], joined["investment"], strict=True)]
    total = sum(weights)
    if not total:
        return None
    return float(sum(w * a for w, a in zip(weights, joined["assumed"], strict=True)) / total)


def weight(study: ReportData, site: str, investment: float | None) -> float:
    """Weight of a site in that share: its gain if known and positive, else its investment."""
    gain = study.worth.get(site, 0.0)
    return gain if gain > 0 else float(investment or 0.0)
