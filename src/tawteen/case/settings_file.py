"""Settings as TOML and as rows of key and value; what is wrong with them is told field by field."""

from __future__ import annotations

import datetime as dt
import json
import re
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tawteen.case.cells import date_of, flag_of, number_of
from tawteen.case.csv_file import decoded
from tawteen.case.findings import CaseError, Finding
from tawteen.case.names import closest
from tawteen.case.settings import Settings, repeated_entries
from tawteen.case.toml_file import toml_values

TOML = "case.toml"
HOME = "money.currency"
_SAID = {
    "missing": "setting.needed",
    "extra_forbidden": "setting.unknown",
    "literal_error": "setting.choice",
    "finite_number": "setting.number",
    "string_pattern_mismatch": "setting.currency",
    "unprintable": "setting.unprintable",
    "blank": "setting.blank",
    "tiny": "setting.tiny",
    "too_long": "setting.entries",
}
_SINGLE = {"setting.choice", "setting.number", "setting.whole", "setting.date", "setting.flag", "setting.text"}
_BEGINNINGS = {
    "greater_than": "setting.bound",
    "less_than": "setting.bound",
    "int_": "setting.whole",
    "float_": "setting.number",
    "date_": "setting.date",
    "bool_": "setting.flag",
    "string_too": "setting.length",
    "string_": "setting.text",
    "model_": "setting.section",
    "dict_": "setting.section",
    "tuple_": "setting.list",
}


def read_toml(data: bytes, file: str = TOML) -> tuple[Settings | None, list[Finding]]:
    """Settings of a TOML file; none where the findings hold an error."""
    text, findings = decoded(data, file)
    if any(f.severity == "error" for f in findings):
        return None, findings
    text = text.replace("\r\n", "\n")
    try:
        values = toml_values(text, file)
    except CaseError as error:
        return None, [*findings, *error.findings]
    settings, wrong = _settings(values, file, _line_numbers(text))
    return settings, [*findings, *wrong]


def read_rows(rows: list[tuple[int, str | None, str | None]], file: str) -> tuple[Settings | None, list[Finding]]:
    """Settings of rows (number, key, value); keys are dotted, entries of a list counted from 1, such as parties.1.id.

    Empty values are left out.
    """
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    findings: list[Finding] = []
    for row, key, text in rows:
        if not key or key == "key" or not text:
            continue
        if key in lines:
            findings.append(Finding("error", "setting.twice", None, file, row, key, text, {"first": lines[key]}))
            continue
        lines[key] = row
        steps = key.split(".")
        annotation = _annotation(steps)
        if annotation is None:
            findings.append(Finding("error", "setting.unknown", None, file, row, key, text, {"guess": _guess(steps)}))
        else:
            _set_nested(values, steps, _leaf(text, annotation))
    settings, wrong = _settings(_listed(values, Settings), file, lines)
    return (None if findings else settings), [*findings, *wrong]


def choices_of(key: str) -> tuple[str, ...]:
    """The values that the setting of this dotted key may have, where it is one of a few."""
    annotation = _annotation(key.split("."))
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def setting_value(key: str, text: str) -> Any:
    """A text as the setting of this dotted key holds it; the text itself where it cannot be read as that."""
    return _leaf(text, _annotation(key.split(".")))


def is_setting(key: str) -> bool:
    """Whether a dotted key names a value of the settings."""
    annotation = _annotation(key.split("."))
    return annotation is not None and not _is_model(annotation) and get_origin(annotation) not in (dict, tuple)


def setting_help_code(key: str) -> str:
    """The code of the sentence that says what the setting of this dotted key means."""
    steps = [step for step in key.split(".") if not step.isdigit()]
    return "setting_help." + ".".join(steps[:2] if steps[:2] == ["value", "region_weight"] else steps)


def toml_lines(data: bytes) -> dict[str, int]:
    """Line of every key and section of a TOML file, as far as they are written one to a line."""
    return _line_numbers(decoded(data, TOML)[0].replace("\r\n", "\n"))


