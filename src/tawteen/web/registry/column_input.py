"""How a column is asked for, from what the schema says of it: values to choose from, and help."""

from __future__ import annotations

from dataclasses import dataclass

import dataframely as dy

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.registry.cell_text import CellWords, column_metadata, table_title
from tawteen.words import Words

_GROWING = ("sites", "lines", "options")
"""Tables with so many rows that a form does not list them."""

Options = list[tuple[str, str]]
"""Values as they are typed, with their labels."""


@dataclass(frozen=True)
class ColumnInput:
    """Options of a column: one of them is `chosen`, or a browser completes what is typed with them."""

    options: Options
    chosen: bool
    hint: str


def column_input(table: str, column: str, texts: CellWords, words: Words) -> ColumnInput:
    """How a column is asked for; rows of another table are those that the party of `texts` sees."""
    spec = TABLES[table].columns()[column]
    options = _options(table, column, texts, words)
    chosen = isinstance(spec, dy.Bool) or 0 < len(options) <= REGISTRY_FORMS.listed_codes
    if chosen:
        options = [("", words.say("web.nothing_chosen")), *options]
    return ColumnInput(options, chosen, _hint(table, column, words))


def _options(table: str, column: str, texts: CellWords, words: Words) -> Options:
    metadata = column_metadata(table, column)
    if isinstance(TABLES[table].columns()[column], dy.Bool):
        return [("true", words.say("web.yes")), ("false", words.say("web.no"))]
    target = metadata.get("ref")
    if metadata.get("many") or target in _GROWING:
        return []
    if name := metadata.get("codes"):
        return [(code, words.pick(labels)) for code, labels in codes(str(name)).items()]
    if target:
        names = sorted(texts.row_names(str(target)).items(), key=lambda row: row[1])
        return names[: REGISTRY_FORMS.listed_rows]
    return []


def _hint(table: str, column: str, words: Words) -> str:
    """Help on a column: what the schema says, how a day or several values are written, which table it names."""
    metadata = column_metadata(table, column)
    label, help_text = metadata.get(words.lang), metadata.get(f"help_{words.lang}")
    parts = [str(help_text)] if help_text and help_text != label else []
    if metadata.get("unit") == "date":
        parts.append(words.say("web.hint.day"))
    if metadata.get("many"):
        parts.append(words.say("web.hint.several"))
        if name := metadata.get("codes"):
            listed = [f"{words.pick(labels)} ({code})" for code, labels in codes(str(name)).items()]
            parts.append(words.say("cli.comma").join(listed))
    if target := metadata.get("ref"):
        parts.append(words.say("web.hint.row_of", {"table": table_title(str(target), words)}))
    default = metadata.get("default")
    if isinstance(default, (int, float)) and not isinstance(default, bool):
        parts.append(words.say("web.hint.default", {"value": words.number(default)}))
    return " · ".join(parts)
