"""A case is measured before it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny import tiny

from tawteen.case import csv_file
from tawteen.case.csv_file import raw_csv
from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.read import read_case
from tawteen.case.size_limits import SIZE_LIMITS, SizeLimits


@pytest.mark.parametrize("name", ["case.toml", "sites.csv", "outline.geojson"])
def test_a_file_beyond_the_limit_is_told_once_and_not_read(tmp_path: Path, name: str) -> None:
    write_folder(tiny(), tmp_path / "case")
    with (tmp_path / "case" / name).open("ab") as file:
        file.truncate(10**12)  # a hole: it takes no room on the disk
    with pytest.raises(CaseError) as refused:
        read_case(tmp_path / "case")
    (finding,) = refused.value.findings
    assert (finding.code, finding.file) == ("file.too_long", name)


def test_cells_are_counted_empty_ones_too() -> None:
    columns = 160
    rows = SIZE_LIMITS.cells // columns + 1
    line = "," * (columns - 1) + "\n"
    raw, findings = raw_csv(("id,site" + line[1:] + line * (rows - 1)).encode(), "options", "options.csv")
    assert raw is None
    (finding,) = findings
    assert finding.code == "file.many_cells"
    assert finding.args == {"rows": f"{rows:,}", "columns": "160", "most": "20,000,000"}


@pytest.mark.parametrize("surplus", [0, 1])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_counted_without_headings_and_lines_inside_cells(
    monkeypatch: pytest.MonkeyPatch, end: str, surplus: int
) -> None:
    monkeypatch.setattr(csv_file, "SIZE_LIMITS", SizeLimits(rows=20))
    rows = [f'o{i},"first{end}second"' for i in range(20 + surplus)]
    raw, findings = raw_csv((end.join(["id,name_en", *rows, ""]) + end).encode(), "options", "options.csv")
    assert [(f.code, f.args["count"]) for f in findings if f.severity == "error"] == (
        [("file.many_rows", "21")] if surplus else []
    )
    assert (raw is None) == bool(surplus)
