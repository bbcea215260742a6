"""Where ranges come from: evidence, the estimate's class, the past; each spread from one source."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.tiny import SETTINGS, names, tables, tiny

from tawteen.appraise.risk.distributions import Empirical, Pert, Triangular, quantile
from tawteen.appraise.risk.optimism import TABLE, combined
from tawteen.appraise.risk.ranges import ranges_of
from tawteen.case.estimate_class import ACCURACY, AS_STATED, ONLY_EVIDENCE, ONLY_INSPECTED, estimate_of
from tawteen.case.findings import CaseError
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words

BIAS = json.loads(
    (
        Path(__file__).parents[3] / "cases" / "textbook" / "acceptance" / "10_mott_macdonald_optimism_bias.json"
    ).read_text("utf-8")
)
KINDS = {
    "Non-standard Buildings": "non_standard_buildings",
    "Standard Buildings": "standard_buildings",
    "Non-standard Civil Engineering": "non_standard_civil",
    "Standard Civil Engineering": "standard_civil",
    "Equipment/Development": "equipment",
    "Outsourcing (opex)": "outsourcing",
}
MEASURES = ("duration_upper", "duration_lower", "cost_upper", "cost_lower")


def ranges(case, option, view="financial"):
    return ranges_of(case, effects_of(case), option, view)


def seen(number, table, row, column, **more):
    return {"id": f"E{number}", "table": table, "row": row, "column": column, "grade": "assumed", **more}


def ends(distribution):
    """Numbers of a triangular or an empirical distribution."""
    if isinstance(distribution, Empirical):
        return pytest.approx(distribution.values)
    assert isinstance(distribution, Triangular)
    return pytest.approx((distribution.low, distribution.likely, distribution.high))


def notes(found):
    return {note.args["input"]: note.code for note in found.notes}


def options(option, **changes):
    return [o | (changes if o["id"] == option else {}) for o in tables()["options"]]


def around(low, mode, high):
    """Ends over the mean of a triangular distribution."""
    mean = (low + mode + high) / 3
    return low / mean, mode / mean, high / mean


CLASS_5 = Triangular(*around(0.65, 1.0, 1.65))
"""Middles of −20 to −50 % and of +30 to +100 % (AACE 18R-97)."""


def same(found, expected):
    """Whether two triangular distributions are the same up to rounding."""
    return ends(found) == (expected.low, expected.likely, expected.high)


def past(column, values, reference="food"):
    return [
        {"id": f"P{i}", "reference_class": reference, **names("Past", "سابقة"), column: value}
        for i, value in enumerate(values)
    ]


def test_nothing_known_is_not_varied_and_says_so():
    plain = {"money": SETTINGS["money"] | {"rates": [{"currency": "LYD", "official": 6.37}]}}
    found = ranges(
        tiny({"works": [w for w in tables()["works"] if w["option"] != "mill-repair"]}, **plain), "mill-repair"
    )
    assert set(found.inputs) == {"cost"}
    assert same(found.inputs["cost"], CLASS_5)
    told = notes(found)
    assert told.pop("cost") == "risk.cost_from_class"
    assert set(told.values()) == {"risk.input_not_varied"}
    for note in found.notes:
        for lang in LANGS:
            assert Words(lang).say(note.code, note.args) != note.code


def test_evidence_by_hand():
    evidence = [
        seen(1, "commodities", "flour", "cif", low=300.0, high=520.0),
        seen(2, "commodities", "wheat", "cif", low=200.0, high=300.0),
        seen(3, "supplies", "diesel-south", "variable_cost", low=90.0, high=360.0),
        seen(4, "options", "mill-repair", "wage", low=600.0, high=1500.0),
        seen(5, "options", "mill-repair", "ramp_quarters", low=1.0, high=6.0),
        seen(6, "options", "mill-repair", "fixed_cost", low=10_000.0, high=44_000.0),
    ]
    works = [w | ({"weeks_low": 7.0, "weeks_high": 36.0} if w["id"] == "A" else {}) for w in tables()["works"]]
    found = ranges(tiny({"evidence": evidence, "works": works}), "mill-repair").inputs
    # The plan takes means. CIF of flour: (300 + 400 + 520)/3, and 60 more in the south; of wheat 250 and 55 more.
    flour = 1220 / 3
    assert ends(found["price"]) == tuple((x + 60) / (flour + 60) for x in (300, 400, 520))
    assert ends(found["inputs"]) == (255 / 305, 1.0, 355 / 305)
    assert ends(found["energy"]) == around(90, 180, 360)
    assert ends(found["wages"]) == around(600, 1200, 1500)
    assert ends(found["ramp"]) == around(1, 2, 6)
    # 10,000 … 20,000 … 44,000 fixed, and 3000 t at 8.
    assert ends(found["running"]) == around(34_000, 44_000, 68_000)
    # Package A takes 7 … 10 … 36 weeks, 53/3 in the mean; then B takes 6.
    assert ends(found["delay"]) == tuple((x - 53 / 3) / 13 for x in (7, 10, 36))
    # The dinar: 6.37 official, 8.7 parallel.
    assert ends(found["exchange"]) == (1.0, 1.0, 8.7 / 6.37)


def test_premium_of_the_view_is_not_counted_twice():
    found = ranges(tiny(), "mill-repair", "economic").inputs["exchange"]
    # From none to that of the parallel market, such that the mean is the planned 0.2.
    high = 8.7 / 6.37 - 1
    assert ends(found) == (1 / 1.2, (1 + 3 * 0.2 - high) / 1.2, (1 + high) / 1.2)
    assert quantile(found, (np.arange(9999) + 0.5) / 9999).mean() == pytest.approx(1, abs=1e-5)


def test_the_past_replaces_the_spread_of_the_estimate():
    ratios = [1.0, 1.2, 1.5, 1.8, 3.0]
    changes = {"options": options("mill-repair", reference_class="food")}
    found = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios)}), "mill-repair")
    # The mean, 1.7, corrects the level in the effects already.
    assert ends(found.inputs["cost"]) == tuple(r / 1.7 for r in ratios)
    assert notes(found)["cost"] == "risk.from_precedents"
    few = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios[:4])}), "mill-repair")
    assert same(few.inputs["cost"], CLASS_5)
    # Precedents that are all alike tell a level and no spread: plan, draws and appraisal take that of the items.
    alike = ranges(tiny(changes | {"precedents": past("cost_ratio", [1.7] * 5)}), "mill-repair")
    assert same(alike.inputs["cost"], CLASS_5)
    other = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios, "process")}), "mill-repair")
    assert same(other.inputs["cost"], CLASS_5)


def test_the_past_delays_around_its_mean_and_reaches_less():
    changes = {"options": options("mill-repair", reference_class="food")}
    late = ranges(tiny(changes | {"precedents": past("duration_ratio", [1.0, 1.0, 2.0, 3.0, 4.0])}), "mill-repair")
    # 16 weeks, 2.2 times as long in the mean.
    assert ends(late.inputs["delay"]) == tuple((r / 2.2 - 1) * 16 * 2.2 / 13 for r in (1, 1, 2, 3, 4))
    reached = past("output_reached", [0.2, 0.4, 0.5, 0.6, 1.0])
    less = ranges(tiny(changes | {"precedents": reached}), "mill-repair").inputs["output"]
    assert ends(less) == tuple(r / 0.54 for r in (0.2, 0.4, 0.5, 0.6, 1.0))
    # An output that the case states is not that of the class.
    stated = {"options": options("mill-repair", reference_class="food", output_reached=0.8), "precedents": reached}
    assert "output" not in ranges(tiny(stated), "mill-repair").inputs


def test_items_with_a_range_of_their_own_need_no_class():
    for low, high in ((15_000.0, 900_000.0), (140_000.0, 160_000.0)):
        costs = [c | ({"low": low, "high": high} if c["id"] == "parts" else {}) for c in tables()["costs"]]
        found = ranges(tiny({"costs": costs}), "mill-repair")
        assert ends(found.inputs["cost"]) == around(low, 150_000, high)
        assert notes(found)["cost"] == "risk.from_evidence"
    sure = [c | {"low": c["amount"], "high": c["amount"]} for c in tables()["costs"]]
    assert "cost" not in ranges(tiny({"costs": sure}), "mill-repair").inputs


def test_a_case_may_say_pert():
    costs = [c | ({"low": 100_000.0, "high": 400_000.0} if c["id"] == "parts" else {}) for c in tables()["costs"]]
    found = ranges(tiny({"costs": costs}, uncertainty={"distribution": "pert"}), "mill-repair").inputs["cost"]
    mean = (100_000 + 4 * 150_000 + 400_000) / 6
    assert isinstance(found, Pert)
    assert (found.low, found.likely, found.high) == pytest.approx(tuple(x / mean for x in (1e5, 1.5e5, 4e5)))


def test_independent_factors_of_output_are_hardly_ever_at_their_ends_at_once():
    evidence = [
        seen(1, "options", "mill-repair", "capacity", low=1500.0, high=6000.0),
        seen(2, "options", "mill-repair", "output_reached", low=0.25, high=1.0),
    ]
    half = {"evidence": evidence, "options": options("mill-repair", output_reached=0.5)}
    found = ranges(tiny(half), "mill-repair").inputs["output"]
    # Each lies within a factor of two of its mode; root of the sum of squares: a factor of 2 ** (2 ** 0.5).
    assert found.likely / found.low == pytest.approx(2**2**0.5)
    assert found.high / found.likely == pytest.approx(2**2**0.5)
    assert (found.low + found.likely + found.high) / 3 == pytest.approx(1)


def test_class_is_what_evidence_bears():
    stated = {"options": options("mill-repair", estimate_class=3)}
    inspected = seen(1, "sites", "mill", "care_cost", value="10000") | {"grade": "inspected"}
    drawings = seen(2, "options", "mill-repair", "estimate_class", value="3", source="S1", note="P&IDs, equipment list")
    drawings |= {"grade": "documented"}
    sources = [{"id": "S1", "title": "Front-end engineering"}]

    def borne(*evidence, **changes):
        case = tiny(stated | changes | {"evidence": list(evidence), "sources": sources})
        estimate = estimate_of(case, "mill-repair")
        found = ranges(case, "mill-repair")
        low, high = ACCURACY[estimate.borne]
        assert same(found.inputs["cost"], Triangular(*around(low, 1.0, high)))
        assert (estimate.code in {note.code for note in found.notes}) == (estimate.code != AS_STATED)
        for lang in LANGS:
            assert Words(lang).say(estimate.code) != estimate.code
        return estimate.stated, estimate.borne, estimate.code

    assert borne() == (3, 5, ONLY_EVIDENCE)
    assert borne(inspected | {"grade": "documented"}) == (3, 5, ONLY_EVIDENCE)
    assert borne(inspected | {"row": "cables"}) == (3, 5, ONLY_EVIDENCE)
    assert borne(inspected) == (3, 4, ONLY_INSPECTED)
    assert borne(drawings) == (3, 3, AS_STATED)
    assert borne(drawings | {"note": None}) == (3, 5, ONLY_EVIDENCE)
    assert borne(drawings | {"grade": "reported"}) == (3, 5, ONLY_EVIDENCE)
    assert borne(inspected, options=options("mill-repair", estimate_class=5)) == (5, 5, AS_STATED)


def test_table_of_optimism_bias():
    table = BIAS["table2_percent"]
    assert table.pop("columns") == ["duration upper", "duration lower", "capex upper", "capex lower"]
    assert {KINDS[name] for name in table} == set(TABLE)
    for name, percents in table.items():
        bias = TABLE[KINDS[name]]
        for measure, percent in zip(MEASURES, percents, strict=True):
            share = getattr(bias, measure)
            assert share == (None if percent is None else pytest.approx(percent / 100)), (name, measure)


@pytest.mark.parametrize(("figure", "measure"), [("capex", "cost_upper"), ("duration", "duration_upper")])
def test_bound_of_a_combined_project(figure, measure):
    example = BIAS["worked_example"][figure]
    parts = dict(zip(("non_standard_buildings", "standard_buildings"), example["split"], strict=True))
    found = combined(parts, measure)
    assert [share * 100 for share in found.values()] == pytest.approx(example["contributions"], abs=0.05)
    assert sum(found.values()) * 100 == pytest.approx(example["result"], abs=0.05)


@pytest.mark.parametrize(
    ("parts", "measure", "code"),
    [
        ({"standard_civil": 0.5}, "cost_upper", "risk.parts_not_whole"),
        ({"standard_civil": 1.5, "equipment": -0.5}, "cost_upper", "risk.parts_not_whole"),
        ({"outsourcing": 1.0}, "duration_upper", "risk.bias_unknown"),
    ],
)
def test_parts_that_make_no_project_are_refused(parts, measure, code):
    with pytest.raises(CaseError) as raised:
        combined(parts, measure)
    (finding,) = raised.value.findings
    assert finding.code == code
    for lang in LANGS:
        assert Words(lang).say(code, finding.args) != code
