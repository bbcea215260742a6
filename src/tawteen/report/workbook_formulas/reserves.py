"""Debt service reserve accounts as formulas, as `appraise.statements.reserves` has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tawteen.appraise.statements.reserves import ReserveFlow, filled
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.formula import Formula, downward, either, largest, smallest
from tawteen.report.workbook_formulas.model import StudyModel

if TYPE_CHECKING:
    from tawteen.report.workbook_formulas.loans import LoanRows


@dataclass(frozen=True)
class ReserveRows:
    """The reserve account of a loan: what it should hold, holds, takes in and earns.

    `worked_out`: the target as its formula gives it; it differs from `target` where that is an input.
    """

    one: LoanRows
    target: Line
    worked_out: Line
    balance: Line
    growth: Line
    interest: Line


def reserves_of(model: StudyModel, loans: list[LoanRows]) -> list[ReserveRows]:
    """The accounts of all loans that have one; their balances are still to be written (`fill_reserves`)."""
    flows = {reserve.flow.loan.id: reserve for reserve in model.accounts.reserves}
    return [_reserve(model, one, flows[one.loan.id]) for one in loans if one.loan.id in flows]


def _reserve(model: StudyModel, one: LoanRows, flow: ReserveFlow) -> ReserveRows:
    loan, say, sheet = one.loan, model.say, model.schedules
    name, key, part = model.called(loan), f"loans.{loan.id}.reserve", loan.origin
    rate = model.number(key, "reserve_interest", loan, flow.account.interest, say("live.share_a_year"))
    worked_out = _target(model, one, flow)
    target: Formula = worked_out
    if loan.kind == "sculpted" or loan.sweep:
        # Cash pays the service that the account looks ahead to, and the account earns cash: a circle.
        label = f"{name}: {say('statements.item.reserve_target')}"
        target = model.inputs.series(f"{key}.target", label, flow.target, model.money)

    def line(item: str, content: Formula) -> Line:
        return model.line(sheet, "debt", f"reserve_{item}", content, name=loan.id, part=part, label=name)

    put = line("target", target * 1.0)
    label = model.line_label("reserve_balance", name, part)
    balance = sheet.later(label, flow.balance, model.money)
    model.keep("debt", "reserve_balance", part, balance, loan.id)
    before = model.before(balance)
    return ReserveRows(one, put, worked_out, balance, line("growth", balance - before),
                       line("interest", before * rate / model.clock.step))  # fmt: skip


def _target(model: StudyModel, one: LoanRows, flow: ReserveFlow) -> Line:
    """The debt service of the months to come: what is still to come, less what comes after them."""
    loan, say, sheet, periods = one.loan, model.say, model.schedules, model.time.periods
    name, key = model.called(loan), f"loans.{loan.id}.reserve"
    months = model.number(key, "reserve_months", loan, flow.account.months, say("live.months"))
    service = sheet.add_row(f"{name}: {say('statements.item.debt_service')}", one.service, model.money)
    coming = np.concatenate([np.cumsum(service.values[::-1])[::-1][1:], [0.0]])
    text = f"{service.in_next}+{sheet.next_row_cell(1)}"
    later = sheet.add_row(f"{name}: {say('live.service_to_come')}", Formula(text, coming), model.money)
    ahead = sheet.single(f"{name}: {say('live.periods_ahead')}", months * model.clock.step / 12.0, look="factor")
    whole = sheet.single(f"{name}: {say('live.periods_ahead_whole')}", downward(ahead), look="whole")

    def after(more: int) -> Line:
        count = int(whole.values[0]) + more
        values = np.concatenate([coming[count:], np.zeros(min(count, periods))])
        place = f"{model.clock.number.text}+{whole.text}+{more}" if more else f"{model.clock.number.text}+{whole.text}"
        service_then = Formula(f"IFERROR(INDEX({later.span()},{place}),0)", values)
        return sheet.add_row(f"{name}: {say('live.service_after')} {more + 1}", service_then, model.money)

    first, second = after(0), after(1)
    part = ahead - whole
    held = later - ((1.0 - part) * first + part * second)
    since = model.number(key, "reserve_since", loan, float(filled(flow.account, model.time) + 1))
    return sheet.add_row(f"{name}: {say('live.target_worked_out')}",
                         either(model.clock.number >= since, held, 0.0), model.money)  # fmt: skip


def fill_reserves(model: StudyModel, reserves: list[ReserveRows], left: Formula) -> Formula:
    """Writes the balances out of the cash that is `left` after debt service, and returns what they leave of it."""
    sheet, early = model.schedules, model.clock.number <= model.clock.construction
    for one in reserves:
        name = model.called(one.one.loan)
        cash = sheet.add_row(f"{name}: {model.say('live.cash_for_reserve')}", left, model.money)
        held = largest(smallest(one.target, model.before(one.balance) + cash), 0.0)
        sheet.fill(one.balance, either(early, one.target, held))
        left = cash - one.growth
    return left
