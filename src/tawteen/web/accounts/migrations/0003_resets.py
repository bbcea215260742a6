"""Resets of sign-ins, what a party requires, and who granted a role."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_second_factors")]

    operations = [
        migrations.AddField(
            model_name="rolerow", name="granted_by", field=models.CharField(default="", max_length=200)
        ),
        migrations.AddField(
            model_name="rolerow", name="granting_party", field=models.CharField(default="", max_length=200)
        ),
        migrations.CreateModel(
            name="PartyRule",
            fields=[
                ("party", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("second_factor", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="ResetRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("person", models.CharField(db_index=True, max_length=200)),
                ("party", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("time", models.DateTimeField()),
                ("renewed", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignInReset",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("number", models.BigIntegerField()),
                ("expires", models.DateTimeField()),
            ],
        ),
    ]
