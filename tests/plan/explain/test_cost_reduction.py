"""A cheaper option: what is worked out for its site alone is what the whole case changed would give."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.plan.explain.test_resolve import case, planned, some_stand
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.plan.decomposition.outcome import problem_with_starts
from tawteen.plan.decomposition.planning import market_and_sites
from tawteen.plan.explain import Reasons
from tawteen.plan.explain.cost_reduction import reduce_costs
from tawteen.plan.explain.priced_programme import PricedProgramme, price_programme
from tawteen.plan.explain.resolve import resolve_site
from tawteen.plan.inputs import prepare
from tawteen.plan.programme import Scenario
from tawteen.plan.scenario import apply


def of_tiny() -> tuple[Case, PricedProgramme, str, str]:
    return tiny(), Reasons(tiny(), programme()).priced, "mill", "mill-new"


def of_some() -> tuple[Case, PricedProgramme, str, str]:
    at = some_stand()
    out = next(i for i in range(len(at.names)) if i not in at.taken)
    option = at.sites.options["option"][int(np.flatnonzero((at.sites.site == out) & at.works)[0])]
    return case(), at, at.names[out], option


@pytest.mark.parametrize("made", [of_tiny, of_some])
def test_a_cut_is_that_of_the_whole_case(made: object) -> None:
    of, at, site, option = made()  # type: ignore[operator]
    found = reduce_costs(at, of, site, [option], 0.4)
    assert found is not None
    changed = apply(of, Scenario(set=(f"option.{option}*0.6",)))
    whole = price_programme(at.programme, *market_and_sites(prepare(changed)), at.proof.prices)
    assert found.sites.value == pytest.approx(whole.sites.value, rel=1e-9)
    assert found.worth == pytest.approx(whole.worth, rel=1e-9, abs=1e-3)
    for part in fields(Effects):
        one, other = (getattr(of.market.inputs.effects, part.name) for of in (found, whole))
        keys = [name for name in other.columns if other[name].dtype in (pl.String, pl.Int64)]
        mine = set(one["option"])
        kept = other.filter(pl.col("option").is_in(list(mine)))
        assert_frame_equal(one.sort(keys), kept.sort(keys), check_dtypes=False)
    flat = np.union1d(at.flat, at.sites.options["option"].to_list().index(option) * at.periods)
    ours, theirs = (
        problem_with_starts(found.market, found.sites, flat),
        problem_with_starts(whole.market, whole.sites, flat),
    )
    assert abs(ours.arrays.matrix - theirs.arrays.matrix).max() <= 1e-6
    assert ours.arrays.value == pytest.approx(theirs.arrays.value)


def test_nothing_to_cut_is_told() -> None:
    at = some_stand()
    assert reduce_costs(at, case(), at.names[0], ["no such option"], 0.4) is None


def test_a_question_asked_again_has_the_same_answer() -> None:
    """What is kept between questions changes no answer: a fresh stand and one that was asked much say the same."""
    asked = some_stand()
    fresh = price_programme(planned(), asked.market, asked.sites, asked.proof.prices)
    for site in (1, 6):
        for inside in (True, False, None):
            one, other = (
                resolve_site(asked, site, inside, seconds=20.0),
                resolve_site(fresh, site, inside, seconds=20.0),
            )
            assert (one.value is None) == (other.value is None)
            if one.value is not None and one.whole and other.whole:
                assert one.value == pytest.approx(other.value, rel=1e-7)
