"""Canonical JSON (RFC 8785): each value has exactly one sequence of bytes."""

from __future__ import annotations

import json
import re
from typing import Any

import rfc8785

from tawteen.record.errors import FaultError
from tawteen.record.limits import RECORD_LIMITS

_SAFE_DIGITS = 15
"""Digits up to which every whole number is one that a double holds exactly."""
_SORTED_APART = re.compile("[\ue000-\U0010ffff]")
"""Characters whose order by UTF-16, which RFC 8785 asks for, may differ from that by code points."""


class _SlowPathError(Exception):
    """A number that Python may write otherwise than RFC 8785."""


def canonical_bytes(value: Any) -> bytes:
    """The canonical JSON of a value of None, bool, int, float, str, lists and dicts with text as keys.

    Raises FaultError where it has none: a whole number beyond 2**53 - 1, NaN, infinity, a lone surrogate.
    """
    try:
        line = _ENCODE(value).encode()
        # Mostly Python's own writer, which is ten times as fast, writes the same; the reader tells whether it did.
        if read_canonical(line) == value:
            return line
    except (FaultError, ValueError, TypeError, RecursionError):
        pass
    return _canonical_bytes(value)


def _canonical_bytes(value: Any) -> bytes:
    """As `canonical_bytes`, by the library alone."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.IntegerDomainError as error:
        raise FaultError("record.number_range") from error
    except rfc8785.FloatDomainError as error:
        raise FaultError("record.not_finite") from error
    except (ValueError, RecursionError) as error:
        raise FaultError("record.no_json_value") from error


def read_canonical(line: bytes) -> Any:
    """The value of a line without its end, which must be canonical JSON.

    Raises FaultError with the cause: no UTF-8, no JSON, nested too deeply, a key given twice, a number out of range, or
    another form than the canonical one.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FaultError("record.not_utf8", byte=error.start + 1) from error
    try:
        value = _DECODE(text)
        if _depth_is_doubtful(text) and nesting(value) > RECORD_LIMITS.line_nesting:
            raise FaultError("record.nested", most=RECORD_LIMITS.line_nesting)
        if text.isascii() or not _SORTED_APART.search(text):
            if _ENCODE(value) == text:
                return value
            raise _refusal(line, text)
    except _SlowPathError:
        value = _decoded(text)
    except RecursionError as error:
        raise FaultError("record.nested", most=RECORD_LIMITS.line_nesting) from error
    except json.JSONDecodeError as error:
        raise FaultError("record.not_json", position=error.pos + 1) from error
    if _canonical_bytes(value) != line:
        raise _refusal(line, text)
    return value


def _decoded(text: str) -> Any:
    """The value of a text whose numbers need a second look. Raises FaultError as `read_canonical`."""
    try:
        value = json.loads(text, parse_constant=_constant)
    except RecursionError as error:
        raise FaultError("record.nested", most=RECORD_LIMITS.line_nesting) from error
    except json.JSONDecodeError as error:
        raise FaultError("record.not_json", position=error.pos + 1) from error
    except ValueError as error:  # more digits than Python reads
        raise FaultError("record.number_range") from error
    if nesting(value) > RECORD_LIMITS.line_nesting:
        raise FaultError("record.nested", most=RECORD_LIMITS.line_nesting)
    return value


def _refusal(line: bytes, text: str) -> FaultError:
    """Why a line of JSON is not canonical."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for name, value in pairs:
            if name in known:
                repeated.append(name)
            known[name] = value
        return known

    value = json.loads(text, object_pairs_hook=unique, parse_constant=_constant)
    if repeated:
        return FaultError("record.duplicate_key", key=repeated[0])
    try:
        canonical = _canonical_bytes(value)
    except FaultError as fault:
        return fault
    same = zip(line, canonical, strict=False)
    position = next((i for i, (given, canon) in enumerate(same) if given != canon), min(len(line), len(canonical)))
    return FaultError("record.not_canonical", position=len(line[:position].decode("utf-8", "ignore")) + 1)


def nesting(value: Any) -> int:
    """How many lists and objects stand inside each other."""
    depth, level = 0, [value]
    while level := [part for part in level if isinstance(part, (list, dict))]:
        depth += 1
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
    return depth


def _depth_is_doubtful(text: str) -> bool:
    """Whether a text has so many brackets that it may be nested too deeply."""
    return text.count("{") + text.count("[") > RECORD_LIMITS.line_nesting


def _float(text: str) -> float:
    value = float(text)
    if repr(value) != text or "e" in text or value.is_integer():
        raise _SlowPathError
    return value


def _int(text: str) -> int:
    if len(text) > _SAFE_DIGITS:
        raise _SlowPathError
    return int(text)


def _constant(name: str) -> None:
    raise FaultError("record.not_finite", name=name)


_DECODE = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_constant).decode
_ENCODE = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode
