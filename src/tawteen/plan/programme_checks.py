"""Whether the parts of a programme fit each other: figures, status, labels and tables, without its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import polars as pl

from tawteen.case.findings import Finding
from tawteen.plan.programme import Programme, Status
from tawteen.plan.programme_tables import KEYS, PROGRAMME_TABLES
from tawteen.plan.stored_values import is_finite, is_whole
from tawteen.plan.tolerances import TOLERANCES

SEARCH_FIGURES = {"relaxation", "binaries", "bound_excess", "prices"}
"""What a search leaves beside the programme."""
ANY = {
    "value": True,
    "bound": True,
    "do_nothing": True,
    "gap": True,
    "bound_by_prices": True,
    "seconds": False,
    "peak_mb": False,
}
"""Figures of a programme, and whether they may be empty."""


def wrong_figures(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings on the figures and names of a programme as they stand in its file."""
    for name, null in ANY.items():
        value = data[name]
        number = is_finite(value)
        low = name in ("gap", "seconds", "peak_mb") and number and value < 0
        if not (number or (null and value is None)) or low:
            yield _wrong(name, value)
    if not is_whole(data["seed"]):
        yield _wrong("seed", data["seed"])
    for name in ("case_id", "case_hash"):
        if not isinstance(data[name], str) or not data[name]:
            yield _wrong(name, data[name])
    if data["status"] not in get_args(Status):
        yield _wrong("status", data["status"])
    listed = data["conflict"]
    if not isinstance(listed, list) or not all(isinstance(rule, str) for rule in listed):
        yield _wrong("conflict", listed)
    if not _known_figures(data["figures"]):
        yield _wrong("figures", data["figures"])


def _known_figures(figures: Any) -> bool:
    """Whether figures of the search are of those that it leaves, each a number, `prices` a list of numbers."""
    if not isinstance(figures, dict) or not figures.keys() <= SEARCH_FIGURES:
        return False
    listed = [figures.get("prices", []), [value for name, value in figures.items() if name != "prices"]]
    return all(isinstance(cells, list) and all(map(is_finite, cells)) for cells in listed)


def _wrong(name: str, value: Any) -> Finding:
    return Finding("error", "programme.field", column=name, value=str(value)[:60], args={"name": name})


def wrong_tables(programme: Programme) -> Iterator[Finding]:
    """Findings on cells out of range, and on rows that are there twice."""
    for name, schema in PROGRAMME_TABLES.items():
        frame: pl.DataFrame = getattr(programme, name)
        _, failed = schema.filter(frame)
        for rule in failed.counts():
            column = rule.partition("|")[0]
            broken = failed.invalid()
            value = str(broken[column][0])[:60] if column in broken.columns and broken.height else None
            yield Finding("error", "programme.cell", table=name, column=column, value=value,
                          args={"table": name, "column": column})  # fmt: skip
        key = KEYS.get(name)
        if key is not None and frame.select(key).is_duplicated().any():
            twice = frame.filter(frame.select(key).is_duplicated()).select(key).row(0)
            text = " / ".join(str(part) for part in twice if part is not None)
            yield Finding("error", "programme.twice", table=name, value=text, args={"table": name, "key": text})


def wrong_relations(programme: Programme) -> Iterator[Finding]:
    """Findings on figures that contradict one another, and on sites whose cells do."""
    value, bound, idle, gap = programme.value, programme.bound, programme.do_nothing, programme.gap
    if programme.conflict and programme.status != "infeasible":
        yield _contradiction("conflict", "status")
    if value is None:
        stated = (bound, gap, programme.bound_by_prices) != (None, None, None)
        if stated or any(getattr(programme, name).height for name in PROGRAMME_TABLES):
            yield _contradiction("value", "bound")
        if programme.status in ("optimal", "within_gap", "unproved"):
            yield _contradiction("value", "status")
        return
    if programme.status == "infeasible":
        yield _contradiction("value", "status")
    if programme.bound_by_prices is not None and programme.bound_prices.is_empty():
        yield _contradiction("bound_by_prices", "bound_prices")
    if idle is None:
        yield _contradiction("value", "do_nothing")
        return
    near = TOLERANCES.stated_money * max(abs(value), abs(idle))
    if bound is not None and bound < value - near:
        yield _contradiction("value", "bound")
    yield from _wrong_gap(programme, value, idle)
    yield from _sites(programme.sites)


def _wrong_gap(programme: Programme, value: float, idle: float) -> Iterator[Finding]:
    """Findings on gap and status that do not follow from value and bound."""
    bound, gap, near = programme.bound, programme.gap, TOLERANCES.stated_money * max(abs(value), abs(idle))
    if gap is not None:
        right = None if bound is None or value <= idle else (bound - value) / (value - idle)
        rounding = TOLERANCES.stated_money * max(1.0, gap)
        if right is None or abs(max(right, 0.0) - gap) > rounding + near / (value - idle):
            yield _contradiction("gap", "bound")
    elif bound is not None and value - idle > TOLERANCES.stated_gain * near:
        yield _contradiction("gap", "bound")
    proven = bound is not None and (gap <= TOLERANCES.proven_gap if gap is not None else bound - value <= near)
    if (programme.status == "optimal") != proven:
        yield _contradiction("status", "gap")
    if programme.status == "within_gap" and gap is None:
        yield _contradiction("status", "gap")


def _contradiction(one: str, other: str) -> Finding:
    return Finding("error", "programme.contradiction", column=one, args={"one": one, "other": other})


def _sites(sites: pl.DataFrame) -> Iterator[Finding]:
    """Sites start something with a quarter, or nothing; labels follow from periods."""
    number = pl.col("start").str.slice(0, 4).cast(pl.Int64, strict=False) * 4 + pl.col("start").str.slice(6, 1).cast(
        pl.Int64, strict=False
    )
    started = pl.col("option").is_not_null()
    whole = (started == pl.col("start").is_not_null()) & (started == pl.col("period").is_not_null())
    quiet = started != pl.col("status").is_in(["as_is", "out"])
    first = sites.select((number - pl.col("period")).drop_nulls().mode().sort().first()).item()
    same = (number - pl.col("period") == pl.lit(first, pl.Int64)).fill_null(True)
    for row in sites.filter(~(whole & quiet & same)).iter_rows(named=True):
        yield Finding("error", "programme.site", table="sites", value=row["id"], args={"site": row["id"]})
