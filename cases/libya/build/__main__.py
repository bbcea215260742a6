"""Builds the public Libya case from facts and assumptions: python cases/libya/build [folder]."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import evidence
import goods
import listing
import money
import options
import partner
import people
import places
import sites
import will
from facts import HOME
from figure import Book

import works
from tawteen.case.build import case_of
from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.case.settings import Settings


def build() -> Case:
    """The case; tables stand in the order of the schema, rows in the order of the files."""
    book = Book()
    for step in (
        places.add, goods.add_commodities, goods.add_projects, goods.add_demands, sites.add, options.add, works.add,
        goods.add_supplies, goods.add_power, partner.add, people.add, money.add, will.add, evidence.add,
    ):  # fmt: skip
        step(book)
    settings = Settings.model_validate(tomllib.loads((HOME / "assumptions/settings.toml").read_text("utf-8")))
    return case_of(settings, book.tables)


def main(folder: Path) -> None:
    """Write the case below `folder` with its list of sources beside it."""
    case = build()
    write_folder(case, folder / "case")
    (folder / "SOURCES.md").write_text(listing.sources_page(case), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)
