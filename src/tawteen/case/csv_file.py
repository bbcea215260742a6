"""A CSV file, in whatever encoding and with whatever separator it comes, becomes a raw table."""

from __future__ import annotations

import csv
import io
import re

import polars as pl

from tawteen.case.findings import Finding
from tawteen.case.params import READING
from tawteen.case.raw import Raw, recognised, trimmed
from tawteen.case.size_limits import SIZE_LIMITS

SEPARATORS = (",", ";", "\t", "|")
FORMULA = r"^'*[=@＝＠＋－\t\r\n]|^'*[+-].*[^\d.,]"
"""Beginning of a text that a spreadsheet would calculate if it stood in a CSV file as it is."""

_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """The text of a file: by its byte order mark, else UTF-16 by its zeros, UTF-8, or Windows-1256.

    The text is empty where the findings hold an error.
    """
    name = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if name is None:
        even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
        name = "utf-8" if max(even, odd) * 8 < min(len(data), 4000) else "utf-16-be" if even > odd else "utf-16-le"
    try:
        return data.decode(name), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    if name.startswith("utf-8") and not _mostly_utf8(data):
        return data.decode("windows-1256"), [Finding("note", "file.windows1256", file=file)]
    return "", [Finding("error", "file.broken_text", file=file, row=line, args={"encoding": name.upper()})]


def _mostly_utf8(data: bytes) -> bool:
    """A UTF-8 file with some broken bytes, which in Windows-1256 would be read as other letters.

    Letters of Windows-1256 beside each other are hardly ever a letter of UTF-8; halves of a surrogate pair never are
    meant as Windows-1256.
    """
    if _SURROGATE.search(data):
        return True
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(not c.isascii() for c in text) > 2 * broken


def raw_csv(data: bytes, table: str, file: str) -> tuple[Raw | None, list[Finding]]:
    """The rows of a CSV file of `table`; none where its text or its quotes are broken.

    Rows are numbered as a spreadsheet shows them: a cell of several lines does not count twice, empty lines count.
    """
    text, findings = decoded(data, file)
    if any(f.severity == "error" for f in findings):
        return None, findings
    separator, skipped = _separator(text, table)
    if skipped:
        text = text.partition("\n")[2]
    if refused := _oversized(text, separator, table, file):
        return None, [*findings, refused]
    try:
        cells = _fast(text, separator)
        if cells is None:
            cells = _careful(text, separator)
    except csv.Error as error:
        code = "file.long_cell" if "field larger" in str(error) else "file.quote"
        args = {"most": SIZE_LIMITS.cell_characters}
        return None, [*findings, Finding("error", code, table, file, _broken_row(text, separator), args=args)]
    cells = cells.with_columns(pl.all().str.replace(rf"^'({FORMULA[1:].replace('|^', '|')})", "$1"))
    rows = pl.int_range(1 + skipped, cells.height + 1 + skipped, eager=True)
    return Raw(table, file, trimmed(cells), rows), findings


def _separator(text: str, table: str) -> tuple[str, int]:
    """The separator that makes most headings of the table, and 1 where the first line is Excel's `sep=`."""
    if declared := re.match(r'"?sep=(.)"?\r?\n', text):
        return declared[1], 1
    start = text[:20_000]

    def score(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
        heads = (row[: SIZE_LIMITS.columns] for row, _ in zip(rows, range(READING.heading_rows), strict=False))
        return max((recognised(row, table) for row in heads), default=(0, 0))

    first = SEPARATORS[0]
    line = start.partition("\n")[0].rstrip("\r").split(first)
    # Where the first line is nothing but names of columns, no other separator makes more of them.
    if len(line) > 1 and recognised(line, table) == (len(line), len(line)):
        return first, 0
    # All separators that do not occur make the same of the file.
    absent = [separator for separator in SEPARATORS if separator not in start]
    return max((separator for separator in SEPARATORS if separator not in absent[1:]), key=score), 0


def _oversized(text: str, separator: str, table: str, file: str) -> Finding | None:
    """The finding about more rows or columns than are read, found before the cells are taken apart."""
    lines = max(text.count("\n"), text.count("\r")) + 1
    widest = max(line.count(separator) for line in text.split("\n")) + 1
    if lines <= SIZE_LIMITS.rows and widest <= SIZE_LIMITS.columns and widest * lines <= SIZE_LIMITS.cells:
        return None
    # Counted to the row: lines may be empty, or stand inside a cell.
    rows = columns = 0
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            if len(cells) > SIZE_LIMITS.columns:
                counts = {"count": f"{len(cells):,}", "most": f"{SIZE_LIMITS.columns}"}
                return Finding("error", "file.many_columns", table, file, row, args=counts)
            rows += bool(cells)
            columns = max(columns, len(cells))
    except csv.Error:
        return None  # told where the cells are read
    rows_below_headings = rows - 1
    if rows_below_headings > SIZE_LIMITS.rows:
        args = {"count": f"{rows_below_headings:,}", "most": f"{SIZE_LIMITS.rows:,}"}
        return Finding("error", "file.many_rows", table, file, args=args)
    if rows * columns <= SIZE_LIMITS.cells:
        return None
    counts = {"rows": f"{rows:,}", "columns": f"{columns}", "most": f"{SIZE_LIMITS.cells:,}"}
    return Finding("error", "file.many_cells", table, file, args=counts)


def _fast(text: str, separator: str) -> pl.DataFrame | None:
    """Read by polars; None where polars and the standard would differ: stray quotes, bare returns, ragged rows."""
    mark = re.escape(separator)
    bare = re.sub(rf'(?<![^{mark}\n])"(?:[^"]++|"")*+"(?![^{mark}\r\n])', "", text) if '"' in text else text
    if '"' in bare or re.search(r"\r(?!\n)", text) or not text.strip():
        return None
    data = (text if text.endswith("\n") else text + "\n").encode()
    try:
        frame = pl.read_csv(data, separator=separator, has_header=False, infer_schema=False)
    except pl.exceptions.ComputeError:
        return None
    return frame.rename({name: str(i) for i, name in enumerate(frame.columns)})


def _careful(text: str, separator: str) -> pl.DataFrame:
    """Read by the standard library, rows filled up to the longest. Raises csv.Error for broken quotes."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    width = max(map(len, rows), default=0)
    columns = zip(*(row + [""] * (width - len(row)) for row in rows), strict=True)
    return pl.DataFrame([pl.Series(str(i), cells, dtype=pl.String) for i, cells in enumerate(columns)])


def _broken_row(text: str, separator: str) -> int:
    """The row before which all quotes are right."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    try:
        for count, _ in enumerate(rows, 1):  # noqa: B007
            pass
    except csv.Error:
        return count + 1
    return count
