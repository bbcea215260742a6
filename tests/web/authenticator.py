"""A security key in Python: it makes passkeys and signs challenges as a browser hands them over, and can misbehave."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SecurityKey:
    """One passkey, for one host."""

    origin: str = "http://localhost"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential: bytes = b"credential-of-tests"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str = ""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, bytes | str]) -> dict[str, str]:
        texts = {name: one if isinstance(one, str) else websafe_encode(one) for name, one in response.items()}
        name = websafe_encode(self.credential)
        return {"answer": json.dumps({"id": name, "rawId": name, "type": "public-key", "response": texts})}

    def make(self, options: dict[str, Any]) -> dict[str, str]:
        """What a form sends for the options of a new passkey."""
        self.user = options["publicKey"]["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.credential, public)
        data = AuthenticatorData.create(self._host_hash(), self.flags | ATTESTED, self.count, attested)
        client_data = self._client_data("webauthn.create", options["publicKey"]["challenge"])
        attestation = AttestationObject.create("none", data, {})
        return self._answer({"clientDataJSON": client_data, "attestationObject": bytes(attestation)})

    def sign(self, options: dict[str, Any]) -> dict[str, str]:
        """What a form sends for the options of a sign-in."""
        self.count += 1
        data = bytes(AuthenticatorData.create(self._host_hash(), self.flags, self.count))
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response: dict[str, bytes | str] = {
            "clientDataJSON": client_data, "authenticatorData": data, "signature": signature, "userHandle": self.user,
        }  # fmt: skip
        return self._answer(response)

    def _host_hash(self) -> bytes:
        return sha256(self.host.encode()).digest()


def add_to(client: Client, key: SecurityKey) -> str:
    """Adds the key to the account that is signed in and confirmed; the page that follows."""
    answer = client.post("/account/passkeys", key.make(client.get("/account/passkeys").json()))
    assert answer.status_code in (200, 302), answer.content
    return answer.content.decode()
