"""The registry as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry of the workspace."""

    name = "tawteen.web.registry"
    label = "registry"

    def ready(self) -> None:
        """Adds the tables of the registry to those that follow from the record."""
        from tawteen.web.log.derived import register  # noqa: PLC0415 - models are there from here on
        from tawteen.web.registry.derived import DERIVED_CELLS  # noqa: PLC0415

        register(DERIVED_CELLS)
