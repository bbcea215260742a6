"""A programme is held against its case by the independent check before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tawteen.case.findings import CaseError, Finding

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.plan.verify import Verification


def require_verified(case: Case, programme: Programme, progress: Callable[[float], None] | None = None) -> Verification:
    """The verification of `programme` on `case` (before its scenario).

    Raises CaseError where it does not hold, with what is wrong: such a programme must not be delivered.
    """
    from tawteen.plan.verify import verify

    verification = verify(case, programme, progress)
    if not verification.holds:
        raise CaseError([Finding("error", "plan.unverified"), *verification.findings])
    return verification
