"""Options as quarters from their start."""

from tawteen.effects.effects import effects, effects_of
from tawteen.effects.model import Effects

__all__ = ["Effects", "effects", "effects_of"]
