"""The table of the record as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class LogConfig(AppConfig):
    """The table of the record."""

    name = "tawteen.web.log"
    label = "log"
