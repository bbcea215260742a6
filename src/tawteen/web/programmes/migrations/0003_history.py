"""How the gap of a run fell; when it was queued nobody asked."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_heartbeat")]

    operations = [
        migrations.AddField("runprogress", "history", models.JSONField(default=list)),
        migrations.RemoveField("runprogress", "queued"),
    ]
