"""Programmes as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Runs of the planner and what they found."""

    name = "tawteen.web.programmes"
    label = "programmes"

    def ready(self) -> None:
        """Adds the table of runs to those that follow from the record."""
        from tawteen.web.log.derived import register  # noqa: PLC0415 - models are there from here on
        from tawteen.web.programmes.derived import DERIVED_RUNS  # noqa: PLC0415

        register(DERIVED_RUNS)
