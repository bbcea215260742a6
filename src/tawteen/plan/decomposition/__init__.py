"""Price decomposition: planning of thousands of sites with a Lagrangian upper bound."""
