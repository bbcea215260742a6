"""How a cell can differ: each kind has a word `web.change.KIND`."""

from __future__ import annotations

CHANGE_KINDS = ("added", "changed", "removed")
