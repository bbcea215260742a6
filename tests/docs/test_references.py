"""The generated pages say what schema and code say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def build_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return build


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_reference_of_tables_is_current(lang: str) -> None:
    build = build_module()
    assert (DOCS / build.PAGES[lang]).read_text(encoding="utf-8") == build.page(lang), "run: make docs"


def test_other_references_are_current() -> None:
    build = build_module()
    assert len(build.MADE) >= 2
    for name, make in build.MADE.items():
        assert (DOCS / name).read_text(encoding="utf-8") == make(), "run: make docs"
