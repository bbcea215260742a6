"""Tours of survey teams as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class ToursConfig(AppConfig):
    """Tours of survey teams."""

    name = "tawteen.web.tours"
    label = "tours"

    def ready(self) -> None:
        """Adds the table of tours to those that follow from the record."""
        from tawteen.web.log.derived import register  # noqa: PLC0415 - models are there from here on
        from tawteen.web.tours.derived import DERIVED_TOURS  # noqa: PLC0415

        register(DERIVED_TOURS)
