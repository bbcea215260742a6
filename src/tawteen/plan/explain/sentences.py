"""Reasons in words: names instead of ids, one or two sentences a site."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.case.rule_titles import rule_titles
from tawteen.plan.explain.counterfactuals import Counterfactual
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.reasons import Reason
from tawteen.plan.explain.resolve import ForcedComparison
from tawteen.plan.explain.shortlist import BindingLimit
from tawteen.plan.programme import Programme
from tawteen.plan.tolerances import TOLERANCES
from tawteen.words import Words

LIMIT_TABLES = {
    "balance": "commodities",
    "import": "commodities",
    "export": "commodities",
    "uptake": "commodities",
    "capability": "capabilities",
    "course": "courses",
    "fund": "funds",
    "trainers": "trainers",
}
ENERGY_UNIT, HOURS_PER_QUARTER = "MWh", 8760 / 4
"""Energy of a quarter is said as the power that makes it."""
GOODS_LIMITS = ("balance", "supply", "import", "export", "uptake")
CARRIED = {"power": "MWh", "water": "m3"}
"""Units of what a route carries, where it is not weighed."""
MORE_CODES = {"supply": "balance", "seats": "course"}
"""Kinds of limits whose increase is said like that of another kind."""


class SentenceWriter:
    """The sentences of one programme in one language. `case` has the programme's scenario applied."""

    def __init__(self, case: Case, programme: Programme, words: Words) -> None:
        self.case = case
        self.programme = programme
        self.words = words

    def name(self, table: str, key: str | None) -> str:
        """What people call a row of a table; its id where it has no name there."""
        if key is None:
            return "–"
        return self.words.pick(self._names.get((table, key), (key, key)))

    @cached_property
    def _names(self) -> dict[tuple[str, str], tuple[str, str]]:
        names_by_table = {}
        for table in {"sites", "options", "regions", *LIMIT_TABLES.values()}:
            frame = self.case[table]
            for key, en, ar in zip(frame["id"], frame["name_en"], frame["name_ar"], strict=True):
                names_by_table[table, key] = (en, ar)
        for key, title in rule_titles(self.case).items():
            names_by_table["rules", key] = title
        return names_by_table

    def option(self, key: str | None) -> str:
        """An option by its name; a survey that the case does not name by its kind."""
        if key is not None and ("options", key) not in self._names and key.endswith(":survey"):
            return self.words.pick(codes("option_kinds")["survey"])
        return self.name("options", key)

    def limit(self, kind: str, key: str) -> str:
        """A limit in words, such as: the fund Budget."""
        if kind == "source":
            source, _, pool = key.partition("/")
            return self.words.say("limit.source", {"name": source, "pool": self.pool(pool)})
        if kind == "no_fund":
            return self.words.pick(codes("cost_categories").get(key, (key, key)))
        table = LIMIT_TABLES.get(kind, "rules")
        if kind == "route":
            return self.words.say("limit.route", {"name": self.route(key)})
        return self.words.say(f"limit.{kind}", {"name": self.name(table, key)})

    def route(self, key: str) -> str:
        """A route by the regions that it leads from and to."""
        for row in self.case["routes"].filter(id=key).iter_rows(named=True):
            ends = {end: self.name("regions", row[f"{end}_region"]) for end in ("from", "to")}
            carries = self.words.pick(codes("carriers")[row["carries"]])
            return self.words.say("more.way", {**ends, "carries": carries})
        return key

    def pool(self, key: str) -> str:
        """A capability or a course by its name."""
        table = "capabilities" if ("capabilities", key) in self._names else "courses"
        return self.name(table, key)

    def money(self, amount: float) -> str:
        """An amount in the case's currency, shortened."""
        return f"{self.words.compact(abs(amount))} {self.case.settings.money.currency}"

    def sentences(self, reason: Reason, *, changes: bool = True) -> list[str]:
        """The reason, what hurts most and (with `changes`) what would change it, where there is anything to say."""
        args = self._args(reason)
        n = reason.args.get("quarters")
        sentences = [self.words.say(reason.code, args, n)]
        if reason.binding_limit is not None and reason.code in ("why.alone", "why.limit", "why.together", "why.firm"):
            sentences.append(self.words.say("why.hurt", args))
        for change in reason.changes if changes else ():
            more = "–" if change.lever is None else self.more(change.lever, change.share)
            sentences.append(
                self.words.say(f"why.{change.kind}", {**args, "share": self._share(change.share), "more": more})
            )
        return sentences

    def more(self, lever: Lever, share: float) -> str:
        """So much more of a limit, in words: 4 MW more of Electricity in the east from 2028-Q1."""
        amount = lever.amount * share
        if lever.kind == "rule":
            return self._looser(lever, amount)
        args = {
            "name": self._lever_name(lever),
            "region": self.name("regions", lever.region),
            "start": self.case.calendar.label(lever.start),
            "amount": self._rounded_up(amount),
            "unit": self._unit(lever),
        }
        if lever.kind in ("fund", "credit"):
            args["amount"] = self.money(amount)
        if (
            lever.kind in ("balance", "supply")
            and self._units.get(("commodities", lever.id)) == ENERGY_UNIT
            and not lever.output_side
        ):
            return self.words.say("more.power", {**args, "amount": self._rounded_up(amount / HOURS_PER_QUARTER)})
        if lever.per == "people":
            return self.words.say("more.people", args, math.ceil(amount - TOLERANCES.whole_amount))
        if lever.kind == "trainers":
            return self.words.say("more.trainers", args, math.ceil(amount - TOLERANCES.whole_amount))
        code = (
            "once" if lever.per == "once" else "demand" if lever.output_side else MORE_CODES.get(lever.kind, lever.kind)
        )
        return self.words.say(f"more.{code}", args)

    def increase(self, lever: Lever, share: float) -> str | None:
        """The amount of `more` alone, such as: 4 MW. None for limits whose amount needs their name beside it."""
        amount = lever.amount * share
        if lever.kind in ("fund", "credit"):
            code = "once" if lever.per == "once" else "money"
            return self.words.say(f"amount.{code}", {"amount": self.money(amount)})
        if lever.per in ("people", "once") or lever.kind in ("rule", "trainers", "course", "seats"):
            return None
        energy = lever.kind in ("balance", "supply") and self._units.get(("commodities", lever.id)) == ENERGY_UNIT
        if energy and not lever.output_side:
            return self.words.say("amount.power", {"amount": self._rounded_up(amount / HOURS_PER_QUARTER)})
        return self.words.say("amount.quarter", {"amount": self._rounded_up(amount), "unit": self._unit(lever)})

    def _looser(self, lever: Lever, amount: float) -> str:
        """A rule loosened by so much of what it counts, in words."""
        rule = self.case["rules"].filter(id=lever.id).to_dicts()[0]
        args = {"rule": self.name("rules", lever.id), "site": self.name("sites", lever.site)}
        code = f"looser.{'less_' if lever.output_side else ''}{lever.per}"
        match lever.per:
            case "investment":
                return self.words.say(code, {**args, "amount": self.money(amount)})
            case "share":
                before = float(rule["value"] or 0.0)
                shares = {"before": self._share(before), "share": self._share(max(before - amount, 0.0))}
                return self.words.say(code, {**args, **shares})
            case "exception" | "released":
                return self.words.say(code, args)
        return self.words.say(code, args, math.ceil(amount - TOLERANCES.whole_amount))

    def _lever_name(self, lever: Lever) -> str:
        if lever.kind == "route":
            return self.route(lever.id)
        if lever.kind in GOODS_LIMITS:
            return self.name("commodities", lever.id)
        return self.limit("course" if lever.kind == "seats" else lever.kind, lever.id)

    def _unit(self, lever: Lever) -> str:
        table = "commodities" if lever.kind in GOODS_LIMITS else "capabilities"
        unit = self._carried_in(lever.id) if lever.kind == "route" else self._units.get((table, lever.id), "")
        return self.words.pick(codes("units").get(unit, (unit, unit)))

    def _carried_in(self, route: str) -> str:
        """The unit in which a route's capacity is stated."""
        carries = self.case["routes"].filter(id=route)["carries"].to_list()
        return CARRIED.get(carries[0], "t") if carries else "t"

    def _rounded_up(self, amount: float) -> str:
        """An amount with two figures that is no less."""
        if amount <= 0:
            return self.words.number(0)
        step = 10.0 ** (math.floor(math.log10(amount)) - 1)
        return self.words.number(math.ceil(amount / step - TOLERANCES.whole_amount) * step)

    @cached_property
    def _units(self) -> dict[tuple[str, str], str]:
        return {
            (table, key): unit
            for table in ("commodities", "capabilities")
            for key, unit in self.case[table].select("id", "unit").iter_rows()
        }

    def side(self, *, inside: bool) -> str:
        """With it, for a site that is out; without it, for one that is in."""
        return self.words.say("why.taken_side" if inside else "why.forced_side")

    def opposite(self, opposite: Programme, *, inside: bool) -> list[str]:
        """What the whole programme solved again with the opposite choice is worth, and what the bounds prove.

        A search that ended by time proves no cost: the true one lies between the difference of the programme's value
        and the opposite's bound, and that of the programme's bound and the opposite's value.
        """
        programme, say = self.programme, self.words.say
        if opposite.value is None or programme.value is None:
            return []
        change = opposite.value - programme.value
        code = f"why.{'taken' if inside else 'forced'}{'_gains' if change > 0 else ''}"
        sentences = [say(code, {"cost": self.money(change)})]
        if programme.status == opposite.status == "optimal":
            return [*sentences, say("why.cost_exact")]
        low = programme.value - (opposite.value if opposite.bound is None else opposite.bound)
        high = (programme.value if programme.bound is None else programme.bound) - opposite.value
        if opposite.bound is None or programme.bound is None or high < 0:
            return sentences
        code = "why.cost_between" if low > 0 else "why.cost_at_most"
        args = {"side": self.side(inside=inside), "low": self.money(low), "high": self.money(high)}
        return [*sentences, say(code, args)]

    def forced(self, comparison: ForcedComparison, *, inside: bool, rule: str | None = None) -> list[str]:
        """What having the site in (or out) costs, how sure that is, and what is proven; `rule` is what keeps it out."""
        turned = comparison.without if inside else comparison.within
        side = "taken" if inside else "forced"
        if comparison.cost is None and rule is not None and not inside:
            return [self.words.say("why.forced_rule", {"rule": self.name("rules", rule)})]
        if comparison.cost is None:
            return [self.words.say(f"why.{side}_no_way", n=turned.rivals)]
        cost = -comparison.cost if inside else comparison.cost
        sure = "exact" if comparison.exact else "whole" if comparison.whole else "found"
        args = {"cost": self.money(cost), "side": self.words.say(f"why.{side}_side"), **self._begins(comparison)}
        if cost < 0:
            sentences = [self.words.say(f"again.gains_{side}", args)]
        else:
            sentences = [
                self.words.say(f"again.{side}", {**args, "sure": self.words.say(f"again.{sure}", n=turned.rivals)})
            ]
        if comparison.exact or self.programme.value is None:
            return sentences
        room = turned.most - self.programme.value
        room_args = {"cost": self.money(room), "side": args["side"]}
        if abs(room) <= TOLERANCES.objective * abs(self.programme.value):
            return [*sentences, self.words.say("again.at_most_none", room_args)]
        if room < 0:
            return [*sentences, self.words.say("again.at_least", room_args)]
        falls = (self.programme.bound or turned.most) - turned.most
        code = "again.at_most_falls" if falls > 0 else "again.at_most"
        return [*sentences, self.words.say(code, {**room_args, "falls": self.money(falls)})]

    def _begins(self, comparison: ForcedComparison) -> dict[str, str]:
        """What starts at the site in the programme with it."""
        option, start = comparison.site_start
        return {"option": self.option(option), "start": self.case.calendar.label(start)}

    def counterfactual(self, way: Counterfactual) -> str:
        """The change with which it comes in, solved again."""
        option, start = self.option(way.option), self.case.calendar.label(way.start)
        args = {"option": option, "start": start, "share": self.words.percent(way.share, 0)}
        args["more"] = "–" if way.lever is None else self.more(way.lever, way.share)
        return self.words.say(f"way.{way.kind}", args)

    def _share(self, share: float) -> str:
        return self.words.percent(share, 0 if share >= 0.1 else 1)

    def _args(self, reason: Reason) -> dict[str, str]:
        given: Mapping[str, Any] = reason.args
        hurt = reason.binding_limit or BindingLimit("", "", 0.0)
        gap = self.programme.gap
        return {
            "site": self.name("sites", reason.site),
            "option": self.option(reason.option),
            "start": "–" if reason.start is None else self.case.calendar.label(reason.start),
            "worth": self.money(reason.worth or 0.0),
            "limit": self.limit(hurt.kind, hurt.id) if hurt.kind else "–",
            "cost": self.money(hurt.cost),
            "before": self.money(given.get("before") or 0.0),
            "chance": self._share(given.get("chance") or 0.0),
            "gate": self.words.pick(codes("gates").get(given.get("gate", ""), ("–", "–"))),
            "unknown": self.words.say("limit.and").join(
                self.words.pick(codes("gates").get(gate, (gate, gate))) for gate in given.get("unknown", ())
            ),
            "state_as_of": self.words.day(given["state_as_of"]) if given.get("state_as_of") else "–",
            "rule": self.name("rules", given.get("rule")),
            "rules": self._list("rules", given.get("rules", ())),
            "other": self.name("sites", given.get("site")),
            "what": self.limit(given["kind"], given["id"]) if "kind" in given else "–",
            "period": self.case.calendar.label(given["period"]) if "period" in given else "–",
            "needed": self._amount(given, "needed"),
            "left": self._amount(given, "left"),
            "gap": "–" if gap is None else self.words.percent(gap, 2),
        }

    def _list(self, table: str, keys: tuple[str, ...]) -> str:
        comma = self.words.say("limit.and")
        return comma.join(self.name(table, key) for key in keys) or "–"

    def _amount(self, given: Mapping[str, Any], name: str) -> str:
        if name not in given:
            return "–"
        if given["kind"] in ("fund", "no_fund", "credit"):
            return self.money(given[name])
        return self.words.number(given[name], 1)
