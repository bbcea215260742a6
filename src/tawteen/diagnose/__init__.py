"""Blockers, losses and needs."""

from tawteen.diagnose.diagnosis import diagnose
from tawteen.diagnose.model import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