def read_values(values: Mapping[str, Any], file: str) -> tuple[Settings | None, list[Finding]]:
    """Settings of nested values as `case.toml` holds them; none where the findings hold an error."""
    return _settings(dict(values), file, {})


def toml_of(settings: Settings) -> str:
    """Settings as the text of `case.toml`, every field stated."""
    return "\n".join(_section("", settings.model_dump(exclude_none=True))).lstrip() + "\n"


def rows_of(settings: Settings) -> list[tuple[str, Any]]:
    """Settings as rows of dotted key and value, as `read_rows` reads them."""
    return list(_flat("", settings.model_dump(exclude_none=True)))


def stated_rows_of(settings: Settings) -> list[tuple[str, Any]]:
    """As `rows_of`, without what was not stated and has its default."""
    return list(_flat("", settings.model_dump(exclude_none=True, exclude_unset=True)))


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for name, one in value.items():
                yield from _flat(f"{key}.{name}" if key else name, one)
        case list() | tuple():
            for i, one in enumerate(value, 1):
                yield from _flat(f"{key}.{i}", one)
        case _:
            yield key, value


def _section(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Lines of one TOML table: plain values first, then tables and lists of tables below it."""
    nested = {key: value for key, value in values.items() if isinstance(value, dict | list | tuple)}
    for key, value in values.items():
        if key not in nested:
            yield f"{_key(key)} = {_literal(value)}"
    for key, value in nested.items():
        path = f"{name}.{_key(key)}" if name else _key(key)
        for one in [value] if isinstance(value, dict) else value:
            yield ""
            yield f"[{path}]" if isinstance(value, dict) else f"[[{path}]]"
            yield from _section(path, one)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _literal(key)


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():  # a JSON string is a TOML string but for this one character
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dt.date():
            return value.isoformat()
    return repr(value)


def _settings(values: dict[str, Any], file: str, lines: Mapping[str, int]) -> tuple[Settings | None, list[Finding]]:
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        return None, setting_findings(error, file, lines)
    repeated = []
    for path, first, value in repeated_entries(settings):
        code = "setting.home_rate" if first == HOME else "setting.repeated"
        args = {"first": first, "first_row": _row(first.split("."), lines) or ""}
        repeated.append(Finding("error", code, None, file, _row(path.split("."), lines), path, value, args))
    return (None if repeated else settings), repeated


def setting_findings(error: ValidationError, file: str | None, lines: Mapping[str, int]) -> list[Finding]:
    """Pydantic's messages about settings as findings with the field, its value, and the row by `lines`."""
    return [_finding(one, file, lines) for one in error.errors(include_url=False)]


def _finding(error: ErrorDetails, file: str | None, lines: Mapping[str, int]) -> Finding:
    steps = [str(step + 1) if isinstance(step, int) else step for step in error["loc"] if step != "[key]"]
    kind, given = error["type"], error.get("input")
    code = _SAID.get(kind) or next((c for start, c in _BEGINNINGS.items() if kind.startswith(start)), "setting.wrong")
    args: dict[str, Any] = {"limits": limits_of(error), "said": error["msg"]}
    if code == "setting.unknown":
        args["guess"] = _guess(steps)
    if code in _SINGLE and isinstance(given, dict | list):
        code = "setting.single"
    if code == "setting.currency":
        args["guess"] = str(given).strip().upper() if re.fullmatch(r"\s*[A-Za-z]{3}\s*", str(given)) else "USD"
    if (share := _as_percent(error)) is not None:
        code, args = "setting.share", {**args, "percent": f"{given:g}", "share": share, "read": f"{100 * given:g}"}
    shown = None if kind == "missing" or isinstance(given, dict | list) else _shown(given)
    return Finding("error", code, None, file, _row(steps, lines), ".".join(steps), shown, args)


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    return str(given)


def _as_percent(error: ErrorDetails) -> str | None:
    """The share that was meant where a rate of 8 was written for 8 %, which its bounds would take."""
    given, high = error.get("input"), error.get("ctx", {}).get("le")
    if isinstance(given, bool) or not isinstance(given, int | float) or not isinstance(high, int | float):
        return None
    return f"{given / 100:g}" if high <= 5 and 1 <= given <= 100 * high and error["loc"][-1] != "periods" else None


def _row(steps: list[str], lines: Mapping[str, int]) -> int | None:
    """Row of a setting, or of the nearest section that holds it."""
    return next((lines[path] for path in [".".join(steps), *_ancestors(steps)] if path in lines), None)


def _guess(steps: list[str]) -> str:
    """The field most like an unknown one, else all fields it could be."""
    parents = (_annotation(steps[:n]) if n else Settings for n in range(len(steps)))
    depth, known = max((n, list(one.model_fields)) for n, one in enumerate(parents) if _is_model(one))
    return closest(steps[depth], known) or ", ".join(known)


def limits_of(error: ErrorDetails) -> str:
    """What would have been taken: bounds with their signs, or the choices; empty where pydantic does not say."""
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    parts = [
        f"{signs[k]} {v:g}"
        if k in signs and isinstance(v, int | float)
        else f"{signs[k]} {v}"
        if k in signs
        else str(v)
        for k, v in error.get("ctx", {}).items()
    ]
    return ", ".join(parts).replace(" or ", ", ")


def _ancestors(steps: list[str]) -> Iterator[str]:
    for n in range(len(steps) - 1, 0, -1):
        yield ".".join(steps[:n])


def _line_numbers(text: str) -> dict[str, int]:
    """Line of every key and section of a TOML text, as far as they are written one to a line."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            section = head[2].replace('"', "")
            if head[1] == "[[":
                counts[section] = counts.get(section, 0) + 1
                section = f"{section}.{counts[section]}"
            lines[section] = number
        elif key := re.match(r'\s*"?([^"=#]+?)"?\s*=', line):
            lines.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return lines


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _annotation(steps: list[str]) -> Any:
    """The type of the settings field at this path; None where there is none."""
    annotation: Any = Settings
    for step in steps:
        if _is_model(annotation) and step in annotation.model_fields:
            annotation = annotation.model_fields[step].annotation
        elif get_origin(annotation) is tuple and step.isdigit():
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) is dict:
            return _bare(get_args(annotation)[1])  # the key of such an entry may hold dots
        else:
            return None
        annotation = _bare(annotation)
    return annotation


def _bare(annotation: Any) -> Any:
    """The type of a field without None and without its bounds."""
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _leaf(text: str, annotation: Any) -> Any:
    """A cell as its field wants it; as it is where it cannot be read, so that the message can show it."""
    value: Any = None
    if annotation is int or annotation is float:
        value, _ = number_of(text, share=annotation is float)
        if annotation is int and value is not None and value.is_integer():
            value = int(value)
    elif annotation is bool:
        value, _ = flag_of(text)
    elif annotation is dt.date:
        value, _ = date_of(text)
    return text if value is None else value


def _set_nested(values: dict[str, Any], steps: list[str], value: Any) -> None:
    for n, step in enumerate(steps[:-1], 1):
        if get_origin(_annotation(steps[:n])) is dict:  # keys of the user may hold dots
            values.setdefault(step, {})[".".join(steps[n:])] = value
            return
        below = values.setdefault(step, {})
        if not isinstance(below, dict):
            return
        values = below
    values[steps[-1]] = value


def _listed(values: Any, annotation: Any) -> Any:
    """Numbered entries of what is a list in the settings, in the order of their numbers."""
    if not isinstance(values, dict):
        return values
    if get_origin(annotation) is tuple and all(key.isdigit() for key in values):
        return [_listed(values[key], get_args(annotation)[0]) for key in sorted(values, key=int)]
    if _is_model(annotation):
        fields = annotation.model_fields
        return {k: _listed(v, fields[k].annotation if k in fields else None) for k, v in values.items()}
    return values
