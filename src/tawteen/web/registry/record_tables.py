"""Tables of the record that stand in no case as tables: its settings, and the outline on the map."""

from __future__ import annotations

SETTING_TABLE, SETTING_COLUMN = "settings", "value"
OUTLINE_TABLE, OUTLINE_ROW, OUTLINE_COLUMN = "outline", "outline", "geojson"
"""The cell that holds the outline of the country on the map."""
