"""Sentences and figures of an opportunity sheet, in one language."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.appraise.option_study import GROUPS
from tawteen.appraise.risk.reference_class import outside_views
from tawteen.case.codes import codes
from tawteen.diagnose.gates import gates_of
from tawteen.effects.parity import worth
from tawteen.match.sources import THIRD_PARTY, sources_of
from tawteen.report.appraised import Appraised
from tawteen.report.params import LAYOUT
from tawteen.words import Lang, Words

LTR, END = "\u2066", "\u2069"
"""Numbers read from left to right inside Arabic, sign first."""


class Sheet:
    """The texts and tables of one option's sheet."""

    def __init__(self, one: Appraised, lang: Lang) -> None:
        self.one = one
        self.lang = lang
        self.words = Words(lang, one.case.settings.digits)
        self.currency = one.study.currency

    def kept(self, text: str) -> str:
        """A number that reads from left to right, sign first, in whatever stands around it."""
        return text if self.lang == "en" else f"{LTR}{text}{END}"

    def name(self, table: str, key: str | None) -> str:
        """Name of a row of a table; its key where it has none."""
        rows = self.one.case[table].filter(pl.col("id") == (key or ""))
        return (rows[f"name_{self.lang}"][0] if rows.height else None) or key or self.words.say("sheet.unknown")

    def code(self, listed: str, key: str | None) -> str:
        """A code in words."""
        return self.words.pick(codes(listed)[key]) if key else self.words.say("sheet.unknown")

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number, or a dash."""
        return "–" if value is None else self.kept(self.words.number(round(value, decimals) + 0.0, decimals))

    def money(self, value: float | None) -> str:
        """An amount in the case's currency, shortened from a hundred thousand on; a dash where there is none."""
        if not value:
            return "–"
        figure = self.words.compact(value, 2) if abs(value) >= 1e5 else self.words.number(round(value) + 0.0, 0)
        number, *word = figure.split()
        return " ".join([self.kept(number), *word, self.currency])

    def share(self, value: float | None, decimals: int = 1) -> str:
        """A share as a percentage, or a dash."""
        return "–" if value is None else self.kept(self.words.percent(value, decimals))

    def unit(self, unit: str) -> str:
        """A unit in words."""
        return self.words.pick(codes("units")[unit]) if unit in codes("units") else unit

    @property
    def site(self) -> str:
        """Name of the site."""
        return self.words.pick((self.one.site["name_en"], self.one.site["name_ar"]))

    @property
    def way(self) -> str:
        """Name of the option."""
        names = (self.one.option["name_en"] or self.one.id, self.one.option["name_ar"] or self.one.id)
        return self.words.pick(names)

    # Project

    def facts(self) -> list[list[str]]:
        """Label and value of each basic fact of the opportunity."""
        option, site, say = self.one.option, self.one.site, self.words.say
        town = f"{self.name('regions', site['region'])}" + (f" · {site['town']}" if site["town"] else "")
        goods = self.name("commodities", option["commodity"]) if option["commodity"] else say("sheet.unknown")
        began = option["operating_from"]
        label = self.one.case.calendar.label
        people = {"jobs": self.number(option["jobs"]), "new": self.number(self.one.indicators["financial"]["new_jobs"])}
        rows = {
            "place": town,
            "product": goods,
            "capacity": f"{self.number(4 * option['capacity'])} {self._made_unit()}",
            "kind": self.code("option_kinds", option["kind"]),
            "state": self.code("site_states", site["state"]),
            "owner": site["owner"] or say("sheet.unknown"),
            "authority": site["authority"] or say("sheet.unknown"),
            "start": self.kept(label(option["earliest"])),
            "operates": "–" if began is None else self.kept(label(option["earliest"] + began)),
            "jobs": say("sheet.jobs", people),
            "chance": self.share(option["chance"], 0),
            "class": self.number(self.one.estimate.borne),
        }
        return [[say(f"sheet.fact.{name}"), value] for name, value in rows.items()]

    def _made_unit(self) -> str:
        product = self.one.option["commodity"]
        rows = self.one.case["commodities"].filter(pl.col("id") == (product or ""))
        return self.unit(rows["unit"][0]) if rows.height else ""

    def project(self) -> list[str]:
        """Gates still closed, and the meaning of the amounts."""
        option, say = self.one.option, self.words.say
        blockers = gates_of(self.one.case).filter(pl.col("site") == option["site"], "counts")
        gates = [self.code("gates", gate) for gate in blockers["gate"]]
        joined = say("report.comma").join(gates)
        sentences = [say("sheet.project.gates", {"gates": joined}) if gates else say("sheet.project.no_gates")]
        if option["chance"] * option["success"] < 1:
            sentences.append(
                say("sheet.project.expected", {"chance": self.share(option["chance"] * option["success"], 0)})
            )
        if self.one.study.without and self.one.study.without.sales:
            sentences.append(say("sheet.project.line"))
        return sentences

    # Market, inputs, investment

    def _recipe(self) -> pl.DataFrame:
        """Commodities of the option with unit, prices in its region and yearly quantity at full expected output."""
        option = self.one.option
        output = 4 * option["capacity"] * option["output_reached"]
        prices = worth(self.one.case).filter(pl.col("region") == option["region"])
        return (
            self.one.effects.recipe.filter(pl.col("option") == self.one.id)
            .join(prices, on="commodity", how="left")
            .join(self.one.case["commodities"].select("unit", "cif", commodity="id"), on="commodity", how="left")
            .with_columns(yearly=pl.col("quantity") * output)
        )

    def market(self) -> dict[str, Any]:
        """Output and its price, with demand and supply of the country."""
        columns = ("good", "quantity", "price", "demand", "supply", "sales")
        demands = self.one.case["demands"].filter(pl.col("project").is_null())
        rows = []
        for r in self._recipe().filter(pl.col("quantity") > 0).head(4).iter_rows(named=True):
            demand = demands.filter(pl.col("commodity") == r["commodity"])
            supply = self.one.case["supplies"].filter(pl.col("commodity") == r["commodity"])
            unit = self.unit(r["unit"])
            rows.append([
                self.name("commodities", r["commodity"]), f"{self.number(r['yearly'])} {unit}",
                self.number(r["selling"], 2 if r["selling"] < 100 else 0),
                self.number(self._a_year(demand)) if demand.height else "–",
                self.number(self._a_year(supply)) if supply.height else "–",
                self.money(r["yearly"] * r["selling"]),
            ])  # fmt: skip
        say = self.words.say
        heads = [say(f"sheet.market.{name}") for name in columns]
        heads[2] = f"{heads[2]} ({self.currency})"
        return {"head": heads, "rows": rows, "note": say("sheet.market.basis")}

    def _a_year(self, frame: pl.DataFrame) -> float:
        """Quantities of four quarters; a season counts once."""
        times = pl.when(pl.col("season").is_null()).then(4.0).otherwise(1.0)
        return float(frame.select((pl.col("quantity") * times).sum()).item() or 0.0)

    def inputs(self) -> dict[str, Any]:
        """The largest inputs per year, the sum of the rest, and other running costs."""
        say = self.words.say
        taken = (
            self._recipe()
            .filter(pl.col("quantity") < 0)
            .with_columns(cost=-pl.col("yearly") * pl.col("buying"))
            .sort("cost", descending=True, maintain_order=True)
        )
        rows = [
            [
                self.name("commodities", r["commodity"]), f"{self.number(-r['yearly'])} {self.unit(r['unit'])}",
                self.number(r["buying"], 2 if r["buying"] < 100 else 0), self.money(r["cost"]),
                self.code("origins", "local" if r["cif"] is None else "foreign"),
            ]
            for r in taken.head(LAYOUT.inputs_named).iter_rows(named=True)
        ]  # fmt: skip
        if rest := float(taken[LAYOUT.inputs_named :]["cost"].sum()):
            rows.append([say("sheet.input.rest"), "", "", self.money(rest), ""])
        option = self.one.option
        output = 4 * option["capacity"] * option["output_reached"]
        running = output * option["variable_cost"] + 4 * (option["fixed_cost"] + option["jobs"] * option["wage"])
        rows.append([say("sheet.input.running"), "", "", self.money(running), ""])
        heads = [say(f"sheet.input.{name}") for name in ("what", "quantity", "price", "cost", "origin")]
        heads[2] = f"{heads[2]} ({self.currency})"
        return {"head": heads, "rows": rows}

    def investment(self) -> dict[str, Any]:
        """Outlays by category in full, local and foreign."""
        say = self.words.say
        outlays = self.one.effects.outlays.filter(pl.col("option") == self.one.id).with_columns(
            local=pl.col("origin") == "local"
        )
        order = [*GROUPS, *(c for c in codes("cost_categories") if c not in GROUPS)]
        sums = outlays.group_by("category").agg(
            local=pl.col("amount").filter("local").sum(), foreign=pl.col("amount").filter(~pl.col("local")).sum()
        )
        sum_of = {r["category"]: r for r in sums.iter_rows(named=True)}
        rows = [
            [self.code("cost_categories", c), *(self.money(v) for v in (r["local"], r["foreign"])),
             self.money(r["local"] + r["foreign"])]
            for c in order if (r := sum_of.get(c))
        ]  # fmt: skip
        local, foreign = float(sums["local"].sum()), float(sums["foreign"].sum())
        rows.append([say("sheet.invest.total"), self.money(local), self.money(foreign), self.money(local + foreign)])
        heads = [say(f"sheet.invest.{name}") for name in ("what", "local", "foreign", "total")]
        year = str(self.one.case.settings.money.price_year)
        return {"head": heads, "rows": rows, "note": say("sheet.invest.full", {"year": self.kept(year)})}

    # Returns and risk

    def returns(self) -> list[list[str]]:
        """Figures of the gain, to the owner and to the country."""
        say, rates = self.words.say, self.one.case.settings.discount
        financial, economic = self.one.indicators["financial"], self.one.indicators["economic"]
        payback = financial["payback_quarters"]
        return [
            [say("sheet.return.npv", {"rate": self.share(rates.financial)}), self.money(financial["npv"])],
            [say("sheet.return.npv_economic", {"rate": self.share(rates.economic)}), self.money(economic["npv"])],
            [say("sheet.return.irr"), self.share(financial["irr"])],
            [say("sheet.return.payback"), "–" if payback is None else self.number(payback / 4, 1)],
            [say("sheet.return.foreign_exchange"), self.money(financial["foreign_exchange"])],
            [say("sheet.return.local_content"), self.share(financial["local_content"], 0)],
        ]

    def risk(self) -> list[list[str]]:
        """Quantiles of the present value and the chance of a loss."""
        say, risk = self.words.say, self.one.risk
        rows = [[say(f"sheet.risk.p{p}"), self.money(risk.npv_at(p / 100))] for p in (10, 50, 90)]
        rows.append([say("sheet.risk.loss"), self.share(risk.chance_of_loss, 0)])
        rows.append([say("sheet.risk.shortfall"), self.money(risk.expected_shortfall())])
        return rows

    def risk_notes(self) -> list[str]:
        """The most sensitive inputs, the note that no loan is promised, and why there is no internal rate."""
        say = self.words.say
        sentences = []
        if self.one.swings.height:
            driver = say(f"opportunity.driver.{self.one.swings['input'][0]}")
            sentences.append(say("sheet.risk.largest", {"driver": driver}))
        if not self.one.study.loans:
            sentences.append(f"{say('sheet.return.dscr')}: {say('sheet.return.no_debt')}.")
        if reason := self.one.indicators["financial"]["irr_reason"]:
            sentences.append(say(reason))
        if self.one.indicators["financial"]["payback_quarters"] is None:
            sentences.append(say("sheet.return.no_payback"))
        if self.one.indicators["financial"]["local_content"] is None:
            sentences.append(say("sheet.return.no_content"))
        return sentences

    # The committee, the evidence

    def offers(self) -> list[str]:
        """Partner units that can do its works, courses, transfers and funds of the case."""
        say, case = self.words.say, self.one.case
        needs = self.one.effects.needs.filter(pl.col("option") == self.one.id)
        pools = needs.select("pool_kind", "pool").unique(maintain_order=True)
        sources = sources_of(case).join(pools, on=["pool_kind", "pool"])
        comma = say("report.comma")
        sentences = []
        works = sources.filter((pl.col("pool_kind") == "capability") & pl.col("source").is_in(case["units"]["id"]))
        for (unit,), part in list(works.group_by("source", maintain_order=True))[: LAYOUT.offers_named]:
            pool_names = comma.join(
                f"{self.name('capabilities', pool)} ({self.code('standings', standing)})"
                for pool, standing in part.select("pool", "standing").unique("pool", maintain_order=True).iter_rows()
            )
            sentences.append(say("sheet.offer.unit", {"unit": self.name("units", str(unit)), "what": pool_names}))
        if uncovered := self._uncovered(sources):
            sentences.append(say("sheet.offer.gap", {"needs": comma.join(uncovered)}))
        courses = pools.filter(pl.col("pool_kind") == "course")["pool"].to_list()
        if courses:
            shown = comma.join(self.name("courses", course) for course in courses[:3])
            sentences.append(say("sheet.offer.course", {"courses": shown}))
        steps = case["transfers"].filter(pl.col("option") == self.one.id).sort("year")
        if steps.height:
            shares = steps["local_share"].drop_nulls()
            ends = [self.share(shares[i] if len(shares) else 0.0, 0) for i in (0, -1)]
            args = {"years": self.number(steps["year"][-1]), "first": ends[0], "last": ends[1]}
            sentences.append(say("sheet.offer.transfer", args))
        if funds := self._funds():
            sentences.append(
                say("sheet.offer.funds", {"funds": comma.join(self.name("funds", fund) for fund in funds)})
            )
        return sentences or [say("sheet.offer.none")]

    def _uncovered(self, sources: pl.DataFrame) -> list[str]:
        """Names of the needs for which `sources` hold nobody but a third party that is not proven."""
        unproven = (pl.col("source") == THIRD_PARTY) & (pl.col("standing") != "proven")
        alone = sources.group_by("pool_kind", "pool", maintain_order=True).agg(alone=unproven.all()).filter("alone")
        tables = {"capability": "capabilities", "course": "courses"}
        return [self.name(tables[kind], pool) for kind, pool in alone.select("pool_kind", "pool").iter_rows()]

    def _funds(self) -> list[str]:
        """Funds with a use that fits the option's place, field, outlays and origins."""
        option = self.one.option
        outlays = self.one.effects.outlays.filter(pl.col("option") == self.one.id)
        kinds = set(outlays.select("category", "origin").iter_rows())
        place = {"region": option["region"], "authority": option["authority"], "field": option["field"]}
        fund_rows = []
        for use in self.one.case["fund_uses"].iter_rows(named=True):
            fits = all(use[name] in (None, value) for name, value in place.items())
            paid = any(use["category"] in (None, c) and use["origin"] in (None, o) for c, o in kinds)
            if fits and paid and use["fund"] not in fund_rows:
                fund_rows.append(use["fund"])
        return fund_rows

    def grades(self) -> list[list[str]]:
        """Share of the site's numbers by grade."""
        return [[self.code("grades", grade), self.share(share, 1)] for grade, share in self.one.grades.items()]

    def outside_view(self) -> str:
        """Correction by the reference class, or the note that there is none."""
        say, view = self.words.say, outside_views(self.one.case).get(self.one.id)
        if view is None or view.reference_class is None:
            return say("sheet.outside.none")
        named = {"name": self.code("reference_classes", view.reference_class)}
        if not view.members:
            return say("sheet.outside.empty", named)
        ratios = {name: self.number(getattr(view, name), 2) for name in ("cost", "duration")}
        reached = {"output": self.share(view.output, 0), "survival": self.share(view.survival, 0)}
        sentence = say("sheet.outside.class", {**named, **ratios, **reached, "n": self.number(view.members)})
        known = {"output_reached"} if view.stated else set()
        silent = [say(f"sheet.outside.{ratio}") for ratio in view.silent if ratio not in known]
        if silent:
            sentence += " " + say("sheet.outside.silent", {"ratios": say("report.comma").join(silent)})
        return f"{sentence} {say('sheet.outside.stated')}" if view.stated else sentence

    def evidence(self) -> list[str]:
        """Share of assumed numbers, and the class of the estimate."""
        say, estimate = self.words.say, self.one.estimate
        sentences = [say("sheet.evidence.class", {"borne": estimate.borne, "stated": estimate.stated})]
        if estimate.code:
            sentences.append(say(estimate.code))
        sentences.append(self.outside_view())
        assumed = self.one.grades.get("assumed", 1.0)
        if assumed >= 0.5:
            sentences.insert(0, say("sheet.evidence.assumed", {"share": self.share(assumed, 1)}))
        return sentences
