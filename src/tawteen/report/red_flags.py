"""What speaks against a programme: risks that a committee must know, and signs that it is too good to be true."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from tawteen.plan.outlook import no_rows
from tawteen.report.assumed import assumed_share, weight
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.exhibit import ColumnFormat, Exhibit, code_column, text_column
from tawteen.report.params import THRESHOLDS
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.report.risk_flags import RISK_RULES, RedFlag
from tawteen.words import Words

MOTOR = "29"


def all_flags(study: ReportData) -> list[RedFlag]:
    """Every rule on the programme: risks first, then signs that it is too good to be true."""
    signs: tuple[Callable[[ReportData], RedFlag], ...] = (
        vehicles, value_over_investment, utilisation, first_year, partner_works, avoided_penalties, surveys,
        claimed_works,
    )  # fmt: skip
    return [*(flag for rule in RISK_RULES for flag in rule(study)), assumed(study), *(sign(study) for sign in signs)]


def flag_rows(study: ReportData) -> pl.DataFrame:
    """The flags as rows of a programme's outlook."""
    rows = [(f.code, f.subject, f.value, f.threshold, f.unit, f.raised) for f in all_flags(study)]
    return pl.DataFrame(rows, schema=no_rows("red_flags").schema, orient="row", strict=False)


def red_flags(study: ReportData) -> list[Exhibit]:
    """All flags as one table, those that are raised first."""
    names = {True: "raised", False: "held", None: "silent"}
    order = {True: 0, None: 1, False: 2}
    rows = [
        {"flag_en": f.label[0], "flag_ar": f.label[1], "value": f.value, "threshold": f.threshold, "unit": f.unit,
         "state": names[f.raised], "why_en": f.why[0], "why_ar": f.why[1]}
        for f in sorted(all_flags(study), key=lambda f: order[f.raised])
    ]  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "flag": text_column("column.sign"),
        "value": ColumnFormat(bilingual("column.value"), "by_row"),
        "threshold": ColumnFormat(bilingual("column.threshold"), "by_row"),
        "state": code_column("column.state.red_flags", "flags"),
        "why": text_column("column.why"),
    }
    texts = dict.fromkeys(("flag_en", "flag_ar", "unit", "state", "why_en", "why_ar"), pl.String)
    table = pl.DataFrame(rows, schema_overrides={**texts, "value": pl.Float64, "threshold": pl.Float64})
    return [
        Exhibit(
            "red_flags", "evidence", bilingual("exhibit.red_flags"),
            bilingual("exhibit.red_flags_note"),
            bilingual("exhibit.red_flags_origin"),
            table, columns,
            inputs=("sites", "evidence", "programme.sites", "programme.throughput", "programme.draws"),
        )
    ]  # fmt: skip


def restarted(study: ReportData) -> pl.DataFrame:
    """Chosen sites that work."""
    return study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES))


def vehicles(study: ReportData) -> RedFlag:
    """Vehicle assembly on top: a kit priced too low makes assembly look best."""
    ranked = restarted(study).with_columns(
        weight=pl.struct("site", "investment").map_elements(
            lambda r: weight(study, r["site"], r["investment"]), return_dtype=pl.Float64
        )
    ).sort("weight", descending=True)  # fmt: skip
    isic = dict(zip(study.case["sites"]["id"], study.case["sites"]["isic"], strict=True))
    places = [i + 1 for i, s in enumerate(ranked["site"]) if (isic.get(s) or "").startswith(MOTOR)]
    place = float(places[0]) if places else None
    label: Both = bilingual("red_flags.vehicles")
    if place is None:
        why: Both = bilingual("red_flags.vehicles_none")
    else:
        why = bilingual("red_flags.vehicles_rank", rank=f"{place:g}", count=ranked.height)
    return RedFlag("vehicles", label, place, 1.0, "", place == 1.0, why)


def value_over_investment(study: ReportData) -> RedFlag:
    """Gain per unit of investment."""
    spent = float(restarted(study)["investment"].sum())
    ratio = study.gain / spent if spent and study.gain is not None else None
    return RedFlag(
        "value_over_investment", bilingual("red_flags.gain"), ratio, THRESHOLDS.gain_over_investment, "x",
        None if ratio is None else ratio > THRESHOLDS.gain_over_investment, bilingual("red_flags.gain_why"),
    )  # fmt: skip


