"""Sites are listed with their gates that are not open, and with the best grade of what was observed of them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_conflicts")]

    operations = [
        migrations.AddField("siterow", "gates", models.TextField(default=" ")),
        migrations.AddField("siterow", "grade", models.CharField(default="", max_length=200)),
    ]
