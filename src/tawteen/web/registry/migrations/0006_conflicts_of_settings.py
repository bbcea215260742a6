"""Settings in conflict are listed too: the tables are made from the record once more, as after every migration."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_indexes")]

    operations = []
