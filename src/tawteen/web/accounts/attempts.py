"""Attempts to sign in that fail are counted by name: after several a name is locked for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from django.http import HttpRequest

from tawteen.case.names import fold
from tawteen.web.accounts.known_browsers import known_browser
from tawteen.web.accounts.models import NAME_LENGTH, FailedSignIn
from tawteen.web.params import SIGN_IN

Step = Literal["password", "code"]


def begin_attempt(request: HttpRequest, name: str, step: Step) -> bool:
    """Counts an attempt as failed before it is looked at, so that many at the same time are counted too.

    False where the name is locked: then the attempt is not counted, and nothing is to be looked at. Those from a
    browser that the person knows are counted apart, so that nobody else locks the person out.
    """
    folded, now, browser = _folded(name), datetime.now(UTC), known_browser(request, name)
    begins = now - timedelta(seconds=SIGN_IN.lockout)
    FailedSignIn.objects.filter(step="password", time__lte=begins).delete()
    attempt = FailedSignIn.objects.create(folded_name=folded, step=step, time=now, browser=browser)
    counted = FailedSignIn.objects.filter(folded_name=folded, step=step)
    recent = counted.filter(time__gt=begins, browser=browser)
    if recent.count() > SIGN_IN.failures or (step == "code" and counted.count() > SIGN_IN.code_failures):
        attempt.delete()
        return False
    return True


def forget_password_attempts(request: HttpRequest, name: str) -> None:
    """Forgets wrong passwords from a browser once one was right; those of others still count."""
    browser = known_browser(request, name)
    FailedSignIn.objects.filter(folded_name=_folded(name), step="password", browser=browser).delete()


def forget_attempts(name: str, *steps: Step) -> None:
    """Forgets all failed attempts of a name."""
    FailedSignIn.objects.filter(folded_name=_folded(name), step__in=steps).delete()


def _folded(name: str) -> str:
    """A name as it is counted: a letter of one character may fold to many."""
    return fold(name)[:NAME_LENGTH]
