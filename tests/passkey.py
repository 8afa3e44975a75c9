"""A passkey in software, as a browser would bring it: for what a page does with right and wrong answers."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

ORIGIN, RP_ID = "http://localhost", "localhost"
PRESENT, VERIFIED, HAS_DATA = 0x01, 0x04, 0x40


class Passkey:
    def __init__(self, *, origin: str = ORIGIN, rp_id: str = RP_ID, verifies: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin, self.rp_id, self.verifies = origin, rp_id, verifies
        self.user_handle = ""

    def create(self, options: dict[str, Any], *, alone: bool = True) -> str:
        """What the form sends when it is set up; `alone`: it can sign in without a password."""
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._authenticator_data(HAS_DATA) + data}
        client_data = self._client_data("webauthn.create", asked["challenge"])
        response = {
            "clientDataJSON": encoded(client_data),
            "attestationObject": encoded(cbor.encode(attestation)),
        }
        return self._credential(response, {"credProps": {"rk": alone}})

    def answer(self, options: dict[str, Any], *, user_handle: str | None = None) -> str:
        """What the form sends to prove that it is there."""
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        data = self._authenticator_data()
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": self.user_handle if user_handle is None else user_handle,
        }
        return self._credential(response, {})

    def _authenticator_data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + bytes(4)

    def _client_data(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        return json.dumps(
            {
                "type": "public-key",
                "id": encoded(self.id),
                "rawId": encoded(self.id),
                "response": response,
                "clientExtensionResults": extensions,
            }
        )


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
