"""The workspace that this process works on: Django is set up once, and can then be turned to another folder."""

from __future__ import annotations

import os
from contextlib import suppress

from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings


def set_up(folder: DataFolder) -> None:
    """Sets Django up for a prepared folder and the database of DATABASE_URL, else that of the folder.

    A process that serves does so for one folder until it ends; verbs of operators turn from one to the next. Raises
    DatabaseAddressError.
    """
    os.environ["TAWTEEN_DATA"] = str(folder.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tawteen.web.settings")
    import django  # after the environment from which it reads its settings
    from django.conf import settings

    django.setup()
    if folder != settings.DATA_FOLDER:
        _turn_to(folder)


def _turn_to(folder: DataFolder) -> None:
    """Changes the settings that are of a folder, and leaves the database of the one before."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    database = database_settings(os.environ.get("DATABASE_URL", ""), folder.database)
    connections.settings["default"] = connections.configure_settings({"default": database})["default"]
    with suppress(AttributeError):  # none is open yet in this thread
        del connections["default"]
    settings.DATA_FOLDER, settings.SECRET_KEY = folder, folder.secret()
    settings.DATABASES, settings.IS_DEMO = {"default": database}, folder.demo_mark.exists()
