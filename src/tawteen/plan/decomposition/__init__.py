"""Price decomposition: planning of thousands of sites with a Lagrangian upper bound."""

from tawteen.plan.decomposition.planning import plan_country

__all__ = ["plan_country"]
