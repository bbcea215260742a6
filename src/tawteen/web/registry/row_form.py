"""The form of a row: a field for each column, with the version that its reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tawteen.case.codes import codes
from tawteen.case.findings import Finding, sentence_of
from tawteen.case.tables import TABLES
from tawteen.record.cells import Place, Version, differ, standing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.registry.cell_edits import CellEdit
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.column_input import ColumnInput, Options, column_input
from tawteen.web.registry.models import NAME
from tawteen.web.registry.row_address import settle_address
from tawteen.web.registry.typed_row import read_typed_row, typed_text
from tawteen.web.registry.version_tokens import seen_versions, tokens_of
from tawteen.web.visibility import PartyView
from tawteen.words import Words

CELL_INPUT, SEEN_INPUT = "cell-", "seen-"
"""What the names of the inputs of a column begin with: of its value, and of the version that is shown."""
_CELL_CODE = "cell."
_DETAILS = ("reason", "grade", "source")
"""Fields about a change as a whole."""


@dataclass
class CellField:
    """A field for a column. `seen` are the numbers of the versions whose value is shown.

    `in_conflict` are the values of a cell that stand beside each other: they are settled on a page of their own, of
    the address `settle`. `newer` is a value that was written after the form was shown.
    """

    column: str
    label: str
    needed: bool
    number: bool
    input: ColumnInput
    seen: tuple[int, ...] = ()
    text: str = ""
    fault: str = ""
    newer: str = ""
    in_conflict: Sequence[str] = ()
    settle: str = ""

    @property
    def seen_text(self) -> str:
        """The versions as the form sends them back."""
        return tokens_of(self.seen)

    @property
    def options(self) -> Options:
        """Values to choose from: those of the column, and what was typed."""
        known = [value for value, _ in self.input.options]
        typed_ones = [(self.text, self.text)] if self.input.chosen and self.text not in known else []
        return [*self.input.options, *typed_ones]


@dataclass
class RowForm:
    """Columns of a row as fields, what was typed into them, and the fields about the change as a whole."""

    table: str
    row: str | None
    fields: list[CellField]
    about: Form
    history: Mapping[str, Sequence[Version]]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with what was typed."""
        return self.about.sound and not any(one.fault for one in self.fields)

    @property
    def details(self) -> dict[str, str]:
        """Reason, grade and source of the change, as far as they are given."""
        return details_of(self.about)

    @property
    def first_fault(self) -> str:
        """The first column with which something is wrong, to which a browser goes; empty where there is none."""
        return next((one.column for one in self.fields if one.fault), "")

    def fault(self, column: str, text: str) -> None:
        """Notes what is wrong with a column."""
        for one in self.fields:
            if one.column == column:
                one.fault = text

    def read(self, request: HttpRequest, party_view: PartyView) -> list[CellEdit]:
        """The changes that a browser sent; what is wrong is noted in the fields, which keep what was typed."""
        for one in self.fields:
            self._take(one, request.POST)
        # A new row is checked as a whole; of one that is there the columns that change.
        typed = {one.column: one for one in self.fields if self.row is None or self._is_changed(one)}
        texts = {name: one.text for name, one in typed.items()}
        read = read_typed_row(self.table, texts, party_view)
        words = words_of(request)
        for name, finding in read.faults.items():
            typed[name].fault = fault_text(finding, words)
        row = self.row if self.row is not None else self._new_key(read.values, typed, words)
        return [
            CellEdit(Place(self.table, row, name), read.values[name], one.seen)
            for name, one in typed.items()
            if one.text or self.row is not None
        ]

    def texts_of(self, edits: Iterable[CellEdit]) -> dict[Place, str]:
        """What was typed for some changes, by cell."""
        texts = {one.column: one.text for one in self.fields}
        return {edit.place: texts[edit.place.column] for edit in edits}

    def _take(self, one: CellField, sent: Mapping[str, Any]) -> None:
        """Takes what was sent for a field; a form that shows a conflict sends none."""
        text = sent.get(CELL_INPUT + one.column)
        if text is None:
            return
        seen = seen_versions(sent.get(SEEN_INPUT + one.column, ""), self.history.get(one.column, ()))
        if seen != one.seen:
            one.newer = one.text
        one.seen, one.text, one.in_conflict = seen, str(text).strip(), ()

    def _is_changed(self, one: CellField) -> bool:
        """Whether the text is another one than that of the version that was seen."""
        values = {version.number: version.value for version in self.history.get(one.column, ())}
        return not one.in_conflict and one.text != typed_text(values.get(one.seen[0]) if one.seen else None)

    def _new_key(self, values: Mapping[str, Any], typed: Mapping[str, CellField], words: Words) -> str:
        """The key of a new row, from its columns; one that is too long for the record is a fault."""
        keys = TABLES[self.table].primary_key()
        row = "/".join(typed_text(values[name]) for name in keys)
        if len(row) > NAME:
            typed[keys[-1]].fault = words.say("web.typed.key_long", {"most": NAME})
        return row


