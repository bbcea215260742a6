"""Financing of the programme: the figures of its statements, in both languages, and why there is no cover."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made import study

from tawteen.appraise.programme_finance import finance_of, left_open
from tawteen.appraise.programme_statements import programme_statements
from tawteen.report import financing as room
from tawteen.report.appraisal import appraisal
from tawteen.report.cells import BilingualCells
from tawteen.report.financing import FINANCE_LINES, financing, started
from tawteen.report.params import LAYOUT
from tawteen.report.tables import table
from tiny import tables, tiny

ARABIC = frozenset(map(chr, range(0x0600, 0x0700)))


@pytest.fixture(scope="module")
def lent():
    """The mill's works and spares paid by a loan that is repaid from the third quarter on."""
    bank = {"id": "bank", "name_en": "Bank", "name_ar": "مصرف", "party": "host", "terms": "loan", "rate": 0.08,
            "years": 1.0, "grace_quarters": 1.0, "repayment": "principal"}  # fmt: skip
    made = study(tiny({"funds": [*tables()["funds"], bank]}))
    mill = (pl.col("option") == "mill-repair") & pl.col("category").is_in(["spares", "works"])
    draws = made.programme.draws.with_columns(fund=pl.when(mill).then(pl.lit("bank")).otherwise("fund"))
    return replace(made, programme=replace(made.programme, draws=draws))


def told_of(read):
    told = programme_statements(read.case, read.effects, started(read))
    assert told is not None
    return told


@pytest.mark.parametrize("name", ["read", "lent"])
def test_years_are_those_of_the_statements(request, name):
    read = request.getfixturevalue(name)
    years, _ = financing(read)
    told = told_of(read)
    assert years.table["year"].to_list() == ["2027", "2028"]
    for column, keys in FINANCE_LINES.items():
        quarters = [sum(values) for values in zip(*(told.line(*key) for key in keys), strict=True)]
        assert years.table[column].to_list() == pytest.approx([sum(quarters[:4]), sum(quarters[4:])]), column
    for row in years.table.iter_rows(named=True):
        financed = sum(row[c] for c in ("before", "loans", "grants", "service", "debt_left"))
        assert row["after"] == pytest.approx(financed)
        assert row["investment"] <= 0 or row["year"] == "2028"


def test_a_loan_is_drawn_and_repaid(lent):
    years, figures = financing(lent)
    told = told_of(lent)
    assert years.table["loans"].sum() == pytest.approx(318_000.0)
    assert years.table["service"].sum() < -318_000.0
    rows = {r["key"]: r for r in figures.table.iter_rows(named=True)}
    found = finance_of(told)
    known = {(s, b, i): v for s, b, i, v in told.indicators.drop("reason").iter_rows()}
    assert rows["equity_npv"]["value"] == pytest.approx(known["incremental", "equity", "npv"])
    assert rows["equity_npv"]["value"] != pytest.approx(rows["total_capital_npv"]["value"])
    assert rows["equity_irr"]["value"] == known["incremental", "equity", "irr"]
    assert rows["least_dscr"]["value"] == pytest.approx(found["least_dscr"])
    assert found["least_dscr_year"] in rows["least_dscr"]["why_en"]
    assert found["least_dscr_year"] in rows["least_dscr"]["why_ar"]


def test_money_that_nobody_brings_is_told(lent):
    years, _ = financing(lent)
    told = told_of(lent)
    short = {o: f for o, one in told.options.items() for f in one.findings if f.code == "statements.deficit"}
    named = {o for f in left_open(told) if f.code.endswith("deficit") for o in str(f.args["options"]).split(", ")}
    assert named
    assert named <= set(short)
    for option in named:
        assert all(name in text for name, text in zip(lent.name("options", option), years.note, strict=True))
    # A deficit that the site has anyway is not the programme's.
    for option in set(short) - named:
        one = told.options[option]
        assert (one.accounts.cash >= one.without.accounts.cash - 1e-6).all()


def test_without_a_loan_it_says_why_there_is_no_cover(read):
    _, figures = financing(read)
    row = figures.table.row(by_predicate=pl.col("key") == "least_dscr", named=True)
    assert row["value"] is None
    assert "nobody lends" in row["why_en"]
    assert "لا أحد يقرض" in row["why_ar"]
    irr = figures.table.row(by_predicate=pl.col("key") == "equity_irr", named=True)
    assert (irr["value"] is None) == bool(irr["why_en"])


@pytest.mark.parametrize("name", ["read", "lent"])
def test_both_languages_are_shown(request, name):
    read = request.getfixturevalue(name)
    for exhibit in financing(read):
        page = table(BilingualCells(read.case), exhibit.table, exhibit.columns, limit=99)
        assert "financing." not in page
        assert "statements." not in page
        texts = [c for c in exhibit.table.columns if c.endswith("_ar")]
        assert all(not cell or ARABIC & set(cell) or cell == "USD" for c in texts for cell in exhibit.table[c])
    years = financing(read)[0]
    assert set(years.charts) == {"en", "ar"}


def test_cash_of_the_programme_ties_to_it(read):
    """Surveys count in both: without taxes and late buyers the gain is the cash before financing."""
    by_key = {e.key: e.table for e in appraisal(read)}
    assert by_key["programme_financing"]["before"].to_list() == pytest.approx(
        by_key["programme_cash"]["gain"].to_list()
    )


def test_too_many_options_name_the_command(read, monkeypatch):
    monkeypatch.setattr(room, "LAYOUT", replace(LAYOUT, financed_options=1))
    years, figures = financing(read)
    assert years.table.is_empty()
    assert figures.table.is_empty()
    assert not years.charts
    assert all("tawteen appraise" in text for text in years.note)


def test_a_start_that_the_case_forbids_is_left_out_by_name(read):
    shut = replace(read.effects, options=read.effects.options.with_columns(
        available=pl.col("available") & (pl.col("option") != "mill-repair")))  # fmt: skip
    years, _ = financing(replace(read, effects=shut))
    assert all(name in text for name, text in zip(read.name("options", "mill-repair"), years.note, strict=True))
    assert years.table["investment"].sum() > -100_000.0
