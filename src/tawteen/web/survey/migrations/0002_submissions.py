"""Submissions and files, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("survey", "0001_survey")]

    operations = [
        migrations.CreateModel(
            name="SubmissionRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField()),
                ("party", models.CharField(max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("form", models.CharField(max_length=200)),
                ("instance", models.CharField(max_length=200)),
                ("variant", models.CharField(max_length=64)),
                ("site", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=20)),
                ("replaces", models.CharField(max_length=200)),
                ("device_time", models.CharField(max_length=200)),
                ("fault", models.TextField()),
                ("notes", models.TextField()),
                ("reason", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["party", "state"], name="submission_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("party", "instance", "variant"), name="submission_variant")
                ],
            },
        ),
        migrations.CreateModel(
            name="FileRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("party", models.CharField(max_length=200)),
                ("person", models.CharField(max_length=200)),
                ("time", models.CharField(max_length=20)),
                ("table", models.CharField(max_length=200)),
                ("row", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("media", models.CharField(max_length=200)),
                ("caption", models.TextField()),
                ("instance", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["table", "row"], name="file_row"),
                    models.Index(fields=["party", "instance"], name="file_instance"),
                ],
            },
        ),
    ]
