"""Robustness: a programme under many scenarios, what to survey first, replanning, and fronts between two aims."""

from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.robust.sampling import Sample, Samples, scenarios
from tawteen.plan.robust.shocks import SHOCKS, Shock

__all__ = ["SHOCKS", "Robustness", "Sample", "Samples", "Shock", "robustness", "scenarios"]
