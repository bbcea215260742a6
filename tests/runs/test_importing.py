"""An import into a case that stands there: the files of the case are exchanged, those of the user stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tawteen.case.findings import CaseError
from tawteen.case.read import read_case
from tawteen.runs.importing import import_into

TODAY = dt.date(2026, 11, 28)


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["Plant name,Status", *rows]) + "\n", encoding="utf-8")
    return path


def test_files_of_the_user_stay_and_tables_keep_one_file_each(tmp_path: Path) -> None:
    source, case = table(tmp_path / "plants.csv", "Mill,closed"), tmp_path / "case"
    import_into(source, case, today=TODAY)
    (case / "notes.txt").write_text("mine")
    (case / "sites.csv").rename(case / "Sites.tsv")
    (case / "Sites.tsv").write_text((case / "Sites.tsv").read_text("utf-8-sig").replace(",", "\t"), "utf-8")
    mapping = (case / "mapping.toml").read_bytes()
    done = import_into(table(source, "Mill,closed", "Dairy,closed"), case, today=TODAY)
    assert done.added == {"sites": 1}
    assert read_case(case)["sites"]["id"].to_list() == ["Mill", "Dairy"]
    assert (case / "notes.txt").read_text() == "mine"
    assert (case / "mapping.toml").read_bytes() == mapping
    assert not (case / "Sites.tsv").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"case", "plants.csv"}


def test_a_source_inside_the_case_stays(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    source = table(case / "plants of others.csv", "Mill,closed")
    import_into(source, case, today=TODAY)
    assert source.is_file()
    assert (case / "sites.csv").is_file()


def test_an_error_leaves_the_old_case(tmp_path: Path) -> None:
    source, case = table(tmp_path / "plants.csv", "Mill,closed"), tmp_path / "case"
    import_into(source, case, today=TODAY)
    before = {path.name: path.read_bytes() for path in case.iterdir()}
    (tmp_path / "broken.toml").write_text("version = 1\n", encoding="utf-8")
    with pytest.raises(CaseError):
        import_into(source, case, mapping=tmp_path / "broken.toml", today=TODAY)
    assert {path.name: path.read_bytes() for path in case.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"broken.toml", "case", "plants.csv"}
