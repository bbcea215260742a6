"""The acts of a record as data: what their subject, basis and content may be, from `acts.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from tawteen.record.errors import FaultError
from tawteen.record.limits import RECORD_LIMITS

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_HASH = re.compile("[0-9a-f]{64}")

Fits = Callable[[Any], bool]
"""Whether a value is of a kind."""


@dataclass(frozen=True)
class Act:
    """An act: names of the parts of its subject, how many entries it is based on, fields of its content."""

    name: str
    subject: tuple[str, ...]
    least_basis: int
    greatest_basis: int
    required: Mapping[str, Fits]
    optional: Mapping[str, Fits]
    meaning: str

    def check(self, subject: list[Any], content: dict[str, Any], based_on: list[Any]) -> None:
        """Raises FaultError where subject, content or the number of entries it is based on are not those of the act."""
        if len(subject) != len(self.subject):
            raise FaultError("record.subject", "subject", act=self.name, parts=", ".join(self.subject))
        if not self.least_basis <= len(based_on) <= self.greatest_basis:
            bounds = {"least": self.least_basis, "most": self.greatest_basis}
            raise FaultError("record.basis", "based_on", act=self.name, **bounds)
        seen = 0
        for name, fits in self.required.items():
            if name not in content:
                raise FaultError("record.field_missing", f"content.{name}", act=self.name, name=name)
            if not fits(content[name]):
                raise FaultError("record.field_kind", f"content.{name}", act=self.name, name=name)
            seen += 1
        if seen == len(content):
            return
        for name in content.keys() - self.required.keys():
            if name not in self.optional:
                raise FaultError("record.field_unknown", f"content.{name}", act=self.name, name=name)
            if not self.optional[name](content[name]):
                raise FaultError("record.field_kind", f"content.{name}", act=self.name, name=name)


def is_name(value: Any) -> bool:
    """Whether a value is a text of 1 to 200 characters without control characters."""
    return isinstance(value, str) and 0 < len(value) <= RECORD_LIMITS.name_characters and _CONTROL.search(value) is None


def is_hash(value: Any) -> bool:
    """Whether a value is a SHA-256 in lower-case hexadecimal digits."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def is_time(value: Any) -> bool:
    """Whether a value is a moment in UTC to the second as RFC 3339 writes it: 2026-11-30T05:22:04Z."""
    if not isinstance(value, str) or len(value) != 20 or value[-1] != "Z":
        return False
    try:
        return datetime.fromisoformat(value).isoformat() == value[:-1] + "+00:00"
    except ValueError:
        return False


def is_number_of_entry(value: Any) -> bool:
    """Whether a value can be the number of an entry."""
    return type(value) is int and value > 0


def _is_key(value: Any) -> bool:
    from tawteen.record.keys import VerifierKey  # noqa: PLC0415 - cryptography is loaded for keys alone

    try:
        VerifierKey.parse(value)
    except FaultError:
        return False
    return True


_KINDS: dict[str, Fits] = {
    "name": is_name,
    "text": lambda value: isinstance(value, str),
    "value": lambda value: value is None or isinstance(value, (str, int, float)),
    "number": lambda value: type(value) in (int, float),
    "flag": lambda value: isinstance(value, bool),
    "count": lambda value: type(value) is int and value >= 0,
    "entry": is_number_of_entry,
    "hash": is_hash,
    "time": is_time,
    "key": _is_key,
}


def _kind(stated: Any) -> Fits:
    """The test of a kind as `acts.toml` states it."""
    if isinstance(stated, str):
        return _KINDS[stated]
    if isinstance(stated, list):
        (inner,) = map(_kind, stated)
        return lambda value: isinstance(value, list) and all(map(inner, value))
    required, optional = _fields(stated)

    def fits(value: Any) -> bool:
        if not isinstance(value, dict) or not required.keys() <= value.keys() <= required.keys() | optional.keys():
            return False
        return all((required.get(name) or optional[name])(part) for name, part in value.items())

    return fits


def _fields(stated: Mapping[str, Any]) -> tuple[dict[str, Fits], dict[str, Fits]]:
    """Required and optional fields."""
    required = {name: _kind(kind) for name, kind in stated.items() if not name.endswith("?")}
    optional = {name.removesuffix("?"): _kind(kind) for name, kind in stated.items() if name.endswith("?")}
    return required, optional


def read_acts(text: str) -> dict[str, Act]:
    """Acts by name from a text like `acts.toml`."""
    acts = {}
    for name, stated in tomllib.loads(text).items():
        least, greatest = stated["based_on"]
        required, optional = _fields(stated["content"])
        acts[name] = Act(name, tuple(stated["subject"]), least, greatest, required, optional, stated["meaning"])
    return acts


@cache
def known_acts() -> Mapping[str, Act]:
    """The acts of `acts.toml`."""
    return read_acts(files("tawteen.record").joinpath("acts.toml").read_text(encoding="utf-8"))
