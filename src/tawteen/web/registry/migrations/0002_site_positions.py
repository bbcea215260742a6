"""Sites are listed with their positions, for the map. Making the tables again from the record fills them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_registry")]

    operations = [
        migrations.AddField("siterow", "lat", models.FloatField(null=True)),
        migrations.AddField("siterow", "lon", models.FloatField(null=True)),
    ]
