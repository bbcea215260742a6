"""What can be said of an act before it is saved: but for `REASSESSED` each has a sentence `web.before.OUTCOME`."""

from __future__ import annotations

UNREAD, NO_PROGRAMME, LARGE_CASE = "unread", "no_programme", "large_case"
FAULTY_CASE, ALREADY_FAULTY, INCOMPARABLE = "faulty", "already_faulty", "incomparable"
FORESEEN = (UNREAD, NO_PROGRAMME, LARGE_CASE, FAULTY_CASE, ALREADY_FAULTY, INCOMPARABLE)
"""Planning reads none of it; the view has no programme yet; its case is too large to say it at once; it would have an
error that it has not now; it has errors now and would keep them; the programme and the changed case are of other terms,
such as another currency."""
REASSESSED = "reassessed"
"""The latest programme was held against the changed case."""
