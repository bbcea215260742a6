"""The differences between two programmes: decisions that moved, and the change of each figure."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.case.ranges import expected_case
from tawteen.effects import effects_of
from tawteen.effects.employment import taken_over_persons
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.programme import Programme
from tawteen.plan.scenario import apply
from tawteen.plan.tolerances import TOLERANCES
from tawteen.words import Words

MOVES = ("in", "out", "changed", "later", "sooner")
COMPARED_OF_POLICIES = ("expected", "p10", "p50", "p90", "value_of_information")
"""Figures of a policy that are compared, by their names in `PolicyPlan`."""

Row = tuple[str, float | None, float | None, float | None]


@dataclass(frozen=True, repr=False)
class Comparison(OneLine):
    """What differs from programme `a` to programme `b`.

    Frames:
    - `sites`: site, move (in, out, changed, later, sooner), option_before, option, start_before, start (labels),
      quarters (of shift, whole, later is positive; null unless both start the same option).
    - `figures`: figure (value, bound, do_nothing, gain, sites, investment, jobs, new_jobs, and of the policies, where
      one of both has one, expected, p10, p50, p90, value_of_information), before, after, difference. Value, bound,
      do_nothing, gain and the figures of policies are discounted currency, null where missing; investment is in full.
    - `funds`: fund, before, after, difference (currency drawn over the horizon).
    - `limits`: kind, id, region, before, after, difference: worth of one more unit in every period, in discounted
      currency; the largest change first, at most ten of each kind.
    """

    sites: pl.DataFrame
    figures: pl.DataFrame
    funds: pl.DataFrame
    limits: pl.DataFrame


def compare(case: Case, a: Programme, b: Programme, *, case_b: Case | None = None) -> Comparison:
    """What moved from `a` to `b`, planned for `case`, or for `case` and `case_b`, each under its own scenario.

    The two cases have the same currency, price year, view and horizon; what else differs between them counts in the
    figures of each programme. Raises CaseError, with one finding for each of these that differs.
    """
    require_same_terms(apply(case, a.scenario), apply(case_b or case, b.scenario))
    return Comparison(_sites(case, a, b), _figures([case, case_b or case], [a, b]), _funds(case, a, b), _limits(a, b))


def say_moves(case: Case, a: Programme, comparison: Comparison, words: Words) -> list[str]:
    """One sentence for every site that moved, in the order of the frame."""
    saying = SentenceWriter(case, a, words)
    sentences = []
    for row in comparison.sites.iter_rows(named=True):
        args = {
            "site": saying.name("sites", row["site"]),
            "option": saying.option(row["option"] or row["option_before"]),
            "before": saying.option(row["option_before"]),
            "start": row["start"] or row["start_before"],
        }
        n = None if row["quarters"] is None else abs(row["quarters"])
        sentences.append(words.say(f"compare.{row['move']}", args, n))
    return sentences


def require_same_terms(a: Case, b: Case) -> None:
    """Raises CaseError, with a finding for each, where currency, price year, view or horizon of two cases differ.

    Values of theirs cannot be subtracted from one another.
    """
    findings = []
    for name, before, after in (
        ("currency", a.settings.money.currency, b.settings.money.currency),
        ("price_year", str(a.settings.money.price_year), str(b.settings.money.price_year)),
        ("view", a.settings.value.view, b.settings.value.view),
        ("horizon", _horizon(a), _horizon(b)),
    ):
        if before != after:
            findings.append(Finding("error", f"compare.{name}", args={"before": before, "after": after}))
    if findings:
        raise CaseError(findings)


def _horizon(case: Case) -> str:
    calendar = case.calendar
    return f"{calendar.label(0)} – {calendar.label(calendar.periods - 1)}"


def _started(programme: Programme) -> pl.DataFrame:
    """Sites where something is started: site, option, start (label)."""
    return programme.sites.filter(pl.col("option").is_not_null() & pl.col("start").is_not_null()).select(
        "option", "start", site="id"
    )


def _sites(case: Case, a: Programme, b: Programme) -> pl.DataFrame:
    calendar = case.calendar
    before = _started(a).rename({"option": "option_before", "start": "start_before"})
    both = before.join(_started(b), on="site", how="full", coalesce=True)

    def period(column: str) -> pl.Series:
        return pl.Series([None if x is None else calendar.parse(x) for x in both[column]], dtype=pl.Int64)

    same = pl.col("option") == pl.col("option_before")
    move = (
        pl.when(pl.col("option_before").is_null())
        .then(pl.lit("in"))
        .when(pl.col("option").is_null())
        .then(pl.lit("out"))
        .when(~same)
        .then(pl.lit("changed"))
        .when(pl.col("quarters") > 0)
        .then(pl.lit("later"))
        .when(pl.col("quarters") < 0)
        .then(pl.lit("sooner"))
    )
    rank = {name: place for place, name in enumerate(MOVES)}
    return (
        both.with_columns(quarters=period("start") - period("start_before"))
        .with_columns(quarters=pl.when(same).then("quarters"))
        .with_columns(move=move)
        .filter(pl.col("move").is_not_null())
        .sort(pl.col("move").replace_strict(rank, return_dtype=pl.Int64), "site")
        .select("site", "move", "option_before", "option", "start_before", "start", "quarters")
    )


def _figures(cases: list[Case], programmes: list[Programme]) -> pl.DataFrame:
    rows: list[Row] = []
    sums = [_sums(case, programme) for case, programme in zip(cases, programmes, strict=True)]
    for figure in ("value", "bound", "do_nothing", "gain", "sites", "investment", "jobs", "new_jobs"):
        before, after = (_figure(figure, p, s) for p, s in zip(programmes, sums, strict=True))
        difference = None if before is None or after is None else after - before
        rows.append((figure, before, after, difference))
    if any(programme.policy is not None for programme in programmes):
        rows += [_policy_row(name, programmes) for name in COMPARED_OF_POLICIES]
    schema = {"figure": pl.String, "before": pl.Float64, "after": pl.Float64, "difference": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _policy_row(name: str, programmes: list[Programme]) -> Row:
    """A figure of the policies; null where there is none."""
    before, after = (None if p.policy is None else getattr(p.policy, name) for p in programmes)
    return name, before, after, None if before is None or after is None else after - before


def _figure(name: str, programme: Programme, sums: dict[str, float]) -> float | None:
    if name in sums:
        return sums[name]
    if name == "gain":
        known = programme.value is not None and programme.do_nothing is not None
        return programme.value - programme.do_nothing if known else None  # type: ignore[operator]
    stored: float | None = getattr(programme, name)
    return stored


def _sums(case: Case, programme: Programme) -> dict[str, float]:
    """Sites started, their investment and jobs (all in full; new jobs net of running lines taken over) as planned."""
    facts = effects_of(expected_case(apply(case, programme.scenario))).options
    facts = facts.join(taken_over_persons(facts), on="option").with_columns(pl.col("new_jobs") - pl.col("persons"))
    started = _started(programme).join(facts.select("option", "kind", "investment", "jobs", "new_jobs"), on="option")
    works = started.filter(~pl.col("kind").is_in(["survey", "close"]))
    return {
        "sites": float(works.height),
        "investment": float(started["investment"].sum()),
        "jobs": float(works["jobs"].sum()),
        "new_jobs": float(works["new_jobs"].sum()),
    }


def _funds(case: Case, a: Programme, b: Programme) -> pl.DataFrame:
    funds = case["funds"].select(fund="id")
    for name, programme in (("before", a), ("after", b)):
        drawn = programme.draws.group_by("fund").agg(pl.col("amount").sum().alias(name))
        funds = funds.join(drawn, on="fund", how="left", maintain_order="left")
    funds = funds.with_columns(pl.col("before", "after").fill_null(0.0))
    return funds.with_columns(difference=pl.col("after") - pl.col("before"))


def _limits(a: Programme, b: Programme) -> pl.DataFrame:
    keys = ["kind", "id", "region"]
    before, after = (
        p.limits.group_by(keys).agg(pl.col("price").fill_null(0.0).sum().alias(name))
        for name, p in (("before", a), ("after", b))
    )
    both = before.join(after, on=keys, how="full", coalesce=True, nulls_equal=True)
    moved = both.with_columns(pl.col("before", "after").fill_null(0.0)).with_columns(
        difference=pl.col("after") - pl.col("before")
    )
    size = pl.col("difference").abs()
    large = moved.filter(size > TOLERANCES.price * pl.max_horizontal("before", "after"))
    ordered = large.sort([size, *keys], descending=[True, False, False, False])
    return ordered.filter(pl.int_range(pl.len()).over("kind") < 10)
