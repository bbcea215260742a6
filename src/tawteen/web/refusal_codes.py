"""Why a request is refused: each code has a sentence `web.refused.CODE` and one of what to do, `web.remedy.CODE`."""

from __future__ import annotations

REFUSALS = ("request", "right", "form", "page", "fault")
