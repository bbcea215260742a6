"""Parameters that tune the search: every number with its unit, effect and range; a TOML profile replaces some of them.

Values change how fast good programmes and tight bounds are found, never what a programme is worth.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tawteen.case.findings import CaseError, Finding


class _Params(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class NeighbourhoodSizes(_Params):
    """Sites opened at once by each kind of neighbourhood when the search begins; they adapt afterwards."""

    chain: float = Field(default=6.0, ge=1, le=1000, description="sites that share goods with a drawn site")
    any: float = Field(default=6.0, ge=1, le=1000, description="sites drawn evenly")
    shift: float = Field(default=2.0, ge=1, le=120, description="quarters by which chosen starts may move")
    swap: float = Field(default=6.0, ge=1, le=1000, description="sites left out that may replace chosen ones")
    window: float = Field(default=6.0, ge=1, le=1000, description="sites that start near a drawn quarter")
    costly: float = Field(default=8.0, ge=1, le=1000, description="sites that lose most against the relaxation")


class NeighbourhoodParams(_Params):
    """Large neighbourhood search over the whole model."""

    sizes: NeighbourhoodSizes = NeighbourhoodSizes()
    first_starts: int = Field(default=2, ge=1, le=100, description="best starts per site in the first restricted model")
    candidate_starts: int = Field(default=12, ge=1, le=500, description="best starts per open site in a neighbourhood")
    reach: float = Field(
        default=0.05, ge=0, le=1, description="share of the gap that a further start may lose to stay in"
    )
    seconds: float = Field(default=6.0, gt=0, le=3600, description="seconds of work on one neighbourhood")
    nodes: int = Field(
        default=100, ge=1, le=1_000_000, description="nodes of one neighbourhood where steps are counted"
    )
    relevant_share: float = Field(
        default=2e-3, ge=0, le=1, description="share of the gain below which a site is not searched"
    )
    shift_quarters: float = Field(
        default=12.0, ge=1, le=120, description="most quarters by which starts may move at once"
    )
    rough_gap: float = Field(
        default=2e-2, gt=0, le=1, description="gap of the first restricted model, share of the gain"
    )
    fine_gap: float = Field(default=3e-4, gt=0, le=1, description="gap of a neighbourhood, share of the gain")
    effort: float = Field(default=0.3, ge=0, le=1, description="share of the solver's time for its own heuristics")
    shrink: float = Field(default=0.8, gt=0, le=1, description="factor on the size after a neighbourhood out of time")
    grow: float = Field(default=1.15, ge=1, le=10, description="factor on the size after a solved neighbourhood")
    grow_fast: float = Field(
        default=1.5, ge=1, le=10, description="factor on the size after one solved in the root node"
    )


class BranchParams(_Params):
    """Branch and cut over the whole model, which proves the bound."""

    large_starts: int = Field(
        default=1000, ge=0, le=10_000_000, description="starts above which a model counts as large"
    )
    effort: float = Field(
        default=0.05, ge=0, le=1, description="share of time for heuristics on models that are not large"
    )
    nodes_per_step: int = Field(
        default=5, ge=1, le=1_000_000, description="nodes for each step where steps are counted"
    )
    money_row_quarters: int = Field(default=10, ge=1, le=400, description="quarters between rows on money spent so far")


class PricingParams(_Params):
    """Dual bound of the decomposition: smoothing, then column generation."""

    sample_above: int = Field(
        default=2500, ge=1, le=10_000_000, description="sites above which a sample gives first prices"
    )
    sample_sites: int = Field(
        default=1000, ge=1, le=1_000_000, description="sites of that sample, at most sample_above"
    )
    sample_close: float = Field(
        default=1e-4, gt=0, le=1, description="gap at which the sample is priced, share of usual worth"
    )
    close: float = Field(
        default=1e-5, gt=0, le=1, description="gap at which column generation ends, share of usual worth"
    )
    far: float = Field(default=3.0, gt=0, le=1000, description="multiple of usual prices at which rows may be broken")
    first_plans: int = Field(default=6, ge=1, le=100, description="plans per site to begin with")
    first_plans_large: int = Field(default=3, ge=1, le=100, description="the same above sample_above sites")
    new_plans: int = Field(default=3, ge=1, le=100, description="plans per site that one round of pricing may add")
    proof_share: float = Field(default=0.45, gt=0, le=1, description="share of the time limit for the bound")
    choice_share: float = Field(
        default=0.85, gt=0, le=1, description="share of the time limit after which the choice stays"
    )
    conflict_seconds: float = Field(default=60.0, gt=0, le=86400, description="seconds to prove rules in conflict")


class DiveParams(_Params):
    """Diving from the relaxation to whole starts, and neighbourhoods around the choice, in the decomposition."""

    whole: float = Field(default=0.999, gt=0.5, lt=1, description="share from which a start counts as whole")
    batch: float = Field(default=0.12, gt=0, le=1, description="share of the fractional sites that one round fixes")
    steep: float = Field(
        default=40.0, gt=1, le=1e6, description="multiple of usual prices for breaking a row while diving"
    )
    failures: int = Field(
        default=10, ge=1, le=10_000, description="failed batches after which fractional starts are dropped"
    )
    open_sites: float = Field(default=30.0, ge=1, le=10_000, description="sites in the first neighbourhood")
    widen: float = Field(default=1.15, ge=1, le=10, description="factor on the size after a solved neighbourhood")
    spread: float = Field(
        default=0.3, ge=0, le=10, description="weight of sites that do not compete with the drawn one"
    )
    overtime: int = Field(
        default=6, ge=0, le=1000, description="neighbourhoods after the time limit while rows are broken"
    )
    patience: int = Field(
        default=6, ge=1, le=1000, description="neighbourhoods without success before plans are priced anew"
    )
    repricing: int = Field(default=4, ge=1, le=1000, description="rounds of pricing around the choice")
    seconds: float = Field(default=8.0, gt=0, le=3600, description="seconds of work on one neighbourhood")
    nodes: int = Field(
        default=100, ge=1, le=1_000_000, description="nodes of one neighbourhood where steps are counted"
    )
    effort: float = Field(default=0.1, ge=0, le=1, description="share of the solver's time for its own heuristics")


class SearchParams(_Params):
    """All parameters of planning."""

    whole_model_sites: int = Field(
        default=250, ge=0, le=10_000, description="sites above which the model is decomposed"
    )
    neighbourhoods: NeighbourhoodParams = NeighbourhoodParams()
    branch: BranchParams = BranchParams()
    pricing: PricingParams = PricingParams()
    dive: DiveParams = DiveParams()


DEFAULTS = SearchParams()


def read_params(path: Path) -> SearchParams:
    """Parameters of a TOML profile; those that it does not name keep their defaults.

    Raises CaseError with one finding for each unknown key and each value outside its range, and where it is no TOML.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CaseError([Finding("error", "params.unreadable", file=path.name, args={"reason": str(error)})]) from error
    try:
        return SearchParams.model_validate(values)
    except ValidationError as errors:
        raise CaseError([_finding(path.name, error) for error in errors.errors()]) from errors


