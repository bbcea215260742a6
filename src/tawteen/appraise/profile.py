"""Convention profiles: accounting conventions of different schools for the same study, by name.

The name is part of every result, so that whoever recomputes it knows which rules to use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProfileName = Literal["unido_1991", "comfar_iii", "excel", "year_zero"]


@dataclass(frozen=True)
class ConventionProfile:
    """A named set of conventions.

    - `reference`: the moment present values are of: the end of the first period (its flow is not discounted) or its
      start (every flow lies a period or more ahead).
    - `residual`: residual values and working capital return in a period of their own after the last, or in the last.
    - `days`: days of a year; interest of loans runs by months of 30 days over 360, or by true days over 365.
    - `activity`: stocks, work in progress, cash and payables cover the costs of what is sold or of what is produced
      (sales and the growth of the stock of finished products).
    - `receivables`: days of the costs of what is sold, or days of sales.
    - `cash_without`: categories of cost that cash in hand need not cover, besides marketing and foreign costs.
    - `mirr`: whether the school has a modified internal rate of return, with the discount rate for both of its rates.
    """

    name: ProfileName
    reference: Literal["end_of_first", "start_of_first"]
    residual: Literal["after", "last"]
    days: Literal[360, 365]
    activity: Literal["sold", "produced"]
    receivables: Literal["cost", "sales"]
    cash_without: frozenset[str]
    mirr: bool

    @property
    def ahead(self) -> int:
        """Periods between the reference and the first flow."""
        return 0 if self.reference == "end_of_first" else 1


_MATERIALS = frozenset({"raw_materials", "factory_supplies"})

PROFILES: dict[ProfileName, ConventionProfile] = {
    # Behrens & Hawranek, Manual for the Preparation of Industrial Feasibility Studies, UNIDO 1991, annex I.
    "unido_1991": ConventionProfile("unido_1991", "end_of_first", "after", 360, "sold", "cost", _MATERIALS, mirr=False),
    # COMFAR III Expert, reference manual, UNIDO 2003: products produced, spares among materials.
    "comfar_iii": ConventionProfile(
        "comfar_iii", "end_of_first", "after", 360, "produced", "cost", _MATERIALS | {"spare_parts"}, mirr=True
    ),
    # A plain sheet whose first year is today, with all values in its last year, as numpy-financial's npv counts.
    "year_zero": ConventionProfile("year_zero", "end_of_first", "last", 365, "sold", "sales", frozenset(), mirr=True),
    # What NPV, MIRR and a plain sheet do: every flow discounted, true days, receivables out of sales.
    "excel": ConventionProfile("excel", "start_of_first", "last", 365, "sold", "sales", frozenset(), mirr=True),
}


def profile(name: ProfileName) -> ConventionProfile:
    """Returns the profile of this name. Raises KeyError for an unknown name."""
    return PROFILES[name]
