"""The field survey as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    """The field survey of the workspace."""

    name = "tawteen.web.survey"
    label = "survey"
