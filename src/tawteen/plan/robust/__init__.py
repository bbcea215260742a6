"""Robustness: a programme under many scenarios, what to survey first, replanning, and fronts between two aims."""

from tawteen.plan.robust.draws import Drawn, Draws, scenarios
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.robust.shocks import SHOCKS, Shock

__all__ = ["SHOCKS", "Drawn", "Draws", "Robustness", "Shock", "robustness", "scenarios"]
