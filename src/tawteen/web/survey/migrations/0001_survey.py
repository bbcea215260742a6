"""Telephones of surveyors."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("code_hash", models.CharField(max_length=64)),
                ("account", models.CharField(db_index=True, max_length=60)),
                ("note", models.CharField(max_length=200)),
                ("created", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FailedPhoneSignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=60)),
                ("time", models.DateTimeField()),
            ],
        ),
    ]
