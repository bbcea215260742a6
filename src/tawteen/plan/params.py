"""Parameters that tune the methods: every number with its unit, effect and range; a TOML profile replaces some of them.

Values change how fast and how closely answers are found, never what a programme is worth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tawteen.case.findings import CaseError, Finding
from tawteen.case.toml_file import read_toml_file


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
    reserved_share: float = Field(
        default=0.1, ge=0, lt=1, description="share of the time limit that may be kept for what follows the search"
    )
    money_row_quarters: int = Field(default=10, ge=1, le=400, description="quarters between rows on money spent so far")


class SmoothingParams(_Params):
    """Minimisation of the smoothed dual in three stages of falling temperature, as a share of typical sizes."""

    coarse: float = Field(default=0.03, gt=0, le=1, description="temperature of the first stage")
    coarse_steps: int = Field(default=80, ge=1, le=100_000, description="iterations of L-BFGS-B in the first stage")
    medium: float = Field(default=0.003, gt=0, le=1, description="temperature of the second stage")
    medium_steps: int = Field(default=150, ge=1, le=100_000, description="iterations in the second stage")
    fine: float = Field(default=0.001, gt=0, le=1, description="temperature of the third stage")
    fine_steps: int = Field(default=150, ge=1, le=100_000, description="iterations in the third stage")
    correction: float = Field(
        default=0.1, gt=0, le=1, description="share of a row that may be violated where the market corrects prices"
    )

    def stages(self) -> tuple[tuple[float, int], ...]:
        """(temperature, iterations) of each stage, in order."""
        return (self.coarse, self.coarse_steps), (self.medium, self.medium_steps), (self.fine, self.fine_steps)


class StabilisationParams(_Params):
    """Column generation in three stages, in which the prices are held less and less close to the best known ones."""

    wide: float = Field(
        default=0.03, gt=0, le=1, description="share of a row that the first stage may violate at the best known prices"
    )
    wide_reach: float = Field(
        default=3.0, gt=0, le=1000, description="multiple of typical prices for larger violations in the first stage"
    )
    wide_rounds: int = Field(default=6, ge=1, le=10_000, description="rounds of pricing in the first stage")
    medium: float = Field(default=0.003, gt=0, le=1, description="share of a row in the second stage")
    medium_reach: float = Field(default=10.0, gt=0, le=1000, description="multiple of prices in the second stage")
    medium_rounds: int = Field(default=8, ge=1, le=10_000, description="rounds of pricing in the second stage")
    narrow: float = Field(default=0.0003, gt=0, le=1, description="share of a row in the third stage")
    narrow_reach: float = Field(default=40.0, gt=0, le=1000, description="multiple of prices in the third stage")
    narrow_rounds: int = Field(default=60, ge=1, le=10_000, description="rounds of pricing in the third stage")
    short_step: float = Field(
        default=0.4,
        gt=0,
        le=1,
        description="share of the way to the prices of the master at which a bound is tried too",
    )
    stall: float = Field(
        default=0.1, ge=0, le=1, description="share of the gap that a round must close to stay in its stage"
    )

    def stages(self) -> tuple[tuple[float, float, int], ...]:
        """(share of a row, multiple of typical prices, rounds) of each stage, in order."""
        return (
            (self.wide, self.wide_reach, self.wide_rounds),
            (self.medium, self.medium_reach, self.medium_rounds),
            (self.narrow, self.narrow_reach, self.narrow_rounds),
        )


class PricingParams(_Params):
    """Dual bound of the decomposition: smoothing, then column generation."""

    smoothing: SmoothingParams = SmoothingParams()
    stabilisation: StabilisationParams = StabilisationParams()

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
    least_gain: float = Field(
        default=1e-4, gt=0, le=1, description="least gain of a new plan, share of the usual worth of its site"
    )


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
    rounding: int = Field(
        default=4, ge=1, le=100, description="least shares of starts tried when time is over, from a half to whole"
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
    least_sites: float = Field(default=4.0, ge=1, le=10_000, description="sites in the smallest neighbourhood")
    least_gain: float = Field(
        default=1e-7, ge=0, le=1, description="least gain that counts as an improvement, share of usual worth"
    )
    repricing_gain: float = Field(
        default=1e-6, ge=0, le=1, description="gain of a round of repricing below which it ends, share of usual worth"
    )
    tie_scale: float = Field(
        default=0.02, gt=0, le=10, description="loss at which a second plan still counts as near, share of usual worth"
    )
    tie_weight: float = Field(default=0.3, ge=0, le=10, description="weight of near second plans when sites are drawn")
    class_seconds: float = Field(
        default=10.0, gt=0, le=3600, description="least seconds to fill whole classes, where courses have them"
    )
    class_share: float = Field(
        default=0.2, ge=0, lt=1, description="share of the time limit that the search leaves for whole classes"
    )
    class_quarters: int = Field(
        default=1, ge=0, le=120, description="quarters by which chosen starts may move to fill classes"
    )


class ConflictParams(_Params):
    """Search for the rules that contradict each other, where no programme keeps all of them."""

    rule_seconds: float = Field(
        default=20.0, gt=0, le=86400, description="seconds to decide whether one rule belongs to the conflict"
    )
    proof_seconds: float = Field(
        default=60.0,
        gt=0,
        le=86400,
        description="seconds for a first programme that keeps the rules, or for the proof that there is none",
    )


class ExplainParams(_Params):
    """Reasons: the programme solved again around one site, changes that bring it in, and what delays its start."""

    whole_sites: int = Field(
        default=100, ge=0, le=10_000, description="sites up to which the whole programme is planned again"
    )
    path_share: float = Field(
        default=0.5, gt=0, le=1,
        description="share of the time that the single path has at least where a policy is valued first",
    )  # fmt: skip
    policy_sites: int = Field(
        default=200, ge=0, le=100_000,
        description="sites that a policy works or surveys at, up to which its starts are valued again",
    )  # fmt: skip
    policy_futures: int = Field(
        default=8,
        ge=1,
        le=10_000,
        description="futures with each finding of a site in which its starts are valued again",
    )
    policy_starts: int = Field(
        default=2,
        ge=1,
        le=1000,
        description="starts tried after each finding of a site that a policy leaves unsurveyed",
    )
    policy_surveys: int = Field(
        default=4, ge=1, le=1000, description="quarters in which a survey that a policy does not make is tried"
    )
    whole_starts: int = Field(
        default=400, ge=0, le=1_000_000, description="possible starts up to which the whole model is solved again"
    )
    rivals: int = Field(default=24, ge=0, le=10_000, description="competing sites free to change in a re-solve")
    more_rivals: int = Field(default=80, ge=0, le=10_000, description="the same where fewer leave no solution")
    fewer_rivals: int = Field(default=8, ge=0, le=10_000, description="the same where more were not solved in time")
    rival_starts: int = Field(default=4, ge=1, le=500, description="best starts of each competing site in a re-solve")
    seconds: float = Field(default=4.0, gt=0, le=3600, description="seconds of work on one re-solve")
    gap: float = Field(default=1e-7, gt=0, le=1, description="gap of a re-solve, share of the gain")
    limits_tried: int = Field(default=3, ge=0, le=100, description="costliest limits that are widened in turn")
    widest_share: float = Field(
        default=2.0, ge=1, le=1000, description="largest widening, as a multiple of what the option takes of a limit"
    )
    least_share: float = Field(default=0.01, gt=0, lt=1, description="smallest change that is tried, share")
    largest_cut: float = Field(default=0.95, gt=0, lt=1, description="largest cut of cost items, share")
    largest_change: float = Field(
        default=0.995, gt=0, le=1, description="share below which a change at today's prices is stated"
    )
    cut_accuracy: float = Field(default=0.1, gt=0, le=1, description="accuracy of a cut, share of it")
    halvings: int = Field(default=2, ge=0, le=50, description="bisections of a change of a limit")
    halvings_whole: int = Field(default=6, ge=0, le=50, description="the same where the whole model is solved again")
    demanding_rules: int = Field(
        default=3, ge=0, le=1000, description="rules that ask for other sites and are loosened in turn"
    )
    starts_tried: int = Field(
        default=8, ge=1, le=500, description="best starts of a site that are compared with what is left of the limits"
    )
    starts_valued: int = Field(
        default=24, ge=1, le=500, description="starts of a site that are valued while the other sites keep theirs"
    )
    starts_narrowed: int = Field(
        default=3, ge=1, le=500, description="the best of these for which the least amount of a limit is narrowed down"
    )
    blend_steps: int = Field(
        default=7, ge=0, le=1000, description="steps of the search for prices that prove more of the opposite choice"
    )
    close_range: float = Field(
        default=0.05, ge=0, le=1,
        description="range between the least and the most cost at which no search narrows it, share of the cost",
    )  # fmt: skip
    whole_seconds: float = Field(
        default=10.0, ge=0, le=86_400, description="seconds from which on the whole programme is planned again"
    )
    least_seconds: float = Field(
        default=0.2, ge=0, le=3600, description="seconds left below which no further re-solve is begun"
    )
    checked_sites: int = Field(
        default=2000, ge=0, le=1_000_000, description="sites up to which a re-solved programme is verified"
    )
    pricing_seconds: float = Field(
        default=240.0, gt=0, le=86_400, description="seconds to find prices where none were kept"
    )
    delay_sites: int = Field(
        default=40, ge=0, le=100_000, description="chosen sites worth most whose delays are found in a list of all"
    )
    delay_best: int = Field(default=4, ge=1, le=500, description="most valuable earlier starts tried for each limit")
    delay_near: int = Field(default=6, ge=1, le=500, description="latest earlier starts tried for each limit")
    delay_widest: float = Field(
        default=4.0, ge=1, le=1000, description="largest widening of a limit, multiple of what the start takes"
    )
    delay_accuracy: float = Field(default=0.1, gt=0, lt=1, description="accuracy of an amount, share of it")
    delay_share: float = Field(
        default=0.99, gt=0, le=1, description="share of the whole gain for which the amount is stated"
    )


class RuleParams(_Params):
    """What the rules of a case cost: the programme solved again without each of them."""

    seconds: float = Field(
        default=8.0, ge=0, le=86_400, description="seconds for the costs of all rules together; 0 leaves them out"
    )


class RobustParams(_Params):
    """Robustness: planning anew in each scenario, and the value of information."""

    reassess_seconds: float = Field(
        default=30.0, ge=0, le=86_400, description="seconds of each solve with which a programme is reassessed"
    )
    scenarios_per_task: int = Field(default=10, ge=1, le=100_000, description="scenarios in one task of a worker")
    policy_scenarios: int = Field(
        default=200, ge=0, le=1_000_000, description="scenarios at most in which a policy is set beside the single path"
    )
    earlier_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of the time limit of planning again that each search may take beside it for the earlier "
        "starts that can still be carried out together",
    )
    good_starts: int = Field(default=12, ge=1, le=500, description="best starts of a site that a scenario may choose")
    fix_above: int = Field(
        default=200, ge=0, le=1_000_000, description="fractional starts above which whole ones are fixed"
    )
    branch_entries: int = Field(
        default=80_000, ge=0, le=1_000_000_000,
        description="entries of the matrix up to which branch and cut lowers the bound",
    )  # fmt: skip
    steps: int = Field(default=4000, ge=1, le=10_000_000, description="site moves of local search times sites")
    most_steps: int = Field(default=60, ge=1, le=100_000, description="site moves of local search at most")
    fewest_steps: int = Field(default=10, ge=1, le=100_000, description="site moves of local search at least")
    gap: float = Field(default=0.01, gt=0, le=1, description="gap at which a search ends, share of the gain")
    rough_gap: float = Field(
        default=0.03, gt=0, le=1, description="the same where local search tries moves of all sites afterwards"
    )
    columns_gap: float = Field(
        default=2e-3, gt=0, le=1, description="gap at which column generation ends, share of the gain"
    )
    first_columns: int = Field(default=2, ge=1, le=500, description="columns of a site to begin with")
    new_columns: int = Field(default=3, ge=1, le=500, description="columns of a site that one round may add")
    rounds: int = Field(default=12, ge=1, le=1000, description="rounds of column generation at most")
    shuffles: int = Field(
        default=20, ge=2, le=10_000, description="shuffles of a quantity that show what noise alone would gain"
    )
    clear_deviations: float = Field(
        default=4.0, ge=0, le=100, description="standard deviations above noise from which information has a value"
    )
    false_discoveries: float = Field(
        default=0.05, gt=0, le=1, description="share of the quantities with a value that may have one by chance"
    )
    outcome_scenarios: int = Field(
        default=8, ge=1, le=100_000, description="scenarios that each outcome of a gate needs to be compared"
    )
    front_gap: float = Field(default=1e-3, gt=0, le=1, description="gap of a point of a front, share of the gain")
    tie_share: float = Field(
        default=1e-6, ge=0, le=1, description="weight of the other aim in ties of a front, share of the first aim's"
    )
    premium_step: float = Field(
        default=1e-4, gt=0, le=1, description="rise of the premium by which a front measures foreign exchange"
    )
    front_effort: float = Field(
        default=0.3, ge=0, le=1, description="share of the solver's time for its own heuristics on a front"
    )


class OutlookParams(_Params):
    """Scenarios that `plan` simulates to say what a programme is expected to come to."""

    scenarios: int = Field(default=100, ge=0, le=1_000_000, description="scenarios at most; 0 leaves the outlook out")
    site_scenarios: int = Field(
        default=20_000, ge=1, le=1_000_000_000, description="scenarios times sites at most, in large cases"
    )
    fewest_scenarios: int = Field(default=20, ge=1, le=1_000_000, description="scenarios at least, in large cases")
    lone_sites: int = Field(
        default=12, ge=0, le=1_000_000, description="sites up to which one process simulates all scenarios"
    )

    def count(self, sites: int) -> int:
        """Scenarios of a case with so many sites."""
        most = max(self.site_scenarios // max(sites, 1), self.fewest_scenarios)
        return min(self.scenarios, most)

    def with_scenarios(self, scenarios: int | None) -> OutlookParams:
        """The same with exactly so many scenarios whatever the size of the case; unchanged for None."""
        if scenarios is None:
            return self
        return self.model_copy(update={"scenarios": scenarios, "fewest_scenarios": max(scenarios, 1)})


class SearchParams(_Params):
    """All parameters of planning, reasons and robustness."""

    whole_model_sites: int = Field(
        default=250, ge=0, le=10_000, description="sites above which the model is decomposed"
    )
    neighbourhoods: NeighbourhoodParams = NeighbourhoodParams()
    branch: BranchParams = BranchParams()
    pricing: PricingParams = PricingParams()
    dive: DiveParams = DiveParams()
    explain: ExplainParams = ExplainParams()
    rules: RuleParams = RuleParams()
    robust: RobustParams = RobustParams()
    outlook: OutlookParams = OutlookParams()
    conflict: ConflictParams = ConflictParams()

    def with_scenarios(self, scenarios: int | None) -> SearchParams:
        """The same with exactly so many scenarios of the outlook; unchanged for None."""
        return self.model_copy(update={"outlook": self.outlook.with_scenarios(scenarios)})


DEFAULTS = SearchParams()


def read_params(path: Path) -> SearchParams:
    """Parameters of a TOML profile; those that it does not name keep their defaults.

    Raises CaseError with one finding for each unknown key and each value outside its range, and where it is no TOML.
    """
    values, _ = read_toml_file(path)
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
    """The field at a path of keys; None where there is none."""
    model: Any = SearchParams
    field: Any = None
    for step in steps:
        fields = getattr(model, "model_fields", {})
        if step not in fields:
            return None
        field = fields[step]
        model = field.annotation
    return field


def _finding(file: str, error: Any) -> Finding:
    steps = tuple(error["loc"])
    key, field = ".".join(map(str, steps)), _field(steps)
    if field is None or isinstance(field.default, BaseModel):
        return Finding("error", "params.unknown", file=file, column=key, value=str(error["input"]))
    return Finding(
        "error", "params.value", file=file, column=key, value=str(error["input"]),
        args={"range": _range(field), "default": str(field.default)},
    )  # fmt: skip
