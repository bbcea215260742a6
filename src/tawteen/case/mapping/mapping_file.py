"""A mapping as a TOML file that people read and change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from tawteen.case.atomic_write import write_text
from tawteen.case.findings import CaseError, Finding
from tawteen.case.mapping.model import Mapping
from tawteen.case.names import closest_few
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import TABLES
from tawteen.case.toml_file import read_toml_file


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises CaseError with every field that is wrong, or as `read_toml_file` does."""
    path = Path(path)
    values, _ = read_toml_file(path, SIZE_LIMITS.mapping_bytes)
    try:
        mapping = Mapping.model_validate(values)
    except ValidationError as error:
        raise CaseError([_field_finding(path.name, problem) for problem in error.errors()]) from error
    wrong = _unknown_columns(mapping, path.name)
    if wrong:
        raise CaseError(wrong)
    return mapping


def _field_finding(file: str, problem: Any) -> Finding:
    field = ".".join(str(part) for part in problem["loc"]) or "mapping"
    reason = str(problem["msg"]).removeprefix("Value error, ")
    return Finding("error", "mapping.field", file=file, column=field, args={"field": field, "reason": reason})


def _unknown_columns(mapping: Mapping, file: str) -> list[Finding]:
    """Tables and columns that a case does not have."""
    findings = []
    for target in mapping.tables:
        if target.table not in TABLES:
            args = {"name": target.table, "known": nearest_first(target.table, TABLES)}
            findings.append(Finding("error", "mapping.no_table", file=file, value=target.table, args=args))
            continue
        known = TABLES[target.table].columns()
        for name in target.columns:
            if name not in known:
                args = {"name": name, "table": target.table, "known": nearest_first(name, known)}
                findings.append(Finding("error", "mapping.no_column", file=file, column=name, value=name, args=args))
    return findings


def nearest_first(name: str, known: Iterable[str], most: int = 30) -> str:
    """Known names as a list in words, those spelled most like `name` first."""
    near = closest_few(name, known)
    return ", ".join([*near, *(one for one in known if one not in near)][:most])


def write_mapping(mapping: Mapping, path: Path, comment: str) -> None:
    """Writes the mapping whole, with `comment` as its first lines. Raises OSError where it cannot be written."""
    document = tomlkit.document()
    for line in comment.splitlines():
        document.add(tomlkit.comment(line))
    plain = mapping.model_dump(mode="python", exclude_defaults=True, by_alias=True)
    document["version"] = mapping.version
    document["kind"] = plain["kind"]
    document["source"] = _table({"grade": mapping.source.grade, **plain["source"]})
    tables = tomlkit.aot()
    for target in plain["tables"]:
        tables.append(_table(target))
    document["tables"] = tables
    write_text(path, tomlkit.dumps(document))


def _table(values: dict[str, Any]) -> Any:
    """Nested tables as sections, except the short ones that stand on one line."""
    table = tomlkit.table()
    for name, value in values.items():
        if name in ("codes", "leave_out"):
            inline = tomlkit.inline_table()
            inline.update({key: list(one) if isinstance(one, tuple) else one for key, one in value.items()})
            table[name] = inline
        elif isinstance(value, dict):
            table[name] = _table(value)
        else:
            table[name] = list(value) if isinstance(value, tuple) else value
    return table
