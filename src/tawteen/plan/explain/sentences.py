"""Reasons in words: names instead of ids, one or two sentences a site."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.case.rule_titles import rule_titles
from tawteen.plan.explain.counterfactuals import Counterfactual
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.params import REASON_PARAMS
from tawteen.plan.explain.reasons import Reason
from tawteen.plan.explain.resolve import ForcedComparison, ResolvedProgramme
from tawteen.plan.explain.shortlist import BindingLimit
from tawteen.plan.programme import Programme
from tawteen.plan.tolerances import TOLERANCES
from tawteen.words import Words
from tawteen.works.periods import QUARTERS_PER_YEAR

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
OTHER_SOURCES = ("academy", "third_party")
"""Sources of pools that are no units of a party."""
COUNTED_UNITS = ("person_week", "unit", "pair", "t", "l")
"""Units whose word has plural forms."""
WORTH_SAID = {
    "why.firm": "why.worth", "why.conditional": "why.worth", "why.conditional_inspected": "why.worth",
    "why.inspected": "why.worth", "why.alone": "why.nearest", "why.limit": "why.nearest",
}  # fmt: skip
"""Reasons after which the worth of the option at today's prices is said, and how."""
JUST_PAYING = ("why.room", "why.whole", "why.class")
"""Reasons whose gain is not said where it is none."""
OPEN_TO_DOUBT = ("why.chain", "why.whole")
"""Reasons that rest on the search: what it left unproven is said."""
SURVEYED_FIRST = ("why.conditional", "why.conditional_inspected", "why.inspected")
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

    def source(self, unit: str) -> str:
        """Who works: a unit by its name, or one of the sources that are no units."""
        return self.words.say(f"why.source_{unit}") if unit in OTHER_SOURCES else self.name("units", unit)

    @cached_property
    def _names(self) -> dict[tuple[str, str], tuple[str, str]]:
        names_by_table = {}
        for table in {"sites", "options", "regions", "units", *LIMIT_TABLES.values()}:
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

    def money(self, amount: float, towards: str = "near") -> str:
        """An amount in the case's currency without needless digits; what is proven is rounded `down` or `up`."""
        return f"{self.words.compact(_rounded(abs(amount), towards))} {self.case.settings.money.currency}"

    def sentences(self, reason: Reason, *, changes: bool = True, worth: bool = True) -> list[str]:
        """The reason, what hurts most and (with `changes`) what would change it, where there is anything to say.

        Without `worth` no figure is given for what the option is worth at today's prices: one that was solved for
        follows, and is no worse.
        """
        args = self._args(reason)
        code, n = reason.code, reason.args.get("quarters")
        if code == "why.infeasible":
            n = len(reason.args["rules"]) or None
            code = code if n else "why.infeasible_limits"
        even = code in JUST_PAYING and (reason.worth or 0.0) < 1.0
        sentences = [self.words.say(f"{reason.code}_even" if even else code, args, n)]
        if reason.code in OPEN_TO_DOUBT and round(self.programme.gap or 0.0, REASON_PARAMS.gap_decimals + 2) > 0:
            sentences.append(self.words.say("why.gap", args))
        if worth and reason.code in WORTH_SAID:
            sentences.append(self.words.say(WORTH_SAID[reason.code], args))
        if reason.code in SURVEYED_FIRST:
            sentences.append(self.words.say("why.survey_first"))
        if reason.binding_limit is not None and reason.code in ("why.limit", "why.together", "why.firm"):
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
            "quantity": self._quantity(amount, lever),
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

    def joined(self, parts: Sequence[str]) -> str:
        """Several increases that are needed together, in words."""
        if len(parts) < 2:
            return "".join(parts)
        first = self.words.say("limit.and").join(parts[:-1])
        code = "more.two" if len(parts) == 2 else "more.several"
        return self.words.say(code, {"first": first, "last": parts[-1]})

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
        return self.words.say("amount.quarter", {"quantity": self._quantity(amount, lever)})

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

    def _quantity(self, amount: float, lever: Lever) -> str:
        """An amount of a limit in its unit, rounded up; units that are counted have their plural forms."""
        table = "commodities" if lever.kind in GOODS_LIMITS else "capabilities"
        unit = self._carried_in(lever.id) if lever.kind == "route" else self._units.get((table, lever.id), "")
        rounded = _two_figures(amount)
        number = self.words.number(rounded)
        if unit in COUNTED_UNITS:
            whole = abs(rounded - round(rounded)) < TOLERANCES.whole_amount
            count = round(rounded) if whole else REASON_PARAMS.fraction_count
            return self.words.say(f"quantity.{unit}", {"amount": number}, count)
        return f"{number} {self.words.pick(codes('units').get(unit, (unit, unit)))}".rstrip()

    def _carried_in(self, route: str) -> str:
        """The unit in which a route's capacity is stated."""
        carries = self.case["routes"].filter(id=route)["carries"].to_list()
        return CARRIED.get(carries[0], "t") if carries else "t"

    def _rounded_up(self, amount: float) -> str:
        """An amount with two figures that is no less."""
        return self.words.number(_two_figures(amount))

    @cached_property
    def _units(self) -> dict[tuple[str, str], str]:
        return {
            (table, key): unit
            for table in ("commodities", "capabilities")
            for key, unit in self.case[table].select("id", "unit").iter_rows()
        }

    def opposite(self, opposite: Programme, forced: ForcedComparison | None, *, inside: bool) -> list[str]:
        """What the whole programme solved again with the opposite choice is worth less, with what `forced` knows."""
        if self.programme.value is None:
            return []
        value = self.programme.value
        values = [side for side in (opposite.value, None if forced is None else _turned(forced, inside).value)
                 if side is not None]  # fmt: skip
        most = [side for side in (opposite.bound, None if forced is None else _turned(forced, inside).most)
                if side is not None]  # fmt: skip
        best = max(values, default=None)
        low = value - max(min(most, default=math.inf), -math.inf if best is None else best)
        begins = forced if forced is not None and _turned(forced, inside).value == best else None
        how = self._how(begins, inside=inside)
        return self._cost((low, None if best is None else value - best), begins, how=how, inside=inside)

    def forced(self, comparison: ForcedComparison, *, inside: bool, rule: str | None = None) -> list[str]:
        """What a programme with the opposite choice is worth less, as far as it is proven; `rule` was named already."""
        if self.programme.value is None:
            return []
        how = self._how(comparison, inside=inside, rule=rule)
        cost = comparison.cost_range(self.programme.value, inside=inside)
        sentences = self._cost(cost, comparison, how=how, inside=inside)
        if not inside and cost[1] is not None and cost[0] > self._dust and self._is_late(comparison):
            sentences.append(self.words.say("forced.late"))
        same = (comparison.within if inside else comparison.without).value
        better = 0.0 if same is None else same - self.programme.value
        if better > self._dust:
            sentences.append(self.words.say("forced.better", {"gain": self.money(better)}))
        return sentences

    @cached_property
    def _dust(self) -> float:
        """A difference of two programmes that counts as none."""
        value, nothing = self.programme.value or 0.0, self.programme.do_nothing or 0.0
        return max(TOLERANCES.start_value * abs(value - nothing), 1.0)

    def _cost(
        self, cost: tuple[float, float | None], comparison: ForcedComparison | None, *, how: str, inside: bool
    ) -> list[str]:
        """Sentences on a cost of at least and at most so much: exactly, between, at most, at least; or a gain."""
        low, high = cost
        if high is None:
            return [self._not_found(low, comparison, inside=inside)]
        dust, args = self._dust, {"how": how}
        if high <= -dust:
            exempt = comparison is not None and comparison.exempt
            side = "without" if inside else "exception" if exempt else "with"
            return [self.words.say(f"forced.gains_{side}", {**args, "gain": self.money(high, "down")})]
        args |= {"low": self.money(low, "down"), "high": self.money(high, "up"), "gain": self.money(low, "up")}
        if high - low <= dust:
            args["cost"] = self.money(high)
            return [self.words.say("forced.exactly" if high > dust else "forced.same", args)]
        if low > dust:
            return [self.words.say("forced.between", args)]
        sentences = [self.words.say("forced.at_most" if high > dust else "forced.same_found", args)]
        return sentences if low >= -dust else [*sentences, self.words.say("forced.gain_at_most", args)]

    def _not_found(self, low: float, comparison: ForcedComparison | None, *, inside: bool) -> str:
        """No programme with the opposite choice is known."""
        side = "without" if inside else "with"
        if comparison is not None and math.isinf(low):
            return self.words.say(f"forced.impossible_{side}")
        if low > self._dust:
            return self.words.say(f"forced.none_at_least_{side}", {"low": self.money(low, "down")})
        return self.words.say(f"forced.none_{side}")

    def _how(self, comparison: ForcedComparison | None, *, inside: bool, rule: str | None = None) -> str:
        """With it or without it: what starts, and which rules do not bind it there; `rule` was named already."""
        if inside:
            return self.words.say("forced.without")
        if comparison is None or comparison.within.value is None:
            return self.words.say("forced.with")
        args = self._begins(comparison)
        if not comparison.exempt:
            return self.words.say("forced.with_start", args)
        if [lever.id for lever in comparison.exempt] == [rule]:
            return self.words.say("forced.with_this_exception", args)
        rules = self.words.say("limit.and").join(
            self.words.say("forced.quoted", {"name": self.name("rules", lever.id)}) for lever in comparison.exempt
        )
        return self.words.say("forced.with_exception", {**args, "rules": rules}, len(comparison.exempt))

    @staticmethod
    def _is_late(comparison: ForcedComparison) -> bool:
        """Whether the site starts in the last year in which its works still fit into the horizon."""
        last = comparison.last_start
        return last is not None and comparison.site_start[1] > max(last - QUARTERS_PER_YEAR, 0)

    def _begins(self, comparison: ForcedComparison) -> dict[str, str]:
        """What starts at the site in the programme with it."""
        option, start = comparison.site_start
        return {"option": self.option(option), "start": self.case.calendar.label(start)}

    def counterfactual(self, way: Counterfactual, rule: str | None = None, *, smallest: bool = True) -> str:
        """The change with which it comes in, solved again; `rule` was named. A smaller one may do unless `smallest`."""
        option, start = self.option(way.option), self.case.calendar.label(way.start)
        args = {"option": option, "start": start, "share": self.words.percent(way.share, 0)}
        args["which"] = self.words.say("way.smallest" if smallest else "way.one")
        args["more"] = "–" if way.lever is None else self.more(way.lever, way.share)
        args["amount"] = self.money(way.worth, "up")
        if way.lever is not None and way.lever.kind == "rule" and (way.gain or 0.0) > self._dust:
            args["gain"] = self.money(way.gain or 0.0)
            named = way.lever.id == rule and way.lever.per == "exception"
            return self.words.say("way.exception" if named else "way.more_gain", args)
        return self.words.say(f"way.{way.kind}", args)

    def who(self, site: str) -> str | None:
        """Which units do the works of a chosen site, and from when on it runs; None where neither is known."""
        row = self.programme.sites.row(by_predicate=pl.col("id") == site, named=True)
        if row["operates"] is None:
            return None
        names = [self.source(unit) for unit in dict.fromkeys(part["unit"] for part in row["units"] or ())]
        named, more = names[: REASON_PARAMS.units_named], len(names[REASON_PARAMS.units_named :])
        args = {"units": self.words.say("limit.and").join(named), "operates": row["operates"]}
        if more:
            return self.words.say("why.who_more", args, more)
        return self.words.say("why.who" if names else "why.who_none", args)

    def _share(self, share: float) -> str:
        return self.words.percent(share, 0 if share >= 0.1 or round(share, 3) == round(share, 2) else 1)

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
            "holder": given.get("holder") or "–",
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
            "added": self.words.say("limit.and").join(self.limit(kind, key) for kind, key in given.get("added", ())),
            "needed": self._amount(given, "needed"),
            "left": self._amount(given, "left"),
            "gap": "–" if gap is None else self.words.percent(gap, REASON_PARAMS.gap_decimals),
        }

    def _list(self, table: str, keys: tuple[str, ...]) -> str:
        comma = self.words.say("limit.and")
        return comma.join(self.name(table, key) for key in keys) or "–"

    def _amount(self, given: Mapping[str, Any], name: str) -> str:
        if name not in given:
            return "–"
        if given["kind"] in ("fund", "no_fund", "credit"):
            return self.money(given[name])
        return self.words.number(given[name], 0 if float(given[name]).is_integer() else 1)


def _turned(comparison: ForcedComparison, inside: bool) -> ResolvedProgramme:
    """The side with the opposite choice."""
    return comparison.without if inside else comparison.within


ROUNDED: Mapping[str, Callable[[float], float]] = {
    "near": round,
    "down": lambda steps: math.floor(steps + TOLERANCES.whole_amount),
    "up": lambda steps: math.ceil(steps - TOLERANCES.whole_amount),
}
"""Ways to round a number of steps to a whole one."""


def _two_figures(amount: float) -> float:
    """The least amount of two figures that is no less than `amount`."""
    if amount <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(amount)) - 1)
    return math.ceil(amount / step - TOLERANCES.whole_amount) * step


def _rounded(amount: float, towards: str) -> float:
    """An amount in tenths of its thousands, millions …; in whole ones from a hundred of them on or below a thousand."""
    unit = 1000.0 ** math.floor(math.log(amount, 1000.0) + TOLERANCES.whole_amount) if amount >= 1 else 1.0
    step = unit / 10 if 1000 <= amount < 100 * unit else unit
    return ROUNDED[towards](amount / step) * step
