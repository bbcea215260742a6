"""Costly pages: so many a minute for each person, and then again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import begin, browser_of

from tawteen.web import rate_limit
from tawteen.web.params import RATES
from tawteen.web.rate_limit import RateLimit


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 5), st.integers(1, 60))
def test_no_window_holds_more_than_the_limit(pauses: list[int], most: int, seconds: int) -> None:
    now, taken = [0.0], []
    limit = RateLimit(most, seconds, lambda: now[0])
    for number, pause in enumerate(pauses):
        now[0] += pause
        before, wait = now[0], limit.wait("amal")
        if wait:
            assert 0 < wait <= seconds
            assert len([one for one in taken if one > before - seconds]) == most
        else:
            taken.append(before)
        assert limit.wait(f"other {number}") == 0
    for start in taken:
        assert len([one for one in taken if start <= one < start + seconds]) <= most


def test_who_asks_too_often_is_told_when_to_come_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    now = [0.0]
    monkeypatch.setattr(rate_limit, "COSTLY", RateLimit(RATES.costly, RATES.period, lambda: now[0]))
    client = browser_of("host-administrator")
    for _ in range(RATES.costly):
        answer = client.get("/record/record.jsonl")
        assert answer.status_code == 200
        assert answer.getvalue()
    answer = client.get("/record/record.jsonl")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "in 60 seconds" in answer.content.decode()
    assert browser_of("partner-administrator").get("/record/record.jsonl").status_code == 200
    assert client.get("/record").status_code == 200
    now[0] = RATES.period + 1
    assert client.get("/record/record.jsonl").status_code == 200


class Full:
    """A limit that is reached."""

    def wait(self, _person: str) -> float:
        return 7.0


ASKED = {"foresee": "yes"}
COSTLY_PAGES = (
    ("get", "/record/record.jsonl", {}), ("get", "/export/registry.xlsx", {}), ("get", "/export/registry.zip", {}),
    ("get", "/snapshots/compare", {"before": "x"}), ("get", "/programmes/compare", {"before": "x", "after": "y"}),
    ("get", "/programmes/x/files/programme.zip", {}), ("post", "/snapshots/take", {}), ("post", "/programmes/new", {}),
    ("post", "/programmes/x/what-if", {}), ("post", "/edit/sites/mill", ASKED), ("post", "/add/sites", ASKED),
    ("post", "/remove/sites/mill", ASKED), ("post", "/release?table=sites", ASKED),
    ("post", "/settings/edit?key=about.id", ASKED),
)  # fmt: skip
CHEAP_PAGES = (
    ("get", "/programmes/compare", {}), ("get", "/programmes/new", {}), ("post", "/edit/sites/mill", {}),
    ("get", "/snapshots", {}), ("get", "/export", {}),
)  # fmt: skip


def test_which_pages_are_costly(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    monkeypatch.setattr(rate_limit, "COSTLY", Full())
    client = browser_of("host-administrator")
    for method, path, form in COSTLY_PAGES:
        assert getattr(client, method)(path, form).status_code == 429, path
    for method, path, form in CHEAP_PAGES:
        assert getattr(client, method)(path, form).status_code != 429, path
