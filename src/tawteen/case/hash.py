"""A fingerprint of what a case says, however it was written down."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import polars as pl

from tawteen.case.derived import once_per_case
from tawteen.case.model import Case
from tawteen.case.tables import TABLES


def case_hash(case: Case) -> str:
    """SHA-256 over settings and tables: rows by key, columns by schema, numbers to 15 digits, empty text as null.

    The same for a folder and a workbook of one case, and independent of the order of rows. What a case leaves out
    (empty tables and columns, settings at their default) does not count, so that the schema may grow. Of a case
    that is computed with (see `Case.computed`) it is that of the case as stated.
    """
    return _hash_of_stated(case.stated or case)


@once_per_case
def _hash_of_stated(case: Case) -> str:
    settings = case.settings.model_dump(mode="json", exclude_defaults=True)
    digest = hashlib.sha256(json.dumps(_canonical(settings), sort_keys=True).encode())
    for name, schema in TABLES.items():
        if case.tables[name].is_empty():
            continue
        key = schema.primary_key()
        rest = [column for column in schema.columns() if column not in key]
        texts = case.tables[name].select(list(schema.columns())).with_columns(pl.col(pl.String).replace("", None))
        rows = texts.sort([*key, *rest], nulls_last=False)
        for column in rows:
            if column.null_count() == len(column):
                continue
            digest.update(
                json.dumps([name, column.name, [_canonical(value) for value in column]], default=str).encode()
            )
    return digest.hexdigest()


def _canonical(value: Any) -> Any:
    match value:
        case float():
            return format(value + 0.0, ".15g")  # no negative zero
        case dict():
            return {key: _canonical(one) for key, one in value.items()}
        case list():
            return [_canonical(one) for one in value]
    return value
