"""Sentences of the catalogues in templates: {% say "web.start" %}, {% say "web.entries" n=count %}."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library

from tawteen.words import Words

register = Library()


@register.simple_tag(takes_context=True)
def say(context: Context, code: str, *, n: int | None = None, **args: Any) -> str:
    """The sentence of a code in the reader's language, with its arguments escaped as all text is."""
    words: Words = context["words"]
    return words.say(code, args, n)
