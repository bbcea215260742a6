"""Risk analysis of an option: uncertain inputs, Monte Carlo simulation, sensitivity."""

from tawteen.appraise.risk.cash_model import DRIVERS, CashModel
from tawteen.appraise.risk.model import SimulationResult
from tawteen.appraise.risk.option import cash_model, cash_models
from tawteen.appraise.risk.simulation import simulate

__all__ = ["DRIVERS", "CashModel", "SimulationResult", "cash_model", "cash_models", "simulate"]
