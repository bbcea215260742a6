"""Browsers that people know, by which failed attempts are counted; the unit of an invited engineer."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_resets")]

    operations = [
        migrations.AddField(
            model_name="failedsignin", name="browser", field=models.CharField(default="", max_length=40)
        ),
        migrations.AddField(model_name="invitation", name="unit", field=models.CharField(default="", max_length=200)),
    ]
