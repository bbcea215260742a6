"""plan --model: the whole model as a file, with or without a programme."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Ask
from tests.plan.test_model_file import optimum

from tawteen.plan import model_file
from tawteen.plan.model_file import FIRST_LINE


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_model_alone_is_written_with_its_size(ask: Ask, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "tiny.mps"
    told = ask("plan", folder, "--model", path, "--json")
    assert told.code == 0
    model = told.json["model"]
    assert model["path"] == str(path)
    lines = path.read_text(encoding="ascii").splitlines()
    rows = lines[lines.index("ROWS") + 1 : lines.index("COLUMNS")]
    entries = [
        line.split() for line in lines[lines.index("COLUMNS") + 1 : lines.index("RHS")] if "'MARKER'" not in line
    ]
    assert model["rows"] == len(rows) - 1
    assert model["columns"] == len({column for column, *_ in entries})
    assert model["entries"] == sum(row != "value" for _, row, _ in entries)
    assert model["integers"] == len({column for column, *_ in entries if column.startswith("start:")})
    assert names(tmp_path) == ["tiny", "tiny.mps"]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_its_size_is_said(ask: Ask, folder: Path, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "tiny.mps"
    size = ask("plan", folder, "--model", path, "--json").json["model"]
    told = ask("plan", folder, "--model", path, "--lang", lang)
    assert told.code == 0
    assert {"en": "The whole model", "ar": "النموذج كله"}[lang] in told.out
    assert str(path) in told.out
    for name in ("rows", "columns", "integers", "entries"):
        assert f"{size[name]:,}" in told.out, name


def test_beside_a_programme_it_is_worth_as_much(ask: Ask, folder: Path, tmp_path: Path) -> None:
    path, changes = tmp_path / "tiny.mps", ("--set", "fund.budget*0.8", "--without", "mill")
    told = ask(
        "plan", folder, "--out", tmp_path / "out", "--model", path, *changes, "--gap", "0", "--no-report", "--json"
    )
    assert told.code == 0, told.all
    assert told.json["status"] == "optimal"
    assert optimum(path) == pytest.approx(told.json["value"], rel=1e-9)
    assert told.json["model"]["path"] == str(path)
    assert (tmp_path / "out" / "programme.json").is_file()


def test_a_programme_that_cannot_be_has_its_model_too(ask: Ask, folder: Path, tmp_path: Path) -> None:
    path, rules = tmp_path / "tiny.mps", ("--must", "mill", "--without", "mill")
    told = ask("plan", folder, "--out", tmp_path / "out", "--model", path, *rules, "--json")
    assert told.code == 1
    assert told.json["status"] == "infeasible"
    assert told.json["model"]["rows"] > 0
    assert path.is_file()


def test_it_may_stand_in_the_folder_of_the_programme(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for _ in range(2):
        told = ask("plan", folder, "--out", out, "--model", out / "tiny.mps", "--no-report")
        assert told.code == 0, told.all
        assert {"tiny.mps", "programme.json"} <= {*names(out)}


def test_a_case_above_what_is_solved_whole_is_written_with_a_note(ask: Ask, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "search.toml").write_text("whole_model_sites = 2\n", encoding="utf-8")
    command = ("plan", folder, "--model", tmp_path / "tiny.mps", "--params", tmp_path / "search.toml")
    for lang in ("en", "ar"):
        told = ask(*command, "--json", "--lang", lang)
        assert told.code == 0
        (note,) = told.found("note")
        assert note["code"] == "cli.model_large"
        assert "3" in note["message"]
        assert "2" in note["message"]
    assert told.json["model"]["columns"] > 0
    assert (tmp_path / "tiny.mps").is_file()
    assert ask("plan", folder, "--model", tmp_path / "tiny.mps", "--json").found("note") == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("tiny.lp", "cli.not_mps"), ("tiny", "cli.not_mps"), ("nowhere/tiny.mps", "cli.no_parent"),
     ("mine.mps", "cli.exists"), ("folder.mps", "cli.exists"), ("link.mps", "cli.broken_link")],
)  # fmt: skip
def test_a_place_that_cannot_be_is_refused_before_any_work(
    ask: Ask, folder: Path, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / "mine.mps").write_text("NAME mine\nENDATA\n", encoding="utf-8")
    (tmp_path / "folder.mps").mkdir()
    (tmp_path / "link.mps").symlink_to(tmp_path / "gone.mps")
    before = names(tmp_path)
    for more in ((), ("--out", tmp_path / "out")):
        told = ask("plan", folder, "--model", tmp_path / name, *more, "--json")
        assert told.code == 2
        assert [finding["code"] for finding in told.found()] == [code]
        assert ask("plan", folder, "--model", tmp_path / name, *more, "--lang", "ar").code == 2
    assert names(tmp_path) == before
    assert (tmp_path / "mine.mps").read_text(encoding="utf-8") == "NAME mine\nENDATA\n"


def test_an_earlier_model_is_replaced_and_what_fails_leaves_it(
    ask: Ask, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny.mps"
    path.write_text(f"{FIRST_LINE}\nold\n", encoding="ascii")
    assert ask("plan", folder, "--model", path).code == 0
    whole = path.read_text(encoding="ascii")
    assert whole.endswith("ENDATA\n")

    def full(_problem: object) -> list[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_file, "mps_lines", full)
    told = ask("plan", folder, "--model", path, "--json")
    assert told.code == 2
    assert [finding["code"] for finding in told.found()] == ["cli.system"]
    assert path.read_text(encoding="ascii") == whole
    assert names(tmp_path) == ["tiny", "tiny.mps"]


def test_what_does_not_fit_the_case_writes_nothing(ask: Ask, folder: Path, tmp_path: Path) -> None:
    for wrong in (("--set", "fund.gone*2"), ("--must", "smelter")):
        assert ask("plan", folder, "--model", tmp_path / "tiny.mps", *wrong).code == 2
    assert names(tmp_path) == ["tiny"]
