"""What `verify` says of the bound: proved again, in part, or not, and why not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.plan.planned import programme

from tawteen.cli.verify import _proof_lines
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