def utilisation(study: ReportData) -> RedFlag:
    """Mean use of nominal capacity from the first quarter of operation on."""
    sites = restarted(study).filter(pl.col("operating_from").is_not_null() & (pl.col("capacity") > 0))
    sites = sites.with_columns(first=pl.col("period") + pl.col("operating_from")).filter(
        pl.col("first") < study.periods
    )
    run = study.programme.throughput.join(sites.select("option", "first"), on="option").filter(
        pl.col("period") >= pl.col("first")
    )
    most = float((sites["capacity"] * (study.periods - sites["first"])).sum()) if sites.height else 0.0
    per = (
        run.group_by("option").agg(pl.col("amount").sum()).join(sites, on="option", how="right")
        .select(u=pl.col("amount").fill_null(0.0) / (pl.col("capacity") * (study.periods - pl.col("first"))))
    )  # fmt: skip
    mean = float(per["u"].mean()) if most and per.height else None  # type: ignore[arg-type]
    return RedFlag(
        "utilisation", bilingual("red_flags.utilisation"), mean, THRESHOLDS.utilisation, "share",
        None if mean is None else mean > THRESHOLDS.utilisation,
        bilingual("red_flags.utilisation_why"),
    )  # fmt: skip


def first_year(study: ReportData) -> RedFlag:
    """Suspended sites that start works in the first year."""
    standing = study.case["sites"].filter((pl.col("state") == "suspended") & (pl.col("role") != "context"))
    early = restarted(study).filter(pl.col("period") < 4)["site"].to_list()
    share = len(set(standing["id"]) & set(early)) / standing.height if standing.height else None
    return RedFlag(
        "first_year", bilingual("red_flags.first_year"), share, THRESHOLDS.first_year,
        "share",
        None if share is None else share > THRESHOLDS.first_year,
        (Words("en").say("report.of_suspended", n=standing.height),
         Words("ar").say("report.of_suspended", n=standing.height)),
    )  # fmt: skip


def partner_works(study: ReportData) -> RedFlag:
    """The partner's share of works and investment."""
    works = study.bought.filter(pl.col("pool_kind") == "capability")
    mine = float(works.filter(pl.col("source").is_in(list(study.partners)))["paid"].sum())
    goods = study.spent.filter(
        ~pl.col("pooled") & pl.col("category").is_in(["works", "civil", "equipment", "spares", "transfer"])
    )
    mine += float(goods.filter(pl.col("origin") == "partner")["amount"].sum())
    total = float(works["paid"].sum()) + float(goods["amount"].sum())
    share = mine / total if total else None
    return RedFlag(
        "partner_works", bilingual("red_flags.partner"), share, THRESHOLDS.partner_works, "share",
        None if share is None else share > THRESHOLDS.partner_works,
        bilingual("red_flags.partner_why"),
    )  # fmt: skip


def avoided_penalties(study: ReportData) -> RedFlag:
    """Penalties of unmet demand that the programme avoids, as a share of its gain."""
    fees = study.case["demands"].select(id="id", penalty="penalty")
    rate = study.case.settings.discount
    yearly = rate.economic if study.case.settings.value.view == "economic" else rate.financial

    def cost(flows: pl.DataFrame) -> float:
        unmet = flows.filter(pl.col("kind") == "unmet").join(fees, on="id")
        return float((unmet["amount"] * unmet["penalty"] * (1 + yearly) ** (-(unmet["period"] + 1) / 4)).sum())

    avoided = cost(study.programme.nothing_flows) - cost(study.programme.flows)
    gain = study.gain
    share = avoided / gain if gain is not None and gain > 0 else None
    return RedFlag(
        "avoided_penalties", bilingual("red_flags.penalties"), share, THRESHOLDS.avoided_penalties, "share",
        None if share is None else share > THRESHOLDS.avoided_penalties,
        bilingual("red_flags.penalties_why"),
    )  # fmt: skip


def surveys(study: ReportData) -> RedFlag:
    """No site is surveyed first or left."""
    status = study.programme.sites["status"]
    count = float(status.is_in(["survey", "out", "close"]).sum())
    return RedFlag(
        "nothing_left", bilingual("red_flags.left"), count, 1.0, "", count < 1,
        bilingual("red_flags.left_why"),
    )  # fmt: skip


def assumed(study: ReportData) -> RedFlag:
    """More than half of the value rests on assumed numbers."""
    share = assumed_share(study)
    return RedFlag(
        "assumed", bilingual("red_flags.assumed"), share, THRESHOLDS.assumed,
        "share",
        None if share is None else share > THRESHOLDS.assumed,
        bilingual("red_flags.assumed_why"),
    )  # fmt: skip


def claimed_works(study: ReportData) -> RedFlag:
    """Share of bought works and training whose source has neither proof nor reference."""
    keys = ["pool_kind", "pool", "source"]
    standings = study.match.sources.select(*keys, "standing").unique(keys, keep="first", maintain_order=True)
    bought = study.bought.join(standings, on=keys, how="left")
    total = float(bought["paid"].sum())
    share = float(bought.filter(pl.col("standing") == "claimed")["paid"].sum()) / total if total else None
    return RedFlag(
        "claimed_works", bilingual("red_flags.claimed"), share, THRESHOLDS.claimed_works, "share",
        None if share is None else share > THRESHOLDS.claimed_works,
        bilingual("red_flags.claimed_why"),
    )  # fmt: skip
