"""The laws of the house that a machine can check (CONTRIBUTING.md); ruff, mypy and import-linter check the rest."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FUNCTION, FILE = 60, 500
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])text-align:\s*(?:left|right)|float:\s*(?:left|right)"
)
# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "index" + "-url", "find" + "-links", "registry." + "npmjs"]
ADDRESS = re.compile("|".join(map(re.escape, REGISTRIES)) + r"|file://" + r"/|(?<![\w/.-])/(?:root|work|home|opt)/")


def tracked() -> list[Path]:
    """Files of the project: those git knows, or all where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        kept = ("src", "tests", "docs", "cases", "benchmarks")
        paths = [path for name in kept for path in (ROOT / name).rglob("*")]
    return [path for path in paths if path.is_file()]


def python(*folders: str) -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in folders]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(where, lines without the docstring) of each function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            doc = node.body[0] if ast.get_docstring(node) else None
            told = 0 if doc is None else (doc.end_lineno or 0) - doc.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1 - told


def test_functions_are_short() -> None:
    lengths = [found for path in python("src", "docs", "benchmarks", "cases") for found in functions(path)]
    assert len(lengths) > 100
    assert not [(where, lines) for where, lines in lengths if lines > FUNCTION]


def test_files_are_short() -> None:
    lengths = {
        p: p.read_text(encoding="utf-8").count("\n") for p in python("src", "docs", "benchmarks", "cases", "tests")
    }
    assert not {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > FILE}


def test_names_say_what_things_are() -> None:
    assert not [p for p in tracked() if {*p.relative_to(ROOT).with_suffix("").parts} & NAMELESS]


@pytest.mark.parametrize("kind", [".css", ".html", ".jinja", ".j2", ".py", ".js", ".svg"])
def test_style_is_logical(kind: str) -> None:
    found = [
        p for p in tracked() if p.suffix == kind and "src" in p.parts and PHYSICAL.search(p.read_text(encoding="utf-8"))
    ]
    assert not found


def test_style_rule_sees_what_it_should() -> None:
    assert PHYSICAL.search("a{margin-left:1em}")
    assert PHYSICAL.search("text-align: right")
    assert not PHYSICAL.search("a{margin-inline-start:1em;padding-block:2px}")


def test_nothing_names_a_registry_or_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [(str(path.relative_to(ROOT)), hit.group()) for hit in ADDRESS.finditer(text)]
    assert not found


def test_address_rule_sees_what_it_should() -> None:
    assert ADDRESS.search('open("' + "/wo" + 'rk/x")')
    assert not ADDRESS.search("https://example.org/home/news")


def test_no_room_reaches_for_the_network() -> None:
    network = re.compile(
        r"^\s*(?:import|from)\s+(?:socket|urllib|http|requests|httpx|aiohttp|ftplib|smtplib)\b", re.MULTILINE
    )
    assert network.search("import socket")
    assert not [p for p in python("src") if network.search(p.read_text(encoding="utf-8"))]
