"""Where ranges come from: evidence, the estimate's class, the past; each spread from one source."""

import json
from pathlib import Path

import pytest
from tests.tiny import SETTINGS, names, tables, tiny

from tawteen.appraise.risk.distributions import Empirical, Lognormal, Triangular
from tawteen.appraise.risk.estimate import ACCURACY, AS_STATED, ONLY_EVIDENCE, ONLY_INSPECTED, estimate_of
from tawteen.appraise.risk.optimism import TABLE, combined
from tawteen.appraise.risk.ranges import ranges_of
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
    assert found.inputs == {"cost": Lognormal(0.5, 2.0, 1.0)}
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
    # Flour in the south is worth 460 of which CIF is 400; wheat 305 of which 250.
    assert ends(found["price"]) == (360 / 460, 1.0, 580 / 460)
    assert ends(found["inputs"]) == (255 / 305, 1.0, 355 / 305)
    assert ends(found["energy"]) == (0.5, 1.0, 2.0)
    assert ends(found["wages"]) == (0.5, 1.0, 1.25)
    assert ends(found["ramp"]) == (0.5, 1.0, 3.0)
    # 20,000 fixed and 3000 t at 8.
    assert ends(found["running"]) == (34_000 / 44_000, 1.0, 68_000 / 44_000)
    # Package A takes 10 weeks, then B 6.
    assert ends(found["delay"]) == (-3 / 13, 0.0, 2.0)
    # The dinar: 6.37 official, 8.7 parallel.
    assert ends(found["exchange"]) == (1.0, 1.0, 8.7 / 6.37)


def test_premium_of_the_view_is_not_counted_twice():
    found = ranges(tiny(), "mill-repair", "economic").inputs["exchange"]
    assert ends(found) == (1 / 1.2, 1.0, 8.7 / 6.37 / 1.2)


def test_the_past_replaces_the_spread_of_the_estimate():
    ratios = [1.0, 1.2, 1.5, 1.8, 3.0]
    changes = {"options": options("mill-repair", reference_class="food")}
    found = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios)}), "mill-repair")
    # The median, 1.5, corrects the level in the effects already.
    assert found.inputs["cost"] == Empirical(tuple(r / 1.5 for r in ratios))
    assert notes(found)["cost"] == "risk.from_precedents"
    few = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios[:4])}), "mill-repair")
    assert few.inputs["cost"] == Lognormal(0.5, 2.0, 1.0)
    other = ranges(tiny(changes | {"precedents": past("cost_ratio", ratios, "process")}), "mill-repair")
    assert other.inputs["cost"] == Lognormal(0.5, 2.0, 1.0)


def test_the_past_delays_around_its_median_and_reaches_less():
    changes = {"options": options("mill-repair", reference_class="food")}
    late = ranges(tiny(changes | {"precedents": past("duration_ratio", [1.0, 1.0, 2.0, 3.0, 4.0])}), "mill-repair")
    # 16 weeks, twice as long by the median.
    assert ends(late.inputs["delay"]) == tuple((r / 2 - 1) * 16 * 2 / 13 for r in (1, 1, 2, 3, 4))
    reached = past("output_reached", [0.2, 0.4, 0.5, 0.6, 1.0])
    less = ranges(tiny(changes | {"precedents": reached}), "mill-repair").inputs["output"]
    assert ends(less) == tuple(r / 0.5 for r in (0.2, 0.4, 0.5, 0.6, 1.0))
    # An output that the case states is not that of the class.
    stated = {"options": options("mill-repair", reference_class="food", output_reached=0.8), "precedents": reached}
    assert "output" not in ranges(tiny(stated), "mill-repair").inputs


def test_items_that_vary_more_than_their_class_do_so():
    costs = [c | ({"low": 15_000.0, "high": 900_000.0} if c["id"] == "parts" else {}) for c in tables()["costs"]]
    found = ranges(tiny({"costs": costs}), "mill-repair")
    assert found.inputs["cost"] == Triangular(0.1, 1.0, 6.0)
    assert notes(found)["cost"] == "risk.from_evidence"
    costs = [c | ({"low": 140_000.0, "high": 160_000.0} if c["id"] == "parts" else {}) for c in tables()["costs"]]
    assert ranges(tiny({"costs": costs}), "mill-repair").inputs["cost"] == Lognormal(0.5, 2.0, 1.0)


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
        assert found.inputs["cost"] == Lognormal(*ACCURACY[estimate.borne], 1.0)
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
