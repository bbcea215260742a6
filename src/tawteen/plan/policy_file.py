"""A policy in the file of its programme, and the flows of its futures in a file beside it."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import replace
from typing import Any

import polars as pl

from tawteen.plan.file_names import FLOWS_FILE
from tawteen.plan.policy_plan import FLOW_TABLES, POLICY_TABLES, PolicyPlan, flow_schema
from tawteen.plan.released_to import released_to
from tawteen.plan.stored_values import is_finite, is_whole, table_of_rows
from tawteen.plan.tolerances import TOLERANCES

POLICY_FIGURES = (
    "expected", "p10", "p50", "p90", "chance_of_loss", "half_width", "bound", "bound_half_width", "gap",
    "value_of_information",
)  # fmt: skip
"""Figures that follow from the gains; `gap_interval` does too."""
POLICY_VALUES = (
    "seed",
    "gains",
    "batches",
    "proven_bound",
    "bound_by_prices",
    "sampled_bounds",
    "do_nothing",
    "rules_missed",
    "solutions",
    "gains_without",
    "solutions_without",
    "information_futures",
)
POLICY_FIELDS = {*POLICY_FIGURES, "gap_interval", *POLICY_VALUES, *POLICY_TABLES, "flows_hash"}
Data = dict[str, Any]


class WrongPolicyError(ValueError):
    """A field of the policy that no programme can have; the text is its name."""


def policy_fields(policy: PolicyPlan | None, flows: bytes | None) -> Data | None:
    """The policy as an object of JSON: figures for readers, what they follow from, tables as rows.

    `flows`: content of the file beside, from `flows_bytes`.
    """
    if policy is None:
        return None
    figures = {name: _number(getattr(policy, name)) for name in POLICY_FIGURES}
    stated = {name: getattr(policy, name) for name in POLICY_VALUES}
    stated = {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}
    interval = policy.gap_interval
    tables = {name: getattr(policy, name).to_dicts() for name in POLICY_TABLES}
    hashed = None if flows is None else hashlib.sha256(flows).hexdigest()
    return {
        **figures, "gap_interval": None if interval is None else list(interval), **stated, **tables,
        "flows_hash": hashed,
    }  # fmt: skip


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def flows_bytes(policy: PolicyPlan | None) -> bytes | None:
    """Content of the file of flows: the rows of all its tables, with the name of each in `table`; None without any."""
    if policy is None or not policy.flows:
        return None
    parts = [frame.with_columns(table=pl.lit(name)) for name, frame in policy.flows.items()]
    content = io.BytesIO()
    pl.concat(parts, how="diagonal").write_parquet(content, compression="zstd")
    return content.getvalue()


def _read_flows(content: bytes) -> dict[str, pl.DataFrame]:
    """The tables of the file. Raises WrongPolicyError where it is none of ours."""
    try:
        rows = pl.read_parquet(io.BytesIO(content))
        return {
            name: rows.filter(pl.col("table") == name).select(
                pl.col(column).cast(kind) for column, kind in flow_schema(name).items()
            )
            for name in FLOW_TABLES
        }
    except (OSError, ValueError, pl.exceptions.PolarsError):
        raise WrongPolicyError(FLOWS_FILE) from None


def read_policy(data: Any, flows: bytes | None) -> PolicyPlan | None:
    """The policy in an object of JSON; `flows` is the content of the file beside, None where there is none.

    Raises WrongPolicyError with the name of a field that is wrong: a figure that does not follow from the gains, a cell
    that its column does not allow, futures that do not fit each other, or flows of another policy.
    """
    if data is None:
        return None
    if not isinstance(data, dict) or data.keys() != POLICY_FIELDS:
        raise WrongPolicyError("policy")
    _require_stated(data)
    # Not stated by files of an earlier version.
    unstated = data["released_to"] is None
    tables = {name: _table(name, [] if unstated and name == "released_to" else data[name]) for name in POLICY_TABLES}
    hashed = data["flows_hash"]
    if hashed is not None and flows is not None and hashlib.sha256(flows).hexdigest() != hashed:
        raise WrongPolicyError(FLOWS_FILE)
    stored = _read_flows(flows) if hashed is not None and flows is not None else {}
    parts: Data = {name: tuple(data[name]) if isinstance(data[name], list) else data[name] for name in POLICY_VALUES}
    parts |= {**tables, "flows": stored}
    policy = PolicyPlan(**parts)
    _require_figures(policy, data)
    _require_futures(policy)
    _require_bound(policy)
    if unstated:
        releases = released_to(policy.starts, policy.outcomes, policy.solutions, policy.policy)
        return replace(policy, released_to=releases)
    return policy


def _require_stated(data: Data) -> None:
    """Raises WrongPolicyError where a stored value is of no kind that it can have."""
    gains, size = data["gains"], len(data["gains"]) if isinstance(data["gains"], list) else 0
    right = {
        "seed": is_whole(data["seed"]),
        "gains": size > 0 and all(map(is_finite, gains)),
        "batches": is_whole(data["batches"]) and data["batches"] > 0 and size % data["batches"] == 0,
        "proven_bound": data["proven_bound"] is None or is_finite(data["proven_bound"]),
        "bound_by_prices": data["bound_by_prices"] is None or is_finite(data["bound_by_prices"]),
        "sampled_bounds": _sampled(data["sampled_bounds"]),
        "do_nothing": is_finite(data["do_nothing"]),
        "rules_missed": is_finite(data["rules_missed"]) and 0.0 <= data["rules_missed"] <= 1.0,
        "solutions": _listed(data["solutions"], size) and all(map(is_whole, data["solutions"])),
        "gains_without": _listed(data["gains_without"], size) and all(map(is_finite, data["gains_without"])),
        "solutions_without": _listed(data["solutions_without"], size) and all(map(is_whole, data["solutions_without"])),
        "information_futures": is_whole(data["information_futures"]) and 0 < data["information_futures"] <= size,
        "flows_hash": data["flows_hash"] is None or isinstance(data["flows_hash"], str),
    }
    for name, holds in right.items():
        if not holds:
            raise WrongPolicyError(name)


def _sampled(value: Any) -> bool:
    """Whether these are estimates of a bound: none, or as many as have a spread."""
    return isinstance(value, list) and len(value) != 1 and all(map(is_finite, value))


def _listed(value: Any, size: int) -> bool:
    return isinstance(value, list) and len(value) == size


def _table(name: str, rows: Any) -> pl.DataFrame:
    try:
        return table_of_rows(POLICY_TABLES[name], rows)
    except ValueError:
        raise WrongPolicyError(name) from None


def _require_figures(policy: PolicyPlan, data: Data) -> None:
    """Raises WrongPolicyError where a figure does not follow from the gains."""
    interval = policy.gap_interval
    pairs = [(name, data[name], _number(getattr(policy, name))) for name in POLICY_FIGURES]
    stated = data["gap_interval"]
    if (stated is None) != (interval is None) or not (stated is None or _listed(stated, 2)):
        raise WrongPolicyError("gap_interval")
    pairs += [("gap_interval", one, other) for one, other in zip(stated or (), interval or (), strict=True)]
    for name, value, right in pairs:
        if right is None or value is None:
            if right is not None or value is not None:
                raise WrongPolicyError(name)
        elif not is_finite(value) or abs(value - right) > TOLERANCES.outlook * max(1.0, abs(right)):
            raise WrongPolicyError(name)


def _require_futures(policy: PolicyPlan) -> None:
    """Raises WrongPolicyError where courses, starts and findings do not fit the futures."""
    count = len(policy.gains)
    if any(len(outcome) != count for outcome in policy.outcomes["finding"]):
        raise WrongPolicyError("outcomes")
    courses = {*policy.solutions, *policy.solutions_without}
    if courses != set(range(len(courses))):
        raise WrongPolicyError("solutions")
    if not set(policy.starts["solution"]) <= courses:
        raise WrongPolicyError("starts")
    if policy.findings.select("site", "finding").is_duplicated().any():
        raise WrongPolicyError("findings")


def _require_bound(policy: PolicyPlan) -> None:
    """Raises WrongPolicyError where a limit has two prices, and where a bound is said to be proved by none."""
    prices = policy.bound_prices
    if prices.drop("price").is_duplicated().any():
        raise WrongPolicyError("bound_prices")
    if policy.bound_by_prices is not None and prices.is_empty():
        raise WrongPolicyError("bound_by_prices")
