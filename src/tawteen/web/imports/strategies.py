"""Names of what differs between a file and a registry, and of ways to enter it."""

from __future__ import annotations

NEW_CELL, CHANGED, REMOVED, CONFLICT, REFUSED = DIFFERENCE_KINDS = (
    "added",
    "changed",
    "removed",
    "conflict",
    "refused",
)
OPEN, SINCE, OTHER = CONFLICT_REASONS = ("open", "since", "other")
"""Why a cell is in conflict: open versions, a change since the file was exported or compared, another party's value."""
FILL, TAKE, REPLACE = MERGE_STRATEGIES = ("fill", "take", "replace")
"""Ways to merge: fill what is empty, take the file's value where it has one, replace also what the file lacks."""
START = "start"
"""The strategy of an import into a registry that holds nothing of the party yet."""
UNDO = "undo"
"""The strategy of an import that takes an earlier one back."""
ENTERED_KINDS = {
    FILL: (NEW_CELL,), TAKE: (NEW_CELL, CHANGED), REPLACE: (NEW_CELL, CHANGED, REMOVED),
    UNDO: (NEW_CELL, CHANGED, REMOVED), START: (NEW_CELL,),
}  # fmt: skip
"""The kinds of difference that each strategy enters."""
