"""Tours of survey teams, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TourRow",
            fields=[
                ("tour", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("party", models.CharField(db_index=True, max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("team", models.CharField(max_length=200)),
                ("first_day", models.CharField(max_length=10)),
                ("last_day", models.CharField(max_length=10)),
                ("stops", models.JSONField()),
            ],
        ),
    ]
