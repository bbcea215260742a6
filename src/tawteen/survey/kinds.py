"""Kinds of sites: which form a site is surveyed with, and what that form asks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tawteen.case.codes import codes
from tawteen.case.model import Case


@dataclass(frozen=True)
class SiteKind:
    """A kind of sites. `sites` and `lines`: columns of these tables that are asked; `gates`: gates of the form."""

    name: str
    divisions: frozenset[int]
    fields: frozenset[str]
    sites: tuple[str, ...]
    lines: tuple[str, ...]
    gates: tuple[str, ...]


@cache
def site_kinds() -> Mapping[str, SiteKind]:
    """The kinds of `kinds.toml` by name."""
    with files("tawteen.survey").joinpath("kinds.toml").open("rb") as stream:
        sections = tomllib.load(stream)
    return {name: _kind(name, section) for name, section in sections.items()}


def _kind(name: str, section: Mapping[str, list[str]]) -> SiteKind:
    gates = tuple(codes("gates")) if section["gates"] == ["*"] else tuple(section["gates"])
    return SiteKind(
        name,
        frozenset(number for span in section["divisions"] for number in _divisions(span)),
        frozenset(section["fields"]),
        tuple(section["sites"]),
        tuple(section["lines"]),
        gates,
    )


def _divisions(span: str) -> range:
    """Divisions of `35` or of `35-39`."""
    first, _, last = span.partition("-")
    return range(int(first), int(last or first) + 1)


def kind_of(isic: str | None, field: str | None) -> str:
    """The name of the kind of a site with this ISIC code and field of cooperation."""
    kinds = site_kinds()
    if isic and isic[:2].isdigit():
        division = int(isic[:2])
        for name, kind in kinds.items():
            if division in kind.divisions:
                return name
    for name, kind in kinds.items():
        if field in kind.fields:
            return name
    return next(iter(kinds))


def kinds_of_sites(case: Case) -> dict[str, str]:
    """The name of the kind of each site of the case, by its id."""
    rows = case["sites"].select("id", "isic", "field").iter_rows()
    return {site: kind_of(isic, field) for site, isic, field in rows}
