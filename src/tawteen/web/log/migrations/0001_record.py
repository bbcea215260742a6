"""The table of the record with the triggers that keep it as it is, and what is kept beside it."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tawteen.web.log.triggers import trigger_statements


def add_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django hands it over
    """Makes the triggers on the record."""
    for statement in trigger_statements(editor.connection.vendor):
        editor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "RecordRow",
            [
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("line", models.BinaryField()),
            ],
            options={"db_table": "record_log"},
        ),
        migrations.CreateModel(
            "HolderKey",
            [
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=200)),
                ("verifier", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            "StoredCheckpoint",
            [
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("peaks", models.BinaryField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            "WorkerHeartbeat",
            [
                ("worker", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("time", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(add_triggers),
    ]
