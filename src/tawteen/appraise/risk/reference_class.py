"""Reference class forecasting (outside view): corrections of an option by precedents."""

from __future__ import annotations

from dataclasses import dataclass

from tawteen.case.model import Case
from tawteen.diagnose.options import options_of
from tawteen.works.corrections import corrections


@dataclass(frozen=True)
class OutsideView:
    """Corrections of an option by its reference class: ratios to the values of the case, 1 without a class.

    `members`: precedents of the class. `output`: share of capacity it is planned with, where `stated` by the case
    itself instead of the class. `survival`: share that still runs after three years.
    """

    reference_class: str | None
    members: int
    cost: float
    duration: float
    output: float
    stated: bool
    survival: float


def outside_views(case: Case) -> dict[str, OutsideView]:
    """Returns the corrections of every option; the effects already include them."""
    options = options_of(case)
    counts = dict(case["precedents"].group_by("reference_class").len().iter_rows())
    rows = options.select("id", "reference_class", "output_reached").join(
        corrections(case, options), left_on="id", right_on="option", maintain_order="left"
    )
    return {
        row["id"]: OutsideView(
            row["reference_class"], counts.get(row["reference_class"], 0), row["cost_ratio"], row["duration_ratio"],
            row["reached"], row["output_reached"] is not None, row["survival"],
        )
        for row in rows.iter_rows(named=True)
    }  # fmt: skip
