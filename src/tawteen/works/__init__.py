"""The works of every option: schedule, lead times, and needs by quarter and by week."""

from tawteen.works.model import WorksNetwork
from tawteen.works.network import works_network

__all__ = ["WorksNetwork", "works_network"]
