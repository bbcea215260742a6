"""What `verify` says of the bound: proved again, in part, or not, and why not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.plan.planned import programme

from tawteen.cli.verify import _policy_proof_lines, _proof_lines
from tawteen.plan.policy_plan import PolicyPlan, policy_schema
from tawteen.plan.verify import Verification
from tawteen.words import LANGS, Lang, Words


def lines(lang: Lang, *, bound: float | None, proved: float | None, prices: bool) -> tuple[str, ...]:
    """The sentences on a programme with this bound whose prices, if it has any, prove `proved`."""
    made = replace(programme(), bound=bound)
    made = made if prices else replace(made, bound_prices=made.bound_prices.clear())
    verification = Verification({}, (), made.value, made.do_nothing, 0.0, 0.0, proved)
    return _proof_lines(SimpleNamespace(words=Words(lang)), made, verification)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("bound", "proved", "prices", "code"),
    [
        (1000.0, 1000.0, True, "cli.bound_proved"),
        (1000.0, 900.0, True, "cli.bound_proved"),
        (1000.0, 1500.0, True, "cli.bound_partly"),
        (1000.0, None, True, "cli.bound_infinite"),
        (1000.0, None, False, "cli.bound_unproved"),
    ],
)
def test_each_state_of_the_proof_has_its_sentence(
    lang: Lang, bound: float, proved: float | None, *, prices: bool, code: str
) -> None:
    words = Words(lang)
    args = {"bound": words.number(bound, 0), "proved": "" if proved is None else words.number(proved, 0)}
    assert lines(lang, bound=bound, proved=proved, prices=prices) == (words.say(code, args),)


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_bound_there_is_no_sentence(lang: Lang) -> None:
    assert lines(lang, bound=None, proved=None, prices=False) == ()


def policy_lines(lang: Lang, *, proved: float | None, priced: bool, **bounds: Any) -> tuple[str, ...]:
    """The sentences on a policy with these bounds whose prices, if it has any, prove `proved`."""
    prices = pl.DataFrame([("credit", "credit", None, None, 0, 1.0)], policy_schema("bound_prices"), orient="row")
    gains: dict[str, Any] = {"gains": (450.0, 450.0), "batches": 2, "sampled_bounds": ()}
    values: dict[str, Any] = {**dict.fromkeys(PolicyPlan.__dataclass_fields__), **gains, **bounds}
    plan = PolicyPlan(**{**values, "bound_prices": prices if priced else prices.clear()})
    return _policy_proof_lines(SimpleNamespace(words=Words(lang)), plan, proved)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("bound", "proved", "priced", "code"),
    [
        (1000.0, 1000.0, True, "cli.policy_bound_proved"),
        (1000.0, 1500.0, True, "cli.policy_bound_partly"),
        (1000.0, None, True, "cli.policy_bound_infinite"),
        (1000.0, None, False, "cli.policy_bound_unproved"),
    ],
)
def test_each_state_of_the_proof_of_a_policy_has_its_sentence(
    lang: Lang, bound: float, proved: float | None, *, priced: bool, code: str
) -> None:
    words = Words(lang)
    args = {"bound": words.number(bound, 0), "proved": "" if proved is None else words.number(proved, 0)}
    assert policy_lines(lang, proved=proved, priced=priced, proven_bound=bound) == (words.say(code, args),)


@pytest.mark.parametrize("lang", LANGS)
def test_an_estimated_bound_is_said_not_to_be_recomputed(lang: Lang) -> None:
    words, estimates = Words(lang), (490.0, 500.0, 510.0)
    args = {"bound": words.number(500.0, 0)}
    lines = policy_lines(lang, proved=900.0, priced=True, proven_bound=1000.0, sampled_bounds=estimates)
    assert lines[-1] == words.say("cli.policy_bound_estimated", args)
    assert len(lines) == 2
    alone = policy_lines(lang, proved=None, priced=False, proven_bound=None, sampled_bounds=estimates)
    assert alone == lines[-1:]
    assert policy_lines(lang, proved=None, priced=False, proven_bound=None) == ()
