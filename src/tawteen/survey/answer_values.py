"""Answers as XForms write them become values; what cannot be one is a code of a finding with its arguments."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from tawteen.case.days import FIRST_YEAR, LAST_YEAR
from tawteen.case.names import INVISIBLE, UNPRINTABLE
from tawteen.case.params import READING
from tawteen.survey.form import Question
from tawteen.survey.params import SURVEY
from tawteen.survey.visit import Observed, Position

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[\d:.]{5,15}(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


class AnswerError(Exception):
    """An answer that its question does not allow; `code` and `arguments` select the sentence."""

    def __init__(self, code: str, /, **arguments: Any) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


def value_of(question: Question, text: str) -> Observed:
    """The value of an answer to a question about a cell. Raises AnswerError."""
    match question.answer:
        case "code":
            return code_of(question, text)
        case "number":
            return number_of(question, text)
        case "date":
            return day_of(text)
    return text_of(text)


def code_of(question: Question, text: str) -> str:
    """The code that was chosen. Raises AnswerError where the list of the question has no such code."""
    known = [code for code, _ in question.choices]
    if text not in known:
        raise AnswerError("survey.code", known=", ".join(known))
    return text


def number_of(question: Question, text: str) -> float:
    """The number within the range of the question. Raises AnswerError."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise AnswerError("survey.number")
    outside = (question.low is not None and value < question.low) or (
        question.high is not None and value > question.high
    )
    if outside or 0 < abs(value) < READING.smallest:
        low, high = ("…" if end is None else f"{end:g}" for end in (question.low, question.high))
        raise AnswerError("survey.range", low=low, high=high, unit=question.unit or "")
    return value


def day_of(text: str) -> dt.date:
    """The day of a date or of a moment, as it is written there. Raises AnswerError."""
    stated = _DAY.fullmatch(text)
    try:
        day = dt.date.fromisoformat(stated[1] if stated else "")
    except ValueError as error:
        raise AnswerError("survey.day") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise AnswerError("survey.day")
    return day


def text_of(text: str) -> str:
    """The text on one line. Raises AnswerError where it holds characters that cannot be printed."""
    if re.search(UNPRINTABLE, text):
        raise AnswerError("survey.text")
    line = " ".join(text.split())
    if not re.sub(INVISIBLE, "", line).strip():
        raise AnswerError("survey.text")
    return line


def position_of(text: str) -> Position:
    """The position of an answer `lat lon [altitude [accuracy]]`. Raises AnswerError."""
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise AnswerError("survey.position")
    lat, lon = float(parts[0]), float(parts[1])
    accuracy = float(parts[3]) if len(parts) == 4 else None
    if not (abs(lat) <= 90 and abs(lon) <= 180) or max(abs(lat), abs(lon)) < SURVEY.nowhere_degrees:
        raise AnswerError("survey.position")
    return Position(lat, lon, accuracy if accuracy and 0 < accuracy < math.inf else None)
