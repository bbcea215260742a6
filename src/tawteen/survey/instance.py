"""What a telephone sent: the XML of one filled form, read without trust in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from tawteen.case.findings import CaseError, Finding
from tawteen.case.names import UNPRINTABLE
from tawteen.case.params import MESSAGE
from tawteen.survey.params import SURVEY


class SubmissionError(CaseError):
    """A submission that cannot be read as a whole; carries one finding that says why."""


@dataclass(frozen=True, order=True)
class SentAnswer:
    """One answer: names of its groups and its own, and the place of each among elements of the same name beside it."""

    path: tuple[str, ...]
    places: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Instance:
    """One filled form. `replaces`: the instance of which it is a corrected copy. Answers in order of their paths."""

    id: str
    form: str
    version: str
    replaces: str | None
    answers: tuple[SentAnswer, ...]


def read_instance(content: bytes, file: str) -> Instance:
    """The filled form in the XML `content`, which `file` names in findings.

    Entities, document types, too many or too deeply nested elements, and texts that are too long are refused while
    they are read. Raises SubmissionError with one finding.
    """
    if len(content) > SURVEY.instance_bytes:
        size, most = f"{len(content) / 1e6:.3g}", f"{SURVEY.instance_bytes / 1e6:.3g}"
        raise _refused(file, "survey.too_long", size=size, most=most)
    collector = _AnswerCollector()
    try:
        parser = DefusedXMLParser(target=collector, forbid_dtd=True)
        parser.feed(content)
        parser.close()
    except _OversizeError as error:
        raise _refused(file, error.code, most=error.most) from error
    except DefusedXmlException as error:
        raise _refused(file, "survey.entities") from error
    except (ParseError, ValueError, LookupError) as error:
        raise _refused(file, "survey.not_xml", said=str(error)[: MESSAGE.reason_characters]) from error
    return _instance(collector, file)


def _refused(file: str, code: str, value: str | None = None, **args: Any) -> SubmissionError:
    # Exports hold the empty form beside the filled ones.
    severity: Literal["error", "note"] = "note" if code == "survey.is_form" else "error"
    return SubmissionError([Finding(severity, code, file=file, value=value, args=args)])


def _instance(collector: _AnswerCollector, file: str) -> Instance:
    if collector.root in ("html", "xforms"):
        raise _refused(file, "survey.is_form")
    form = collector.attributes.get("id", "")
    if not form:
        raise _refused(file, "survey.no_form", root=collector.root)
    meta = {one.path[1]: one.text for one in collector.answers if len(one.path) == 2 and one.path[0] == "meta"}
    name = meta.get("instanceID") or collector.attributes.get("instanceID", "").strip()
    if not name:
        raise _refused(file, "survey.no_instance")
    replaced = meta.get("deprecatedID") or None
    for one in (name, replaced):
        if one is not None and not is_name(one):
            raise _refused(file, "survey.instance_name", one, most=SURVEY.name_characters)
    answers = sorted(one for one in collector.answers if one.path[0] != "meta")
    version = collector.attributes.get("version", "")
    return Instance(name, form, version, replaced, tuple(answers))


def is_name(text: str) -> bool:
    """Whether a text can name an instance or a photo: not too long, on one line, each character can be seen."""
    return (
        0 < len(text) <= SURVEY.name_characters and " ".join(text.split()) == text and not re.search(UNPRINTABLE, text)
    )


class _OversizeError(Exception):
    """A submission has more of something than is read."""

    def __init__(self, code: str, most: int) -> None:
        super().__init__(code)
        self.code, self.most = code, most


@dataclass
class _OpenElement:
    """An element whose end has not come yet: how many children of each name it has, and its text so far."""

    name: str
    place: int
    children: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    characters: int = 0


class _AnswerCollector:
    """Target of the parser: collects the texts of elements without children, and keeps to the limits."""

    def __init__(self) -> None:
        self.root = ""
        self.attributes: dict[str, str] = {}
        self.answers: list[SentAnswer] = []
        self._open: list[_OpenElement] = []
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > SURVEY.elements:
            raise _OversizeError("survey.elements", SURVEY.elements)
        if len(self._open) >= SURVEY.nesting:
            raise _OversizeError("survey.nesting", SURVEY.nesting)
        name = tag.rpartition("}")[2]
        if not self._open:
            self.root = name
            self.attributes = dict(attributes)
            self._open.append(_OpenElement(name, 0))
            return
        beside = self._open[-1].children
        beside[name] = beside.get(name, 0) + 1
        self._open.append(_OpenElement(name, beside[name] - 1))

    def data(self, text: str) -> None:
        element = self._open[-1]
        element.characters += len(text)
        if element.characters > SURVEY.text_characters and text.strip():
            raise _OversizeError("survey.text_long", SURVEY.text_characters)
        element.texts.append(text)

    def end(self, _tag: str) -> None:
        element = self._open.pop()
        text = "".join(element.texts).strip()
        if not element.children and text and self._open:
            inside = [*self._open[1:], element]
            path, places = tuple(one.name for one in inside), tuple(one.place for one in inside)
            self.answers.append(SentAnswer(path, places, text))

    def close(self) -> None:
        """Ends the document; the parser has checked that every element is closed."""
