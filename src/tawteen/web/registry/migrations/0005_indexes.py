"""Indexes for lists in the order of names, for what is new on the record, and for whether a party entered anything."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_site_gates")]

    operations = [
        # With the party at its end SQLite takes this one for rows of a party, not that of all it entered in a table.
        migrations.RemoveIndex("cellversion", "cell_row"),
        migrations.AddIndex("cellversion", models.Index(fields=["table", "row", "party"], name="cell_row")),
        migrations.AddIndex("cellversion", models.Index(fields=["party", "table"], name="cell_party")),
        migrations.AddIndex("cellversion", models.Index(fields=["number"], name="cell_number")),
        migrations.AddIndex("siterow", models.Index(fields=["party", "name_en", "site"], name="site_name_en")),
        migrations.AddIndex("siterow", models.Index(fields=["party", "name_ar", "site"], name="site_name_ar")),
        migrations.AddIndex("siterow", models.Index(fields=["party", "region", "state"], name="site_region")),
        migrations.AddIndex("siterow", models.Index(fields=["party", "conflicts"], name="site_conflicts")),
    ]
