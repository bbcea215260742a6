"""Runs, how far each is, and the files that they made."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RunProgress",
            fields=[
                ("run", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("parameters", models.JSONField()),
                ("task", models.UUIDField(null=True)),
                ("attempt", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("queued", models.DateTimeField()),
                ("signed", models.DateTimeField(null=True)),
                ("cancelled", models.BooleanField(default=False)),
                ("stage", models.CharField(default="", max_length=40)),
                ("share", models.FloatField(null=True)),
                ("gain", models.FloatField(null=True)),
                ("left", models.FloatField(null=True)),
                ("seconds", models.FloatField(default=0.0)),
                ("kept", models.JSONField(null=True)),
                ("summary", models.JSONField(null=True)),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="RunRow",
            fields=[
                ("run", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("view", models.CharField(db_index=True, max_length=200)),
                ("command", models.CharField(max_length=200)),
                ("snapshot", models.BigIntegerField()),
                ("person", models.CharField(max_length=200)),
                ("party", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=200)),
                ("ended", models.BigIntegerField(null=True)),
                ("ended_time", models.CharField(max_length=20, null=True)),
                ("parameters", models.CharField(max_length=64, null=True)),
                ("result", models.CharField(max_length=64, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RunFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "name"), name="file_of_run")],
            },
        ),
    ]
