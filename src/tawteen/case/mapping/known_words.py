"""Headings, states and units that sources use, as a table of words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def known_words() -> Mapping[str, Any]:
    """What `headings.toml` holds: headings by table and column, states by code, units with their factor."""
    return tomllib.loads(files("tawteen.case.mapping").joinpath("headings.toml").read_text(encoding="utf-8"))
