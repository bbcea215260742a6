"""Statements and indicators of options."""

from tawteen.appraise.appraisal import appraise
from tawteen.appraise.model import Appraisal
from tawteen.appraise.prices import Prices, prices

__all__ = ["Appraisal", "Prices", "appraise", "prices"]
