"""Versions of cells, releases and sites as parties see them, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ReleaseRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=200)),
                ("table", models.CharField(max_length=200)),
                ("row", models.CharField(max_length=200)),
                ("column", models.CharField(max_length=200)),
                ("receivers", models.JSONField()),
                ("later", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="CellVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("table", models.CharField(max_length=200)),
                ("row", models.CharField(max_length=200)),
                ("column", models.CharField(max_length=200)),
                ("value", models.JSONField(null=True)),
                ("key_value", models.CharField(max_length=200, null=True)),
                ("party", models.CharField(max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("replaces", models.JSONField()),
                ("details", models.JSONField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["table", "row"], name="cell_row"),
                    models.Index(fields=["table", "column", "key_value"], name="cell_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=200)),
                ("site", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("name_ar", models.CharField(max_length=200)),
                ("region", models.CharField(max_length=200)),
                ("field", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=200)),
                ("conflicts", models.IntegerField()),
                ("searched", models.TextField()),
                ("sound", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "site"), name="site_of_party")],
            },
        ),
    ]
