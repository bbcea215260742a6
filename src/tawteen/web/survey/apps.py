"""The field survey as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    """The field survey of the workspace."""

    name = "tawteen.web.survey"
    label = "survey"

    def ready(self) -> None:
        """Adds submissions and files to the tables that follow from the record."""
        from tawteen.web.log.derived import register  # noqa: PLC0415 - models are there from here on
        from tawteen.web.survey.derived import DERIVED_SUBMISSIONS  # noqa: PLC0415

        register(DERIVED_SUBMISSIONS)
