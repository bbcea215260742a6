"""Many rows into one table at once, several times faster than as objects of Django."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Inserts rows that state every field of a model but the number that the database gives.

    Values are texts, numbers, None and, for fields of JSON, what JSON holds. In the transaction of the caller.
    """
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.BigAutoField)]
    as_json = {field.name for field in fields if isinstance(field, models.JSONField)}
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    values = ([_stored(row[field.name], field.name in as_json) for field in fields] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values))  # names of models # nosec B608


def _stored(value: Any, in_json: bool) -> Any:
    return value if value is None or not in_json else json.dumps(value)
