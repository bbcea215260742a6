"""Version, changelog and citation agree, and what a public project needs is there."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tawteen import __version__

ROOT = Path(__file__).parents[2]
RELEASE = re.compile(r"^## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def releases() -> list[tuple[int, int, int, str]]:
    found = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    return [(int(major), int(minor), int(patch), day) for major, minor, patch, day in found]


def test_the_changelog_names_this_version_first_and_falls() -> None:
    listed = releases()
    assert ".".join(map(str, listed[0][:3])) == __version__
    assert all(newer[:3] > older[:3] and newer[3] >= older[3] for newer, older in pairwise(listed))
    headings = re.findall(r"^### (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(headings) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_citation_is_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == __version__
    assert str(cited["date-released"]) == releases()[0][3]
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["license"] == declared["license"]


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda p: p.stem)
def test_issue_templates_ask_something(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"]
    assert form["description"]
    asked = [part for part in form["body"] if part["type"] in ("textarea", "input")]
    assert asked
    assert all(part["attributes"]["label"] for part in asked)
    assert any(part.get("validations", {}).get("required") for part in asked)
