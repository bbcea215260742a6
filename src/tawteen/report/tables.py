"""Tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import polars as pl

from tawteen.report.bilingual import Both
from tawteen.report.cells import BilingualCells, html, is_number
from tawteen.report.exhibit import ColumnFormat
from tawteen.report.params import LAYOUT


def heading(speech: BilingualCells, shown: ColumnFormat, numeric: bool) -> str:
    """The head of one column."""
    unit = speech.unit(shown.unit) if shown.unit not in ("share", "period", "by_row") else ("", "")
    small = f"<small>{html(unit)}</small>" if any(unit) else ""
    return f'<th scope="col"{_classes("num" if numeric else "", shown)}>{html(shown.label)}{small}</th>'


def _classes(kind: str, shown: ColumnFormat) -> str:
    """The class attribute of a cell."""
    names = " ".join(filter(None, (kind, "screen" if shown.screen_only else "")))
    return f' class="{names}"' if names else ""


def cell(
    speech: BilingualCells, row: Mapping[str, object], column: str, shown: ColumnFormat, places: frozenset[str]
) -> str:
    """One cell."""
    both, value = speech.cell(row, column, shown), row.get(column)
    content = html(both)
    if shown.codes in ("status", "flags") and value:
        content = f'<span class="tag {escape(str(value))}">{content}</span>'
    if shown.link and f"{shown.link}{value}" in places:
        content = f'<a href="#{shown.link}{escape(str(value), quote=True)}">{content}</a>'
    elif isinstance(value, str) and value.startswith(("https://", "http://")):
        content = f'<a href="{escape(value, quote=True)}" rel="noreferrer">{content}</a>'
    if is_number(value) and f"{column}_en" not in row:
        return f'<td{_classes("num", shown)} data-v="{float(value):.6g}"><bdi dir="ltr">{content}</bdi></td>'  # type: ignore[arg-type]
    longest = max(map(len, both))
    if value is None and row.get("words_en") and f"{column}_en" not in row:
        return f"<td{_classes('words', shown)}>{content}</td>"
    kind = "wide" if len(content) > LAYOUT.long_cell else "some" if longest > LAYOUT.wide_cell else ""
    return f"<td{_classes(kind, shown)}>{content}</td>"


def table(
    speech: BilingualCells,
    frame: pl.DataFrame,
    columns: Mapping[str, ColumnFormat],
    *,
    limit: int | None = None,
    anchor: str = "",
    key: str | None = None,
    places: frozenset[str] = frozenset(),
) -> str:
    """A table of the first `limit` rows; rows get the id `anchor` + cell of `key`."""
    columns = {c: s for c, s in columns.items() if not _silent(frame, c)}
    head = "".join(
        heading(speech, s, column in frame.columns and frame[column].dtype.is_numeric())
        for column, s in columns.items()
    )
    rows = []
    for row in frame.head(limit if limit is not None else frame.height).iter_rows(named=True):
        name = f' id="{anchor}{escape(str(row[key]), quote=True)}"' if key else ""
        cells = "".join(cell(speech, row, column, shown, places) for column, shown in columns.items())
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
