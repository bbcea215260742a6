"""Every exhibit: both languages, columns that exist, figures that agree with the programme."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.case.tables import TITLES
from tawteen.report.exhibit import EXHIBIT_GROUPS
from tawteen.report.exhibits import exhibits
from tawteen.report.lists import words_of

ARABIC = frozenset(map(chr, range(0x0600, 0x0700)))


def by_key(shown, key):
    return next(e for e in shown if e.key == key)


def test_every_exhibit_speaks_both_languages(shown):
    assert len(shown) > 20
    assert len({e.key for e in shown}) == len(shown)
    for exhibit in shown:
        for text in (exhibit.title, exhibit.note, exhibit.origin):
            assert all(text), exhibit.key
            assert ARABIC & set(text[1]), exhibit.key
            assert not ARABIC & set(text[0]), exhibit.key
        for name, column in exhibit.columns.items():
            assert all(column.label), (exhibit.key, name)
            assert ARABIC & set(column.label[1]), (exhibit.key, name)


def test_every_column_is_in_its_table_and_every_code_in_its_list(shown):
    for exhibit in shown:
        assert exhibit.group in EXHIBIT_GROUPS
        for name, column in exhibit.columns.items():
            pair = {f"{name}_en", f"{name}_ar"} <= set(exhibit.table.columns)
            assert pair or name in exhibit.table.columns, (exhibit.key, name)
            if column.codes and not pair:
                said = set(exhibit.table[name].drop_nulls().to_list())
                assert said <= set(words_of(column.codes)), (exhibit.key, name)


def test_every_exhibit_names_tables_that_exist(shown, read):
    for exhibit in shown:
        assert exhibit.inputs, exhibit.key
        for name in exhibit.inputs:
            room, _, rest = name.partition(".")
            assert hasattr(read.programme, rest) if rest else room in TITLES, (exhibit.key, name)


def test_charts_come_in_both_languages(shown):
    drawn = [e for e in shown if e.charts]
    assert len(drawn) >= 10
    assert all(set(e.charts) == {"en", "ar"} for e in drawn)


def test_summary_agrees_with_the_programme(shown, read):
    rows = {r["key"]: r["value"] for r in by_key(shown, "summary").table.iter_rows(named=True)}
    assert rows["gain"] == pytest.approx(2_000_000.0)
    assert rows["money"] == pytest.approx(373_000.0)
    assert rows["money_host"] + rows["money_partner"] == pytest.approx(rows["money"])
    assert (rows["firm"], rows["survey"], rows["out"]) == (1, 1, 1)
    assert rows["assumed"] == 1.0  # the tiny case has no evidence at all


def test_money_is_summed_without_loss(shown, read):
    drawn = read.programme.draws["amount"].sum()
    assert by_key(shown, "fund_sums").table["drawn"].sum() == pytest.approx(drawn)
    assert by_key(shown, "funds").table["drawn"].sum() == pytest.approx(drawn)
    assert by_key(shown, "spending").table["amount"].sum() == pytest.approx(drawn)
    line = by_key(shown, "funds").table.filter(pl.col("fund") == "line")
    assert line["available"].sum() == pytest.approx(1_200_000.0)


def test_what_meets_demand_is_what_flows(shown):
    flour = (
        by_key(shown, "products")
        .table.filter((pl.col("commodity") == "flour") & (pl.col("period") == 4))
        .row(0, named=True)
    )
    assert flour["demand"] == pytest.approx(7500.0)
    assert flour["home"] == pytest.approx(1800.0 + 1500.0)
    assert flour["import"] == pytest.approx(4500.0)


def test_power_names_region_and_what_is_left(shown):
    south = (
        by_key(shown, "power").table.filter((pl.col("region") == "south") & (pl.col("period") == 3)).row(0, named=True)
    )
    assert south["inputs"] == pytest.approx(1800.0 * 0.12)
    assert south["left"] == pytest.approx(800.0 - 216.0)


def test_timeline_follows_the_weeks_of_the_diagnosis(shown, read):
    from tawteen.report.timeline import stages

    bars = {r["stage"]: r for r in stages(read).filter(pl.col("site") == "mill").iter_rows(named=True)}
    assert bars["gate"]["until"] - bars["gate"]["from"] == pytest.approx(3 / 13)
    assert bars["works"]["until"] - bars["works"]["from"] == pytest.approx(16 / 13)
    assert bars["operation"]["until"] == read.periods


def test_red_flags_are_raised_by_what_they_speak_of(read):
    from tawteen.report.red_flags import first_year, partner_works, surveys, value_over_investment, vehicles

    assert value_over_investment(read).raised  # 2.0 million on 0.36 million
    assert first_year(read).raised is False  # one of two suspended sites: not more than half
    assert partner_works(read).raised  # all crews are the partner's
    assert surveys(read).raised is False
    assert vehicles(read).raised is False
    cars = read.case["sites"].with_columns(isic=pl.lit("2910"))
    case = replace(read.case, tables={**read.case.tables, "sites": cars})
    assert vehicles(replace(read, case=case)).raised
    nobody = read.programme.sites.filter(pl.col("id") == "mill")
    assert surveys(replace(read, programme=replace(read.programme, sites=nobody))).raised


def test_assumed_share_weighs_sites_by_gain(read):
    from tawteen.case.build import table_of
    from tawteen.report.assumed import assumed_share

    seen = {"id": "1", "table": "sites", "row": "mill", "column": "care_cost", "value": "10000", "grade": "inspected"}
    case = replace(read.case, tables={**read.case.tables, "evidence": table_of("evidence", [seen])})
    share = assumed_share(replace(read, case=case))
    assert share is not None
    assert 0.9 < share < 1.0
    nothing = replace(read.programme, sites=read.programme.sites.filter(pl.col("id") == "pasta"))
    assert assumed_share(replace(read, programme=nothing)) is None


def test_goods_that_stay_short_are_named(read, shown):
    said = {r["key"]: (r["words_en"], r["words_ar"]) for r in by_key(shown, "summary").table.iter_rows(named=True)}
    wanted = read.balance.filter(pl.col("commodity") == "cable", pl.col("part") == "demand")["amount"].sum()
    name_en, name_ar = read.name("commodities", "cable")
    assert said["unmet"] == (f"{name_en} {300 / wanted:.0%}", f"{name_ar} {300 / wanted:.0%}")


def test_an_empty_programme_has_every_exhibit(read, shown):
    p = read.programme
    empty = replace(
        p, value=None, bound=None, gap=None, status="infeasible",
        sites=p.sites.with_columns(option=pl.lit(None, pl.String), status=pl.lit("out")),
        **{n: getattr(p, n).clear() for n in ("throughput", "flows", "supply", "draws", "limits")},
    )  # fmt: skip
    made = exhibits(replace(read, programme=empty))
    assert [e.key for e in made] == [e.key for e in shown]
    summary = {r["key"]: r["value"] for r in by_key(made, "summary").table.iter_rows(named=True)}
    assert summary["gain"] is None
    assert summary["firm"] == 0
