"""What can be said of an act before it is saved: but for `REASSESSED` each has a sentence `web.before.OUTCOME`."""

from __future__ import annotations

UNREAD, NO_PROGRAMME, LARGE_CASE, FAULTY_CASE = "unread", "no_programme", "large_case", "faulty"
FORESEEN = (UNREAD, NO_PROGRAMME, LARGE_CASE, FAULTY_CASE)
"""Planning reads none of it; the view has no programme yet; its case is too large to say it at once; it would have an
error."""
REASSESSED = "reassessed"
"""The latest programme was held against the changed case."""
