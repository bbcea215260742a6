"""Whatever the study, its balance sheet balances in every period and its cash comes to what its flows say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tawteen.appraise.profile import PROFILES
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.study import Study
from tawteen.appraise.study_file import faults, study_of

money = st.floats(0, 1000).map(lambda v: round(v, 2))
share = st.floats(0, 1).map(lambda v: round(v, 3))
rate = st.floats(-0.2, 0.5).map(lambda v: round(v, 3))
days = st.floats(0, 400).map(lambda v: round(v, 1))
currency = st.sampled_from(["", "USD", "EUR"])
origin = st.sampled_from(["local", "foreign"])
kind = st.sampled_from(["official", "parallel"])
methods = st.sampled_from(
    ["straight_line", "straight_line_to_salvage", "declining_balance", "sum_of_years", "depletion", "none"]
)


def listed(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to three entries with ids."""
    entries = st.lists(st.fixed_dictionaries(fields), max_size=3)
    return entries.map(lambda found: [{"id": f"x{n}", **one} for n, one in enumerate(found)])


def by_period(labels: list[str], amount: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, float]]:
    return st.dictionaries(st.sampled_from(labels), amount, max_size=3)


Fields = dict[str, st.SearchStrategy[Any]]

depreciations = st.fixed_dictionaries(
    {"method": methods, "life": st.floats(0.5, 12), "salvage": share, "switch": st.booleans()}
)
priced: Fields = {"origin": origin, "currency": currency, "rate": kind, "escalation": st.none() | rate}


def horizons() -> st.SearchStrategy[tuple[dict[str, Any], list[str]]]:
    """A horizon of years or quarters, and the labels of its periods."""

    def named(quarters: bool, construction: int, production: int) -> tuple[dict[str, Any], list[str]]:
        count = construction + production
        labels = [f"{2027 + t // 4}-Q{t % 4 + 1}" if quarters else str(2027 + t) for t in range(count)]
        period = "quarter" if quarters else "year"
        return {"start": labels[0], "period": period, "construction": construction, "production": production}, labels

    return st.builds(named, st.booleans(), st.integers(0, 3), st.integers(1, 6))


