"""Loans that hang on cash, as formulas: the engine's figures, and checks that tell when a size no longer holds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.report.loans_by_cash import BY_CASH, by_cash
from tests.report.test_live_workbook import (
    after_the_change,
    changed_by_hand,
    different,
    disagreeing,
    drop_values,
    needs_office,
    recalculated,
)

from tawteen.appraise.statements import statements
from tawteen.appraise.study import Study
from tawteen.appraise.study_file import study_of as parsed
from tawteen.report.live_workbook import LiveWorkbook, write_live_workbook
from tawteen.words import Words


def broken(live: LiveWorkbook, path: Path) -> float:
    """How many checks the workbook says do not hold."""
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[Words("en").say("live.sheet.checks")]
    label = Words("en").say("live.checks_broken")
    return float(next(row[4].value for row in sheet.iter_rows() if row[0].value == label))


def beside_what_stands(study: Study) -> Study:
    """The mill in a company that sells a little and owes an old loan with and without it."""
    old = {"id": "old", "kind": "constant_principal", "interest": 0.09, "opening": 100.0, "first": "2028",
           "instalments": 5, "capitalised": 1.0}  # fmt: skip
    sale = {"id": "flour", "product": "flour", "quantity": 100, "price": 1.5}
    staff = {"id": "staff", "category": "labour", "fixed": 60}
    idle = {"sales": [sale], "products": [{"id": "flour"}], "costs": [staff], "loans": [old]}
    written = study.model_dump()
    opening = {"cash": 100.0}
    return parsed({**written, "loans": [*written["loans"], old], "opening": opening, "without": idle})


@pytest.mark.parametrize("name", BY_CASH)
@pytest.mark.parametrize("without", [False, True])
def test_loans_by_cash_come_to_the_same(tmp_path, name, without):
    study = by_cash(**BY_CASH[name])
    if without:
        study = beside_what_stands(study)
    live = write_live_workbook(study, tmp_path / "cash.xlsx")
    assert not different(live, statements(study))
    assert sum(live.lines["with", ("debt", "loan_drawn", "", "total")].values) > 100
    assert broken(live, tmp_path / "cash.xlsx") == 0


@needs_office
@pytest.mark.parametrize(("name", "without"), [*((name, False) for name in BY_CASH), ("sculpted", True)])
def test_loans_by_cash_recalculate_the_same(tmp_path, name, without):
    study = beside_what_stands(by_cash(**BY_CASH[name])) if without else by_cash(**BY_CASH[name])
    live = write_live_workbook(study, tmp_path / "cash.xlsx")
    drop_values(tmp_path / "cash.xlsx")
    book = recalculated(tmp_path / "cash.xlsx", tmp_path)
    assert not disagreeing(book, live)
    assert broken(live, tmp_path / "out" / "cash.xlsx") == 0


@needs_office
def test_a_size_that_no_longer_holds_is_told_and_can_be_typed_in(tmp_path):
    """A dearer price carries more debt: the check breaks, and typing the new size in mends it."""
    study = by_cash(**BY_CASH["level"])
    dearer = study.model_copy(update={"sales": (study.sales[0].model_copy(update={"price": 1.6}),)})
    first = tmp_path / "first"
    first.mkdir()
    live = write_live_workbook(study, first / "live.xlsx")
    changed_by_hand(first / "live.xlsx", live, {"sales.flour.price": 1.6})
    recalculated(first / "live.xlsx", first)
    assert broken(live, first / "out" / "live.xlsx") == 1
    (size,) = statements(dearer).accounts.sizes
    changes = {"sales.flour.price": 1.6, "loans.bank.sized": size.amount}
    _, moved = after_the_change(tmp_path, "en", study, changes, dearer)
    assert broken(moved, tmp_path / "out" / "live.xlsx") == 0
