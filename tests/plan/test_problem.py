"""The model as arrays: blocks, scaling, and what is left when something is settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.tiny import tables, tiny

from tawteen.case.fused import fused
from tawteen.plan.limits import goods
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import baseline_model, independent_columns, relaxed
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.scaling import scaling
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.valid_inequalities import with_choices, with_money_so_far


def test_blocks_cover_all_columns_and_rows() -> None:
    problem = planning_problem(tiny())
    for blocks, size in (
        (problem.columns, problem.arrays.matrix.shape[1]),
        (problem.rows, problem.arrays.matrix.shape[0]),
    ):
        places = sorted((block.first, block.keys.height) for block in blocks.values())
        assert [first for first, _ in places] == list(np.cumsum([0, *(height for _, height in places[:-1])]))
        assert sum(height for _, height in places) == size


def test_starts_stay_within_what_effects_allow() -> None:
    problem = planning_problem(tiny())
    options = problem.inputs.effects.options.select("option", "earliest", "latest")
    starts = problem.columns["start"].keys.join(options, on="option")
    assert starts.filter(~pl.col("period").is_between("earliest", "latest")).is_empty()
    assert starts.filter(pl.col("kind") == "as_is").is_empty()


def test_scaling_brings_any_size_near_one_and_changes_nothing() -> None:
    arrays = planning_problem(tiny()).arrays
    width = arrays.matrix.shape[1]
    wild = np.where(arrays.integer, 1.0, 10.0 ** np.random.default_rng(0).uniform(-6, 6, width))
    stretched = replace(
        arrays,
        matrix=(arrays.matrix.multiply(wild)).tocsc(),
        value=arrays.value * wild,
        lower=arrays.lower / wild,
        upper=arrays.upper / wild,
    )
    inside = scaling(stretched).into(stretched).matrix
    assert np.ptp(np.log2(np.abs(inside.data))) < np.ptp(np.log2(np.abs(stretched.matrix.data))) - 20
    plain, odd = solve_lp(relaxed(arrays)), solve_lp(relaxed(stretched))
    assert plain.value == pytest.approx(odd.value, rel=1e-9)


def test_what_is_settled_leaves_the_same_optimum() -> None:
    problem = planning_problem(tiny())
    arrays = relaxed(problem.arrays)
    whole = solve_lp(arrays)
    assert whole.x is not None
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    settled = np.arange(len(lower)) % 3 == 0
    lower[settled] = upper[settled] = np.clip(whole.x[settled], lower[settled], upper[settled])
    part = reduce_model(arrays, lower, upper)
    rest = solve_lp(part.arrays)
    assert rest.x is not None
    assert rest.value is not None
    assert rest.value + part.constant == pytest.approx(whole.value, rel=1e-9)
    assert arrays.value @ part.expand(rest.x) == pytest.approx(whole.value, rel=1e-9)


def test_what_no_decision_touches_is_untied() -> None:
    extra = {"id": "salt", "name_en": "Salt", "name_ar": "ملح", "unit": "t", "cif": 50.0}
    wanted = {"id": "salt-east", "region": "east", "commodity": "salt", "quantity": 10.0, "penalty": 99.0}
    case = tiny({"commodities": [*tables()["commodities"], extra], "demands": [*tables()["demands"], wanted]})
    problem = planning_problem(case)
    place = problem.columns["import"]
    free = place.keys.with_columns(free=independent_columns(problem.arrays)[place.span])
    assert free.filter(pl.col("commodity") == "salt")["free"].all()
    assert not free.filter(pl.col("commodity") == "wheat")["free"].any()
    programme = plan(case)
    bought = programme.flows.filter(pl.col("commodity") == "salt", pl.col("kind") == "import")
    assert bought["amount"].sum() == pytest.approx(80.0)


def test_money_so_far_only_says_what_already_holds() -> None:
    problem = planning_problem(tiny(time={"start": "2027-01-01", "periods": 24}))
    more = with_money_so_far(problem)
    assert more.matrix.shape[0] == problem.arrays.matrix.shape[0] + 2
    before, after = solve_lp(relaxed(problem.arrays)), solve_lp(relaxed(more))
    assert before.value == pytest.approx(after.value, rel=1e-9)


def test_a_binary_for_each_option_changes_no_answer() -> None:
    problem = planning_problem(tiny())
    keys = problem.columns["start"].keys
    option, site = (keys[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("option", "site"))
    more = with_choices(problem.arrays, option, site)
    assert more.arrays.integer.sum() == problem.arrays.integer.sum() + keys["option"].n_unique()
    plain, chosen = solve_mip(problem.arrays), solve_mip(more.arrays, steady=True)
    assert plain.value == pytest.approx(chosen.value, rel=1e-9)
    assert plain.x is not None
    assert chosen.x is not None
    assert more.extended(more.plain(chosen.x)) == pytest.approx(chosen.x, abs=1e-6)
    assert more.arrays.value @ more.extended(plain.x) == pytest.approx(plain.value, rel=1e-9)


def test_no_trade_that_makes_money_from_nothing() -> None:
    """Exports above the import price would be worth any amount; such a case still has a finite optimum."""
    goods = [{**row, "fob": 900.0} if row["id"] == "flour" else row for row in tables()["commodities"]]
    problem = planning_problem(tiny({"commodities": goods}))
    assert solve_lp(baseline_model(problem.arrays, problem)).outcome == "optimal"


def test_financial_view_is_another_problem() -> None:
    economic = planning_problem(tiny())
    financial = planning_problem(tiny(value={"view": "financial", "fx_premium": 0.2}))
    assert economic.arrays.matrix.shape == financial.arrays.matrix.shape
    assert not np.allclose(economic.arrays.value, financial.arrays.value)


@pytest.mark.parametrize("steady", [False, True])
def test_a_known_point_is_counted_at_its_own_value(steady: bool) -> None:
    problem = planning_problem(tiny())
    nothing, best = solve_lp(baseline_model(problem.arrays, problem)), solve_mip(problem.arrays)
    found = solve_mip(problem.arrays, known=nothing.x, steady=steady)
    assert found.x is not None
    assert found.value == pytest.approx(best.value, rel=1e-9)
    assert found.value == pytest.approx(problem.arrays.value @ found.x, rel=1e-9)


def test_thousands_of_regions_take_no_more_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivered import prices settle after as many rounds as the longest chain of routes has routes, whatever the
    number of regions.
    """
    rounds: list[int] = []

    def counted(frame: pl.LazyFrame) -> pl.DataFrame:
        rounds.append(1)
        return fused(frame)

    monkeypatch.setattr(goods, "fused", counted)
    planning_problem(tiny())
    few = len(rounds)
    first = tables()["regions"][0]
    regions = [*tables()["regions"], *(first | {"id": f"region-{i}"} for i in range(3000))]
    problem = planning_problem(tiny({"regions": regions}))
    assert problem.columns["import"].keys["region"].n_unique() > 3000
    assert len(rounds) == 2 * few
