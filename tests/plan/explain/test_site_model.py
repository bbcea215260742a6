"""The model around a site: what is kept between questions answers each of them as a model made for it alone would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.tiny import tiny

from tawteen.plan.explain.site_model import SiteModel
from tawteen.plan.planning import planning_problem


def test_a_limit_that_was_nothing_can_be_widened() -> None:
    """What nobody may supply is taken out of the model; the next question may allow it."""
    model = planning_problem(tiny())
    supply = np.arange(len(model.arrays.value))[model.columns["pool_supply"].span]
    limited = supply[np.isfinite(model.arrays.upper[supply])]
    assert len(limited)
    upper = model.arrays.upper.copy()
    upper[limited] = 0.0
    none = replace(model.arrays, upper=upper)
    free = np.arange(model.starts.start, model.starts.stop)
    kept = SiteModel(model, none, free)
    answers = []
    for start in free:
        before, after = kept.solve(free[:0]), kept.solve(np.array([start]), model.arrays)
        alone = SiteModel(model, model.arrays, free).solve(np.array([start]))
        assert before.value is not None
        assert (after.value is None) == (alone.value is None)
        answers.append(alone.value)
        if alone.value is not None:
            assert after.value == pytest.approx(alone.value, rel=1e-9)
    assert any(value is not None for value in answers)
