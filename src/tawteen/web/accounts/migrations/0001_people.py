"""Accounts, sessions and invitations; roles and parties, which follow from the record."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("folded_name", models.CharField(max_length=60, unique=True)),
                ("full_name", models.CharField(max_length=200)),
                ("party", models.CharField(max_length=60)),
                ("created", models.DateTimeField()),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccountSession",
            fields=[
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("account", models.BigIntegerField(db_index=True, null=True)),
                ("browser", models.CharField(max_length=200)),
                ("begun", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_session",
            },
        ),
        migrations.CreateModel(
            name="FailedSignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folded_name", models.CharField(db_index=True, max_length=60)),
                ("time", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("party", models.CharField(max_length=60)),
                ("roles", models.JSONField()),
                ("note", models.CharField(max_length=200)),
                ("invited_by", models.CharField(max_length=60)),
                ("inviting_party", models.CharField(max_length=60)),
                ("expires", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
                ("withdrawn", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PartyRow",
            fields=[
                ("party", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("name_en", models.CharField(max_length=200)),
                ("name_ar", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="RoleRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("person", models.CharField(db_index=True, max_length=200)),
                ("role", models.CharField(max_length=200)),
                ("party", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=200, null=True)),
                ("ended", models.BigIntegerField(null=True)),
            ],
        ),
    ]
