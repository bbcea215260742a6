"""Secrets that the database holds so that who has the database alone cannot read them."""

from __future__ import annotations

import base64
import secrets
from binascii import Error as Base64Error
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12
"""As AES-GCM takes it (NIST SP 800-38D, 8.2)."""


class UnsealError(ValueError):
    """A text that was not sealed for this owner with the secret of this folder."""


@cache
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"tawteen sealed secrets").derive(secret.encode()))


def seal(text: str, owner: str) -> str:
    """Encrypts a text with the secret of the folder (AES-256-GCM), so that it opens for its owner alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), owner.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, owner: str) -> str:
    """The text that was sealed for an owner. Raises UnsealError where it was not, or was changed."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode("ascii"))
        return _cipher(settings.SECRET_KEY).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()).decode()
    except (Base64Error, InvalidTag, UnicodeError, ValueError) as error:
        raise UnsealError(owner) from error
