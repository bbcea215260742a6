"""The commands of tutorials and how-to pages run as they are printed."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import tawteen as tw
from tawteen.case.hash import case_hash
from tawteen.cli.entry import run
from tawteen.plan.params import OutlookParams
from tawteen.web.data_folder import DataFolder
from tawteen.web.process import set_up

DOCS = Path(__file__).parents[2] / "docs"
FILE = re.compile(r"^```\{code-block\} \w+\n:caption: (\S+?)(, continued)?\n\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT = re.compile(r"--time-limit \d+")
SIZE = re.compile(r"--sites \d{3,}")
DRAWN_ELSEWHERE = ("howto/read-a-proof.md",)
"""Pages that draw only the report that the page of a what-if draws too."""
IN_THE_BROWSER = ("howto/import-and-export.md", "howto/programmes.md", "howto/registry.md")
"""Pages about work without a terminal."""
ALL_PAGES = sorted(
    path.relative_to(DOCS).as_posix() for folder in ("tutorials", "howto") for path in (DOCS / folder).glob("*.md")
)
PAGES = [page for page in ALL_PAGES if page not in IN_THE_BROWSER]


def commands(page: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines() if line.startswith("tawteen ")]


def test_pages_have_examples() -> None:
    assert len(PAGES) >= 5
    assert all(bool(commands(page)) == (page in PAGES) for page in ALL_PAGES)


@pytest.fixture
def workspace_of_process() -> Iterator[None]:
    """Verbs of operators turn this process to their workspace; afterwards it is again where tests of `web` left it."""
    before = {name: os.environ.get(name) for name in ("TAWTEEN_DATA", "TAWTEEN_HOST", "DJANGO_SETTINGS_MODULE")}
    yield
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    if (data := before["TAWTEEN_DATA"]) is not None:
        set_up(DataFolder(Path(data)))


@pytest.mark.usefixtures("drawn_here", "workspace_of_process")
@pytest.mark.parametrize("page", PAGES)
def test_examples_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Simulation has tests of its own: here a few scenarios tell that the command runs, and none where it asks for none.
    count = OutlookParams.count
    monkeypatch.setattr(OutlookParams, "count", lambda self, sites: min(count(self, sites), 3))
    for name, continued, text in FILE.findall((DOCS / page).read_text(encoding="utf-8")):
        with (tmp_path / name).open("a" if continued else "w", encoding="utf-8") as file:
            file.write(text)
    large = any(SIZE.search(command) for command in commands(page))
    if large:
        params = "whole_model_sites = 30\n[dive]\nseconds = 0.5\n"
        (tmp_path / "search.toml").write_text(params, encoding="utf-8")
    for command in commands(page):
        # How much a search finds in its time has tests of its own too, and so have large cases.
        words = shlex.split(SIZE.sub("--sites 40", LIMIT.sub("--time-limit 1", command)))[1:]
        if large and words[0] == "plan":
            # The smaller case is decomposed as the page says of the large one.
            words += ["--params", "search.toml"]
        # Of a what-if the first is drawn; tests of the command draw the report of a case that is planned again.
        if words[0] == "replan" or (words[0] == "plan" and (page in DRAWN_ELSEWHERE or "--start" in words)):
            words.append("--no-report")
        if words[0] == "demo":
            words.append("--no-programme")  # its own tests plan one
        code = run(words)
        out, err = capfd.readouterr()
        # Findings of a case that is still empty are an answer; anything above is a fault of the page or the program.
        assert code in (0, 1), f"{command}\n{out}\n{err}"


README = DOCS.parent / "README.md"
LIBYA = DOCS.parent / "cases" / "libya" / "case"


@pytest.mark.parametrize("text", [README.read_text(encoding="utf-8"), tw.__doc__], ids=["README", "package"])
def test_the_first_example_in_python_fits_the_case_it_reads(text: str) -> None:
    case = tw.read_case(LIBYA, check=False)
    changes = re.findall(r'with_changes\("(.*?)"\)', text)
    assert changes
    for change in changes:
        assert case_hash(case.with_changes(change)) != case_hash(case), change
    assert all(name in tw.__all__ for name in re.findall(r"\btw\.(\w+)", text))
    assert all(hasattr(tw.PlanResult, name) for name in re.findall(r"\b(?:base|more)\.(\w+)", text))
