"""CSV as people send it: encodings, separators, quotes, rows."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawteen.case import csv_file
from tawteen.case.csv_file import decoded, raw_csv
from tawteen.case.typed import typed

REGIONS = "id,name_en,name_ar,inland_cost\neast,East,الشرق,12.5\nsouth,South,الجنوب,40\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1256"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_arabic_comes_out_right(encoding: str, separator: str, end: str) -> None:
    data = REGIONS.replace(",", separator).replace("\n", end).encode(encoding)
    raw, findings = raw_csv(data, "regions", "regions.csv")
    assert raw is not None
    frame, origin, wrong = typed(raw)
    assert wrong == []
    assert frame["name_ar"].to_list() == ["الشرق", "الجنوب"]
    assert frame["inland_cost"].to_list() == [12.5, 40.0]
    assert origin.rows == (2, 3)
    assert [f.code for f in findings] == (["file.windows1256"] if encoding == "windows-1256" else [])


def test_broken_utf8_is_told_and_not_read_as_other_letters() -> None:
    text, findings = decoded(REGIONS.encode().replace("ق".encode(), b"\xd9"), "regions.csv")
    assert text == ""
    (finding,) = findings
    assert (finding.severity, finding.code, finding.file, finding.row) == (
        "error",
        "file.broken_text",
        "regions.csv",
        2,
    )


def test_cut_utf16_is_told() -> None:
    _, findings = decoded(REGIONS.encode("utf-16")[:-1], "regions.csv")
    assert [f.code for f in findings] == ["file.broken_text"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('id,name_en,name_ar\neast,East,"الشرق\nsouth,South,الجنوب\n', 2),
        ('id,name_en,name_ar\neast,East,الشرق\nsouth,"So"uth,الجنوب\n', 3),
    ],
)
def test_a_broken_quote_names_its_row(text: str, row: int) -> None:
    raw, findings = raw_csv(text.encode(), "regions", "regions.csv")
    assert raw is None
    (finding,) = findings
    assert (finding.code, finding.file, finding.row) == ("file.quote", "regions.csv", row)


def test_rows_are_those_of_a_spreadsheet() -> None:
    text = '\n\nid,name_en,name_ar,inland_cost\n\neast,"East\nand more",الشرق,1\n,,,\nsouth,South,الجنوب,bad\n'
    raw, _ = raw_csv(text.encode(), "regions", "regions.csv")
    assert raw is not None
    frame, origin, findings = typed(raw)
    assert frame["name_en"].to_list() == ["East\nand more", "South"]
    assert origin.rows == (5, 7)
    (finding,) = findings
    assert (finding.code, finding.row, finding.column, finding.value) == ("cell.number", 7, "inland_cost", "bad")


def test_excels_own_first_line() -> None:
    raw, _ = raw_csv(b"sep=;\nid;name_en;name_ar\neast;East;E\n", "regions", "regions.csv")
    assert raw is not None
    assert typed(raw)[1].rows == (3,)


TEXT = st.text(st.sampled_from('a",;\n\r ب'), max_size=30)


@given(TEXT)
def test_the_fast_way_reads_as_the_standard_does(body: str) -> None:
    text = "id,name_en\n" + body
    fast = csv_file._fast(text, ",")
    if fast is None:
        return
    careful = csv.reader(io.StringIO(text if text.endswith("\n") else text + "\n", newline=""), strict=True)
    filled = [row + [""] * (2 - len(row)) for row in careful]
    assert [[cell or "" for cell in row] for row in fast.rows()] == filled


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_any_cells_written_as_csv_read_back(cells: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("id", "title"), *cells])
    raw, findings = raw_csv(out.getvalue().encode("utf-8-sig"), "sources", "sources.csv")
    assert raw is not None
    assert findings == []
    assert [tuple(cell or "" for cell in row) for row in raw.cells.rows()[1:]] == [
        tuple(cell.strip() for cell in row) for row in cells
    ]


@given(st.binary(max_size=200))
def test_no_bytes_end_in_a_traceback(data: bytes) -> None:
    raw, findings = raw_csv(data, "regions", "regions.csv")
    if raw is None:
        assert findings
    else:
        frame, origin, _ = typed(raw)
        assert len(origin.rows) == frame.height
