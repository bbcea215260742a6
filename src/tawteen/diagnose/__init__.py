"""Gates that keep sites shut, and losses of running lines."""

from tawteen.diagnose.diagnosis import diagnose
from tawteen.diagnose.model import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
