"""A witness of another team (C2SP tlog-witness): it cosigns only what follows from what it saw before."""

from __future__ import annotations

import base64
import re
import struct
from hashlib import sha256
from typing import NamedTuple

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keyconsole.audit.anchors.anchor import AnchorError, ContradictedError, Kept
from keyconsole.audit.checkpoints import Known
from keyconsole.audit.models import Receipt, SignedCheckpoint
from keyconsole.audit.tiles import nodes
from keyconsole.audit.verifier import Checkpoint

COSIGNATURE = 4
CONNECT_SECONDS, READ_SECONDS = 3, 20


class WitnessKey(NamedTuple):
    name: str
    key_id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """From `name+hex(key id)+base64(0x04 and 32 bytes)`; raises ValueError."""
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        digest = sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != bytes([COSIGNATURE]) or len(raw) != 33 or bytes.fromhex(key_id) != digest:
            raise ValueError("not the key of a witness")
        return cls(name, digest, raw[1:])

    def cosigned(self, line: str, body: str) -> bool:
        dash, name, encoded, *_ = [*line.split(" "), "", "", ""]
        try:
            raw = base64.b64decode(encoded, validate=True)
            if (dash, name, raw[:4]) != ("\N{EM DASH}", self.name, self.key_id) or len(raw) != 76:
                return False
            (at,) = struct.unpack(">Q", raw[4:12])
            signed = f"cosignature/v1\ntime {at}\n{body}".encode()
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw[12:], signed)
        except (ValueError, InvalidSignature):
            return False
        return True


class Witness:
    name = "witness"

    def __init__(self, url: str, key: WitnessKey | None) -> None:
        self._url, self._key = f"{url.rstrip('/')}/add-checkpoint", key

    def keep(self, checkpoint: SignedCheckpoint) -> Kept:
        if self._key is None:
            raise AnchorError("KEYCONSOLE_ANCHOR_WITNESS_KEY is not the public key of a witness.")
        answer = self._post(checkpoint, self._last_size(checkpoint.origin))
        if answer.status_code == requests.codes.conflict:
            answer = self._post(checkpoint, self._size_there(answer.text, checkpoint.size))
        if answer.status_code == requests.codes.unprocessable_entity:
            raise ContradictedError("The record does not follow from what the witness has seen of it.")
        if answer.status_code != requests.codes.ok:
            raise AnchorError(f"The witness answered {answer.status_code}.")
        body = Checkpoint.parse(checkpoint.note).body
        for line in answer.text.splitlines():
            if self._key.cosigned(line, body):
                return Kept(self._url, f"{line}\n".encode())
        raise AnchorError("The witness answered with no cosignature by its key.")

    def newest(self, origin: str) -> Known | None:  # noqa: ARG002 - a witness gives nothing back: it refuses
        return None

    def _last_size(self, origin: str) -> int:
        mine = Receipt.objects.filter(anchor=self.name, checkpoint__origin=origin)
        return mine.order_by("-pk").values_list("checkpoint__size", flat=True).first() or 0

    def _size_there(self, text: str, size: int) -> int:
        if not re.fullmatch(r"\d{1,18}\n?", text):
            raise AnchorError("The witness refused, and did not say how far it has seen the record.")
        if int(text) > size:
            raise ContradictedError(
                f"The record was signed up to entry {size:,}, and the witness saw {int(text):,}."
            )
        return int(text)

    def _post(self, checkpoint: SignedCheckpoint, old: int) -> requests.Response:
        proof = (base64.b64encode(each).decode() for each in nodes().consistency(old, checkpoint.size))
        text = "\n".join([f"old {old}", *proof]) + "\n\n" + checkpoint.note
        waits = (CONNECT_SECONDS, READ_SECONDS)
        try:
            return requests.post(self._url, data=text.encode(), timeout=waits, allow_redirects=False)
        except requests.RequestException:
            raise AnchorError("The witness could not be reached.") from None
