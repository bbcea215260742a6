"""Up to which entry each person has seen what changed."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SeenChanges",
            fields=[
                ("person", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
        ),
    ]
