"""Needs and offers."""

from tawteen.match.model import Match
from tawteen.match.pools import match

__all__ = ["Match", "match"]