def row_form(
    request: HttpRequest, party_view: PartyView, table: str, row: str | None, columns: Iterable[str] = ()
) -> RowForm:
    """The form of a row that is there, or of a new one (None), with all columns or some.

    Of a row that is there the key is no field.
    """
    words, schema = words_of(request), TABLES[table]
    texts, history = CellWords(party_view, words), dict[str, list[Version]]()
    if row is not None:
        history = {place.column: versions for place, versions in party_view.history(table, [row]).items()}
    keys = schema.primary_key() if row is not None else []
    names = [name for name in columns if name in schema.columns()] or list(schema.columns())
    fields = [
        cell_field(Place(table, row or "", name), history.get(name, ()), texts, words)
        for name in names
        if name not in keys
    ]
    return RowForm(table, row, fields, Form(request, about_fields(words)), history)


def about_fields(words: Words) -> list[FormField]:
    """What is asked about a change as a whole."""
    grades = [(code, words.pick(labels)) for code, labels in codes("grades").items()]
    return [
        FormField("reason", required=False, most=REGISTRY_FORMS.reason_characters, hint="web.hint.change_reason"),
        FormField("grade", "select", required=False, choices=grades),
        FormField("source", required=False, hint="web.hint.change_source"),
    ]


def empty_field(words: Words) -> FormField:
    """Whether a value is to be empty: asked where a form shows none, so that sending it as it is empties no cell."""
    return FormField("empty", "several", required=False, choices=[("yes", words.say("web.form.empty"))])


def empties(form: Form) -> bool:
    """Whether it was said that a value is to be empty."""
    return bool(form.lists.get("empty"))


def details_of(about: Form) -> dict[str, str]:
    """Reason, grade and source of a change, as far as they are given."""
    return {name: about.values[name] for name in _DETAILS if about.values.get(name)}


def fault_text(finding: Finding, words: Words) -> str:
    """What is wrong with a typed text, in a sentence."""
    if not finding.code.startswith(_CELL_CODE):
        return sentence_of(finding, words)
    code = finding.code.removeprefix(_CELL_CODE)
    return sentence_of(Finding("error", f"web.typed.{code}", value=finding.value, args=finding.args), words)


def cell_field(place: Place, versions: Sequence[Version], texts: CellWords, words: Words) -> CellField:
    """The field of a cell, with what stands in it."""
    table, _, column = place
    spec, current = TABLES[table].columns()[column], standing(versions)
    choices = column_input(table, column, texts, words)
    text = typed_text(current[0].value) if current else ""
    seen = tuple(version.number for version in current)
    shown = [texts.text(table, column, one.value) for one in current] if differ(current) else ()
    return CellField(
        column, column_label(table, column, words), not spec.nullable, spec.dtype.is_numeric(), choices, seen, text,
        in_conflict=shown, settle=settle_address(place) if shown else "",
    )  # fmt: skip