def profile_text(params: SearchParams = DEFAULTS) -> str:
    """A TOML profile that states every parameter with its effect and range."""
    return "\n".join(_section("", params)).lstrip() + "\n"


def _section(name: str, params: BaseModel) -> list[str]:
    lines = [f"\n[{name}]"] if name else []
    nested: list[str] = []
    lines += [f"# {line.strip()}" for line in (type(params).__doc__ or "").splitlines() if line.strip()]
    for key, field in type(params).model_fields.items():
        value = getattr(params, key)
        if isinstance(value, BaseModel):
            nested += _section(f"{name}.{key}" if name else key, value)
        else:
            lines.append(f"{key} = {value!r}  # {field.description}; {_range(field)}")
    return lines + nested


def _range(field: Any) -> str:
    words = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    known = ((words[name], getattr(part, name)) for part in field.metadata for name in words if hasattr(part, name))
    return ", ".join(f"{sign} {limit:g}" for sign, limit in known)


def _field(steps: tuple[Any, ...]) -> Any:
    """The field at a path of keys; None where the path leads to none."""
    model: Any = SearchParams
    found: Any = None
    for step in steps:
        fields = getattr(model, "model_fields", {})
        if step not in fields:
            return None
        found = fields[step]
        model = found.annotation
    return found


def _finding(file: str, error: Any) -> Finding:
    steps = tuple(error["loc"])
    key, field = ".".join(map(str, steps)), _field(steps)
    if field is None or isinstance(field.default, BaseModel):
        return Finding("error", "params.unknown", file=file, column=key, value=str(error["input"]))
    return Finding(
        "error", "params.value", file=file, column=key, value=str(error["input"]),
        args={"range": _range(field), "default": str(field.default)},
    )  # fmt: skip
