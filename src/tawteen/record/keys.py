"""Ed25519 keys that sign checkpoints: verifier keys as C2SP signed-note writes them, and key files with a passphrase.

This is the one module that uses `cryptography`.
"""

from __future__ import annotations

import base64
import binascii
import os
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from tawteen.case.atomic_write import replacing
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.limits import RECORD_LIMITS
from tawteen.record.text_file import read_note_file

LOG_KEY, COSIGNER_KEY = 0x01, 0x04
"""Kinds of keys: signs checkpoints as the workspace that issues them, or cosigns them as a party."""
KEY_ID_BYTES, PUBLIC_KEY_BYTES = 4, 32
"""Sizes that C2SP signed-note and Ed25519 (RFC 8032) state."""
_AES_KEY_BYTES, _BLOCK_BYTES, _KDF_SALT_BYTES = 32, 16, 16
"""Sizes of AES-256-CBC and of the salt of PBKDF2."""


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a key: its name, its kind and 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of the SHA-256 of name, line feed, kind and public key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """The verifier key (vkey) of C2SP signed-note: NAME+ID+BASE64."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key of a vkey. Raises FaultError where it is none, or neither of a log nor of a cosigner."""
        name, _, rest = text.partition("+") if isinstance(text, str) else ("", "", "")
        key_id, _, encoded = rest.partition("+")
        try:
            material = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            material = b""
        if not is_key_name(name) or len(material) != 1 + PUBLIC_KEY_BYTES or material[0] not in (LOG_KEY, COSIGNER_KEY):
            raise FaultError("record.no_verifier_key")
        key = cls(name, material[0], material[1:])
        if str(key) != text or key.key_id.hex() != key_id:
            raise FaultError("record.no_verifier_key")
        return key

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the Ed25519 signature (RFC 8032) is that of this key over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A key with its secret half."""

    verifier: VerifierKey
    _private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over a message, 64 bytes."""
        return self._private.sign(message)


def is_key_name(name: str) -> bool:
    """Whether a text may name a key: neither spaces nor plus, no control characters, 1 to 200 characters."""
    allowed = not any(character.isspace() or character == "+" or not character.isprintable() for character in name)
    return 0 < len(name) <= RECORD_LIMITS.name_characters and allowed


def new_key(name: str, kind: int, seed: bytes | None = None) -> SigningKey:
    """A new random key, or that of a seed of 32 bytes. Raises FaultError where `name` cannot name a key."""
    if not is_key_name(name):
        raise FaultError("record.key_name", name=name)
    private = Ed25519PrivateKey.generate() if seed is None else Ed25519PrivateKey.from_private_bytes(seed)
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return SigningKey(VerifierKey(name, kind, raw), private)


def write_key(path: Path, key: SigningKey, passphrase: str) -> None:
    """Writes a key to a file that only its owner can read.

    Its first line is the verifier key, then follows the secret half as encrypted PKCS#8 (PBES2: PBKDF2-HMAC-SHA256 of
    600,000 rounds, AES-256-CBC) in PEM, which any program for keys reads. Raises FaultError where the passphrase is
    too short and OSError where the file cannot be written.
    """
    if len(passphrase) < RECORD_LIMITS.passphrase_characters:
        raise FaultError("record.passphrase_short", least=RECORD_LIMITS.passphrase_characters)
    plain = key._private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    encoded = base64.encodebytes(_encrypted(plain, _secret(passphrase))).decode().replace("\n", "")
    lines = [encoded[i : i + 64] for i in range(0, len(encoded), 64)]
    pem = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----"]
    with (
        replacing(path) as beside,
        os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
    ):
        out.write("\n".join([str(key.verifier), *pem, ""]).encode())


def read_key(path: Path, passphrase: str) -> SigningKey:
    """The key of a file that `write_key` wrote.

    Raises RecordError where the file is missing or no key, or the passphrase is wrong.
    """
    text = read_note_file(path)
    first, _, pem = text.partition("\n")
    try:
        verifier = VerifierKey.parse(first.strip())
    except FaultError as fault:
        raise RecordError([FaultError("record.no_key_file").finding(path.name)]) from fault
    try:
        private = serialization.load_pem_private_key(pem.encode(), _secret(passphrase))
    except (ValueError, TypeError) as error:
        raise RecordError([FaultError("record.passphrase_wrong").finding(path.name)]) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise RecordError([FaultError("record.no_key_file").finding(path.name)])
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    if raw != verifier.public:
        raise RecordError([FaultError("record.key_halves").finding(path.name)])
    return SigningKey(verifier, private)


def read_verifier_keys(path: Path) -> list[VerifierKey]:
    """Verifier keys of a text file, one in a line; the file of a secret key gives its public half.

    Raises RecordError where the file is missing or holds none.
    """
    keys = []
    for row, line in enumerate(read_note_file(path).splitlines(), 1):
        if line.startswith("-----BEGIN"):
            break
        if not line.strip() or line.startswith("#"):
            continue
        try:
            keys.append(VerifierKey.parse(line.strip()))
        except FaultError as fault:
            raise RecordError([fault.finding(path.name, row)]) from fault
    if not keys:
        raise RecordError([FaultError("record.no_verifier_key").finding(path.name)])
    return keys


def _secret(passphrase: str) -> bytes:
    """The bytes of a passphrase, however its letters were composed when it was typed."""
    return unicodedata.normalize("NFC", passphrase).encode()


def _encrypted(plain: bytes, secret: bytes) -> bytes:
    """EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018): `cryptography` itself writes 2,048 rounds only."""
    iterations = RECORD_LIMITS.passphrase_rounds
    salt, start = os.urandom(_KDF_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    kdf = PBKDF2HMAC(algorithm=hashes.SHA256(), length=_AES_KEY_BYTES, salt=salt, iterations=iterations)
    padder = padding.PKCS7(8 * _BLOCK_BYTES).padder()
    cipher = Cipher(algorithms.AES(kdf.derive(secret)), modes.CBC(start)).encryptor()
    encrypted = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    hmac_sha256 = _der(0x30, _oid("06082a864886f70d0209"), _der(0x05))
    rounds = iterations.to_bytes(iterations.bit_length() // 8 + 1, "big")
    pbkdf2 = _der(0x30, _oid("06092a864886f70d01050c"), _der(0x30, _der(0x04, salt), _der(0x02, rounds), hmac_sha256))
    aes = _der(0x30, _oid("060960864801650304012a"), _der(0x04, start))
    pbes2 = _der(0x30, _oid("06092a864886f70d01050d"), _der(0x30, pbkdf2, aes))
    return _der(0x30, pbes2, _der(0x04, encrypted))


def _oid(encoded: str) -> bytes:
    """An object identifier in DER: hmacWithSHA256, PBKDF2, aes256-CBC or PBES2."""
    return bytes.fromhex(encoded)


def _der(tag: int, *parts: bytes) -> bytes:
    """A value of DER that is shorter than 256 bytes."""
    content = b"".join(parts)
    length = bytes([len(content)]) if len(content) < 0x80 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content
