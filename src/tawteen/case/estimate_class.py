"""Classes of cost estimates and their accuracy ranges: AACE International 18R-97."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tawteen.case.derived import once_per_case
from tawteen.case.evidence import GRADES, observations, ranked_evidence
from tawteen.case.model import Case

ACCURACY: Mapping[int, tuple[float, float]] = {
    5: (0.65, 1.65),
    4: (0.775, 1.35),
    3: (0.85, 1.20),
    2: (0.90, 1.125),
    1: (0.935, 1.09),
}
"""Low and high end of actual cost over the estimate: the middles of what 18R-97 calls typical for the process
industries (class 5: −20 to −50 % and +30 to +100 %; 4: −15 to −30, +20 to +50; 3: −10 to −20, +10 to +30; 2: −5 to
−15, +5 to +20; 1: −3 to −10, +3 to +15)."""

AS_STATED = "risk.class_as_stated"
ONLY_EVIDENCE = "risk.class_only_evidence"
ONLY_INSPECTED = "risk.class_only_inspected"


@dataclass(frozen=True)
class EstimateClass:
    """Class stated by the case (5 by default), class supported by its evidence, and the code of the reason."""

    stated: int
    borne: int
    code: str


def estimate_of(case: Case, option: str) -> EstimateClass:
    """Returns the estimate class of an option; class 5 for an option that the case does not list, such as a survey."""
    return estimates(case).get(option, EstimateClass(5, 5, ""))


@once_per_case
def estimates(case: Case) -> Mapping[str, EstimateClass]:
    """Returns the estimate class of every option of the case.

    Evidence alone bears class 5; something inspected or tested at the site or in the option bears class 4; class 3 or
    better is borne by deliverables of engineering: an observation of the option's `estimate_class` that agrees, is
    documented or better, and names them in its note and its source.
    """
    # The first part of the key of an observation is its option or site.
    about = pl.col("row").str.split("/").list.first()
    inspected = set(ranked_evidence(case).filter(pl.col("rank") >= GRADES.index("inspected")).select(about).to_series())
    engineered = set(
        observations(case, cells=("options", "estimate_class"))
        .filter(
            pl.col("agrees")
            & (pl.col("rank") >= GRADES.index("documented"))
            & pl.col("note").is_not_null()
            & pl.col("source").is_not_null()
        )
        .select(about)
        .to_series()
    )
    classes = {}
    for option, site, stated_class in case["options"].select("id", "site", "estimate_class").iter_rows():
        stated = int(stated_class or 5)
        best = stated if option in engineered else 4 if {option, site} & inspected else 5
        code = AS_STATED if stated >= best else ONLY_INSPECTED if best == 4 else ONLY_EVIDENCE
        classes[option] = EstimateClass(stated, max(stated, best), code)
    return classes
