"""The public face: complete, quick to import, and a function where a room has its name."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

import tawteen as tw
from tawteen.cli.app import COMMANDS

SERVERS = {"serve", "work"}
"""Commands that answer a browser, or work for it, until they are ended: no function returns from them."""


def test_every_command_is_a_function_with_types_and_a_docstring() -> None:
    for name in COMMANDS.keys() - SERVERS:
        verb = getattr(tw, name.replace("-", "_"))
        assert isinstance(verb, FunctionType), name
        assert verb.__doc__, name
        parameters = inspect.signature(verb).parameters.values()
        assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters), name
        assert inspect.signature(verb).return_annotation is not inspect.Signature.empty, name


def test_every_name_is_there_and_none_is_missing_from_the_list() -> None:
    listed = set(tw.__all__)
    assert listed == {*tw._MODULE_OF, "__version__"}
    assert listed <= set(dir(tw))
    for name in listed:
        assert getattr(tw, name) is not None
    tree = ast.parse(Path(tw.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name: node.module
        for block in tree.body if isinstance(block, ast.If)
        for node in block.body if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }  # fmt: skip
    assert typed == tw._MODULE_OF


def test_a_function_stays_where_a_room_has_its_name() -> None:
    for name in ("plan", "report", "match", "diagnose", "appraise"):
        room = importlib.import_module(f"tawteen.{name}")
        assert isinstance(getattr(tw, name), FunctionType), name
        assert room is sys.modules[f"tawteen.{name}"]


def test_importing_loads_no_room() -> None:
    code = (
        "import sys, tawteen; print([m for m in sys.modules if m.startswith('tawteen.') or m in ('polars', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="plann"):
        tw.plann  # noqa: B018
