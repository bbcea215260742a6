"""Codes on links and slips of paper: drawn at random, easy to type, kept as a hash alone."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256

from tawteen.case.names import DIGITS
from tawteen.web.params import SECRETS

_ALIKE = str.maketrans("018", "OIB")
"""Digits that no code has, and the letters that they are taken for on paper."""


def new_code() -> str:
    """A code in groups of letters."""
    letters = SECRETS.code_letters
    code = base64.b32encode(secrets.token_bytes(letters)).decode()[:letters]
    return "-".join(code[i : i + SECRETS.code_group] for i in range(0, len(code), SECRETS.code_group))


def hash_of_code(typed: str) -> str:
    """The hash of a code, however it is grouped and typed. A code is too long to be found from it by trying."""
    letters = "".join(character for character in typed.translate(DIGITS).upper() if character.isalnum())
    return sha256(letters.translate(_ALIKE).encode()).hexdigest()
