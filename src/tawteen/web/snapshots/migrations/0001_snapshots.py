"""Snapshots, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SnapshotRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("view", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("party", models.CharField(max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
            ],
        ),
    ]
