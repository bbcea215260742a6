"""Second factors: passkeys, codes of an app, recovery codes."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_ACCOUNT = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people")]

    operations = [
        migrations.AddField(
            model_name="failedsignin",
            name="step",
            field=models.CharField(default="password", max_length=10),
        ),
        migrations.CreateModel(
            name="TimeCodes",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=_ACCOUNT
                    ),
                ),
                ("sealed_secret", models.CharField(max_length=200)),
                ("last_period", models.BigIntegerField()),
                ("created", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("credential", models.CharField(max_length=2000, unique=True)),
                ("public_key", models.BinaryField()),
                ("signatures", models.BigIntegerField()),
                ("created", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=_ACCOUNT)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(max_length=64)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=_ACCOUNT)),
            ],
        ),
    ]
