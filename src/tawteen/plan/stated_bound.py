"""The bound that a programme's prices prove, stated with it so that the independent check can hold one to the other."""

from __future__ import annotations

import math
from dataclasses import replace

from tawteen.plan.inputs import PlanInputs
from tawteen.plan.programme import Programme
from tawteen.plan.verify.bound import bound_at_prices


def with_bound_by_prices(programme: Programme, inputs: PlanInputs) -> Programme:
    """The programme with `bound_by_prices`, computed as the independent check does.

    It stays as it is without prices, and states no bound where its prices prove none that is finite.
    """
    if programme.bound_prices.is_empty() or programme.value is None:
        return programme
    proved = bound_at_prices(inputs.case, inputs.effects, inputs.match, inputs.prices, programme.bound_prices)
    return replace(programme, bound_by_prices=proved if math.isfinite(proved) else None)
