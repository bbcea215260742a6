"""The public Libya case: rebuilt from its facts it is the same, it refers to nothing that is not there, and every
number says where it comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from tests.test_words import VOWEL_MARKS

from tawteen.case.evidence import coverage, key_of, proposals
from tawteen.case.model import Case
from tawteen.case.read import read_case_with_findings
from tawteen.case.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
LIBYA = ROOT / "cases" / "libya"
OWN_RANGE = {("works", "weeks"), ("works", "weeks_low"), ("works", "weeks_high")} | {
    ("costs", column) for column in ("amount", "low", "high")
}


@pytest.fixture(scope="module")
def case() -> Case:
    found, findings = read_case_with_findings(LIBYA / "case")
    assert findings == []
    return found


def numbers(case: Case) -> Iterator[tuple[str, str, str, float]]:
    """Table, key, column and value of every number that is a quantity of the case."""
    for table, schema in TABLES.items():
        if table in ("evidence", "sources", "rules"):
            continue
        for row in case[table].iter_rows(named=True):
            key = "/".join(str(row[k]) for k in schema.primary_key())
            for column, spec in schema.columns().items():
                unit = (spec.metadata or {}).get("unit")
                counts = spec.dtype.is_numeric() and not spec.primary_key and unit not in ("deg", "1-4", "1-5")
                if counts and row[column] is not None:
                    yield table, key, column, row[column]


def test_committed_case_is_what_the_facts_build(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, str(LIBYA / "build"), str(tmp_path)], check=True, env=environment)
    built = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    committed = {p.relative_to(LIBYA): p.read_bytes() for p in (LIBYA / "case").iterdir() if p.suffix != ".geojson"}
    committed[Path("SOURCES.md")] = (LIBYA / "SOURCES.md").read_bytes()
    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == []


def test_every_number_has_an_origin_or_a_range(case: Case) -> None:
    evidence = case["evidence"]
    told = {
        (r["table"], r["row"], r["column"])
        for r in evidence.iter_rows(named=True)
        if r["grade"] != "assumed" or (r["low"] is not None and r["low"] <= r["high"])
    }
    definitions = (0.0, 1.0)
    silent = [
        cell
        for cell in numbers(case)
        if cell[:3] not in told and (cell[0], cell[2]) not in OWN_RANGE and cell[3] not in definitions
    ]
    assert silent == []


def test_what_works_do_to_running_lines_is_marked_as_assumed(case: Case) -> None:
    marked = case["evidence"].filter(pl.col("grade") == "assumed").drop_nulls("note")
    for table, column in (("options", "stops_line"), ("options", "maintained"), ("works", "stops"),
                          ("closed_losses", "closes")):  # fmt: skip
        stated = case[table].drop_nulls(column).select(row=key_of(table))
        assert stated.height
        told = marked.filter((pl.col("table") == table) & (pl.col("column") == column))
        assert stated.join(told, on="row", how="anti").is_empty(), (table, column)


def test_assumed_values_lie_in_their_range(case: Case) -> None:
    off = case["evidence"].filter(
        (pl.col("grade") == "assumed")
        & pl.col("low").is_not_null()
        & ~pl.col("value").cast(pl.Float64, strict=False).is_between(pl.col("low"), pl.col("high"))
    )
    assert off.rows() == []


def test_what_the_case_plans_with_is_what_its_observations_propose(case: Case) -> None:
    assert proposals(case).filter("differs").select("table", "row", "column", "current", "proposed").rows() == []


def test_nothing_refers_to_what_is_not_there(case: Case) -> None:
    lost = []
    for table, schema in TABLES.items():
        for column, spec in schema.columns().items():
            target = (spec.metadata or {}).get("ref")
            if not target:
                continue
            known = set(case[target][TABLES[target].primary_key()[0]])
            for cell in case[table][column].drop_nulls():
                parts = cell.split(";") if (spec.metadata or {}).get("many") else [cell]
                lost += [(table, column, part) for part in parts if part not in known]
    assert lost == []


def test_names_stand_in_both_languages(case: Case) -> None:
    for table, schema in TABLES.items():
        for column in schema.columns():
            if column.endswith("_ar") and column.removesuffix("_ar") + "_en" in schema.columns():
                english, arabic = case[table][column.removesuffix("_ar") + "_en"], case[table][column]
                assert english.is_null().to_list() == arabic.is_null().to_list(), (table, column)
                assert arabic.drop_nulls().str.contains("[\u0600-\u06ff]").all(), (table, column)


def test_arabic_stands_without_vowel_marks() -> None:
    """As in messages, labels and codes; names by others in `geo` are as they came."""
    files = [path for folder in ("case", "facts", "assumptions", "build") for path in (LIBYA / folder).rglob("*")]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in (".csv", ".toml", ".py")}
    assert len(texts) > 40
    assert not [str(path.relative_to(LIBYA)) for path, text in texts.items() if VOWEL_MARKS.search(text)]


def test_it_is_marked_a_demonstration_on_assumptions(case: Case) -> None:
    about = case.settings.about
    assert about.demonstration
    assert about.notice_en
    assert about.notice_ar
    whole = coverage(case).filter(pl.col("site").is_null())
    assert whole["assumed"].item() >= 0.8


def test_all_sites_of_the_facts_are_there_and_only_observed_capacities_restart(case: Case) -> None:
    facts = pl.read_csv(LIBYA / "facts" / "sites.csv")
    sites = case["sites"]
    assert set(facts["id"]) <= set(sites["id"])
    roles = dict(sites.select("id", "role").iter_rows())
    worked = {s for s, kind in case["options"].select("site", "kind").iter_rows() if kind != "survey"}
    assert {roles[s] for s in worked} <= {"candidate", "supply", "infrastructure"}
    observed = set(case["lines"]["site"])
    assert {s for s in worked if roles[s] != "infrastructure"} == observed


def test_ranges_of_products_and_sums_are_combined_not_multiplied() -> None:
    """Two factors within 2 of their value: the product lies within 2 ** (2 ** 0.5), not within 4."""
    sys.path.insert(0, str(LIBYA / "build"))
    from figure import Figure

    product = Figure(3.0, 1.5, 6.0) * Figure(5.0, 2.5, 10.0)
    assert (product.low, product.value, product.high) == pytest.approx((15 / 2**2**0.5, 15, 15 * 2**2**0.5))
    added = Figure(10.0, 7.0, 13.0) + Figure(20.0, 16.0, 24.0)
    assert (added.low, added.value, added.high) == pytest.approx((25, 30, 35))
    half = Figure(10.0, 7.0, 14.0) * 0.5
    assert (half.low, half.value, half.high) == pytest.approx((3.5, 5, 7))


def test_precedents_are_outcomes_and_say_no_more_than_their_sources(case: Case) -> None:
    facts = pl.read_csv(LIBYA / "facts" / "precedents.csv").select("id", "use_class")
    used = case["precedents"].join(facts, on="id")
    assert used.height == case["precedents"].height
    assert set(used["use_class"]).isdisjoint({"plan", "programme", "rebuild"})
    ratios = dict(case["precedents"].drop_nulls("cost_ratio").select("id", "cost_ratio").iter_rows())
    assert ratios == {"P44": 1.9, "P45": 1.8, "P47": 1.06}
    process = case["precedents"].filter(pl.col("reference_class") == "process")
    assert process["output_reached"].mean() == pytest.approx((0.5 + 0.35 + 0.533 + 0.1) / 4)
    assert process["duration_ratio"].mean() == pytest.approx((1.75 + 1.875 + 2.4) / 3)
    assert process["survived"].mean() == pytest.approx(3 / 7)


def test_power_and_gas_are_what_the_facts_leave(case: Case) -> None:
    """Gas: 250 million cubic feet a week at 1.08 GJ per thousand, 13 weeks. Grid: 150 MW less 6 of 24 hours in winter,
    2.5 in spring; own generation has no cuts."""
    supplies = dict(case["supplies"].select("id", "quantity").iter_rows())
    assert supplies["kiln-gas-west"] + supplies["kiln-gas-east"] == pytest.approx(250e3 * 1.08 * 13, rel=1e-3)
    assert supplies["grid-west-q1"] == supplies["grid-west-q4"] == pytest.approx(150 * 2190 * 18 / 24, rel=1e-4)
    assert supplies["grid-west-q2"] == pytest.approx(150 * 2190 * 21.5 / 24, rel=1e-4)
    assert supplies["own-west"] == pytest.approx(40 * 2190, rel=1e-4)


def test_rates_hold_the_premium_of_the_nearest_peer(case: Case) -> None:
    facts = pl.read_csv(LIBYA / "facts" / "more_facts.csv", infer_schema=False)
    peers = facts.filter(pl.col("statement").str.contains("peers: Iraq"))["value"].item()
    discount = case.settings.discount
    assert discount.economic == pytest.approx(0.02 + float(peers) / 100, abs=1e-3)
    assert discount.financial == pytest.approx(discount.economic + 0.0433, abs=1e-3)


def test_assumptions_that_name_a_source_carry_it(case: Case) -> None:
    told = case["evidence"].filter(pl.col("grade") == "assumed").drop_nulls("source")
    for table, column in (("supplies", "variable_cost"), ("credit", "amount"), ("courses", "pass_rate"),
                          ("courses", "trainer_ratio"), ("blockers", "chance")):  # fmt: skip
        assert told.filter((pl.col("table") == table) & (pl.col("column") == column)).height, (table, column)


def test_units_without_an_offer_are_named_as_unknown(case: Case) -> None:
    offering = set(case["offers"]["unit"])
    unknown = set(pl.read_csv(LIBYA / "assumptions" / "unknown.csv")["subject"])
    assert {unit for unit in case["units"]["id"] if unit not in offering} <= unknown
    assert not offering & unknown


def test_nothing_is_sold_to_a_market_that_nobody_read(case: Case) -> None:
    assert "training" not in set(case["demands"]["commodity"])


def test_the_output_of_the_cement_works_is_that_of_the_country(case: Case) -> None:
    """5.8 Mt a year in all, 1 Mt of it by the two works of the Libyan Cement Company."""
    yearly = {option: 4 * capacity for option, capacity in case.filled("options").select("id", "capacity").iter_rows()}
    east = yearly["cement-benghazi-now"] + yearly["cement-fataih-now"]
    works = east + yearly["cement-suq-khamis-now"] + yearly["cement-burj-now"]
    ahlia = 4 * case["supplies"].filter(pl.col("id") == "cement-zliten-khoms")["quantity"].item()
    assert east == pytest.approx(1e6, rel=0.01)
    assert works + ahlia == pytest.approx(5.8e6, rel=0.01)


def test_the_training_centre_sells_nothing_and_adds_seats(case: Case) -> None:
    """600 trainees a year of whom it reaches 80 percent, over all courses alike, each for the weeks of the course."""
    assert case["recipes"].filter(pl.col("option") == "training-benghazi-build").is_empty()
    seats = case["added_seats"].join(case["courses"].select("weeks", course="id"), on="course")
    assert set(seats["option"]) == {"training-benghazi-build"}
    assert set(seats["course"]) == set(case["courses"]["id"])
    trained = (seats["seats"] * 52 / seats["weeks"]).to_list()
    assert trained == pytest.approx([600 * 0.8 / len(trained)] * len(trained), rel=1e-3)
