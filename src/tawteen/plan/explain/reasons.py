"""Why each site is in or out: codes and arguments, from the case, the programme and the prices of its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from tawteen.appraise.prices import prices
from tawteen.case.model import Case
from tawteen.diagnose import diagnose
from tawteen.effects import effects
from tawteen.match import match
from tawteen.plan.explain.pricing import PAIR, goods_of, market, outputs, parts
from tawteen.plan.explain.room import Lack, lacks
from tawteen.plan.programme import Programme
from tawteen.plan.scenario import apply
from tawteen.plan.verify.choice import IDLE_KINDS
from tawteen.plan.verify.rules import in_place, listed, of_kind

Row = dict[str, Any]
INVESTED = ("outlays", "residual")
ALMOST_ALL = 0.995
"""A change that large is none that anybody could make: it would be said as 100 %."""
TRIED = 8
"""Starts of one site that are tried against what is left."""


@dataclass(frozen=True)
class Hurt:
    """The limit that costs an option most: `kind` (balance, capability, course, fund, credit, rule), id, cost."""

    kind: str
    id: str
    cost: float


@dataclass(frozen=True)
class Reason:
    """Why one site is in or out.

    `option`, `start`: the one chosen, else the one that comes nearest to paying (null where none may start). `worth` at
    the prices of the programme's limits, against leaving the site as it is: discounted currency, a loss negative.
    `hurt`: the limit that costs it most. `change`: kind of the smallest change that would bring it in (`cheaper`: of
    what is spent before it runs, `relief`: of the price of the limit that hurts) and its share.
    """

    site: str
    status: str
    code: str
    option: str | None = None
    start: int | None = None
    worth: float | None = None
    hurt: Hurt | None = None
    change: tuple[str, float] | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


class Reasons:
    """The reasons of one programme; prices every option and start once. Amounts discounted, in the case's currency.

    `case` is the case before the programme's scenario.
    """

    def __init__(self, case: Case, programme: Programme) -> None:
        self.case = apply(case, programme.scenario)
        self.programme = programme
        diagnosis = diagnose(self.case)
        offers = match(self.case, diagnosis)
        self.effects = effects(self.case, diagnosis, offers)
        self.rules = self.case.filled("rules").filter(pl.col("active")).to_dicts()
        self.options = {row["option"]: row for row in self.effects.options.iter_rows(named=True)}
        self.rows = {row["id"]: row for row in programme.sites.iter_rows(named=True)}
        self.chosen = {
            site: row["option"] for site, row in self.rows.items()
            if row["option"] and self.options[row["option"]]["kind"] != "as_is"
        }  # fmt: skip
        view = prices(self.case)
        self.market = market(self.case, programme, self.effects, offers, view)
        made = outputs(programme.nothing_throughput, self.effects)
        untouched = goods_of(self.case, programme.nothing_prices, made, view)
        self._untouched = replace(self.market, goods=untouched)
        self.worths = self._price()
        self._best = self._nearest()
        shortlist = pl.DataFrame(
            list(self._best.values()), schema={"option": pl.String, "start": pl.Int64}, orient="row"
        )
        self._parts = parts(shortlist, self.market).partition_by("option", as_dict=True)

    def _price(self) -> pl.DataFrame:
        """Worth of every start that is allowed, and what is spent before it runs: option, start, worth, spent."""
        solved = self.programme.value is not None
        free = self.effects.options.filter(
            pl.lit(solved)
            & (pl.col("kind") != "as_is")
            & pl.col("available")
            & (pl.col("latest") >= pl.col("earliest"))
        )
        pairs = (
            free.select("option", start=pl.int_ranges("earliest", pl.col("latest") + 1))
            .explode("start")
            .cast({"start": pl.Int64})
        )
        sums = [
            parts(group, self.market).group_by(PAIR).agg(worth=pl.col("amount").sum(), spent=-_spent())
            for group in pairs.iter_slices(4000)
        ]
        return pl.concat(sums) if sums else pairs.with_columns(worth=pl.lit(0.0), spent=pl.lit(0.0))

    def _nearest(self) -> dict[str, tuple[str, int]]:
        """By site: the option and start chosen, else the one worth most, else the one that loses the least of its cost.

        Works come before surveys and closing. The smallest loss in money would always be the smallest and latest start.
        """
        facts = self.effects.options.select("option", "site", "kind")
        per_cost = pl.col("worth") / pl.max_horizontal(pl.col("spent"), pl.lit(1.0))
        ranked = (
            self.worths.join(facts, on="option")
            .with_columns(
                idle=pl.col("kind").is_in(IDLE_KINDS),
                rank=pl.when(pl.col("worth") >= 0).then(pl.col("worth") + 1.0).otherwise(per_cost),
            )
            .sort(["site", "idle", "rank", "option", "start"], descending=[False, False, True, False, False])
            .unique("site", keep="first", maintain_order=True)
        )
        best = {site: (option, start) for site, option, start in ranked.select("site", "option", "start").iter_rows()}
        for site, option in self.chosen.items():
            best[site] = (option, self.case.calendar.parse(self.rows[site]["start"]))
        return best

    def of(self, site: str) -> Reason:
        """The reason of one site. Raises KeyError for a site the case does not have."""
        if site not in self.rows:
            if site in self.case["sites"]["id"].to_list():
                code = "why.infeasible" if self.programme.status == "infeasible" else "why.unsolved"
                return Reason(site, "out", code, args={"rules": self.programme.conflict})
            raise KeyError(site)
        row = self.rows[site]
        return self._in(site, row) if site in self.chosen else self._out(site, row)

    def _in(self, site: str, row: Row) -> Reason:
        option, start = self._best[site]
        worth, hurt = self._worth(option), self._hurt(option)
        required = [rule["id"] for rule in self.rules if rule["kind"] == "must" and site in listed(rule["sites"])]
        args: Row = {"chance": row["chance"]}
        if row["status"] in ("survey", "close"):
            code = f"why.{row['status']}"
            if (asked := self._asked(site, option)) is not None:
                code, args = f"{code}_asked", {**args, "rule": asked}
        elif worth < 0 and required:
            code, args = "why.must", {**args, "rule": required[0]}
        elif worth < 0:
            before = self._before(option, start)
            code, args = "why.together" if before > 0 else "why.chain", {**args, "before": before}
        else:
            code = "why.conditional" if row["status"] == "conditional" else "why.firm"
        return Reason(site, row["status"], code, option, start, worth, hurt, None, args)

    def _asked(self, site: str, option: str) -> str | None:
        """The first rule that asks for what is chosen at the site: by its name, else by its place."""
        facts = self.effects.options.filter(pl.col("option") == option)
        asking = [
            rule for rule in self.rules
            if rule["kind"] in ("must", "at_least") and facts.select(of_kind(rule) & in_place(rule)).item()
        ]  # fmt: skip
        ranked = sorted(asking, key=lambda rule: site not in listed(rule["sites"]))
        return ranked[0]["id"] if ranked else None

    def _out(self, site: str, row: Row) -> Reason:
        status = row["status"]
        working = [o for o in self.options.values() if o["site"] == site and o["kind"] not in IDLE_KINDS]
        if not working:
            return Reason(site, status, "why.no_option")
        if (shut := self._shut(working)) is not None:
            return Reason(site, status, shut[0], working[0]["option"], args=shut[1])
        option, start = self._best[site]
        worth, hurt = self._worth(option), self._hurt(option)
        possible = worth > -float("inf")
        if (rule := self._forbidden(working)) is not None:
            kept_out = Reason(site, status, rule[0], option, start, args=rule[1])
            return replace(kept_out, worth=worth, hurt=hurt) if possible else kept_out
        if not possible:
            code, lacking = self._impossible(option)
            return Reason(site, status, code, option, start, args=lacking)
        if worth >= 0:
            return self._left_over(site, status)
        code = "why.alone" if worth + self._rent(option) < 0 or hurt is None else "why.limit"
        return Reason(site, status, code, option, start, worth, hurt, self._change(option, worth, hurt))

    def _left_over(self, site: str, status: str) -> Reason:
        """One that would gain at the prices: whether it fits into what the others leave, at any of its best starts."""
        mine = self.effects.options.filter((pl.col("site") == site) & ~pl.col("kind").is_in(IDLE_KINDS))["option"]
        tried = self.worths.filter(pl.col("option").is_in(mine.implode()) & (pl.col("worth") > 0))
        ranked = tried.sort(["worth", "option", "start"], descending=[True, False, False]).head(TRIED)
        lack: Lack | None = None
        for option, start, worth in ranked.select("option", "start", "worth").iter_rows():
            found = lacks(option, start, self.programme, self.market)
            if found is None:
                return Reason(site, status, "why.whole", option, start, worth, self._hurt(self._best[site][0]))
            lack = lack or found
        option, start = self._best[site]
        worth, hurt = self._worth(option), self._hurt(option)
        if lack is None:
            return Reason(site, status, "why.whole", option, start, worth, hurt)
        return Reason(site, status, "why.room", option, start, worth, Hurt(lack.kind, lack.id, 0.0), args=vars(lack))

    def _shut(self, working: list[Row]) -> tuple[str, Row] | None:
        """What keeps every works option from starting at all."""
        if any(o["available"] and o["latest"] >= o["earliest"] for o in working):
            return None
        gates = [o["blocked_by"] for o in working if o["blocked_by"]]
        if gates:
            return "why.gate", {"gate": gates[0]}
        pools = self.effects.needs.join(
            self.market.match.pools.filter(pl.col("sources").fill_null(0) == 0), on=["pool_kind", "pool"]
        )
        missing = pools.filter(pl.col("option").is_in([o["option"] for o in working]))
        if missing.height:
            return "why.no_source", {"kind": missing["pool_kind"][0], "id": missing["pool"][0]}
        return "why.late", {"quarters": min(o["quarters"] for o in working)}

    def _forbidden(self, working: list[Row]) -> tuple[str, Row] | None:
        """A rule that keeps out all works options of the site: never, one of several, after another."""
        frame = pl.DataFrame(working, infer_schema_length=None)
        site = working[0]["site"]
        others = self.effects.options.filter(pl.col("option").is_in([o for s, o in self.chosen.items() if s != site]))
        for rule in self.rules:
            if not frame.select((of_kind(rule) & in_place(rule)).all()).item():
                continue
            if rule["kind"] == "never":
                by_hand = rule["id"].startswith("scenario:")
                return ("why.without" if by_hand else "why.never"), {"rule": rule["id"]}
            if rule["kind"] == "one_of":
                taken = others.filter(of_kind(rule) & in_place(rule))["site"].to_list()
                if len(taken) + 1 > (1.0 if rule["value"] is None else rule["value"]):
                    return "why.one_of", {"rule": rule["id"], "site": taken[0] if taken else None}
            before = rule["before"]
            done = before in self.chosen and self.options[self.chosen[before]]["kind"] not in IDLE_KINDS
            if rule["kind"] == "after" and before != site and not done:
                return "why.after", {"rule": rule["id"], "site": before}
        return None

    def _impossible(self, option: str) -> tuple[str, Row]:
        """Nobody can pay for, or supply, what the option needs at any start."""
        infinite = self._parts[option,].filter(pl.col("amount") == -float("inf")).row(0, named=True)
        code = "why.no_fund" if infinite["kind"] == "no_fund" else "why.no_source"
        return code, {"kind": infinite["kind"], "id": infinite["id"]}

    def _before(self, option: str, start: int) -> float:
        """Worth at the goods' prices of doing nothing, before the programme moved them."""
        pair = pl.DataFrame({"option": [option], "start": [start]}, schema={"option": pl.String, "start": pl.Int64})
        return float(parts(pair, self._untouched)["amount"].sum())

    def _worth(self, option: str) -> float:
        return float(self._parts[option,]["amount"].sum())

    def _rent(self, option: str) -> float:
        return float(self._parts[option,]["rent"].sum())

    def _hurt(self, option: str) -> Hurt | None:
        """The limit with the largest rent, where it is more than a hair of what is in play."""
        rows = self._parts[option,].filter(pl.col("kind").is_not_null())
        sums = (
            rows.group_by("kind", "id")
            .agg(pl.col("rent").sum())
            .sort(["rent", "kind", "id"], descending=[True, False, False])
        )
        scale = float(self._parts[option,].filter(pl.col("amount").is_finite())["amount"].abs().sum())
        if not sums.height or sums["rent"][0] <= 1e-6 * scale:
            return None
        return Hurt(sums["kind"][0], sums["id"][0], float(sums["rent"][0]))

    def _change(self, option: str, worth: float, hurt: Hurt | None) -> tuple[str, float] | None:
        """The smaller of two changes: a cheaper investment, or relief of the limit that hurts."""
        spent = -float(self._parts[option,].select(_spent()).item())
        ways = [("cheaper", -worth / spent)] if spent > 0 else []
        ways += [("relief", -worth / hurt.cost)] if hurt is not None else []
        possible = [way for way in ways if 0 < way[1] < ALMOST_ALL]
        return min(possible, key=lambda way: way[1], default=None)

    def terms(self, site: str) -> pl.DataFrame:
        """What makes up the worth of the option named in the site's reason: part, term, kind, id, amount, rent.

        Amount and rent are null for what nobody can supply or pay.
        """
        if site not in self._best:
            return parts(pl.DataFrame(schema={"option": pl.String, "start": pl.Int64}), self.market).drop(PAIR)
        finite = [pl.when(pl.col(c).is_finite()).then(c).alias(c) for c in ("amount", "rent")]
        return self._parts[self._best[site][0],].drop(PAIR).with_columns(finite)


def _spent() -> pl.Expr:
    """What is spent before an option runs, less the capital that is left at the end: a negative amount."""
    invested = (pl.col("part") == "term") & pl.col("term").is_in(INVESTED)
    return pl.col("amount").filter(invested | pl.col("part").is_in(["pool", "fund", "credit"])).sum()
