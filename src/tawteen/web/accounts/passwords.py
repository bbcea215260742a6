"""Which passwords are taken: the rules of OWASP ASVS 5.0, section 6.2."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from tawteen.case.names import fold
from tawteen.web.params import PASSWORD
from tawteen.words import LANGS, Words

Fault = tuple[str, dict[str, Any]]
"""Code and arguments of a sentence."""


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


@cache
def product_names() -> tuple[str, ...]:
    """Names that a password may not hold, beside those of the person and of the parties."""
    return tuple(Words(lang).say(code) for lang in LANGS for code in ("web.name", "web.workspace"))


def password_faults(password: str, names: Iterable[str]) -> list[Fault]:
    """What is wrong with a new password: length, a common one, or one that holds a name of the person or workspace.

    Any character is allowed and none is asked for; the password is taken as it is typed.
    """
    if len(password) < PASSWORD.least:
        return [("web.password_short", {"least": PASSWORD.least})]
    if len(password) > PASSWORD.most:
        return [("web.password_long", {"most": PASSWORD.most})]
    try:
        _common().validate(password)
    except ValidationError:
        return [("web.password_common", {})]
    folded = fold(password)
    held = [name for name in names if len(name) >= PASSWORD.shortest_name and fold(name) in folded]
    if held or len(set(password)) < PASSWORD.different:
        return [("web.password_guessed", {})]
    return []
