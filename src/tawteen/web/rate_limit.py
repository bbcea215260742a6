"""How often one person may ask for pages that are costly to answer."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tawteen.web.access import View, signed_in
from tawteen.web.params import RATES
from tawteen.web.refusals import refusal
from tawteen.web.security_log import log_security_event


class RateLimit:
    """At most so many requests of one person in so many seconds, counted in this process."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def wait(self, person: str) -> float:
        """Counts a request and returns 0; where there were too many, the seconds until the next one may come."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(person, deque())
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) >= self._most:
                return times[0] + self._seconds - now
            times.append(now)
            return 0.0


COSTLY = RateLimit(RATES.costly, RATES.period)


def costly_where(condition: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """A page that states a right and is costly for some requests: who asks too often is told when to come again."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            person = signed_in(request)
            wait = math.ceil(COSTLY.wait(person.name)) if condition(request) else 0
            if wait:
                log_security_event(request, "too many requests", person.name)
                response = refusal(request, "too_many", 429, seconds=str(wait))
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **more)

        return limited

    return decorate


def is_sent(request: HttpRequest) -> bool:
    """Whether a form was sent."""
    return request.method == "POST"


costly = costly_where(lambda _: True)
"""A page that is costly for every request."""
