"""Why a request is refused: each code has a sentence `web.refused.CODE` and one of what to do, `web.remedy.CODE`."""

from __future__ import annotations

REFUSALS = (
    "request", "right", "role", "no_role", "form", "page", "fault", "invitation", "reason", "last_administrator",
    "not_empty", "no_checkpoint", "other_view", "no_setting", "other_run", "what_if",
    "passkey", "reset", "signed_in", "own_factor", "too_many",
    "no_sites", "many_sites", "observation_changed",
    "no_strategy", "unfinished_import", "unfit_import", "busy",
    "no_document", "large_document", "kind_of_document", "full_disk", "no_picture",
    "tour_reason",
)  # fmt: skip
