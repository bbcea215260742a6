"""Levers on the rules of the case: which rule would have to be loosened, and by how much, for a site to come in.

A rule keeps a site out by speaking of it (never, one of several, at most, after another), or by asking for others that
take what it needs (must, at least, a share).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.limits.rules import in_place, listed, of_kind
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS
from tawteen.plan.problem import Problem
from tawteen.plan.tolerances import TOLERANCES

Row = dict[str, Any]
Indices = NDArray[np.int64]
FACTS = ("option", "site", "region", "authority", "kind")
"""What rules select options by."""


class RuleLimits:
    """The rules of one programme: `rules` active rows of the table, `options` facts by option, `chosen` by site,
    `worth` of what is chosen at today's prices by option. At most `most` rules that ask for other sites give levers:
    those first whose sites lose most at today's prices.

    By rule: `spoken` are the options that it speaks of, `counted` those that a share is of.
    """

    def __init__(
        self,
        rules: list[Row],
        options: dict[str, Row],
        chosen: dict[str, str],
        worth: Callable[[str], float],
        most: int = DEFAULTS.explain.demanding_rules,
    ) -> None:
        self.most = most
        self.rules = {rule["id"]: rule for rule in rules}
        self.options, self.chosen, self.worth = options, chosen, worth
        facts = pl.DataFrame(
            [tuple(row[key] for key in FACTS) for row in options.values()],
            schema=dict.fromkeys(FACTS, pl.String),
            orient="row",
        )
        self.spoken = {
            rule["id"]: frozenset(facts.filter(of_kind(rule) & in_place(rule))["option"]) for rule in rules
        }  # fmt: skip
        self.counted = {rule["id"]: frozenset(facts.filter(of_kind(rule))["option"]) for rule in rules}

    def levers(self, pair: Pair) -> list[Lever]:
        """Rules that keep an option out, as far as the programme tells: those that speak of it come first."""
        option = pair[0]
        own = self.own(option)
        forcing = [entry for rule in self.rules.values() for entry in self._forcing(rule, self.options[option]["site"])]
        ranked = sorted(forcing, key=lambda entry: entry[0])[: self.most]
        return own + [lever for _, lever in ranked]

    def own(self, option: str) -> list[Lever]:
        """The rules that keep an option out themselves."""
        return [lever for rule in self.rules.values() if (lever := self._own(rule, option)) is not None]

    def _own(self, rule: Row, option: str) -> Lever | None:
        """The lever on a rule that speaks of the option and has no room left for it."""
        counts, site = self.count(rule, option), self.options[option]["site"]
        used, value = self.used(rule["id"], self.chosen.values()), self.value(rule)
        inside = option in self.spoken[rule["id"]]
        match rule["kind"]:
            case "never" | "after" if inside and site != rule["before"]:
                return _rule(rule, "exception", 1.0, site=site)
            case "must" if not inside and self._asks_of(rule, site):
                return _rule(rule, "released", 1.0, site=site)
            case "one_of" | "at_most" if inside and counts > 0 and used + counts > value * (1 + TOLERANCES.rule):
                return _rule(rule, self.measure(rule), counts)
            case "share" if not inside and option in self.counted[rule["id"]] and counts > 0:
                everything = self.all_of(rule["id"], self.chosen.values())
                if used < value * (everything + counts) * (1 - TOLERANCES.rule):
                    return _rule(rule, "share", value)
        return None

    def _asks_of(self, rule: Row, site: str) -> bool:
        """Whether a rule asks for another choice at a site."""
        return any(
            facts["site"] == site and option in self.spoken[rule["id"]] for option, facts in self.options.items()
        )

    def _forcing(self, rule: Row, site: str) -> list[tuple[float, Lever]]:
        """Levers on a rule that asks for what is chosen at other sites, by what these are worth at today's prices."""
        others = {
            other: option for other, option in self.chosen.items()
            if other != site and option in self.spoken[rule["id"]]
        }  # fmt: skip
        if not others:
            return []
        worth = {other: self.worth(option) for other, option in others.items()}
        if rule["kind"] == "must":
            named_sites = [other for other in listed(rule["sites"]) or others if other in others]
            return [(worth[other], _rule(rule, "released", 1.0, site=other)) for other in named_sites]
        used, value = self.used(rule["id"], others.values()), self.value(rule)
        least = min(self.count(rule, option) for option in others.values())
        if rule["kind"] == "at_least" and value > 0 and used - least < value:
            return [(min(worth.values()), replace(_rule(rule, self.measure(rule), value), output_side=True))]
        if rule["kind"] == "share" and value > 0:
            everything = self.all_of(rule["id"], self.chosen.values())
            if used - least < value * (everything - least):
                return [(min(worth.values()), _rule(rule, "share", value))]
        return []

    def measure(self, rule: Row) -> str:
        """What a rule counts: sites, investment, jobs."""
        return str(rule["measure"] or "sites") if rule["kind"] != "one_of" else "sites"

    def value(self, rule: Row) -> float:
        """What it allows or asks for."""
        return float(1.0 if rule["value"] is None and rule["kind"] == "one_of" else rule["value"] or 0.0)

    def count(self, rule: Row, option: str) -> float:
        """What an option counts for in a rule's measure."""
        measure = self.measure(rule)
        return 1.0 if measure == "sites" else float(self.options[option][measure] or 0.0)

    def used(self, rule: str, options: Iterable[str]) -> float:
        """What some options add up to among those that a rule selects."""
        return sum(self.count(self.rules[rule], option) for option in options if option in self.spoken[rule])

    def all_of(self, rule: str, options: Iterable[str]) -> float:
        """What they add up to among all that a share is of."""
        return sum(self.count(self.rules[rule], option) for option in options if option in self.counted[rule])

    def needed(self, lever: Lever, options: list[str]) -> float:
        """The least share of a lever on a rule with which these options together keep it.

        What is best with a looser rule, and keeps a tighter one, is best with that too.
        """
        if lever.per in ("exception", "released"):
            return 1.0
        used, value = self.used(lever.id, options), self.value(self.rules[lever.id])
        if lever.per == "share":
            everything = self.all_of(lever.id, options)
            return 1.0 - used / everything / value if everything > 0 else 0.0
        return (value - used if lever.output_side else used - value) / lever.amount

    def loosened(self, lever: Lever, share: float) -> Callable[[Problem, MilpArrays], MilpArrays]:
        """The model with a rule loosened by a share of the lever's amount."""
        rule, by = self.rules[lever.id], lever.rows * share

        def change(problem: Problem, arrays: MilpArrays) -> MilpArrays:
            place = problem.rows["rule"]
            rows = place.first + np.flatnonzero((place.keys["rule"] == lever.id).to_numpy())
            row_lower, row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
            match lever.per:
                case "exception":
                    return _exclude_site(problem, arrays, rows, lever.site)
                case "released":
                    row_lower[_rows_of_site(problem, arrays, rows, lever.site)] = -np.inf
                case "share":
                    return _lower_share(problem, arrays, rows, by * _start_counts(problem, rule, self.measure(rule)))
                case _ if lever.output_side:
                    row_lower[rows] -= by
                case _:
                    row_upper[rows] += by
            return replace(arrays, row_lower=row_lower, row_upper=row_upper)

        return change


