"""The outlook of a programme: what it comes to in scenarios, to each party, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from tawteen.case.frame_columns import amount, column_types, label, truth
from tawteen.case.one_line import OneLine
from tawteen.plan.gains import SimulatedGains
from tawteen.plan.stored_values import is_finite, is_whole, table_of_rows
from tawteen.plan.tolerances import TOLERANCES

FLAG_UNITS = ("share", "x", "", "currency", "years")


class RedFlags(dy.Schema):
    """What speaks against the programme: one row for each rule and what it was tried on."""

    code = label("Rule")
    subject = label("Site, party or rule of the case that it is about; empty for the programme", null=True)
    value = amount("Value", "by unit", null=True, low=None)
    threshold = amount("Threshold from which it is raised", "by unit", low=None)
    unit = label("Unit of value and threshold", regex=f"^({'|'.join(FLAG_UNITS)})$")
    raised = truth("Whether it is raised; empty where it is unknown", null=True)


class PartyResults(dy.Schema):
    """What each party has with and without the programme."""

    party = label("Party")
    without = amount("Without it, discounted", "currency", null=True, low=None)
    with_ = amount("With the programme, discounted", "currency", null=True, low=None, alias="with")
    gain = amount("Difference", "currency", null=True, low=None)
    transfer = amount(
        "Paid to it (below zero: by it) so that every party gains the same", "currency", null=True, low=None
    )


class RuleCosts(dy.Schema):
    """What each active rule costs: the gain that the programme could have more without it."""

    rule = label("Rule of the case")
    at_least = amount("Costs at least", "currency", null=True, low=None)
    at_most = amount("Costs at most", "currency", null=True, low=None)


OUTLOOK_TABLES: Mapping[str, type[dy.Schema]] = {
    "red_flags": RedFlags,
    "parties": PartyResults,
    "rule_costs": RuleCosts,
}
FIGURES = ("expected", "p10", "p50", "p90", "chance_of_loss")


def no_rows(table: str) -> pl.DataFrame:
    """The table without rows. Raises KeyError for an unknown one."""
    return pl.DataFrame(schema=column_types(OUTLOOK_TABLES[table]))


@dataclass(frozen=True, repr=False)
class Outlook(SimulatedGains, OneLine):
    """What is expected of a programme. Money in the case's currency, discounted.

    `gains` is the value over doing nothing in each scenario, drawn from `seed`; the figures follow from it. Tables have
    the columns of `OUTLOOK_TABLES`; they are empty where they were not worked out.
    """

    seed: int
    gains: tuple[float, ...]
    red_flags: pl.DataFrame = field(default_factory=lambda: no_rows("red_flags"))
    parties: pl.DataFrame = field(default_factory=lambda: no_rows("parties"))
    rule_costs: pl.DataFrame = field(default_factory=lambda: no_rows("rule_costs"))

    @property
    def scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.gains)

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean; None for one scenario."""
        return None if len(self.gains) < 2 else float(np.std(self.gains, ddof=1) / math.sqrt(len(self.gains)))

    @property
    def raised(self) -> pl.DataFrame:
        """The red flags that are raised."""
        return self.red_flags.filter("raised")


def outlook_fields(outlook: Outlook | None) -> dict[str, Any]:
    """The outlook as fields of a programme's JSON: figures for readers, gains that they follow from, tables as rows."""
    if outlook is None:
        return {**dict.fromkeys(FIGURES), "outlook": None, **{name: [] for name in OUTLOOK_TABLES}}
    figures = {name: getattr(outlook, name) for name in FIGURES}
    tables = {name: getattr(outlook, name).to_dicts() for name in OUTLOOK_TABLES}
    return {**figures, "outlook": {"seed": outlook.seed, "gains": list(outlook.gains)}, **tables}


FIELDS = (*FIGURES, "outlook", *OUTLOOK_TABLES)
"""Names of a programme's JSON that hold its outlook."""


def read_outlook(data: Mapping[str, Any]) -> Outlook | None:
    """The outlook in the fields of a programme's JSON. Raises WrongOutlookError with the name of a field that is wrong.

    Figures that do not follow from the gains are wrong; so are cells that their column does not allow.
    """
    stated = data["outlook"]
    if stated is None:
        for name in (*FIGURES, *OUTLOOK_TABLES):
            if data[name] not in (None, []):
                raise WrongOutlookError(name)
        return None
    if not isinstance(stated, dict) or stated.keys() != {"seed", "gains"} or not is_whole(stated["seed"]):
        raise WrongOutlookError("outlook")
    gains = stated["gains"]
    if not isinstance(gains, list) or not gains or not all(map(is_finite, gains)):
        raise WrongOutlookError("outlook")
    tables = {name: _table(name, data[name]) for name in OUTLOOK_TABLES}
    outlook = Outlook(stated["seed"], tuple(map(float, gains)), **tables)
    for name in FIGURES:
        right, value = getattr(outlook, name), data[name]
        if not is_finite(value) or abs(value - right) > TOLERANCES.outlook * max(1.0, abs(right)):
            raise WrongOutlookError(name)
    for name, reason in _contradictions(outlook):
        raise WrongOutlookError(f"{name}: {reason}")
    return outlook


class WrongOutlookError(ValueError):
    """A field of the outlook that no programme can have; the text is its name."""


def _table(name: str, rows: Any) -> pl.DataFrame:
    try:
        return table_of_rows(OUTLOOK_TABLES[name], rows)
    except ValueError:
        raise WrongOutlookError(name) from None


def _contradictions(outlook: Outlook) -> Iterator[tuple[str, str]]:
    parties = outlook.parties.drop_nulls(["without", "with", "gain"])
    size = parties.select(pl.max_horizontal(pl.col("with").abs(), pl.col("without").abs()).max()).item() or 0.0
    differs = (pl.col("with") - pl.col("without") - pl.col("gain")).abs() > TOLERANCES.outlook * max(size, 1.0)
    for party in parties.filter(differs)["party"]:
        yield "parties", party
    crossed = outlook.rule_costs.filter(pl.col("at_least") > pl.col("at_most"))
    for rule in crossed["rule"]:
        yield "rule_costs", rule
    flags = outlook.red_flags.select("code", "subject")
    if flags.is_duplicated().any():
        yield "red_flags", str(flags.filter(flags.is_duplicated())["code"][0])
