"""Forms: fields with their labels from the catalogues, what was typed, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from tawteen.case.names import UNPRINTABLE
from tawteen.web.language import words_of
from tawteen.words import Words

_UNPRINTABLE = re.compile(UNPRINTABLE)


@dataclass(frozen=True)
class FormField:
    """A field: its label is `web.field.NAME`, and `hint` the code of a sentence below it, with its arguments.

    `known` is the list of the page with which a browser completes what is typed.
    """

    name: str
    kind: str = "text"
    autocomplete: str = "off"
    most: int = 200
    required: bool = True
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    hint_args: Mapping[str, Any] = field(default_factory=dict)
    known: str = ""


class Form:
    """What was typed into fields. Passwords are taken as they are, other texts without spaces around them.

    `sent`: whether a request that was posted is about this form, of several on a page.
    """

    def __init__(self, request: HttpRequest, fields: Sequence[FormField], *, sent: bool = True) -> None:
        self._words: Words = words_of(request)
        self.fields = fields
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.faults: dict[str, str] = {}
        if request.method == "POST" and sent:
            for one in fields:
                self._read(request, one)

    def _read(self, request: HttpRequest, one: FormField) -> None:
        typed = request.POST.get(one.name, "")
        self.values[one.name] = value = typed if one.kind == "password" else typed.strip()
        known = [code for code, _ in one.choices]
        if one.kind == "several":
            self.lists[one.name] = [code for code in request.POST.getlist(one.name) if code in known]
            if one.required and not self.lists[one.name]:
                self.fault(one.name, "web.choose_one")
        elif not value:
            if one.required:
                self.fault(one.name, "web.fill_in")
        elif one.choices and value not in known:
            self.fault(one.name, "web.choose_one")
        elif len(value) > one.most:
            self.fault(one.name, "web.too_long", most=one.most)
        elif _UNPRINTABLE.search(value) or "\n" in value:
            self.fault(one.name, "web.unprintable")

    def fault(self, name: str, code: str, **args: Any) -> None:
        """Notes what is wrong with a field."""
        self.faults.setdefault(name, self._words.say(code, args))

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def rows(self) -> list[dict[str, Any]]:
        """The fields as a template shows them; a password is never shown again. A browser goes to the first fault."""
        say = self._words.say
        first_fault = next((one.name for one in self.fields if one.name in self.faults), "")
        return [
            {
                "field": one, "label": say(f"web.field.{one.name}"), "fault": self.faults.get(one.name, ""),
                "first_fault": bool(first_fault) and one.name == first_fault,
                "value": "" if one.kind == "password" else self.values.get(one.name, ""),
                "chosen": self.lists.get(one.name, ()), "hint": say(one.hint, one.hint_args) if one.hint else "",
            }
            for one in self.fields
        ]  # fmt: skip
