"""The roles that a person can have in a party."""

from __future__ import annotations

ENGINEER = "engineer"
"""The role that can be that of one unit."""
ROLES = (
    "viewer", "surveyor", "analyst", "engineer", "finance", "training", "secretary", "chair", "administrator",
    "auditor",
)  # fmt: skip
