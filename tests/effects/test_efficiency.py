"""Options on a line that runs: what they take from it, what they close of its losses, and how long it lasts."""

import pytest
from tests.tiny import names, tables, tiny

from tawteen.appraise import appraise, prices
from tawteen.appraise.flows import flows_of
from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of
from tawteen.plan.inputs import prepare
from tawteen.plan.planning import plan
from tawteen.plan.verify import verify
from tawteen.plan.verify.line_stops import displaced_lines
from tawteen.plan.verify.solution import claimed_solutions


def changed(**option):
    options = [o | (option if o["id"] == "pasta-more" else {}) for o in tables()["options"]]
    return {"options": options}


def column(case, name, option="pasta-more"):
    return effects_of(case).profile.filter(option=option)[name].to_list()


def test_the_line_runs_on_but_for_the_weeks_of_the_stop():
    # Eight weeks of works in quarter 0, then the option replaces the line.
    assert column(tiny(), "displaced") == pytest.approx([8 / 13] + [1.0] * 7)
    assert column(tiny(changed(stops_line=False)), "displaced") == pytest.approx([0.0] + [1.0] * 7)
    assert column(tiny(changed(stops_line=None)), "displaced") == pytest.approx([8 / 13] + [1.0] * 7)


def test_people_stay_while_the_line_stands():
    case = expected_case(tiny())
    flows = flows_of(case, effects_of(case), prices(case))
    place = flows.options["option"].to_list().index("pasta-more")
    assert flows.taken_over[place][:2] == pytest.approx([8 / 13, 1.0])
    assert flows.saved_labour[place][0] == 0.0
    assert flows.saved_labour[place][1] > 0


def test_gain_relapses_to_the_line_of_today():
    """1,500 as it is, 2,200 with the option; of the 700 gained, 0.8 ** (n / 4) are left after n quarters."""
    full = [0.0] + [2200.0] * 7
    assert column(tiny(changed(ramp_start=1.0)), "capacity") == pytest.approx(full)
    lost = column(tiny(changed(ramp_start=1.0, relapse=0.2, maintained=None)), "capacity")
    assert lost == pytest.approx([0.0] + [1500 + 700 * 0.8 ** (n / 4) for n in range(7)])
    assert lost[5] == pytest.approx(1500 + 700 * 0.8)
    kept = column(tiny(changed(ramp_start=1.0, relapse=0.2, maintained=True)), "capacity")
    assert kept == pytest.approx(full)


LINE = {"id": "L", "site": "pasta", **names("Line", "الخط"), "commodity": "flour", "nominal": 3000.0}
LOSSES = [
    {"line": "L", "id": "stops", **names("Stops", "توقفات"), "factor": "availability", "share": 0.2},
    {"line": "L", "id": "setup", **names("Set-up", "تجهيز"), "factor": "availability", "share": 0.05},
    {"line": "L", "id": "slow", **names("Slow", "بطء"), "factor": "performance", "share": 0.2},
    {"line": "L", "id": "waste", **names("Waste", "هالك"), "factor": "quality", "share": 0.1},
]


def test_effectiveness_is_the_product_of_what_losses_leave():
    (row,) = diagnose(tiny({"lines": [LINE], "losses": LOSSES})).losses.to_dicts()
    assert row["oee"] == pytest.approx(0.75 * 0.8 * 0.9)
    assert row["output"] == pytest.approx(3000 * 0.54)
    stated = [LINE | {"availability": 0.8}]
    (row,) = diagnose(tiny({"lines": stated, "losses": LOSSES})).losses.to_dicts()
    assert row["oee"] == pytest.approx(0.8 * 0.8 * 0.9)
    assert diagnose(tiny({"lines": [LINE]})).losses["oee"].to_list() == [None]


def test_an_option_closes_named_losses():
    none = {"capacity": None}
    options = [o | (none if o["site"] == "pasta" else {}) for o in tables()["options"]]
    closed = [
        {"option": "pasta-more", "line": "L", "loss": "stops", "closes": 0.5},
        {"option": "pasta-more", "line": "L", "loss": "slow"},
    ]
    case = tiny({"options": options, "lines": [LINE], "losses": LOSSES, "closed_losses": closed})
    now = dict(effects_of(case).options.select("option", "capacity").iter_rows())
    assert now["pasta-now"] == pytest.approx(3000 * 0.75 * 0.8 * 0.9)
    assert now["pasta-more"] == pytest.approx(3000 * 0.85 * 1.0 * 0.9)


def line_capacity_of(option, lines, *recipes):
    """Capacity of an option that states none and makes flour and `recipes` on `lines`."""
    options = [o | ({"capacity": None} if o["id"] == option else {}) for o in tables()["options"]]
    made = [r for r in tables()["recipes"] if r["option"] != option]
    flows = [{"option": option, "commodity": good, "direction": "out", "quantity": part} for good, part in recipes]
    case = tiny({"options": options, "recipes": [*made, *flows], "lines": lines})
    return dict(effects_of(case).options.select("option", "capacity").iter_rows())[option]


def test_capacity_of_several_lines_is_that_of_the_product_whose_lines_allow_least():
    whole = {"availability": 1.0, "performance": 0.5, "quality": 1.0}
    lines = [
        LINE | {"id": "L1", "nominal": 3000.0} | whole,
        LINE | {"id": "L2", "nominal": 1000.0} | whole,
        LINE | {"id": "L3", "nominal": 400.0, "commodity": "cable"} | whole,
    ]
    assert line_capacity_of("pasta-now", lines, ("flour", 1.0)) == pytest.approx(2000)
    assert line_capacity_of("pasta-now", lines, ("flour", 0.5), ("cable", 0.25)) == pytest.approx(800)
    # flour from its two lines: 2000 of 0.8; cable from the third: 200 of 0.02
    assert line_capacity_of("pasta-now", lines, ("flour", 0.8), ("cable", 0.02)) == pytest.approx(2500)
    # no line makes copper: the lines are converted
    assert line_capacity_of("pasta-now", lines[:2], ("copper", 1.0)) == pytest.approx(2000)


@pytest.mark.parametrize(
    "changes", [{}, {"stops_line": None, "relapse": 0.3, "maintained": False}, {"stops_line": False}]
)
def test_programme_and_check_agree_on_stops(changes):
    forced = {"rules": [{"id": "R", "kind": "must", "sites": "pasta", "text_en": "x", "text_ar": "س"}]}
    case = tiny({**changed(**changes, fixed_cost=10_000.0), **forced})
    programme = plan(case, time_limit=60.0, gap=0.0)
    assert "pasta-more" in programme.sites["option"].to_list()
    found = verify(case, programme)
    assert found.holds, found.findings
    inputs = prepare(case)
    does, _, _ = claimed_solutions(
        inputs.case, programme, inputs.effects, inputs.match, inputs.prices, lead=inputs.works.lead
    )
    lost = displaced_lines(does).sort("period")
    start = does.picks.filter(option="pasta-more")["start"][0]
    planned = column(case, "displaced")[: 8 - start]
    assert lost["lost"].to_list() == pytest.approx([x for x in planned if x > 0])


def test_appraisal_loses_the_weeks_of_the_stop():
    def sales(**option):
        case = expected_case(tiny(changed(**option)))
        cash = appraise(case, effects_of(case)).cash
        return cash.filter(option="pasta-more", view="financial", period=0)["sales"][0]

    standing, running = sales(), sales(stops_line=False)
    assert standing == pytest.approx(running * (1 - 8 / 13))
