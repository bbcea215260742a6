"""Loans of a study that hang on its cash: their size and what limits it, debt service, sweep and reserve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tawteen.cli.console import Console

if TYPE_CHECKING:
    from tawteen.appraise.statements import Statements


def sizes(result: Statements) -> list[dict[str, Any]]:
    """The size of each loan that is sized, in its currency, and what each limit allows; None without a limit."""
    return [
        {"loan": size.loan.id, "currency": size.loan.currency or result.accounts.study.currency,
         "amount": size.amount, "by_cover": size.by_cover, "target_dscr": size.loan.target_dscr,
         "by_gearing": size.by_gearing if math.isfinite(size.by_gearing) else None, "gearing": size.loan.gearing,
         "binds": size.binds}
        for size in result.accounts.sizes
    ]  # fmt: skip


def debt_parts(result: Statements, unit: str, console: Console) -> list[Any]:
    """Sizes in words, and the cash and the debt by period of operation; empty where no loan hangs on the cash."""
    from tawteen.appraise.statements.engine import takes_cash

    if not any(takes_cash(loan) for loan in result.accounts.study.loans):
        return []
    pairs = [_size(size, result, unit, console) for size in sizes(result)]
    return [*([console.pairs(pairs)] if pairs else []), _periods(result, unit, console)]


def _size(size: dict[str, Any], result: Statements, unit: str, console: Console) -> tuple[str, str]:
    """The size of a loan, which limit it meets, and what the other would allow."""
    words = console.words
    loan = next(loan for loan in result.accounts.study.loans if loan.id == size["loan"])
    other = size["by_gearing"] if size["binds"] == "cover" else size["by_cover"]
    text = {
        "amount": words.number(size["amount"], 0),
        "currency": unit.replace(result.accounts.study.currency, size["currency"]),
        "target": words.number(size["target_dscr"], 2),
        "gearing": "" if size["gearing"] is None else words.percent(size["gearing"], 0),
        "other": "" if other is None else words.number(other, 0),
    }
    code = "studies.sized.alone" if size["gearing"] is None else f"studies.sized.{size['binds']}"
    return words.say("studies.size", {"loan": words.pick((loan.name_en, loan.name_ar)) or loan.id}), words.say(
        code, text
    )


def _periods(result: Statements, unit: str, console: Console) -> Any:
    """Cash of the project, debt service and its cover, what is swept, reserved and owed, by period of operation."""
    from tawteen.appraise.statements.cover import added_cover
    from tawteen.appraise.statements.debt_sizing import other_service, project_cash

    accounts, words = result.accounts, console.words
    without = None if result.without is None else result.without.accounts
    cash, due = project_cash(accounts, without), other_service(accounts, without)
    cover = added_cover([accounts], [] if without is None else [without])
    columns = [("statements.item.available", cash), ("statements.item.debt_service", due)]
    swept = sum((flow.swept for flow in accounts.financing.loans), accounts.zeros)
    more = [("studies.swept", swept)] if any(flow.loan.sweep for flow in accounts.financing.loans) else []
    more += [("studies.reserve", accounts.reserve)] if accounts.reserves else []
    more += [("studies.owed", accounts.debt)]
    rows = [
        [accounts.time.labels[t], *(words.number(values[t], 0) for _, values in columns),
         "–" if math.isnan(cover[t]) else words.number(cover[t], 2),
         *(words.number(values[t], 0) for _, values in more)]
        for t in range(accounts.time.begins, accounts.time.periods)
    ]  # fmt: skip
    heads = ["studies.period", *(head for head, _ in columns), "statements.item.dscr", *(head for head, _ in more)]
    return console.rows("studies.debt", heads, rows, len(rows[0]) - 1, unit)
