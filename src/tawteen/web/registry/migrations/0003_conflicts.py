"""Open conflicts as parties see them, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_site_positions")]

    operations = [
        migrations.CreateModel(
            name="ConflictRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=200)),
                ("table", models.CharField(max_length=200)),
                ("row", models.CharField(max_length=200)),
                ("column", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("party", "table", "row", "column"), name="conflict_of_party")
                ],
            },
        ),
    ]
