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
VAGUE = set("at of here there found told said made asked wanted what thing stands around again board watch".split())  # noqa: SIM905
"""Names that hold a place in a sentence instead of naming a content."""
VAGUE_FUNCTIONS = VAGUE | set("those whose would why heard hear stand give both beside beyond happened put".split())  # noqa: SIM905
"""Names that do not say what a function or method does or returns."""
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


def vague_names(text: str) -> list[tuple[int, str]]:
    """(line, name) of each variable, field, parameter, function and method with a vague name; columns are data."""
    nodes = list(ast.walk(ast.parse(text)))
    schemas = [n for n in nodes if isinstance(n, ast.ClassDef) and any("Schema" in ast.unparse(b) for b in n.bases)]
    columns = {id(name) for schema in schemas for name in ast.walk(schema)}
    stored = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and id(n) not in columns]
    names = [(n.lineno, n.id) for n in stored] + [(n.lineno, n.arg) for n in nodes if isinstance(n, ast.arg)]
    fields = [n for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    names += [(n.lineno, n.attr) for n in fields]
    functions = [(n.lineno, n.name) for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    vague = [(line, name) for line, name in names if name.strip("_") in VAGUE]
    return sorted(vague + [(line, name) for line, name in functions if name.strip("_") in VAGUE_FUNCTIONS])


def test_variables_name_their_content() -> None:
    paths = python("src")
    assert len(paths) > 100
    assert not {str(p.relative_to(ROOT)): v for p in paths if (v := vague_names(p.read_text(encoding="utf-8")))}


def test_vague_names_are_seen() -> None:
    text = "def f(told): found = [at for at in told]\nclass A:\n    made: int = 0\nf(lambda of: of)\nx.said = thing"
    assert [name for _, name in vague_names(text)] == ["at", "found", "told", "made", "of", "said"]


def test_vague_functions_are_seen() -> None:
    text = "class A:\n    def of(self): self._board = 1\n    def _here(self): both = 1\ndef put(): ..."
    assert [name for _, name in vague_names(text)] == ["_board", "of", "_here", "put"]


NAMED_BY_DJANGO = {"Meta", "Migration"}
"""Classes of models and migrations that Django looks for by these names."""


def public_classes(root: Path) -> dict[str, list[str]]:
    """Files of each public class name below a folder."""
    owners: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in NAMED_BY_DJANGO:
                owners.setdefault(node.name, []).append(str(path.relative_to(root)))
    return owners


def test_class_names_are_unique_across_rooms() -> None:
    owners = public_classes(ROOT / "src" / "tawteen")
    assert len(owners) > 100
    assert not {name: paths for name, paths in owners.items() if len(paths) > 1}


def test_a_repeated_class_name_is_seen(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text("class Sites: ...\nclass _Own: ...\n", encoding="utf-8")
    assert public_classes(tmp_path) == {"Sites": ["a.py", "b.py"]}


def public_constants(root: Path) -> dict[str, dict[str, str]]:
    """For each public upper-case name at the top of a module: the expression that each file gives it."""
    owners: dict[str, dict[str, str]] = {}
    for path in sorted(root.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
                continue
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple):
                    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(target.elts)
                    pairs = list(zip(target.elts, values, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name) and name.id.isupper() and not name.id.startswith("_"):
                        owners.setdefault(name.id, {})[str(path.relative_to(root))] = ast.unparse(value)
    return owners


def test_a_constant_has_one_value() -> None:
    owners = public_constants(ROOT / "src" / "tawteen")
    assert len(owners) > 200
    assert not {name: values for name, values in owners.items() if len(set(values.values())) > 1}


def test_a_constant_of_two_values_is_seen(tmp_path: Path) -> None:
    for name, value in (("a", 1), ("b", 2)):
        (tmp_path / f"{name}.py").write_text(f"MOST, SAME = {value}, 3\n_OWN: int = {value}\n", encoding="utf-8")
    found = public_constants(tmp_path)
    assert found == {"MOST": {"a.py": "1", "b.py": "2"}, "SAME": {"a.py": "3", "b.py": "3"}}


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


def test_what_is_half_made_stands_beside_its_place() -> None:
    """There the next run finds what a killed one left; nobody clears the system's folder of temporary files."""
    temporary = re.compile(r"\btempfile\b|\bxlsxwriter\.Workbook\(")
    using = [p.name for p in python("src") if temporary.search(p.read_text(encoding="utf-8"))]
    assert sorted(using) == ["atomic_write.py", "new_workbook.py"]
