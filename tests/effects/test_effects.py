"""Options as quarters from their start, hand-derived on the tiny case."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny import tables, tiny

from tawteen.effects import effects_of


def options(**changes):
    """Options of the tiny case with cells changed: option id → cells."""
    return [o | changes.get(o["id"].replace("-", "_"), {}) for o in tables()["options"]]


def facts(effects, option):
    (row,) = effects.options.filter(option=option).to_dicts()
    return row


def outlays(effects, option, category):
    rows = effects.outlays.filter(option=option, category=category).sort("quarter")
    return list(zip(rows["quarter"], rows["amount"], strict=True))


def profile(effects, option, column):
    return effects.profile.filter(option=option)[column].to_list()


def test_outlays_follow_the_works():
    effects = effects_of(tiny())
    # 150,000 evenly over 16 weeks of works that begin after 3 weeks of gate: 10 of 16 in the first quarter.
    assert outlays(effects, "mill-repair", "spares") == [(0, pytest.approx(93_750)), (1, pytest.approx(56_250))]
    assert outlays(effects, "mill-repair", "gate") == [(0, 30_000)]
    # 120 person-weeks at 900, then 60 at 1000.
    assert outlays(effects, "mill-repair", "works") == [(0, pytest.approx(108_000)), (1, pytest.approx(60_000))]
    # 4 electricians at a pass rate of 0.8: 5 places at 2000.
    assert outlays(effects, "mill-repair", "training") == [(1, pytest.approx(10_000))]
    assert facts(effects, "mill-repair")["investment"] == pytest.approx(150_000 + 30_000 + 168_000 + 10_000)
    # 1.5 million LYD at 6.37; works in weeks 10–26.
    hall = outlays(effects, "cables-rehab", "civil")
    assert hall == [(0, pytest.approx(1.5e6 / 6.37 * 3 / 16)), (1, pytest.approx(1.5e6 / 6.37 * 13 / 16))]


def test_what_is_sure_and_what_is_pooled():
    effects = effects_of(tiny())
    sure = effects.outlays.filter(option="cables-rehab", sure=True)
    assert sorted(sure["category"]) == ["gate", "survey"]
    pooled = effects.outlays.filter(pl.col("pooled"))
    assert set(pooled["category"]) == {"works", "training"}
    assert set(pooled.filter(category="works")["origin"]) == {"partner"}
    assert set(pooled.filter(category="training")["origin"]) == {"local"}


def test_working_capital_is_days_of_running_cost():
    effects = effects_of(tiny())
    # South: wheat 250 + 15 + 40 = 305, power from diesel 180. 1.3·305 + 0.12·180 + 8 = 426.1 a tonne, 3000 tonnes,
    # 20,000 fixed and 30 wages of 1200; 30 of 91.25 days.
    amount = (3000 * 426.1 + 20_000 + 30 * 1200) * 30 / 91.25
    assert facts(effects, "mill-repair")["working_capital"] == pytest.approx(amount)
    assert outlays(effects, "mill-repair", "working_capital") == [(1, pytest.approx(amount))]


def test_capacity_ramps_up_from_each_release():
    effects = effects_of(tiny())
    # Works end in week 19: operation from quarter 2; 0.5, 0.75, 1 of 3000.
    assert profile(effects, "mill-repair", "capacity") == [0, 0, 1500, 2250, 3000, 3000, 3000, 3000]
    # Half from quarter 2 and half from 3, each 0.4, 0.7, 1 of 4500.
    assert profile(effects, "mill-new", "capacity") == pytest.approx([0, 0, 900, 2475, 3825, 4500, 4500, 4500])
    # Chance 0.7, ramp of one quarter from 0.5.
    assert profile(effects, "cables-rehab", "capacity") == pytest.approx([0, 0, 87.5, 175, 175, 175, 175, 175])
    assert profile(effects, "cables-rehab", "operating") == pytest.approx([0, 0] + [0.7] * 6)
    assert profile(effects, "pasta-now", "capacity") == [1500] * 8
    assert profile(effects, "mill:survey", "operating") == [0] * 8


def test_survival_acts_over_twelve_quarters():
    past = {"reference_class": "food", "name_en": "Past", "name_ar": "سابقة", "output_reached": 0.9}
    precedents = [past | {"id": str(i), "survived": i > 0} for i in range(4)]
    case = tiny(
        {"options": options(mill_repair={"reference_class": "food", "ramp_quarters": 0.0}), "precedents": precedents},
        time={"start": dt.date(2027, 1, 1), "periods": 20},
    )
    operating = profile(effects_of(case), "mill-repair", "operating")
    assert operating[2] == 1
    assert operating[3] == pytest.approx(0.75 ** (1 / 12))
    assert operating[14:] == pytest.approx([0.75] * 6)
    capacity = profile(effects_of(case), "mill-repair", "capacity")
    assert capacity[2] == pytest.approx(0.9 * 3000)


def test_cost_ratio_raises_works_and_goods_only():
    precedents = [{"id": "p", "reference_class": "food", "name_en": "P", "name_ar": "س", "cost_ratio": 1.5}]
    case = tiny({"options": options(mill_repair={"reference_class": "food"}), "precedents": precedents})
    effects = effects_of(case)
    assert sum(a for _, a in outlays(effects, "mill-repair", "works")) == pytest.approx(1.5 * 168_000)
    assert sum(a for _, a in outlays(effects, "mill-repair", "spares")) == pytest.approx(1.5 * 150_000)
    assert sum(a for _, a in outlays(effects, "mill-repair", "gate")) == pytest.approx(30_000)
    assert sum(a for _, a in outlays(effects, "mill-repair", "training")) == pytest.approx(10_000)


def test_fees_and_royalties_by_year_of_operation():
    transfers = [
        {"option": "mill-repair", "year": 1, "form": "licence", "fee": 8000.0},
        {"option": "mill-repair", "year": 2, "form": "royalty", "royalty": 0.02},
    ]
    fee = profile(effects_of(tiny({"transfers": transfers})), "mill-repair", "fee")
    # 2000 a quarter in quarters 2–5, then 2 % of 3000 t at 400 + 20.
    assert fee == pytest.approx([0, 0, 2000, 2000, 2000, 2000, 0.02 * 3000 * 420, 0.02 * 3000 * 420])


def test_new_jobs_and_takeover():
    effects = effects_of(tiny())
    assert facts(effects, "mill-repair")["new_jobs"] == 20
    assert facts(effects, "pasta-more")["takeover"] == 1
    assert facts(effects, "pasta-now")["quarters"] == 0
    runs_on = effects_of(tiny({"options": options(pasta_more={"stops_line": False})}))
    assert facts(runs_on, "pasta-more")["takeover"] == 1
    assert facts(runs_on, "mill-repair")["takeover"] is None


def test_when_an_option_may_start():
    effects = effects_of(tiny())
    assert [facts(effects, "mill-repair")[k] for k in ("quarters", "earliest", "latest")] == [2, 0, 6]
    bounded = options(mill_repair={"earliest": dt.date(2027, 5, 1), "latest": dt.date(2028, 2, 1)})
    assert [facts(effects_of(tiny({"options": bounded})), "mill-repair")[k] for k in ("earliest", "latest")] == [1, 4]


def gate(**cells):
    return {"blockers": [{"site": "mill", "gate": "title", "state": "closed", "stops": "now", **cells}]}


def test_works_wait_for_the_date_of_an_authority():
    day = dt.date(2028, 1, 1)
    at_once = effects_of(tiny(gate(opens_by="authority", open_date=day)))
    assert facts(at_once, "mill-repair")["earliest"] == 4
    # A task of 20 weeks fills quarter 0; works begin in quarter 1 of the option, which may start in period 3.
    after_task = effects_of(tiny(gate(opens_by="authority", open_date=day, weeks=20.0)))
    assert facts(after_task, "mill-repair")["earliest"] == 3
    beyond = facts(effects_of(tiny(gate(opens_by="authority", open_date=dt.date(2030, 1, 1)))), "mill-repair")
    assert not beyond["available"]
    assert beyond["latest"] < beyond["earliest"]


def test_shut_gates_and_pools_without_source_make_options_unavailable():
    shut = facts(effects_of(tiny(gate(opens_by="none"))), "mill-repair")
    assert (shut["available"], shut["blocked_by"]) == (False, "title")
    assert shut["latest"] < shut["earliest"]
    nobody = effects_of(tiny({"offers": tables()["offers"][:1]}))
    assert not facts(nobody, "pasta-more")["available"]
    assert facts(nobody, "pasta-more")["blocked_by"] is None
    assert facts(nobody, "cables-rehab")["available"]


def test_severance_and_closing_for_good():
    close = {
        "id": "mill-close",
        "site": "mill",
        "kind": "close",
        "name_en": "Close",
        "name_ar": "إغلاق",
        "severance": 9000.0,
    }
    costs = [{"option": "mill-close", "id": "c", "name_en": "Clean", "name_ar": "تنظيف", "category": "closing", "amount": 700.0, "origin": "local"}]  # fmt: skip # noqa: E501
    effects = effects_of(tiny({"options": [*options(), close], "costs": costs} | gate(opens_by="none")))
    found = facts(effects, "mill-close")
    # No gate stops a closing.
    assert (found["available"], found["operating_from"], found["quarters"], found["working_capital"]) == (
        True,
        None,
        1,
        0,
    )
    assert outlays(effects, "mill-close", "severance") == [(0, 9000)]
    assert outlays(effects, "mill-close", "closing") == [(0, 700)]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 6), st.floats(0, 1))
def test_capacity_never_exceeds_what_is_reached_and_scales_with_chance(chance, success, reached, ramp, first):
    cells = {"chance": success, "output_reached": reached, "ramp_quarters": ramp, "ramp_start": first}
    blocker = tables()["blockers"][1]

    def capacity(odds):
        case = tiny({"options": options(cables_rehab=cells), "blockers": [blocker | {"chance": odds}]})
        return profile(effects_of(case), "cables-rehab", "capacity")

    sure, unsure = capacity(1.0), capacity(chance)
    assert max(sure) <= 250 * reached * (1 + 1e-12)
    assert unsure == pytest.approx([chance * c for c in sure])
    assert sure == sorted(sure)


def test_profile_has_a_row_for_every_option_and_quarter_in_order():
    effects = effects_of(tiny())
    assert effects.profile["option"].to_list() == [o for o in effects.options["option"] for _ in range(8)]
    assert effects.profile["quarter"].to_list() == list(range(8)) * effects.options.height


def test_recipe_is_signed():
    recipe = {(r["option"], r["commodity"]): r["quantity"] for r in effects_of(tiny()).recipe.to_dicts()}
    assert recipe["mill-repair", "flour"] == 1
    assert recipe["mill-repair", "wheat"] == -1.3
