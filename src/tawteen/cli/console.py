"""Language, output streams and layout of the messages and tables of a command."""

from __future__ import annotations

import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console as RichConsole
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tawteen.case.findings import Finding, place_of, sentence_of
from tawteen.cli.params import CONSOLE
from tawteen.cli.result import CommandResult
from tawteen.cli.terminal_text import (
    FIRST_STRONG,
    LEFT_MARK,
    POP,
    TerminalWords,
    has_letters,
    knows_isolates,
    printable,
    write_anything,
)
from tawteen.words import LANGS, Lang, locale_language

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def asked_language(args: Sequence[str], env: Mapping[str, str]) -> Lang:
    """The language of `--lang`, else that of the environment's locale, else English."""
    language = ""
    for i, arg in enumerate(args):
        if arg == "--lang" and i + 1 < len(args):
            language = args[i + 1]
        elif arg.startswith("--lang="):
            language = arg.removeprefix("--lang=")
    return next((lang for lang in LANGS if lang == language), locale_language(env))


def _console(*, stderr: bool) -> RichConsole:
    console = RichConsole(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = RichConsole(stderr=stderr, highlight=False, width=CONSOLE.width)
    return console


def plain(value: Any) -> Any:
    """`value` in types that JSON holds: dates as text, numbers that are not finite as null."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


@dataclass(frozen=True)
class Console:
    """Output of one run; with `machine` the standard output is one JSON object."""

    words: TerminalWords
    machine: bool
    out: RichConsole
    err: RichConsole

    @staticmethod
    def from_args(args: Sequence[str], env: Mapping[str, str]) -> Console:
        """The console for command-line arguments and environment variables.

        For people it speaks English where an output stream has no Arabic letters; a machine gets them as escapes.
        """
        machine = "--json" in args
        isolates = not machine and knows_isolates(sys.stdout, env)
        lang = asked_language(args, env)
        if not machine and not all(has_letters(stream, lang) for stream in (sys.stdout, sys.stderr)):
            lang = "en"
        words = TerminalWords(lang, isolates=isolates)
        for stream in (sys.stdout, sys.stderr):
            write_anything(stream)
        return Console(words, machine, _console(stderr=False), _console(stderr=True))

    @property
    def mirrored(self) -> bool:
        """Whether tables are laid out from the right: in Arabic, on a terminal that keeps cells apart."""
        return self.words.isolates

    def sentence(self, finding: Finding) -> str:
        """The sentence of a finding in the console's language."""
        return printable(sentence_of(finding, self.words))

    def place(self, finding: Finding) -> str:
        """File, row, column and value of a finding, as far as it has them."""
        return printable(place_of(finding, self.words))

    def findings(self, findings: Sequence[Finding]) -> Iterable[RenderableType]:
        """Findings as a list, errors first; of many alike the first few."""
        order = list(STYLES)
        shown: Counter[tuple[str, str]] = Counter()
        for finding in sorted(findings, key=lambda f: order.index(f.severity)):
            shown[finding.severity, finding.code] += 1
            if shown[finding.severity, finding.code] > CONSOLE.findings_of_a_code:
                continue
            head = Text(self.words.say(f"cli.{finding.severity}"), STYLES[finding.severity])
            if place := self.place(finding):
                head.append(f"  {place}", "bold")
            yield head
            line = Text(self.sentence(finding))
            yield Padding(line, (0, 0, 0, 4)) if self.out.is_terminal else Text("    ").append_text(line)
        for (severity, code), count in shown.items():
            if count > CONSOLE.findings_of_a_code:
                kind = self.words.say(f"cli.{severity}")
                more = {"kind": kind, "n": self.words.number(count - CONSOLE.findings_of_a_code), "code": code}
                yield Text(self.words.say("cli.more_findings", more), "dim")
        counts = Counter(f.severity for f in findings)
        if len(findings) > 1:
            counted = [self.words.say(f"cli.count.{s}", n=counts[cast(Any, s)]) for s in order if counts[cast(Any, s)]]
            yield Text(self.words.say("cli.comma").join(counted), "bold")

    def rows(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0, unit: str = ""
    ) -> RenderableType:
        """A table under `title` and its `unit`; `columns` are codes of sentences, the last `numbers` of numbers.

        Where the screen is too narrow for its numbers and for a few letters of each text, every row becomes a list.
        """
        rows = [[printable(cell) for cell in row] for row in rows]
        heading = self.words.say(title) + (f" ({unit})" if unit else "")
        heads = [self.words.say(column) for column in columns]
        table = Table(title=heading, title_justify=self._near, title_style="bold", box=SIMPLE_HEAD)
        order = range(len(columns))[::-1] if self.mirrored else range(len(columns))
        needed = 1
        for i in order:
            head = heads[i]
            right = i >= len(columns) - numbers
            cells = [cell_len(row[i]) for row in rows[: CONSOLE.table_rows]]
            word = max((cell_len(part) for part in head.split()), default=0)
            least = max(word, *cells, 0) if right else max(word, min(max(cells, default=0), CONSOLE.text_column))
            justify = "right" if right else self._near
            table.add_column(self._cell(head), justify=justify, overflow="fold", min_width=least)
            needed += least + CONSOLE.column_padding
        if needed > self.out.width:
            return self._lists(heading, heads, rows)
        for row in rows[: CONSOLE.table_rows]:
            table.add_row(*(self._cell(row[i]) for i in order))
        if len(rows) > CONSOLE.table_rows:
            table.caption = self.words.say("cli.more_rows", {"n": self.words.number(len(rows) - CONSOLE.table_rows)})
            table.caption_justify = self._near
        return table

    @property
    def _near(self) -> Literal["left", "right"]:
        """The side where a line begins."""
        return "right" if self.mirrored else "left"

    def _cell(self, text: str) -> Text:
        """A cell that keeps its place: its direction is its own, and that of the line is left to right."""
        if not self.mirrored:
            return Text(text)
        return Text(f"{LEFT_MARK}{FIRST_STRONG}{text}{POP}{LEFT_MARK}")

    def _lists(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
        """Each row as a small list under its first cell; empty cells are left out."""
        parts: list[RenderableType] = [Text(title, "bold")]
        for row in rows[: CONSOLE.table_rows]:
            filled = [(head, cell) for head, cell in zip(heads[1:], row[1:], strict=True) if cell.strip()]
            parts += [Text(""), Text(row[0], "bold"), Padding(self.pairs(filled), (0, 0, 0, 2))]
        if len(rows) > CONSOLE.table_rows:
            parts.append(
                Text(self.words.say("cli.more_rows", {"n": self.words.number(len(rows) - CONSOLE.table_rows)}), "dim")
            )
        return Group(*parts, Text(""))

    def pairs(self, rows: Sequence[tuple[str, str]]) -> Table:
        """Labels and their values in two columns, without lines."""
        table = Table.grid(padding=(0, 2))
        if self.mirrored:
            table.add_column(justify="right")
            table.add_column(justify="right")
        for label, text in rows:
            cells = [self._cell(printable(label)), self._cell(printable(text))]
            cells[0].stylize("dim")
            table.add_row(*(cells[::-1] if self.mirrored else cells))
        return table

    def log(self, text: str) -> None:
        """A line beside the result."""
        self.err.print(Text(printable(text)), soft_wrap=True)

    def print_result(self, command: str, reply: CommandResult) -> None:
        """Prints a result: one JSON object, or its parts and messages for people."""
        if self.machine:
            findings = [self._machine(finding) for finding in reply.findings]
            document = {"command": command, "exit": reply.code, "findings": findings, **plain(reply.data)}
            # Escapes are what an encoding without the letters can carry whole.
            escapes = not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
            sys.stdout.write(json.dumps(document, ensure_ascii=escapes, allow_nan=False) + "\n")
            return
        # What is wrong with the asking, or stopped it, goes beside the result; what was asked for is the result.
        stream = self.out if reply.data or reply.parts else self.err
        for part in self.findings(reply.findings):
            stream.print(part, soft_wrap=not stream.is_terminal)
        self.show(reply.parts)

    def show(self, parts: Sequence[RenderableType]) -> None:
        """Writes parts of a result for people; a machine gets all of it at the end."""
        for part in () if self.machine else parts:
            # Sentences are plain text and stay on one line where lines are read by programs.
            whole = isinstance(part, str) and not self.out.is_terminal
            self.out.print(Text(printable(part)) if isinstance(part, str) else part, soft_wrap=whole)

    def _machine(self, finding: Finding) -> dict[str, Any]:
        keys = ("severity", "code", "table", "file", "row", "column", "value")
        fields = {key: getattr(finding, key) for key in keys}
        return plain({**fields, "args": finding.args, "message": self.sentence(finding)})  # type: ignore[no-any-return]