def currencies(labels: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    def listed_rates(*changes: dict[str, float]) -> list[dict[str, Any]]:
        return [
            {"code": code, "official": {labels[0] + "+": 5.0, **change}, "parallel": 8.0}
            for code, change in zip(("USD", "EUR"), changes, strict=True)
        ]

    changes = by_period(labels, st.floats(1, 9))
    return st.builds(listed_rates, changes, changes)


def operations(labels: list[str], amounts: st.SearchStrategy[dict[str, float]]) -> Fields:
    """What is sold to whom, at which costs, and what is held for it."""
    return {
        "products": st.builds(lambda used: [{"id": "p", "utilisation": used}], share | by_period(labels, share)),
        "buyers": st.builds(lambda due, late: [{"id": "state", "kind": "state", "days": due, "late_days": late}],
                            days, days),
        "sales": listed(product=st.just("p"), quantity=money, price=money, buyer=st.sampled_from(["", "state"]),
                        sales_tax=share, subsidy=share, **priced),
        "costs": listed(
            category=st.sampled_from(["raw_materials", "labour", "marketing", "administration", "care"]),
            variable=money, fixed=money, stock_days=days, payable_days=days, extra_stock=amounts, credit_cover=share,
            credit_days=days, **priced,
        ),
        "working_capital": st.fixed_dictionaries({"work_in_progress_days": days, "finished_days": days,
                                                  "cash_days": days}),
    }  # fmt: skip


def capital(labels: list[str], amounts: st.SearchStrategy[dict[str, float]]) -> Fields:
    """What is invested, who pays it, and what is owed for it."""
    loan = {name: priced[name] for name in ("origin", "currency", "rate")}
    return {
        "investments": listed(group=st.sampled_from(["machinery", "pre_production", "land"]), amount=amounts,
                              depreciation=depreciations, residual=st.none() | share, sunk=st.booleans(), **priced),
        "equity": listed(origin=origin, currency=currency, amount=amounts, refund=amounts, preferred=share,
                         share=st.none() | share),
        "grants": listed(origin=origin, currency=currency, amount=amounts),
        "loans": listed(
            kind=st.sampled_from(["profile", "sculpted", "constant_principal", "annuity"]),
            interest=share, draw=amounts, draw_at=share, repay=amounts, repay_at=share, instalments=st.just(1),
            capitalised=share, capitalise_until=st.sampled_from(["", labels[-1]]), fee=share, commitment_fee=share,
            **loan,
        ),
        "distribution": st.fixed_dictionaries({"payout": share, "fixed": amounts}),
        "closing": listed(amount=money, currency=currency),
    }  # fmt: skip


def taxes(amounts: st.SearchStrategy[dict[str, float]]) -> st.SearchStrategy[dict[str, Any]]:
    def bracket(above: int) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({"above": st.just(above), "rate": share})

    brackets = st.sampled_from([(), (0,), (0, 500)]).flatmap(
        lambda limits: st.tuples(*map(bracket, limits)).map(list)
    )  # fmt: skip
    return st.fixed_dictionaries({
        "brackets": brackets, "holiday": st.integers(0, 2), "carry_forward": st.integers(0, 3), "allowance": amounts,
        "investment_allowance": share,
    })  # fmt: skip


def openings() -> st.SearchStrategy[dict[str, Any]]:
    def balanced(fixed: float, stocks: float, cash: float, payables: float, rule: dict[str, Any]) -> dict[str, Any]:
        return {
            "fixed_assets": [{"id": "old", "value": fixed, "depreciation": rule}],
            "stocks": stocks,
            "cash": cash,
            "payables": payables,
            "equity": fixed + stocks + cash - payables,
        }

    return st.builds(balanced, money, money, money, money, depreciations)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    horizon, labels = draw(horizons())
    amounts = by_period(labels, money)
    written = {"id": "any", "currency": "LYD", "discount": 0.1, "horizon": horizon}
    fields = {
        "inflation": rate,
        "currencies": currencies(labels),
        **operations(labels, amounts),
        **capital(labels, amounts),
        "tax": taxes(amounts),
    }
    optional = {"construction_interest": depreciations, "opening": openings()}
    written |= draw(st.fixed_dictionaries(fields, optional=optional))
    owned = [one["id"] for one in written["investments"] if not one["sunk"]]
    if owned and draw(st.booleans()):
        written["disposals"] = [{"item": owned[0], "period": draw(st.sampled_from(labels)), "proceeds": draw(money)}]
    return study_of(meant(written))


def meant(written: dict[str, Any]) -> dict[str, Any]:
    """The study without fields that its other fields make ineffective, and with owners for its dividends."""
    for loan in written["loans"]:
        if loan["kind"] not in ("constant_principal", "annuity"):
            del loan["instalments"]
        if loan["kind"] != "profile":
            del loan["repay"]
        if not loan["capitalised"]:
            del loan["capitalise_until"]
    for cost in written["costs"]:
        if not cost["credit_cover"] * cost["credit_days"]:
            del cost["credit_cover"], cost["credit_days"]
    for one in written["investments"]:
        one["depreciation"]["switch"] &= one["depreciation"]["method"] == "declining_balance"
    for one in written["equity"]:
        one["share"] = one["share"] and one["share"] / len(written["equity"])
    if not any(one["share"] is None and any(one["amount"].values()) for one in written["equity"]):
        written["distribution"] = {}
    bought = [one["id"] for one in written["investments"]]
    written["disposals"] = [
        one
        for one in written.get("disposals", ())
        if any(
            amount and label <= one["period"]
            for label, amount in written["investments"][bought.index(one["item"])]["amount"].items()
        )
    ]
    return written


def values(result: Statements, *line: str, part: str = "total") -> np.ndarray[Any, Any]:
    return np.array(result.line(line[0], line[1], part=part), dtype=float)


@settings(max_examples=150, deadline=None)
@given(studies(), st.sampled_from(sorted(PROFILES)))
def test_any_study_holds_together(study: Study, name: Any) -> None:
    assert not faults(study)
    result = statements(study, PROFILES[name])
    assert result.profile == name
    assets, claims = values(result, "balance", "total_assets"), values(result, "balance", "total_claims")
    scale = 1e-9 * max(1.0, float(np.abs(assets).max()), float(np.abs(result.accounts.cash).max()))
    assert assets == pytest.approx(claims, abs=scale)
    parts = [values(result, "cash_plan", "surplus", part=part) for part in ("local", "foreign")]
    assert sum(parts) == pytest.approx(values(result, "cash_plan", "surplus"), abs=scale)
    sources = ("equity_paid", "grants", "loans_drawn", "sales", "subsidies", "disposals")
    assert sum(values(result, "cash_plan", item) for item in sources) == pytest.approx(
        values(result, "cash_plan", "sources"), abs=scale
    )
    short = {f.value for f in result.findings if f.code == "statements.deficit"}
    deficit = values(result, "cash_plan", "deficit")
    assert short == {label for label, d in zip(result.accounts.time.labels, deficit, strict=False) if d < -scale}
    assert (deficit < 0).any() == (values(result, "balance", "deficit_uncovered") > 0).any()
    # A loan repaid beyond what is owed earns interest, so that its interest as an asset would be negative.
    for asset in (a for a in result.accounts.assets if (a.paid >= 0).all()):
        assert (np.cumsum(asset.written_off) <= asset.opening + np.cumsum(asset.paid) + scale).all()


@settings(max_examples=60, deadline=None)
@given(studies())
def test_equity_flow_is_what_cash_and_dividends_say(study: Study) -> None:
    """The owners' flow without residual values is the surplus before dividends and without their own money."""
    result = statements(study, PROFILES["excel"])
    residual = ("residual_assets", "residual_working_capital", "closing", "debt_left")
    flow = values(result, "equity", "net_cash_flow") - sum(values(result, "equity", item) for item in residual)
    plan = values(result, "cash_plan", "surplus") + values(result, "cash_plan", "dividends")
    plan = plan - values(result, "cash_plan", "equity_paid") + values(result, "cash_plan", "equity_refunded")
    assert flow == pytest.approx(plan, abs=1e-9 * max(1.0, float(np.abs(plan).max())))
