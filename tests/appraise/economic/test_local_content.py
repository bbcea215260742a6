"""Local content by rules that are data with their citation; all by hand."""

import pytest
from tests.tiny import tables, tiny

from tawteen.appraise.economic.local_content import (
    NO_PRICE,
    NO_VALUE,
    NOTHING_TAKEN,
    ProductComponent,
    components,
    contents,
    examples,
    local_content,
    meets,
    rules_of,
)
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words

EGYPT, SATS = examples()
PARTS = [
    ProductComponent(id="frame", value=30.0, origin="local"),
    ProductComponent(id="motor", value=40.0, origin="imported"),
    ProductComponent(id="wire", value=10.0, origin="unknown"),
]


def test_sats_1286_counts_unknown_origin_as_imported():
    # x = 40 + 10 of y = 120.
    assert local_content(SATS, PARTS, 120.0).value == pytest.approx(1 - 50 / 120)
    assert meets(SATS, 0.0) is None


def test_egyptian_components_need_forty_percent():
    share = local_content(EGYPT, PARTS, 120.0).value
    assert share == pytest.approx(30 / 80)
    assert meets(EGYPT, share) is False
    known = [*PARTS[:2], ProductComponent(id="wire", value=10.0, origin="local")]
    assert local_content(EGYPT, known, 120.0).value == pytest.approx(40 / 80)
    assert meets(EGYPT, 0.4) is True
    left_out = EGYPT.model_copy(update={"unknown": "left_out"})
    assert local_content(left_out, PARTS, 120.0).value == pytest.approx(30 / 70)


def test_no_value_is_not_calculable():
    for rule in (EGYPT, SATS):
        assert local_content(rule, [], 0.0).reason == NO_VALUE
    for lang in LANGS:
        for code in (NO_VALUE, NO_PRICE, NOTHING_TAKEN):
            assert Words(lang).say(code) != code


def test_more_imported_than_it_sells_for_is_no_local_content():
    assert local_content(SATS, PARTS, 40.0).value == 0.0


def test_rules_are_those_of_the_case_with_their_citation():
    assert [rule.cited for rule in rules_of(tiny())] == ["named", "named"]
    assert all("its text was not read" in rule.citation and rule.citation_ar for rule in rules_of(tiny()))
    assert not any("task" in rule.citation or "مهمة" in rule.citation_ar for rule in rules_of(tiny()))
    own = {"id": "ours", "name_en": "Ours", "name_ar": "لنا", "formula": "build_up", "unknown": "left_out",
           "least": 0.3, "citation": "Contract, article 7", "source": "contract"}  # fmt: skip
    sources = [{"id": "contract", "title": "The contract of 2026"}]
    (rule,) = rules_of(tiny({"content_rules": [own], "sources": sources}))
    assert (rule.id, rule.cited, rule.least) == ("ours", "case", 0.3)
    assert rule.citation == "Contract, article 7; The contract of 2026"


def test_content_of_options_and_their_local_parts():
    case = tiny()
    effects = effects_of(case)
    found = {(r["option"], r["commodity"]): r for r in components(case, effects).iter_rows(named=True)}
    # Wheat 250 + 15 + 40 for the way south, 1.3 t of it; power of the south at 180, 0.12 MWh; flour at 460.
    assert found["mill-repair", "wheat"]["value"] == pytest.approx(1.3 * 305)
    assert found["mill-repair", "wheat"]["origin"] == "imported"
    assert (found["mill-repair", "power"]["value"], found["mill-repair", "power"]["origin"]) == (
        pytest.approx(0.12 * 180), "local",
    )  # fmt: skip
    by_price = {r["option"]: r for r in contents(case, effects, SATS).iter_rows(named=True)}
    assert by_price["mill-repair"]["first"] == pytest.approx(1 - 1.3 * 305 / 460)
    by_parts = {r["option"]: r for r in contents(case, effects, EGYPT).iter_rows(named=True)}
    assert by_parts["mill-repair"]["last"] == pytest.approx(0.12 * 180 / (0.12 * 180 + 1.3 * 305))
    assert by_parts["mill-repair"]["meets"] is False
    assert set(by_parts) == set(case["options"]["id"])
    steps = [{"option": "mill-repair", "year": 1, "form": "kits", "local_share": 0.1},
             {"option": "mill-repair", "year": 3, "form": "kits", "local_share": 0.5}]  # fmt: skip
    case = tiny({"transfers": steps})
    kits = {r["option"]: r for r in contents(case, effects_of(case), SATS).iter_rows(named=True)}["mill-repair"]
    assert kits["first"] == pytest.approx(1 - 0.9 * 1.3 * 305 / 460)
    assert kits["last"] == pytest.approx(1 - 0.5 * 1.3 * 305 / 460)


def test_what_the_country_has_too_is_of_unknown_origin():
    grown = {"id": "farms", "name_en": "Farms", "name_ar": "مزارع", "region": "east", "commodity": "wheat",
             "quantity": 100.0, "variable_cost": 200.0}  # fmt: skip
    case = tiny({"supplies": [*tables()["supplies"], grown]})
    effects = effects_of(case)
    origins = {r["origin"] for r in components(case, effects).filter(commodity="wheat").iter_rows(named=True)}
    assert origins == {"unknown"}
    counted = contents(case, effects, SATS).filter(option="mill-repair")["first"][0]
    assert counted == pytest.approx(1 - 1.3 * 305 / 460)
    aside = SATS.model_copy(update={"unknown": "left_out"})
    assert contents(case, effects, aside).filter(option="mill-repair")["first"][0] == pytest.approx(1.0)


def test_why_content_cannot_be_said():
    bare = [row for row in tables()["recipes"] if (row["option"], row["direction"]) != ("mill-new", "in")]
    case = tiny({"recipes": bare, "supplies": []})
    reasons = dict(contents(case, effects_of(case), SATS).select("option", "reason").iter_rows())
    assert reasons["mill-new"] == NOTHING_TAKEN
    assert reasons["mill-repair"] == NO_PRICE
