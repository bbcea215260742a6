"""Reference class forecasting (outside view): corrections of an option by precedents."""

from __future__ import annotations

from dataclasses import dataclass

from tawteen.case.model import Case
from tawteen.case.precedents import class_means
from tawteen.diagnose.options import options_of
from tawteen.works.corrections import corrections


@dataclass(frozen=True)
class OutsideView:
    """Corrections of an option by its reference class: ratios to the values of the case, 1 without a class.

    `members`: precedents of the class. `output`: share of capacity it is planned with, where `stated` by the case
    itself instead of the class. `survival`: share that still runs after three years. `silent`: what no precedent states
    (of the ratios and `survived`).
    """

    reference_class: str | None
    members: int
    cost: float
    duration: float
    output: float
    stated: bool
    survival: float
    silent: tuple[str, ...]

    @property
    def corrects_cost(self) -> bool:
        """Whether some precedent of the class states the ratio of cost."""
        return "cost_ratio" not in self.silent


def outside_views(case: Case) -> dict[str, OutsideView]:
    """Returns the corrections of every option; the effects already include them."""
    options = options_of(case)
    class_values = class_means(case)
    named = class_values.columns[1:]
    silent = {
        row[0]: tuple(n for n, x in zip(named, row[1:], strict=True) if x is None) for row in class_values.iter_rows()
    }
    counts = dict(case["precedents"].group_by("reference_class").len().iter_rows())
    rows = options.select("id", "reference_class", "output_reached").join(
        corrections(case, options), left_on="id", right_on="option", maintain_order="left"
    )
    return {
        row["id"]: OutsideView(
            row["reference_class"], counts.get(row["reference_class"], 0), row["cost_ratio"], row["duration_ratio"],
            row["reached"], row["output_reached"] is not None, row["survival"],
            silent.get(row["reference_class"], tuple(named)),
        )
        for row in rows.iter_rows(named=True)
    }  # fmt: skip
