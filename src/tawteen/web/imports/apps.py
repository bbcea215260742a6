"""Imports as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Imports into the registry."""

    name = "tawteen.web.imports"
    label = "imports"

    def ready(self) -> None:
        """Adds the list of imports to the tables that follow from the record."""
        from tawteen.web.imports.derived import DERIVED_IMPORTS  # noqa: PLC0415 - models are there from here on
        from tawteen.web.log.derived import register  # noqa: PLC0415

        register(DERIVED_IMPORTS)
