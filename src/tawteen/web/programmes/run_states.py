"""What a run can be: as its acts on the record state it, and what pages call it meanwhile."""

from __future__ import annotations

PLAN_COMMAND = "plan"
BEGUN_RUN = "begun"
PLANNED_RUN, EMPTY_RUN, CANCELLED_RUN, FAILED_RUN, LOST_RUN = "planned", "empty", "cancelled", "failed", "lost"
ENDED_STATES = (PLANNED_RUN, EMPTY_RUN, CANCELLED_RUN, FAILED_RUN, LOST_RUN)
"""A programme was found; the search ended without one; it was cancelled before one was found; the case or the planner
failed; its process ended again and again."""
WAITING_RUN, RUNNING_RUN, STOPPING_RUN = "waiting", "running", "stopping"
OPEN_STATES = (WAITING_RUN, RUNNING_RUN, STOPPING_RUN)
"""What a run is that has begun and not ended."""
PATH_KIND, POLICY_KIND = "path", "policy"
RUN_KINDS = (POLICY_KIND, PATH_KIND)
"""One path alone, or also what to do for each thing that surveys may find."""
