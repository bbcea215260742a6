"""What the exhibits read: case, programme and the rooms between, with names, calendar and balances worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from tawteen.appraise.model import Appraisal
from tawteen.appraise.parties import no_accounts, party_accounts
from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.case.rule_titles import rule_titles
from tawteen.case.spans import by_quarter
from tawteen.diagnose.model import Diagnosis
from tawteen.effects.employment import taken_over_persons
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.outlook import no_rows
from tawteen.plan.programme import Programme
from tawteen.plan.trade import trade_of
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.lists import SOURCES
from tawteen.works import WorksNetwork

if TYPE_CHECKING:
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

PLANNED_STATUSES = ("firm", "conditional")
"""Statuses of sites at which works are planned."""


@dataclass(frozen=True)
class ReportData:
    """One case and its programme, ready to be shown.

    `outline` is a GeoJSON object of country borders, or None. `reasons` are the explanations of `plan.explain` by
    site, `worth` what each site adds at the prices of the programme's limits; None and empty where not worked out.
    `robustness` and `front` are what was found of the programme in scenarios and between two aims, or None. `parties`
    and `rule_costs` have the columns of `plan.outlook`; they are empty where they were not worked out.
    """

    case: Case
    programme: Programme
    diagnosis: Diagnosis
    works: WorksNetwork
    match: Match
    effects: Effects
    appraisal: Appraisal
    outline: dict[str, Any] | None = None
    reasons: pl.DataFrame | None = None
    worth: Mapping[str, float] = field(default_factory=dict)
    robustness: Robustness | None = None
    front: Front | None = None
    parties: pl.DataFrame = field(default_factory=lambda: no_rows("parties"))
    rule_costs: pl.DataFrame = field(default_factory=lambda: no_rows("rule_costs"))

    @property
    def periods(self) -> int:
        """Quarters of the horizon."""
        return self.case.settings.time.periods

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return self.case.settings.money.currency

    @property
    def gain(self) -> float | None:
        """Value of the programme less that of doing nothing, in `currency`; None where either is missing."""
        value, nothing = self.programme.value, self.programme.do_nothing
        return None if value is None or nothing is None else value - nothing

    @property
    def expected_to_lose(self) -> bool:
        """Whether the programme is worth less than doing nothing in the mean of its scenarios."""
        outlook = self.programme.outlook
        return outlook is not None and outlook.expected < 0

    def year(self, period: float) -> float:
        """A period as a point on an axis of years: 2028-Q3 is 2028.5."""
        start = self.case.settings.time.start
        return start.year + (start.month - 1) // 3 / 4 + period / 4

    @cached_property
    def names(self) -> dict[str, dict[str, Both]]:
        """Names in both languages by table and id."""
        names: dict[str, dict[str, Both]] = {}
        for table in ("regions", "commodities", "sites", "lines", "options", "units", "capabilities", "funds",
                      "courses", "supplies", "projects", "trainers"):  # fmt: skip
            frame = self.case[table]
            rows = zip(frame["id"], frame["name_en"], frame["name_ar"], strict=True)
            names[table] = {id_: (en, ar) for id_, en, ar in rows}
        options = self.effects.options
        for id_, en, ar in zip(options["option"], options["name_en"], options["name_ar"], strict=True):
            names["options"].setdefault(id_, (en or id_, ar or id_))
        regions, carriers = names["regions"], codes("carriers")
        names["routes"] = {
            row["id"]: bilingual(
                "report.route", origin=regions[row["from_region"]], target=regions[row["to_region"]],
                carrier=carriers[row["carries"]],
            )
            for row in self.case["routes"].iter_rows(named=True)
        }  # fmt: skip
        names["parties"] = {p.id: (p.name_en, p.name_ar) for p in self.case.settings.parties}
        names["pools"] = {**names["capabilities"], **names["courses"]}
        names["rules"] = rule_titles(self.case)
        names["sources"] = {**names["units"], **SOURCES}
        return names

    def name(self, table: str, id_: str | None) -> Both:
        """The name of a row in both languages; its id where it has none."""
        return self.names[table].get(id_ or "", (id_ or "", id_ or ""))

    def named(self, frame: pl.DataFrame, **columns: str) -> pl.DataFrame:
        """`frame` with `x_en` and `x_ar` beside each id column x, named after its table: `site="sites"`."""
        for column, table in columns.items():
            for suffix, k in (("_en", 0), ("_ar", 1)):
                known = {id_: both[k] for id_, both in self.names[table].items()}
                ids = frame[column].to_list()
                cells = [known.get(i, i) for i in ids]
                frame = frame.with_columns(pl.Series(column + suffix, cells, dtype=pl.String))
        return frame

    @property
    def distribution(self) -> Both:
        """Name of the distribution of ranged values, whose mean is planned with."""
        return codes("distributions")[self.case.settings.uncertainty.distribution]

    @cached_property
    def chosen(self) -> pl.DataFrame:
        """Sites with an option chosen: programme's row beside the option's effects; `option_` columns dropped.

        `new_jobs` is net of those who work on a running line that the option takes over.
        """
        return (
            self.programme.sites.filter(pl.col("option").is_not_null() & ~pl.col("status").is_in(["as_is", "out"]))
            .select(site="id", option="option", status="status", period="period", chance_="chance", operates="operates")
            .join(self.effects.options.drop("site"), on="option", how="left")
            .join(taken_over_persons(self.effects.options), on="option", how="left", maintain_order="left")
            .with_columns(chance=pl.col("chance_"), new_jobs=pl.col("new_jobs") - pl.col("persons"))
            .drop("persons")
            .drop("chance_")
            .sort("period", "site")
        )

    @cached_property
    def fields(self) -> pl.DataFrame:
        """site, field: that of its chosen option, else the site's own; null where neither says."""
        own = self.case["sites"].select(site="id", own="field")
        picked = self.chosen.select("site", "field")
        return own.join(picked, on="site", how="left").select("site", field=pl.coalesce("field", "own"))

    def shifted(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows by option and relative quarter as rows by period of the programme, within the horizon."""
        starts = self.chosen.select("option", "site", "status", start="period")
        return (
            frame.join(starts, on="option")
            .with_columns(period=pl.col("start") + pl.col("quarter"))
            .filter(pl.col("period") < self.periods)
            .drop("start", "quarter")
        )

    @cached_property
    def spent(self) -> pl.DataFrame:
        """option, site, status, period, category, origin, amount (currency) of the chosen options."""
        return self.shifted(self.effects.outlays)

    @cached_property
    def demand(self) -> pl.DataFrame:
        """demand, commodity, region, period, amount: what is wanted per quarter (docs/method.md, Balance)."""
        grown = pl.col("quantity") * (1 + pl.col("growth")) ** (pl.col("period") / 4)
        demands = by_quarter(self.case, "demands").with_columns(demand="id", amount=grown)
        return demands.select("demand", "commodity", "region", "period", "amount")

    def balances(self, throughput: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
        """commodity, region, period, part, amount ≥ 0.

        Parts that bring: home, supply, import, arrivals, unmet. Parts that take: demand, inputs, export, departures.
        """
        products = (
            throughput.rename({"amount": "run"})
            .join(self.effects.recipe, on="option")
            .join(self.effects.options.select("option", "region"), on="option")
            .with_columns(amount=pl.col("run") * pl.col("quantity"))
        )
        routes = self.case["routes"].select(id="id", to="to_region")
        moved = flows.filter(pl.col("kind") == "transport").join(routes, on="id", how="left")
        own = flows.filter(pl.col("kind").is_in(["import", "export", "unmet", "supply"]))
        keys = ["commodity", "region", "period"]
        parts = [
            products.filter(pl.col("amount") > 0).select(*keys, part=pl.lit("home"), amount="amount"),
            products.filter(pl.col("amount") < 0).select(*keys, part=pl.lit("inputs"), amount=-pl.col("amount")),
            own.select(*keys, part="kind", amount="amount"),
            moved.select(*keys, part=pl.lit("departures"), amount="amount"),
            moved.select("commodity", region="to", period="period", part=pl.lit("arrivals"), amount="amount"),
            self.demand.select(*keys, part=pl.lit("demand"), amount="amount"),
        ]
        typed = [p.with_columns(pl.col("period").cast(pl.Int64), pl.col("amount").cast(pl.Float64)) for p in parts]
        return pl.concat(typed).group_by(*keys, "part").agg(pl.col("amount").sum()).sort(*keys, "part")

    @cached_property
    def balance(self) -> pl.DataFrame:
        """Balances of the programme."""
        return self.balances(self.programme.throughput, self.programme.flows)

    @cached_property
    def available(self) -> pl.DataFrame:
        """fund, period, amount: money that becomes available, in the case's currency at the official rate."""
        currency = dict(zip(self.case["funds"]["id"], self.case["funds"]["currency"], strict=True))
        limits = by_quarter(self.case, "fund_limits")
        rates = [self.case.rate(currency.get(fund)) for fund in limits["fund"]]
        frame = limits.with_columns(pl.col("amount") / pl.Series(rates, dtype=pl.Float64))
        return frame.group_by("fund", "period").agg(pl.col("amount").sum()).sort("fund", "period")

    @cached_property
    def party_accounts(self) -> pl.DataFrame:
        """What the parties earn by item; the columns of `appraise.parties.party_accounts`."""
        trade = trade_of(self.programme)
        if trade is None:
            return no_accounts()
        return party_accounts(self.case, self.effects, self.match, trade)

    @cached_property
    def partners(self) -> set[str]:
        """Units that belong to a party whose role is partner."""
        roles = {p.id for p in self.case.settings.parties if p.role == "partner"}
        return set(self.case["units"].filter(pl.col("party").is_in(list(roles)))["id"])

    @cached_property
    def bought(self) -> pl.DataFrame:
        """pool_kind, pool, source, period, amount, paid: what pools supplied and its price at market prices."""
        priced = self.match.sources.select("pool_kind", "pool", "source", "price").unique(
            ["pool_kind", "pool", "source"]
        )
        return self.programme.supply.join(priced, on=["pool_kind", "pool", "source"], how="left").with_columns(
            paid=pl.col("amount") * pl.col("price").fill_null(0.0)
        )

    @cached_property
    def jobs(self) -> pl.DataFrame:
        """site, status, period, region, jobs, new_jobs: expected persons at work in restarted sites.

        `jobs` is gross; `new_jobs` is net of the idle staff of the site and, from the takeover on and with the chance
        of the gates, of those who work on a running line that the option takes over.
        """
        people = self.effects.options.select(
            "option", "region", "takeover", "chance", jobs_full="jobs", new_full="new_jobs"
        ).join(taken_over_persons(self.effects.options), on="option")
        kept = (
            pl.when(pl.col("quarter") >= pl.col("takeover")).then(pl.col("chance") * pl.col("persons")).otherwise(0.0)
        )
        profile = self.effects.profile.join(people, on="option").select(
            "option", "region", "quarter",
            jobs=pl.col("operating") * pl.col("jobs_full"), new_jobs=pl.col("operating") * pl.col("new_full") - kept,
        )  # fmt: skip
        return self.shifted(profile).select("site", "status", "period", "region", "jobs", "new_jobs")
