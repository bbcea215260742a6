"""Compared files that wait, and the list of imports, which follows from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PendingImport",
            fields=[
                ("token", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("party", models.CharField(db_index=True, max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("created", models.DateTimeField()),
                ("compared_size", models.BigIntegerField()),
                ("revision", models.IntegerField(default=0)),
                ("counts", models.JSONField()),
                ("kept", models.IntegerField(default=0)),
                ("differences", models.BinaryField()),
                ("strategy", models.CharField(default="", max_length=20)),
                ("beside", models.BooleanField(default=False)),
                ("shared", models.BooleanField(default=False)),
                ("undoes", models.BigIntegerField(null=True)),
                ("cells", models.IntegerField(default=0)),
                ("cells_done", models.IntegerField(default=0)),
                ("first_entry", models.BigIntegerField(null=True)),
                ("left", models.IntegerField(default=0)),
                ("finished", models.BooleanField(default=False)),
                ("claimed_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("strategy", models.CharField(max_length=200)),
                ("entries", models.JSONField()),
                ("cells", models.IntegerField()),
                ("undoes", models.BigIntegerField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["party", "number"], name="import_of_party")]},
        ),
    ]
