"""What explanations claim, held against random small cases that are changed as said and planned anew."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.plan.decomposition.random_cases import random_case
from tests.plan.explain.changed_cases import with_more, with_way

from tawteen.case.model import Case
from tawteen.plan.explain import Explanation, explain, say
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme, Scenario
from tawteen.words import LANGS, Words

SECONDS = 20.0
STATED_AS_SHARE = ("exception", "released", "sites", "jobs")
"""What is loosened of a rule as a whole: there is no half of it."""


@cache
def planned(seed: int) -> tuple[Case, Programme]:
    case = random_case(seed)
    return case, plan(case, time_limit=SECONDS)


@cache
def explained(seed: int, site: str) -> Explanation:
    return explain(*planned(seed), site, seconds=SECONDS)


def comes_in(case: Case, site: str) -> bool:
    """Whether the best programme has the site in, or one as good has."""
    best = plan(case, time_limit=SECONDS)
    assert best.value is not None
    assert best.do_nothing is not None
    if best.sites.filter(id=site)["status"].item() in ("firm", "conditional"):
        return True
    inside = plan(case, time_limit=SECONDS, scenario=Scenario(must=(site,)))
    return inside.value is not None and inside.value >= best.value - 1e-6 * (best.value - best.do_nothing) - 1.0


@pytest.mark.parametrize(
    ("seed", "site", "kind"),
    [
        (14, "pasta", "cheaper"), (20, "mill", "cheaper"), (8, "cables", "cheaper"), (1, "pasta", "capability"),
        (32, "cables", "fund"), (9, "pasta", "rule"), (29, "pasta", "rule"),
    ],
)  # fmt: skip
def test_the_smallest_change_brings_the_site_in_and_half_of_it_does_not(seed: int, site: str, kind: str) -> None:
    """In the first two even the prices ask for more than the cost items can fall, and a part of them suffices."""
    case, programme = planned(seed)
    found = explained(seed, site)
    way = found.counterfactual
    assert way is not None
    assert found.tried_in_time
    assert found.forced is not None
    assert found.forced.exact
    assert (way.kind if way.lever is None else way.lever.kind) == kind
    assert programme.sites.filter(id=site)["status"].item() in ("out", "as_is")
    changed = with_way(case, way)
    assert changed is not None
    assert comes_in(changed, site)
    if way.lever is None or way.lever.per not in STATED_AS_SHARE:
        half = with_way(case, way, 0.5)
        assert half is not None
        assert not comes_in(half, site)


@pytest.mark.parametrize(("seed", "site"), [(11, "cables"), (23, "cables"), (29, "cables"), (3, "cables")])
def test_more_of_a_limit_that_delays_a_start_is_worth_what_is_said(seed: int, site: str) -> None:
    """With all sites free the gain is no less, and the same where a single limit delays it in these cases."""
    case, programme = planned(seed)
    delay = explained(seed, site).delay
    assert delay is not None
    assert delay.limits
    assert programme.value is not None
    together = delay.code == "limits"
    for limits in [delay.limits] if together else [(limit,) for limit in delay.limits]:
        changed: Case | None = case
        for limit in limits:
            assert limit.lever is not None
            assert limit.amount is not None
            assert changed is not None
            changed = with_more(changed, limit.lever, limit.amount / limit.lever.amount)
        assert changed is not None
        wider = plan(changed, time_limit=SECONDS)
        assert wider.value is not None
        gain, said = wider.value - programme.value, limits[0].worth
        assert gain >= 0.999 * said
        assert together or gain == pytest.approx(said, rel=1e-3)
        assert wider.sites.filter(id=site)["period"].item() <= limits[0].start


@pytest.mark.parametrize("lang", LANGS)
def test_several_limits_that_delay_a_start_are_joined_as_people_say_it(lang: str) -> None:
    said = " ".join(say(*planned(3), explained(3, "cables"), Words(lang)))  # type: ignore[arg-type]
    assert (" and 329 thousand USD a quarter more of letters of credit" if lang == "en" else "، وزيادة 329 ألف") in said


@pytest.mark.parametrize("lang", LANGS)
def test_a_change_of_a_shared_limit_may_be_taken_by_others(lang: str) -> None:
    words = Words(lang)  # type: ignore[arg-type]
    found = explained(1, "pasta")
    assert found.forced is not None
    within = replace(found.forced.within, everything=False)
    near = replace(found, forced=replace(found.forced, within=within))
    assert words.say("way.around_shared") in say(*planned(1), near, words)
    assert words.say("way.around_shared") not in say(*planned(1), found, words)


@pytest.mark.parametrize(("lang", "part"), [("en", "this rule cannot be kept"), ("ar", "هذه القاعدة لا يمكن حفظها")])
def test_one_rule_that_cannot_be_kept_is_spoken_of_as_one(lang: str, part: str) -> None:
    case, programme = planned(24)
    assert len(programme.conflict) == 1
    assert part in say(case, programme, explained(24, "mill"), Words(lang))[0]  # type: ignore[arg-type]
    none = replace(programme, conflict=())
    assert "–" not in say(case, none, explain(case, none, "mill"), Words(lang))[0]  # type: ignore[arg-type]
