"""Snapshots as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Snapshots of the registry."""

    name = "tawteen.web.snapshots"
    label = "snapshots"

    def ready(self) -> None:
        """Adds the table of snapshots to those that follow from the record."""
        from tawteen.web.log.derived import register  # noqa: PLC0415 - models are there from here on
        from tawteen.web.snapshots.derived import DERIVED_SNAPSHOTS  # noqa: PLC0415

        register(DERIVED_SNAPSHOTS)
