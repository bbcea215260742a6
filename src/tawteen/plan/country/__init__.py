"""The country engine: thousands of sites planned by prices, with a bound that holds."""

from tawteen.plan.country.planning import plan_country

__all__ = ["plan_country"]
