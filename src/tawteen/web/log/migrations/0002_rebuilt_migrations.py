"""With which migrations the derived tables were made, and what each heartbeat is of."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("log", "0001_record")]

    operations = [
        migrations.CreateModel(
            name="RebuiltMigration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("app", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
            ],
        ),
        migrations.AddField("workerheartbeat", "service", models.CharField(default="worker", max_length=20)),
    ]
