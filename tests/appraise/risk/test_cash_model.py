"""The cash model is the appraisal's own arithmetic, and moves in time as it should."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appraise.test_value import job_value, rich
from tests.tiny import tables, tiny

from tawteen.appraise import appraise
from tawteen.appraise.appraisal import VIEWS
from tawteen.appraise.risk import DRIVERS, cash_model, cash_models
from tawteen.case.findings import CaseError
from tawteen.case.generate import generate
from tawteen.effects import effects_of


@pytest.fixture(scope="module")
def mill():
    case = rich()
    return cash_model(case, effects_of(case), "mill-repair", "financial")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "made",
    [tiny, rich, lambda: rich(value=job_value()), lambda: generate(6, seed=2)],
    ids=["tiny", "rich", "job value", "generated"],
)
def test_planned_cash_is_that_of_the_appraisal(made, view):
    case = made()
    effects = effects_of(case)
    appraisal = appraise(case, effects)
    found = appraisal.indicators.filter(view=view).select("option", "npv").rows()
    assert len(found) >= 7
    for option, npv in found:
        model = cash_model(case, effects, option, view)
        rows = appraisal.cash.filter(option=option, view=view)
        gain = (rows["net"] - rows["net_without"]).to_numpy()
        size = np.abs(gain).max()
        assert model.cash({}).total[0] == pytest.approx(gain, abs=1e-9 * size), option
        assert model.npv({})[0] == pytest.approx(npv, abs=1e-9 * size), option


@pytest.mark.parametrize("view", VIEWS)
def test_models_of_several_options_are_those_of_each(view):
    case = rich()
    effects = effects_of(case)
    able = effects.options.filter(pl.col("available") & (pl.col("kind") != "as_is"))["option"].to_list()
    assert len(able) >= 7
    models = cash_models(case, effects, able, view)
    assert list(models) == able
    for option in able:
        alone = cash_model(case, effects, option, view)
        assert len(models[option].streams) == len(alone.streams)
        for together, single in zip(models[option].streams, alone.streams, strict=True):
            assert together.drivers == single.drivers
            assert together.amounts == pytest.approx(single.amounts, rel=1e-12)
        assert models[option].capital == pytest.approx(alone.capital, rel=1e-12)


def test_foreign_money_that_is_dearer_is_a_higher_premium():
    """A premium of 0.2 and an exchange driver of 1.25 are a premium of 0.5."""
    value = {"fx_premium": 0.2, "shadow_wage": 0.6, "carbon_price": 5.0}
    case, dearer = rich(value=value), rich(value=value | {"fx_premium": 0.5})
    effects, others = effects_of(case), effects_of(dearer)
    for option in ("mill-repair", "cables-rehab", "pasta-more", "pasta-close"):
        found = cash_model(case, effects, option, "economic").npv({"exchange": np.array([1.25])})[0]
        assert found == pytest.approx(cash_model(dearer, others, option, "economic").npv({})[0], rel=1e-9), option


def changed(table, option, **by):
    def grown(row):
        return row | {k: row[k] * v for k, v in by.items()} if option in (row.get("option"), row["id"]) else row

    return {table: [grown(row) for row in tables()[table]]}


@pytest.mark.parametrize(
    ("drivers", "changes"),
    [
        ({"running": 1.5}, changed("options", "mill-repair", fixed_cost=1.5, variable_cost=1.5)),
        ({"wages": 1.5}, changed("options", "mill-repair", wage=1.5)),
        ({"ramp": 2.0}, changed("options", "mill-repair", ramp_quarters=2.0)),
        ({"output": 1.5}, changed("options", "mill-repair", capacity=1.5)),
        (
            {"cost": 1.5},
            changed("costs", "mill-repair", amount=1.5) | changed("works", "mill-repair", effort=1.5),
        ),
    ],
    ids=lambda x: next(iter(x)),
)
def test_drivers_do_what_a_changed_case_does(drivers, changes):
    """But for working capital, which is paid as planned."""

    def without_days(rows):
        return [o | {"working_capital_days": 0.0} for o in rows]

    changes = changes | {"options": without_days(changes.get("options", tables()["options"]))}
    case, other = tiny({"options": without_days(tables()["options"])}), tiny(changes)
    for view in VIEWS:
        model = cash_model(case, effects_of(case), "mill-repair", view)
        expected = cash_model(other, effects_of(other), "mill-repair", view).npv({})[0]
        found = model.npv({name: np.array([value]) for name, value in drivers.items()})[0]
        assert abs(expected - model.npv({})[0]) > 100
        assert found == pytest.approx(expected, rel=1e-9)


def test_prices_of_products_inputs_and_energy_by_hand():
    case = tiny()
    model = cash_model(case, effects_of(case), "mill-repair", "financial")
    planned = model.cash({}).total[0]
    # 3000 t at full output: flour at 460, 1.3 t of wheat at 305, 0.12 MWh at 180.
    for name, money in (("price", 460), ("inputs", -1.3 * 305), ("energy", -0.12 * 180)):
        dearer = model.cash({name: np.array([1.1])}).total[0]
        assert dearer[5] - planned[5] == pytest.approx(0.1 * 3000 * money)
    lost = model.cash({"outage": np.array([0.2])}).total[0]
    assert lost[5] - planned[5] == pytest.approx(-0.2 * 3000 * (460 - 1.3 * 305 - 0.12 * 180 - 8))


@given(st.integers(0, 25), st.floats(0, 1))
@settings(deadline=None)
def test_a_delay_moves_the_cash_of_operation(mill, quarters, part):
    """Whole quarters shift it, parts of a quarter lie between."""
    still = mill.cash({}).operating[0]
    whole = [mill.cash({"delay": np.array([float(quarters + k)])}).operating[0] for k in (0, 1)]
    n = min(quarters, mill.periods)
    assert whole[0] == pytest.approx(np.concatenate([np.zeros(n), still[: mill.periods - n]]), abs=1e-6)
    between = mill.cash({"delay": np.array([quarters + part])}).operating[0]
    assert between == pytest.approx((1 - part) * whole[0] + part * whole[1], abs=1e-6)


def test_a_delay_leaves_outlays_and_moves_working_capital_and_capital(mill):
    still, later = (mill.cash({"delay": np.array([d])}) for d in (0.0, 2.0))
    moved = later.investing[0] - still.investing[0]
    paid = mill.first - 1
    expected = np.zeros(mill.periods)
    expected[paid], expected[paid + 2] = mill.working_capital, -mill.working_capital
    expected[-1] = later.residual[0] - still.residual[0]
    assert expected[-1] > 0
    assert moved == pytest.approx(expected, abs=1e-6)


def test_paths_are_the_same_as_one_by_one(mill):
    random = np.random.default_rng(3)
    values = {name: driver.neutral + random.uniform(0, 0.9, 50) for name, driver in DRIVERS.items()}
    values["delay"] = random.uniform(-3, 30, 50)
    together = mill.cash(values)
    for path in range(50):
        alone = mill.cash({name: v[path : path + 1] for name, v in values.items()})
        assert alone.total[0] == pytest.approx(together.total[path], rel=1e-9, abs=1e-6)


def test_working_early_starts_no_earlier_than_it_can(mill):
    soon, sooner = (mill.cash({"delay": np.array([-d])}).total[0] for d in (mill.early, mill.early + 5))
    assert mill.early >= 1
    assert soon.tolist() == sooner.tolist()
    still = mill.cash({}).operating[0]
    n = int(mill.early)
    assert mill.cash({"delay": np.array([-mill.early])}).operating[0][:-n] == pytest.approx(still[n:])


def test_years_are_the_sums_of_their_quarters(mill):
    quarterly, yearly = mill.cash({}).total[0], mill.yearly()
    assert yearly.cash({}).total[0].sum() == pytest.approx(quarterly.sum(), rel=0.02)
    operating = mill.cash({}).operating[0].reshape(-1, 4).sum(axis=1)
    assert yearly.cash({}).operating[0] == pytest.approx(operating, abs=1e-6)
    # Works, working capital and the start of operation all fall into the first year.
    assert yearly.cash({}).investing[0, 0] == pytest.approx(mill.cash({}).investing[0, :4].sum())
    with pytest.raises(ValueError, match="whole years"):
        yearly.yearly()


def test_no_sales_is_no_special_case(mill):
    nothing = mill.cash({"output": np.array([0.0])})
    assert np.isfinite(nothing.total).all()
    assert mill.npv({"output": np.array([0.0])})[0] < mill.npv({})[0]
    empty = replace(mill, streams=tuple(s for s in mill.streams if not s.ramps))
    assert empty.npv({})[0] == pytest.approx(mill.npv({"output": np.array([0.0])})[0])


@pytest.mark.parametrize(("option", "code"), [("nowhere", "risk.option_unknown"), ("pasta-now", "risk.option_unknown")])
def test_options_without_a_start_are_refused(option, code):
    case = tiny()
    with pytest.raises(CaseError) as raised:
        cash_model(case, effects_of(case), option)
    assert [f.code for f in raised.value.findings] == [code]


def test_options_that_cannot_start_are_refused():
    late = [
        o | ({"latest": None, "earliest": "2040-01-01"} if o["id"] == "mill-new" else {}) for o in tables()["options"]
    ]
    case = tiny({"options": late})
    effects = effects_of(case)
    assert not effects.options.filter(pl.col("option") == "mill-new")["available"][0]
    with pytest.raises(CaseError) as raised:
        cash_model(case, effects, "mill-new")
    assert [f.code for f in raised.value.findings] == ["risk.option_unavailable"]
