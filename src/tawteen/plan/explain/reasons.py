"""Why each site is in or out: codes and arguments, from the case, the programme and the prices of its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Case
from tawteen.plan.decomposition.market import build_market as country
from tawteen.plan.decomposition.sites import build_sites
from tawteen.plan.explain.lever import Lever, Levers
from tawteen.plan.explain.priced_programme import (
    PricedProgramme,
    planned_by_prices,
    price_programme,
    prices_as_limits,
    proof_prices,
    startable,
)
from tawteen.plan.explain.rule_relaxation import RuleLimits
from tawteen.plan.explain.shadow_prices import goods_prices, produced_cells, shadow_prices
from tawteen.plan.explain.shortlist import BindingLimit, Pair, Shortlist, value_breakdown
from tawteen.plan.explain.slack import NewClasses, Shortage, Slack
from tawteen.plan.explain.start_values import start_values
from tawteen.plan.explain.value_parts import PAIR
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.limits.rules import listed
from tawteen.plan.params import DEFAULTS, ExplainParams
from tawteen.plan.programme import Programme

Row = dict[str, Any]
YES_OR_NO = ("must", "never", "after")
"""Rules without an amount: there is no unit more of them, and a price that holds them may be any large one."""


@dataclass(frozen=True)
class PricedChange:
    """A change at today's prices: `kind` (cheaper: of what is spent before it runs; more: of what the option takes of
    the `lever`'s limit, given beside what is there; relief: of the price of the limit) and its share.
    """

    kind: str
    share: float
    lever: Lever | None = None


@dataclass(frozen=True)
class Reason:
    """Why one site is in or out.

    `option`, `start`: the one chosen, else the one that comes nearest to paying (null where none may start). `worth` at
    the prices of the programme's limits, against leaving the site as it is: discounted currency, a loss negative.
    `binding_limit`: the limit that costs it most. `changes`: changes that bring it in at today's prices, the smallest
    share first.
    """

    site: str
    status: str
    code: str
    option: str | None = None
    start: int | None = None
    worth: float | None = None
    binding_limit: BindingLimit | None = None
    changes: tuple[PricedChange, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict)


class Reasons:
    """The reasons of one programme; prices every option and start once. Amounts discounted, in the case's currency.

    `case` is the case before the programme's scenario.
    """

    def __init__(
        self,
        case: Case,
        programme: Programme,
        inputs: PlanInputs | None = None,
        params: ExplainParams = DEFAULTS.explain,
    ) -> None:
        """`inputs` are those of the case under the programme's scenario, where they are prepared already."""
        inputs = prepare(case, programme.scenario) if inputs is None else inputs
        self.case, self.effects, self.view = inputs.case, inputs.effects, inputs.prices
        self.programme, self.params = programme, params
        self.rules = self.case.filled("rules").filter(pl.col("active")).to_dicts()
        self.options = {row["option"]: row for row in self.effects.options.iter_rows(named=True)}
        self.rows = {row["id"]: row for row in programme.sites.iter_rows(named=True)}
        self.chosen = {
            site: row["option"] for site, row in self.rows.items()
            if row["option"] and self.options[row["option"]]["kind"] != "as_is"
        }  # fmt: skip
        self.inputs = inputs
        self.market_model = country(replace(inputs, effects=startable(inputs.effects)))
        self.sites = build_sites(self.market_model)
        proof = planned_by_prices(programme) and programme.value is not None
        self.prices = proof_prices(programme, self.market_model, self.sites, params) if proof else None
        with_prices = programme
        if self.prices is not None:
            with_prices = replace(programme, limits=prices_as_limits(self.market_model, self.prices))
        flat = [rule["id"] for rule in self.rules if rule["kind"] in YES_OR_NO]
        self.limits = with_prices.limits.filter(~((pl.col("kind") == "rule") & pl.col("id").is_in(flat)))
        self.market = shadow_prices(inputs, with_prices)
        self.slack = Slack(programme, self.market)
        self.worths = start_values(self.market, self.market_model, self.sites)
        periods = {site: self.case.calendar.parse(self.rows[site]["start"]) for site in self.chosen}
        chosen = {site: (option, periods[site]) for site, option in self.chosen.items()}
        self.shortlist = Shortlist(self.worths, self.market, chosen)
        self._best = self.shortlist.best

    @cached_property
    def priced(self) -> PricedProgramme:
        """The programme in arrays, at the prices that prove its bound."""
        prices = self.prices
        if prices is None:
            prices = proof_prices(self.programme, self.market_model, self.sites, self.params)
        return price_programme(self.programme, self.market_model, self.sites, prices, self.params)

    def works(self, site: str) -> bool:
        """Whether any option that works on the site may ever start."""
        mine = [option["option"] for option in self._works.get(site, [])]
        rows = self.sites.options["option"].is_in(mine).to_numpy()
        return bool(np.isfinite(self.sites.value[rows]).any())

    def earliest_starts(self, site: str) -> list[Pair]:
        """The options that work on a site, each begun as early as it may."""
        rows = self._works.get(site, [])
        return [
            (row["option"], row["earliest"]) for row in rows if row["available"] and row["latest"] >= row["earliest"]
        ]

    @cached_property
    def _untouched(self) -> dict[str, float]:
        """Worth of chosen options that lose, at the goods' prices of doing nothing."""
        produced = produced_cells(self.programme.nothing_throughput, self.effects)
        untouched = replace(self.market, goods=goods_prices(self.inputs, self.programme.nothing_prices, produced))
        losing = [self._best[site] for site, option in self.chosen.items() if self.shortlist.worth(option) < 0]
        sums = value_breakdown(losing, untouched).group_by("option").agg(pl.col("amount").sum())
        return dict(sums.iter_rows())

    @cached_property
    def _counted(self) -> dict[str, list[str]]:
        """The sites whose chosen option each rule speaks of."""
        return {
            rule: [site for site, option in self.chosen.items() if option in spoken]
            for rule, spoken in self.rules_of_case.spoken.items()
        }

    @cached_property
    def _missing(self) -> dict[str, tuple[str, str]]:
        """A pool without any source by the options that need one."""
        pools = self.market.match.pools.filter(pl.col("sources").fill_null(0) == 0)
        rows = self.effects.needs.join(pools, on=["pool_kind", "pool"]).select("option", "pool_kind", "pool")
        return {option: (kind, pool) for option, kind, pool in rows.unique("option", maintain_order=True).iter_rows()}

    @cached_property
    def _works(self) -> dict[str, list[Row]]:
        """The options that work on each site."""
        by_site: dict[str, list[Row]] = {}
        for option in self.options.values():
            if option["kind"] not in NO_WORKS:
                by_site.setdefault(option["site"], []).append(option)
        return by_site

    @cached_property
    def _site_index(self) -> dict[str, int]:
        """Index of each site among the sites that can start an option."""
        return {site: i for i, site in enumerate(self.sites.options["site"].gather(self.sites.first))}

    def reason(self, site: str) -> Reason:
        """The reason of one site. Raises KeyError for a site the case does not have."""
        if site not in self.rows:
            if site in self.case["sites"]["id"].to_list():
                code = "why.infeasible" if self.programme.status == "infeasible" else "why.unsolved"
                return Reason(site, "out", code, args={"rules": self.programme.conflict})
            raise KeyError(site)
        row = self.rows[site]
        return self._reason_chosen(site, row) if site in self.chosen else self._reason_left_out(site, row)

    def _reason_chosen(self, site: str, row: Row) -> Reason:
        option, start = self._best[site]
        worth, hurt = self.shortlist.worth(option), self.shortlist.binding_limit(option)
        required = [rule["id"] for rule in self.rules if rule["kind"] == "must" and site in listed(rule["sites"])]
        args: Row = {"chance": row["chance"]}
        if row["status"] in ("survey", "close"):
            code = f"why.{row['status']}"
            if (asking_rule := self.requiring_rule(site, option)) is not None:
                code, args = f"{code}_asked", {**args, "rule": asking_rule}
        elif worth < 0 and required:
            code, args = "why.must", {**args, "rule": required[0]}
        elif worth < 0 and (used := self.slack.used_additions(option)):
            code, args = "why.added", {**args, "added": used}
        elif worth < 0:
            before = self._untouched[option]
            code, args = "why.together" if before > 0 else "why.chain", {**args, "before": before}
        else:
            code, args = self._kept_back(site, args) if row["status"] == "conditional" else ("why.firm", args)
        return Reason(site, row["status"], code, option, start, worth, hurt, args=args)

    def _kept_back(self, site: str, args: Row) -> tuple[str, Row]:
        """Why works on a site are conditional: gates that are unknown, a state that is too old, or both."""
        facts = self.inputs.diagnosis.sites.row(by_predicate=pl.col("site") == site, named=True)
        unknown = self.inputs.diagnosis.gates.filter(pl.col("site") == site, "unsure")["gate"].to_list()
        args = {**args, "unknown": tuple(unknown), "state_as_of": facts["state_as_of"]}
        if not facts["stale"]:
            return "why.conditional", args
        return ("why.conditional_inspected" if unknown else "why.inspected"), args

    def requiring_rule(self, site: str, option: str) -> str | None:
        """The first rule that requires the option chosen at the site: rules that name the site come first."""
        asking = [
            rule
            for rule in self.rules
            if rule["kind"] in ("must", "at_least") and option in self.rules_of_case.spoken[rule["id"]]
        ]
        ranked = sorted(asking, key=lambda rule: site not in listed(rule["sites"]))
        return ranked[0]["id"] if ranked else None

    def _reason_left_out(self, site: str, row: Row) -> Reason:
        status = row["status"]
        working = self._works.get(site, [])
        if not working:
            return Reason(site, status, "why.no_option")
        if (shut := self._shut(working)) is not None:
            return Reason(site, status, shut[0], working[0]["option"], args=shut[1])
        option, start = self._best[site]
        worth, hurt = self.shortlist.worth(option), self.shortlist.binding_limit(option)
        possible = worth > -float("inf")
        if (rule := self._forbidden(working)) is not None:
            kept_out = Reason(site, status, rule[0], option, start, args=rule[1])
            return replace(kept_out, worth=worth, binding_limit=hurt) if possible else kept_out
        if not possible:
            code, lacking = self._impossible(option)
            return Reason(site, status, code, option, start, args=lacking)
        if worth >= 0:
            return self._left_over(site, status)
        code = "why.alone" if worth + self.shortlist.rent(option) < 0 or hurt is None else "why.limit"
        return Reason(site, status, code, option, start, worth, hurt, self._changes(option, start, worth))

    def _left_over(self, site: str, status: str) -> Reason:
        """Reason of a site that would gain at the prices: whether one of its best starts fits the remaining limits."""
        first_shortage: Shortage | None = None
        for option, start, worth in self._gaining(site):
            shortage = self.slack.shortage(option, start)
            if shortage is None and first_shortage is None and (new := self._empty_classes(option, start, worth)):
                classes, cost = new
                args = {"kind": "course", "id": classes.course, "period": classes.period}
                args |= {"needed": classes.places, "left": classes.empty}
                limit = BindingLimit("course", classes.course, cost)
                return Reason(site, status, "why.class", option, start, worth, limit, args=args)
            if shortage is None:
                return Reason(
                    site, status, "why.whole", option, start, worth, self.shortlist.binding_limit(self._best[site][0])
                )
            first_shortage = first_shortage or shortage
        option, start = self._best[site]
        worth, hurt = self.shortlist.worth(option), self.shortlist.binding_limit(option)
        if first_shortage is None:
            return Reason(site, status, "why.whole", option, start, worth, hurt)
        return Reason(
            site,
            status,
            "why.room",
            option,
            start,
            worth,
            BindingLimit(first_shortage.kind, first_shortage.id, 0.0),
            args=vars(first_shortage),
        )

    def _empty_classes(self, option: str, start: int, worth: float) -> tuple[NewClasses, float] | None:
        """The classes that a start adds to a course, and what their empty places cost at the prices of its seats.

        The first course in which nobody else teaches and whose empty places cost more than the start is worth; None
        where there is none.
        """
        for new in self.slack.new_classes(option, start):
            seats = [(period, new.share) for period in range(new.period, new.period + new.quarters)]
            cost = new.empty * sum(share * self._seat_prices.get((new.course, t), 0.0) for t, share in seats)
            if cost > worth and not self.slack.elsewhere(new.course, new.period):
                return new, cost
        return None

    @cached_property
    def _seat_prices(self) -> dict[tuple[str, int], float]:
        prices = self.market.pools.filter(pool_kind="course").select("pool", "period", "price")
        return {(course, period): price for course, period, price in prices.iter_rows()}

    def _gaining(self, site: str) -> list[tuple[str, int, float]]:
        """The starts of works at a site that gain most at the prices: option, start, worth."""
        names = self.sites.options["option"]
        rows = np.flatnonzero(self.sites.site == self._site_index[site])
        rows = rows[[self.options[names[int(row)]]["kind"] not in NO_WORKS for row in rows]]
        row, start = np.nonzero(self.worths.worth[rows] > 0)
        worth = self.worths.worth[rows][row, start]
        order = np.lexsort((start, row, -worth))[: self.params.starts_tried]
        return [(names[int(rows[row[i]])], int(start[i]), float(worth[i])) for i in order]

    def _shut(self, working: list[Row]) -> tuple[str, Row] | None:
        """Code and arguments of the reason why no works option can start; None if one can."""
        if any(o["available"] and o["latest"] >= o["earliest"] for o in working):
            return None
        gates = [o["blocked_by"] for o in working if o["blocked_by"]]
        if gates:
            return self._closed_gate(working[0]["site"], gates[0])
        for option in working:
            if (missing := self._missing.get(option["option"])) is not None:
                return "why.no_source", {"kind": missing[0], "id": missing[1]}
        return "why.late", {"quarters": min(o["quarters"] for o in working)}

    def _closed_gate(self, site: str, gate: str) -> tuple[str, Row]:
        """Code and arguments for a site that a closed gate keeps out, with the holder where he is known."""
        holders = self.inputs.diagnosis.gates.filter(site=site, gate=gate)["authority"].drop_nulls()
        if holders.is_empty():
            return "why.gate", {"gate": gate}
        return "why.gate_held", {"gate": gate, "holder": holders[0]}

    def _forbidden(self, working: list[Row]) -> tuple[str, Row] | None:
        """A rule that keeps out all works options of the site: never, one of several, after another."""
        site = working[0]["site"]
        for rule in self.rules:
            if not all(option["option"] in self.rules_of_case.spoken[rule["id"]] for option in working):
                continue
            if rule["kind"] == "never":
                by_hand = rule["id"].startswith("scenario:")
                return ("why.without" if by_hand else "why.never"), {"rule": rule["id"]}
            if rule["kind"] == "one_of":
                others = [other for other in self._counted[rule["id"]] if other != site]
                if len(others) + 1 > (1.0 if rule["value"] is None else rule["value"]):
                    return "why.one_of", {"rule": rule["id"], "site": others[0] if others else None}
            before = rule["before"]
            done = before in self.chosen and self.options[self.chosen[before]]["kind"] not in NO_WORKS
            if rule["kind"] == "after" and before != site and not done:
                return "why.after", {"rule": rule["id"], "site": before}
        return None

    def _impossible(self, option: str) -> tuple[str, Row]:
        """Code and arguments for an option whose need has no supplier or no eligible fund at any start."""
        infinite = self.shortlist.parts(option).filter(pl.col("amount") == -float("inf")).row(0, named=True)
        code = "why.no_fund" if infinite["kind"] == "no_fund" else "why.no_source"
        return code, {"kind": infinite["kind"], "id": infinite["id"]}

    @cached_property
    def levers(self) -> Levers:
        """Levers on the limits that could be raised."""
        return Levers(self.market, self.slack, self.sites)

    @cached_property
    def rules_of_case(self) -> RuleLimits:
        """The rules, and what they count in the programme."""
        return RuleLimits(self.rules, self.options, self.chosen, self.shortlist.worth, most=self.params.demanding_rules)

    def _changes(self, option: str, start: int, worth: float) -> tuple[PricedChange, ...]:
        """Changes that bring the site in at today's prices: a cheaper investment, or more of the binding limit."""
        spent, hurt = self.shortlist.spent(option), self.shortlist.binding_limit(option)
        ways = [PricedChange("cheaper", -worth / spent)] if spent > 0 else []
        if hurt is not None:
            lever = self.levers.lever(option, start, hurt.kind, hurt.id)
            ways.append(PricedChange("relief" if lever is None else "more", -worth / hurt.cost, lever))
        possible = (way for way in ways if 0 < way.share < self.params.largest_change)
        return tuple(sorted(possible, key=lambda way: way.share))

    def terms(self, site: str) -> pl.DataFrame:
        """What makes up the worth of the option named in the site's reason: part, term, kind, id, amount, rent.

        Amount and rent are null for what nobody can supply or pay.
        """
        if site not in self._best:
            return value_breakdown([], self.market).drop(PAIR)
        finite = [pl.when(pl.col(c).is_finite()).then(c).alias(c) for c in ("amount", "rent")]
        return self.shortlist.parts(self._best[site][0]).drop(PAIR).with_columns(finite)
