"""Options assumed for sites that have none, after options of the same kind at sites of the same industry.

Whether a site is worth an inspection can only be said where something could follow from it. Until it is inspected, a
site is taken to be like others of its class of ISIC: the outside view of reference class forecasting (Flyvbjerg 2006).
All that is added is marked as assumed; an inspection replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tawteen.case.codes import LISTS
from tawteen.case.findings import Finding
from tawteen.case.gates import COUNTS, HARD
from tawteen.case.model import Case
from tawteen.case.params import PRIOR
from tawteen.words import LANGS, Words

Row = dict[str, Any]
IDLE_STATES = ("suspended", "never_started", "unknown")
"""States of sites for which options are assumed: a line that runs has its own."""
PLANNED_ROLES = ("candidate", "survey")
RESTART_KINDS = ("repair", "rehabilitate", "modernise")
"""Kinds of options that bring what stands there to work."""
PROPORTIONAL = ("fixed_cost", "jobs", "closing_cost", "severance")
"""Amounts of an option that grow with its capacity."""


@dataclass(frozen=True)
class _Proposal:
    """A new option `id` of a site like the option `like`; `ratio` of capacities, 1 unless lines of both tell it."""

    id: str
    site: Row
    like: Row
    like_site: Row
    ratio: float | None

    @property
    def size(self) -> float:
        """Capacity over that of the option it is like."""
        return 1.0 if self.ratio is None else self.ratio

    @property
    def cost_ratio(self) -> float:
        """Costs over those of the option it is like."""
        return float(self.size**PRIOR.cost_exponent)


def with_prior_options(case: Case) -> tuple[Case, list[Finding]]:
    """The case with options for idle sites without any, where sites of the same class of ISIC have options.

    `case`: as stated. Of each kind (`RESTART_KINDS`) at such sites the option with the middle capacity is taken
    over: recipe, works, cadres and costs. Where lines of both sites state their nominal capacity, the new capacity
    is in proportion, and costs and efforts follow by the six-tenths rule; else the capacity has an assumed range.
    Where the case does not say whether there is a market, that is a gate with an assumed chance: nothing may pay
    there. What the site lacks of chances of its unknown gates, of cost and duration of its survey is what it is at
    the other site; where that lacks the chance of a gate, the mean of the chances that the case states for this
    gate.

    Returns the case and a note of each new option, or one that there is nothing to add.
    """
    proposals = list(_proposals(case))
    if not proposals:
        return case, [Finding("note", "prior_options.none")]
    new = {
        "options": [_option(one) for one in proposals],
        "recipes": [row for one in proposals for row in _copied(case, "recipes", one)],
        "works": [
            {**row, "effort": _times(row["effort"], one.cost_ratio)}
            for one in proposals
            for row in _copied(case, "works", one)
        ],
        "costs": [
            {**row, "amount": row["amount"] * one.cost_ratio, "low": None, "high": None}
            for one in proposals
            for row in _copied(case, "costs", one)
        ],
        "cadres": [
            {**row, "headcount": max(1, round(row["headcount"] * one.size)), "returning": None}
            for one in proposals
            for row in _copied(case, "cadres", one)
        ],
    }
    tables = {**case.tables, **{name: _appended(case[name], rows) for name, rows in new.items()}}
    tables["sites"] = _with_surveys(case, proposals)
    gates = _appended(case["blockers"], list(_markets(case, proposals)))
    tables["blockers"] = _with_chances(gates, proposals)
    tables["evidence"] = _appended(case["evidence"], list(_evidence(case, proposals, tables["blockers"])))
    return replace(case, tables=tables), [_note(one) for one in proposals]


def _note(one: _Proposal) -> Finding:
    code = "prior_options.assumed" if one.ratio is None else "prior_options.in_proportion"
    args = {"option": one.id, "site": one.site["id"], "like": one.like["id"], "ratio": f"{one.size:.3g}",
            "low": f"{PRIOR.capacity_low:g}", "high": f"{PRIOR.capacity_high:g}"}  # fmt: skip
    return Finding("note", code, value=one.id, args=args)


def _proposals(case: Case) -> Iterator[_Proposal]:
    """The options to add, in the order of sites and kinds."""
    sites = {row["id"]: row for row in case["sites"].iter_rows(named=True)}
    options = list(case["options"].iter_rows(named=True))
    having, running = ({row["site"] for row in options}, {row["site"] for row in options if row["kind"] == "as_is"})
    taken, nominal = {row["id"] for row in options}, _nominal(case)
    for site in sites.values():
        if (
            site["id"] in having
            or site["state"] not in IDLE_STATES
            or site["role"] not in PLANNED_ROLES
            or not site["isic"]
        ):
            continue
        for kind in RESTART_KINDS:
            same = [
                row for row in options
                if row["kind"] == kind and row["capacity"]
                and row["site"] not in running and sites[row["site"]]["isic"] == site["isic"]
            ]  # fmt: skip
            if not same:
                continue
            like = sorted(same, key=lambda row: (row["capacity"], row["id"]))[(len(same) - 1) // 2]
            own, other = nominal.get(site["id"]), nominal.get(like["site"])
            ratio = own / other if own and other else None
            name = next(name for name in _names(f"{site['id']}-{kind}") if name not in taken)
            taken.add(name)
            yield _Proposal(name, site, like, sites[like["site"]], ratio)


def _names(stem: str) -> Iterator[str]:
    yield stem
    number = 1
    while True:
        number += 1
        yield f"{stem}-{number}"


def _nominal(case: Case) -> Mapping[str, float]:
    """Nominal capacity of the lines of each site, of those sites whose lines make one product."""
    lines = case["lines"].group_by("site").agg(pl.col("nominal").sum(), products=pl.col("commodity").n_unique())
    return dict(lines.filter(pl.col("products") == 1).select("site", "nominal").iter_rows())


def _option(one: _Proposal) -> Row:
    names = {}
    for lang, kind in zip(LANGS, LISTS["option_kinds"][one.like["kind"]], strict=True):
        args = {"kind": kind, "site": one.like_site[f"name_{lang}"]}
        names[f"name_{lang}"] = Words(lang).say("prior_options.name", args)
    scaled = {name: _times(one.like[name], one.size) for name in ("capacity", *PROPORTIONAL)}
    return {
        **one.like, **scaled, **names, "id": one.id, "site": one.site["id"],
        "field": one.site["field"] or one.like["field"], "estimate_class": PRIOR.estimate_class,
        "earliest": None, "latest": None,
    }  # fmt: skip


def _copied(case: Case, table: str, one: _Proposal) -> Iterator[Row]:
    for row in case[table].filter(pl.col("option") == one.like["id"]).iter_rows(named=True):
        yield {**row, "option": one.id}


def _times(amount: float | None, ratio: float) -> float | None:
    return None if amount is None else amount * ratio


def _markets(case: Case, proposals: list[_Proposal]) -> Iterator[Row]:
    """The gate of the market of each site that does not state it."""
    stated = set(case["blockers"].filter(pl.col("gate") == "market")["site"])
    for site in dict.fromkeys(one.site["id"] for one in proposals):
        if site not in stated:
            yield {
                "site": site, "gate": "market", "state": "unknown", "stops": "next", "opens_by": "none",
            }  # fmt: skip


def _with_chances(gates: pl.DataFrame, proposals: list[_Proposal]) -> pl.DataFrame:
    """Rows of `blockers`, with chances of the unknown gates of the sites that count and state none."""
    likes = {one.site["id"]: one.like_site["id"] for one in reversed(proposals)}
    key, state = ["like", "gate"], pl.col("state") == "unknown"
    known = gates.filter(state).select("gate", like="site", chance_there="chance")
    assumed = pl.when(gate="market").then(PRIOR.market_chance)
    means = known.group_by("gate").agg(mean_chance=pl.col("chance_there").mean())
    return (
        gates.with_columns(like=pl.col("site").replace_strict(likes, default=None, return_dtype=pl.String))
        .join(known, on=key, how="left", maintain_order="left")
        .join(means, on="gate", how="left", maintain_order="left")
        .with_columns(
            chance=pl.when(state & COUNTS & HARD & pl.col("like").is_not_null())
            .then(pl.coalesce("chance", "chance_there", "mean_chance", assumed))
            .otherwise("chance")
        )
        .select(gates.columns)
    )


def _with_surveys(case: Case, proposals: list[_Proposal]) -> pl.DataFrame:
    """The sites, with cost and duration of a survey where they state none."""
    likes = {one.site["id"]: one.like_site for one in reversed(proposals)}
    frame = case["sites"]
    for column in ("survey_cost", "survey_weeks"):
        other = {site: like[column] for site, like in likes.items() if like[column] is not None}
        assumed = frame["id"].replace_strict(other, default=None, return_dtype=pl.Float64)
        frame = frame.with_columns(pl.col(column).fill_null(assumed))
    return frame


def _evidence(case: Case, proposals: list[_Proposal], gates: pl.DataFrame) -> Iterator[Row]:
    """What is assumed: the capacity of each new option, with a range where no line tells it, and chances of gates."""
    taken = set(case["evidence"]["id"])
    names = (name for name in _names("prior") if name not in taken)
    for one in proposals:
        capacity = one.like["capacity"] * one.size
        ends = (None, None) if one.ratio is not None else (PRIOR.capacity_low, PRIOR.capacity_high)
        low, high = (_times(capacity, end) if end is not None else None for end in ends)
        note = f"{one.like['id']} × {one.size:g}"
        row = {"table": "options", "row": one.id, "column": "capacity", "value": f"{capacity:.12g}"}
        yield {"id": next(names), **row, "grade": "assumed", "low": low, "high": high, "note": note}
    stated = case["blockers"].filter(pl.col("chance").is_not_null()).select("site", "gate")
    sites = [one.site["id"] for one in proposals]
    added = gates.filter(pl.col("site").is_in(sites) & pl.col("chance").is_not_null())
    for gate in added.join(stated, on=["site", "gate"], how="anti", maintain_order="left").iter_rows(named=True):
        row = {"table": "blockers", "row": f"{gate['site']}/{gate['gate']}", "column": "chance"}
        yield {"id": next(names), **row, "value": f"{gate['chance']:.12g}", "grade": "assumed"}


def _appended(frame: pl.DataFrame, rows: list[Row]) -> pl.DataFrame:
    if not rows:
        return frame
    complete = [{name: row.get(name) for name in frame.columns} for row in rows]
    return pl.concat([frame, pl.DataFrame(complete, schema=frame.schema)])
