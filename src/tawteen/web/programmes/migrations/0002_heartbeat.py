"""The heartbeat of a run has its name; a run that is given up keeps its best programme."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_programmes")]

    operations = [
        migrations.RenameField("runprogress", "signed", "heartbeat"),
        migrations.AddField("runprogress", "given_up", models.BooleanField(default=False)),
    ]
