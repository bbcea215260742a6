"""The country engine: thousands of sites planned by prices, with a bound that holds."""

from tawteen.plan.decomposition.planning import plan_country

__all__ = ["plan_country"]
