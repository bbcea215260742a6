"""Programmes: runs of the planner in the view of a party or of all, and the pages of what they found."""
