"""The overview as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """The overview of the workspace."""

    name = "tawteen.web.overview"
    label = "overview"
