"""Robustness: a programme under many scenarios, what to survey first, replanning, and fronts between two aims."""
