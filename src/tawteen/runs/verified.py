"""A programme is held against its case by the independent check before it is delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tawteen.case.findings import CaseError, Finding
from tawteen.progress import ProgressCallback

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.plan.verify import Verification


def require_verified(case: Case, programme: Programme, progress: ProgressCallback | None = None) -> Verification:
    """The verification of `programme` on `case` (before its scenario); such a programme may be delivered.

    Of the futures of its policy a few courses are recomputed in full, and all are held against what is known in them.

    Raises CaseError where it does not hold: with the number of the case that lies far from all others of its kind, or
    else with all that does not hold.
    """
    from tawteen.plan.odd_cell import odd_cell
    from tawteen.plan.scenario import apply
    from tawteen.plan.verify import verify
    from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

    verification = verify(case, programme, progress, courses=CHECK_TOLERANCES.courses_at_delivery)
    if verification.holds:
        return verification
    cell = odd_cell(apply(case, programme.scenario))
    if cell is not None:
        raise CaseError([cell.finding()])
    raise CaseError([Finding("error", "plan.unverified"), *verification.findings])
