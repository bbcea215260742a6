"""Local content by rules as data, inputs ranked by what they cost abroad, ways of transfer; all by hand."""

import pytest
from tests.tiny import tables, tiny

from tawteen.appraise import appraise
from tawteen.appraise.country.local_content import (
    NO_VALUE,
    RULES,
    Component,
    components_of,
    local_content,
    meets,
    transfer_paths,
    worth_of_making,
)
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words

EGYPT, SATS = RULES
PARTS = [
    Component(id="frame", value=30.0, origin="local"),
    Component(id="motor", value=40.0, origin="imported"),
    Component(id="wire", value=10.0, origin="unknown"),
]


def test_sats_1286_counts_unknown_origin_as_imported():
    # x = 40 + 10 of y = 120.
    assert local_content(SATS, PARTS, 120.0).value == pytest.approx(1 - 50 / 120)
    assert meets(SATS, 0.0) is None


def test_egyptian_components_need_forty_percent():
    share = local_content(EGYPT, PARTS, 120.0).value
    assert share == pytest.approx(30 / 80)
    assert meets(EGYPT, share) is False
    known = [*PARTS[:2], Component(id="wire", value=10.0, origin="local")]
    assert local_content(EGYPT, known, 120.0).value == pytest.approx(40 / 80)
    assert meets(EGYPT, 0.4) is True
    left_out = EGYPT.model_copy(update={"unknown": "left_out"})
    assert local_content(left_out, PARTS, 120.0).value == pytest.approx(30 / 70)


def test_no_value_is_not_calculable():
    for rule in RULES:
        assert local_content(rule, [], 0.0).reason == NO_VALUE
    for lang in LANGS:
        assert Words(lang).say(NO_VALUE) != NO_VALUE


def test_every_rule_is_cited():
    for rule in RULES:
        assert rule.source
        assert rule.cited in ("read", "named")


def test_components_of_an_option_and_its_local_parts():
    case = tiny()
    parts, price = components_of(case, effects_of(case), "mill-repair")
    # Wheat 250 + 15 + 40 for the way south, 1.3 t of it; power of the south at 180, 0.12 MWh; flour at 460.
    assert {p.id: (round(p.value, 6), p.origin) for p in parts} == {
        "wheat": (1.3 * 305, "imported"),
        "power": (round(0.12 * 180, 6), "local"),
    }
    assert price == pytest.approx(460)
    assert local_content(SATS, parts, price).value == pytest.approx(1 - 1.3 * 305 / 460)
    steps = [{"option": "mill-repair", "year": 1, "form": "kits", "local_share": 0.1},
             {"option": "mill-repair", "year": 3, "form": "local_parts", "local_share": 0.5}]  # fmt: skip
    case = tiny({"transfers": steps})
    parts, price = components_of(case, effects_of(case), "mill-repair", year=3)
    assert local_content(SATS, parts, price).value == pytest.approx(1 - 0.5 * 1.3 * 305 / 460)


def test_inputs_are_ranked_by_what_is_spent_abroad():
    case = tiny()
    table = worth_of_making(case, effects_of(case), {"mill-repair": 1.0, "cables-rehab": 0.5})
    rows = {(r["kind"], r["item"]): r for r in table.iter_rows(named=True)}
    # 12,000 t of flour a year of 1.3 t of wheat at 250; 500 t of cable of 0.9 t of copper at 5,000.
    assert rows["input", "wheat"]["spent"] == pytest.approx(12_000 * 1.3 * 250)
    assert rows["input", "copper"]["spent"] == pytest.approx(500 * 0.9 * 5_000)
    assert rows["spares", "mill-repair"]["spent"] == pytest.approx(150_000)
    assert rows["input", "wheat"]["premium"] == pytest.approx(0.2 * 12_000 * 1.3 * 250)
    assert table["spent"].to_list() == sorted(table["spent"], reverse=True)
    assert "power" not in table["item"].to_list()


def test_ways_of_transfer_are_appraised_as_options():
    options = tables()["options"]
    case = tiny({"options": options})
    paths = {
        "none": [],
        "licence": [{"year": 1, "form": "licence", "fee": 40_000.0, "royalty": 0.0}],
        "royalty": [{"year": y, "form": "royalty", "royalty": 0.02} for y in (1, 2)],
    }
    table = transfer_paths(case, "mill-repair", paths, "financial")
    found = {r["path"]: r for r in table.iter_rows(named=True)}
    plain = appraise(case, effects_of(case)).indicators.filter(option="mill-repair", view="financial")["npv"][0]
    assert found["none"]["npv"] == pytest.approx(plain)
    assert found["none"]["fees"] == 0
    for name in ("licence", "royalty"):
        assert found[name]["npv"] == pytest.approx(plain - found[name]["fees"])
    # 10,000 a quarter in the four quarters from the third on.
    expected = sum(10_000 * 1.12 ** (-(t + 1) / 4) for t in range(2, 6))
    assert found["licence"]["fees"] == pytest.approx(expected)
    assert table["npv"].is_sorted(descending=True)
