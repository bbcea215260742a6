"""Attempts to sign in that fail are counted by name: after several a name is locked for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from tawteen.case.names import fold
from tawteen.web.accounts.models import FailedSignIn
from tawteen.web.params import SIGN_IN

Step = Literal["password", "code"]


def begin_attempt(name: str, step: Step) -> bool:
    """Counts an attempt as failed before it is looked at, so that many at the same time are counted too.

    False where the name is locked: then the attempt is not counted, and nothing is to be looked at.
    """
    folded, now = fold(name), datetime.now(UTC)
    attempt = FailedSignIn.objects.create(folded_name=folded, step=step, time=now)
    counted = FailedSignIn.objects.filter(folded_name=folded, step=step)
    recent = counted.filter(time__gt=now - timedelta(seconds=SIGN_IN.lockout))
    if recent.count() > SIGN_IN.failures or (step == "code" and counted.count() > SIGN_IN.code_failures):
        attempt.delete()
        return False
    return True


def forget_attempts(name: str, *steps: Step) -> None:
    """Forgets failed attempts once one succeeded."""
    FailedSignIn.objects.filter(folded_name=fold(name), step__in=steps).delete()
