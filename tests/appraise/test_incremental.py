"""Statements are of what an option adds: receivables, stocks, cover, foreign exchange, jobs of the line of today."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.appraise.financed import BANK, STATE, financed
from tests.tiny import tables, tiny

from tawteen.appraise import appraise
from tawteen.appraise.economic import country_view
from tawteen.appraise.option_study import study_of
from tawteen.appraise.programme_finance import finance_of
from tawteen.appraise.statements import statements
from tawteen.effects import effects_of

WHEAT, POWER = 265.0, 60.0
"""In the east, at the port: wheat 250 + 15; power from the grid."""


def with_days(days: float):
    """The tiny case whose running mill ties up working capital for `days` when it is improved."""
    rows = [{**row, "working_capital_days": days} if row["id"] == "pasta-more" else row for row in tables()["options"]]
    return tiny({"options": rows})


def owed_by(study):
    told = statements(study)
    both = (told.accounts, told.without.accounts)
    return [sum(h.values for h in a.holdings if h.item == "receivables") for a in both]


def test_only_what_more_output_sells_adds_receivables():
    case = financed(buyers=(STATE,))
    study = study_of(case, effects_of(case), "pasta-more")
    with_it, without = owed_by(study)
    sales = {s.sale.id: s for s in statements(study).accounts.operations.sales}
    price = next(s.sale.price for s in sales.values())
    # 60 % of the flour is paid after 90 of 365 days: of 1500 t a quarter without the option, of 2200 t with it.
    assert without == pytest.approx([1500 * 4 * price * 0.6 * 90 / 365] * len(without))
    assert with_it[-1] - without[-1] == pytest.approx(700 * 4 * price * 0.6 * 90 / 365)
    # What buyers owe today was there before the programme: no outlay of its first quarter.
    told = statements(study)
    growth = [a.working_capital_growth()[0] for a in (told.accounts, told.without.accounts)]
    assert growth[1] == pytest.approx(0.0)
    assert study.opening.receivables == pytest.approx(without[0])
    added = told.incremental.lines.filter(statement="total_capital", item="working_capital_growth", part="total")
    assert -added["value"].sum() == pytest.approx(with_it[-1] - without[-1])


def test_working_capital_is_what_an_option_ties_up_beyond_the_line():
    effects = effects_of(with_days(30.0))
    rows = {row["option"]: row for row in effects.options.iter_rows(named=True)}
    bare = effects_of(with_days(0.0)).options.filter(option="pasta-more")
    assert bare["working_capital"].to_list() == [0.0]
    more = 2200 * (1.3 * WHEAT + 0.12 * POWER + 8) + 16_000 + 20 * 1250
    now = 1500 * (1.35 * WHEAT + 0.15 * POWER + 10) + 15_000 + 20 * 1200
    assert rows["pasta-more"]["working_capital"] == pytest.approx((more - now) * 30 / 91.25)
    # The mill that stands still ties up nothing today.
    assert rows["mill-repair"]["working_capital"] > 0


def test_cover_is_of_the_cash_that_the_loan_adds():
    case = financed({"id": "1", "fund": "bank"}, funds=(BANK,))
    told = statements(study_of(case, effects_of(case), "pasta-more"))
    lines = told.incremental.lines.filter(statement="total_capital", part="total")
    kept = ("sales", "subsidies", "disposals", "fixed_investment", "pre_production", "working_capital_growth",
            "operating_costs", "marketing_costs", "income_tax")  # fmt: skip
    cash = lines.filter(pl.col("item").is_in(kept)).group_by("period").agg(pl.col("value").sum()).sort("period")
    (loan,) = told.accounts.financing.loans
    years = lambda values: np.asarray(values, dtype=float).reshape(-1, 4).sum(axis=1)  # noqa: E731
    paid = years(loan.repaid) > 1e-9
    count = len(loan.service)
    right = (years(cash["value"].to_numpy()[:count])[paid] / years(loan.service)[paid]).min()
    whole = years(told.accounts.operations.revenue)[paid].min() / years(loan.service)[paid].max()
    assert finance_of(told)["least_dscr"] == pytest.approx(right)
    assert right < whole


def test_foreign_exchange_and_jobs_are_those_beyond_the_line():
    case = tiny()
    indicators = appraise(case, effects_of(case)).indicators.filter(view="financial")
    rows = {row["option"]: row for row in indicators.iter_rows(named=True)}
    # Flour at 400 replaces imports, wheat at 250 is imported; the line does so today with 1500 t and 1.35 t a tonne.
    more, now = 4 * 2200 * (400 - 1.3 * 250), 4 * 1500 * (400 - 1.35 * 250)
    assert rows["pasta-more"]["foreign_exchange"] == pytest.approx(more - now)
    # Twenty persons before and after.
    assert (rows["pasta-more"]["jobs"], rows["pasta-more"]["new_jobs"]) == (20, 0)
    assert (rows["mill-repair"]["jobs"], rows["mill-repair"]["new_jobs"]) == (30, 20)


def test_the_view_of_the_country_is_of_what_the_option_adds():
    case = financed()
    study = study_of(case, effects_of(case), "pasta-more")
    told = statements(study)
    persons = country_view(told).lines.filter(statement="employment", item="persons")["value"].to_list()
    # The line's twenty persons stop working while it is taken over, and twenty work afterwards.
    assert max(persons) == pytest.approx(0.0)
    alone = country_view(statements(study.model_copy(update={"without": None})))
    assert max(alone.lines.filter(statement="employment", item="persons")["value"]) == pytest.approx(20.0)
