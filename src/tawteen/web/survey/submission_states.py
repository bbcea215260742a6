"""How a submission stands."""

from __future__ import annotations

TAKEN, FAULTY, SET_ASIDE, REPLACED = "taken", "faulty", "set_aside", "replaced"
SUBMISSION_STATES = (FAULTY, TAKEN, REPLACED, SET_ASIDE)
"""States of a submission: what it says is in the registry; it waits for somebody; somebody settled that it says
nothing; a corrected copy stands in its place."""
