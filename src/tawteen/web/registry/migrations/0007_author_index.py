"""What others changed is found by an index that knows who did: an analyst who entered a whole case waits for no row."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0006_conflicts_of_settings")]

    operations: ClassVar = [
        migrations.RemoveIndex("cellversion", "cell_number"),
        migrations.AddIndex(
            "cellversion", models.Index(fields=["number", "party", "person", "id"], name="cell_author")
        ),
    ]