def _rule(rule: Row, per: str, amount: float, *, site: str | None = None) -> Lever:
    return Lever("rule", rule["id"], None, 0, amount, per, amount, site=site)


def _starts(problem: Problem, site: str | None) -> Indices:
    """Columns of the starts of works at a site."""
    mine: Indices = np.flatnonzero((problem.columns["start"].keys["site"] == site).to_numpy())
    return mine + int(problem.starts.start)


def _exclude_site(problem: Problem, arrays: MilpArrays, rows: Indices, site: str | None) -> MilpArrays:
    """The model in which a site's starts do not count in some rows."""
    entries = arrays.matrix.tocoo()
    mine = np.isin(entries.col, _starts(problem, site)) & np.isin(entries.row, rows)
    matrix = sparse.csc_matrix((entries.data[~mine], (entries.row[~mine], entries.col[~mine])), shape=entries.shape)
    return replace(arrays, matrix=matrix)


def _rows_of_site(problem: Problem, arrays: MilpArrays, rows: Indices, site: str | None) -> Indices:
    """Indices of those among `rows` that contain a start of the site."""
    count: Floats = np.asarray(abs(arrays.matrix[:, _starts(problem, site)]).sum(axis=1)).ravel()
    touched: Indices = np.asarray(rows[count[rows] > 0], dtype=np.int64)
    return touched


def _start_counts(problem: Problem, rule: Row, measure: str) -> Floats:
    """What each start counts for among all that a share is of."""
    value = pl.lit(1.0) if measure == "sites" else pl.col(measure).fill_null(0.0)
    counted = problem.columns["start"].keys.select(pl.when(of_kind(rule)).then(value).otherwise(0.0).alias("count"))
    return np.asarray(counted["count"].to_numpy(), dtype=np.float64)


def _lower_share(problem: Problem, arrays: MilpArrays, rows: Indices, less: Floats) -> MilpArrays:
    """The model in which a share of what starts count for is so much less."""
    columns = np.arange(problem.starts.start, problem.starts.stop)
    row, column = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    more = sparse.csc_matrix((np.tile(less, len(rows)), (row, column)), shape=arrays.matrix.shape)
    return replace(arrays, matrix=sparse.csc_matrix(arrays.matrix + more))


__all__ = ["RuleLimits"]
