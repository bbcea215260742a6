"""Tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

import polars as pl

from tawteen.report.bilingual import Both
from tawteen.report.cells import BilingualCells, html, is_number
from tawteen.report.exhibit import ColumnFormat
from tawteen.report.params import LAYOUT

Columns = Mapping[str, ColumnFormat]


def heading(speech: BilingualCells, shown: ColumnFormat, numeric: bool, below: Columns = MappingProxyType({})) -> str:
    """The head of one column, with those of the columns written below it."""
    lines = "".join(_line(html(line.label), line) for line in below.values() if not line.named)
    unit = _unit(speech, shown)
    small = f"<small>{html(unit)}</small>" if any(unit) else ""
    return f'<th scope="col"{_classes("num" if numeric else "", shown)}>{html(shown.label)}{lines}{small}</th>'


def _unit(speech: BilingualCells, shown: ColumnFormat) -> Both:
    return speech.unit(shown.unit) if shown.unit not in ("share", "period", "by_row") else ("", "")


def _line(content: str, shown: ColumnFormat) -> str:
    """A further line of a cell."""
    return f"<small{_classes('', shown)}>{content}</small>"


def _classes(kind: str, shown: ColumnFormat) -> str:
    """The class attribute of a cell."""
    names = " ".join(filter(None, (kind, "screen" if shown.screen_only else "", "named" if shown.named else "")))
    return f' class="{names}"' if names else ""


def cell(
    speech: BilingualCells,
    row: Mapping[str, object],
    column: str,
    shown: ColumnFormat,
    places: frozenset[str],
    *,
    below: Columns = MappingProxyType({}),
) -> str:
    """One cell, with the values of the columns written below it."""
    both, value = speech.cell(row, column, shown), row.get(column)
    content = _content(both, value, shown, places)
    lines = _lines(speech, row, below, places)
    if is_number(value) and f"{column}_en" not in row:
        return f'<td{_classes("num", shown)} data-v="{float(value):.6g}">{_figure(content)}{lines}</td>'  # type: ignore[arg-type]
    if value is None and row.get("words_en") and f"{column}_en" not in row:
        return f"<td{_classes('words', shown)}>{content}{lines}</td>"
    longest = max(map(len, both))
    kind = "wide" if len(content) > LAYOUT.long_cell else "some" if longest > LAYOUT.wide_cell else ""
    return f"<td{_classes(kind, shown)}>{content}{lines}</td>"


def _content(both: Both, value: object, shown: ColumnFormat, places: frozenset[str]) -> str:
    """A value as HTML: a tag, a link or text."""
    content = html(both)
    if shown.codes in ("status", "flags") and value:
        content = f'<span class="tag {escape(str(value))}">{content}</span>'
    if shown.link and f"{shown.link}{value}" in places:
        return f'<a href="#{shown.link}{escape(str(value), quote=True)}">{content}</a>'
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return f'<a href="{escape(value, quote=True)}" rel="noreferrer">{content}</a>'
    return content


def _lines(speech: BilingualCells, row: Mapping[str, object], below: Columns, places: frozenset[str]) -> str:
    """The further lines of a cell; where a table is a list and has no heads, each tells its name."""
    lines = []
    for column, shown in below.items():
        both, value = speech.cell(row, column, shown), row.get(column)
        if any(both):
            content = _content(both, value, shown, places)
            content = _figure(content) if is_number(value) else content
            lines.append(_line(f"<i>{html(shown.label)}: </i>{content}", shown))
    return "".join(lines)


def _figure(content: str) -> str:
    return f'<bdi dir="ltr">{content}</bdi>'


def table(
    speech: BilingualCells,
    frame: pl.DataFrame,
    columns: Columns,
    *,
    limit: int | None = None,
    anchor: str = "",
    key: str | None = None,
    places: frozenset[str] = frozenset(),
) -> str:
    """A table of the first `limit` rows; rows get the id `anchor` + cell of `key`."""
    shown = {c: s for c, s in columns.items() if not _silent(frame, c)}
    below = {c: {b: s for b, s in shown.items() if s.below == c} for c in shown}
    # A column whose place above it is empty stands by itself.
    columns = {c: s for c, s in shown.items() if s.below not in shown}
    head = "".join(
        heading(speech, s, column in frame.columns and frame[column].dtype.is_numeric(), below[column])
        for column, s in columns.items()
    )
    rows = []
    for row in frame.head(limit if limit is not None else frame.height).iter_rows(named=True):
        name = f' id="{anchor}{escape(str(row[key]), quote=True)}"' if key else ""
        cells = "".join(cell(speech, row, c, s, places, below=below[c]) for c, s in columns.items())
        rows.append(f'<tr class="row"{name}>{cells}</tr>')
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="scroll" tabindex="0"><table>{body}</table></div>'


def _silent(frame: pl.DataFrame, column: str) -> bool:
    """Whether a column is empty in every row."""
    text_column = column if column in frame.columns and f"{column}_en" not in frame.columns else f"{column}_en"
    return frame.height > 0 and frame[text_column].null_count() == frame.height


def tools(speech: BilingualCells, box: str, shown: int, total: int, sheet: str) -> str:
    """Search field and count above a table of which `shown` of `total` rows are there."""
    hint: Both = speech.say("report.search")
    count = html(speech.say("report.rows", n=total))
    cut = ""
    if shown < total:
        counts = [
            w.say("report.cut", {"shown": w.number(shown), "all": w.number(total), "sheet": sheet})
            for w in speech.words.values()
        ]
        kind = "" if shown > LAYOUT.printed_rows else ' class="cut"'
        cut = f"<span{kind}>{html((counts[0], counts[1]))}</span>"
    if shown > LAYOUT.printed_rows:
        printed = [
            w.say("report.print_cut", {"shown": w.number(LAYOUT.printed_rows), "all": w.number(total), "sheet": sheet})
            for w in speech.words.values()
        ]
        cut += f'<span class="paper">{html((printed[0], printed[1]))}</span>'
    field = ""
    if shown > 8:
        en, ar = (escape(h, quote=True) for h in hint)
        attributes = f'data-en="{en}" data-ar="{ar}" placeholder="{en}" aria-label="{en} / {ar}"'
        field = f'<input type="search" data-of="{box}" {attributes}>'
    return f'<div class="tools">{field}<span>{count}</span>{cut}</div>'
