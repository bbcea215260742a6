"""Checks of the loans of a study: instalments, fields without effect, and what a loan that is sized needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tawteen.appraise.statements.financing import first_repayment
from tawteen.appraise.statements.timing import Timeline
from tawteen.appraise.study import Amounts, Loan, Study
from tawteen.case.findings import Finding

_TARGET = Loan.model_fields["target_dscr"].default
_REGULAR, _SCULPTED = 'kind = "constant_principal" / "annuity"', 'kind = "sculpted"'


def loans(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on loans without instalments, or with instalments after the horizon."""
    time = Timeline(study.horizon)
    months = 12 // time.step
    for loan in study.loans:
        path = f"loans.{loan.id}"
        if loan.kind in ("constant_principal", "annuity"):
            if not loan.instalments:
                yield Finding("error", "study.no_instalments", None, file, None, path, loan.id)
            begins = time.labels.index(loan.first) if loan.first in time.labels else time.begins
            ends = begins * months + round(loan.repay_at * months) + (loan.instalments - 1) * 12 // loan.per_year
            if ends > time.periods * months:
                yield Finding("error", "study.loan_long", None, file, None, path, loan.id)


def loan_effects(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on fields of loans that the rest of the loan makes ineffective."""
    for loan in study.loans:
        regular, sculpted = loan.kind in ("constant_principal", "annuity"), loan.kind == "sculpted"
        wrong = [
            (loan.instalments > 0 and not regular, "instalments", _REGULAR),
            (loan.per_year != 1 and not regular, "per_year", _REGULAR),
            (any_amount(loan.repay) and loan.kind != "profile", "repay", 'kind = "profile"'),
            (
                loan.target_dscr != _TARGET and not (sculpted or loan.sized),
                "target_dscr",
                f"{_SCULPTED} / sized = true",
            ),
            (bool(loan.last) and not sculpted, "last", _SCULPTED),
            (bool(loan.capitalise_until) and not loan.capitalised, "capitalise_until", "capitalised"),
            (loan.sized and not (regular or sculpted), "sized", f'{_REGULAR} / "sculpted"'),
            (loan.gearing is not None and not loan.sized, "gearing", "sized = true"),
            (loan.opening > 0 and loan.sized, "opening", "sized = false"),
            (loan.sweep > 0 and not (regular or sculpted), "sweep", f'{_REGULAR} / "sculpted"'),
            (any_amount(loan.sweep_above) and not loan.sweep, "sweep_above", "sweep"),
        ]
        for applies, field, needs in wrong:
            if applies:
                yield Finding(
                    "error", "study.no_effect", None, file, None, f"loans.{loan.id}.{field}", None, {"needs": needs}
                )


def sized_loans(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on what a loan needs that is sized, or that has a reserve filled before operation."""
    time = Timeline(study.horizon)
    sized = [loan for loan in study.loans if loan.sized]
    if len(sized) > 1:
        yield Finding("error", "study.sized_twice", None, file, None, "loans.sized", sized[1].id)
    for loan in study.loans:
        path, first = f"loans.{loan.id}", first_repayment(loan, time)
        if loan.last and time.index(loan.last) < first:
            yield Finding("error", "study.last_before_first", None, file, None, f"{path}.last", loan.last)
        if loan.reserve is not None and loan.reserve.funded == "drawdown" and not time.begins:
            yield Finding("error", "study.reserve_construction", None, file, None, f"{path}.reserve.funded", loan.id)
        if not loan.sized:
            continue
        drawn = np.flatnonzero(time.spread(loan.draw, "first") > 0)
        if not len(drawn):
            yield Finding("error", "study.sized_draw", None, file, None, f"{path}.draw", loan.id)
        elif drawn[-1] >= first:
            yield Finding("error", "study.sized_draw_late", None, file, None, f"{path}.draw", time.labels[drawn[-1]])
        if first < time.begins:
            yield Finding("error", "study.sized_first", None, file, None, f"{path}.first", loan.first)
        if any(other.kind == "sculpted" for other in study.loans if other.id != loan.id):
            yield Finding("error", "study.sized_beside_sculpted", None, file, None, f"{path}.sized", loan.id)


def any_amount(amounts: Amounts) -> bool:
    """Returns whether any of the amounts by period is not 0."""
    return any(amounts.values()) if isinstance(amounts, dict) else bool(amounts)
