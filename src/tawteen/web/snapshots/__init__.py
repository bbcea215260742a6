"""Earlier states of the registry: snapshots, what changed between two of them, and what it was then as a case."""
