"""Key material: a secret with an id of its own, which a rotation replaces and never removes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property

from keyconsole.sandbox.algorithms.key_pairs import PrivateKey, generate
from keyconsole.sandbox.algorithms.symmetric import ID_BYTES
from keyconsole.sandbox.key_specs import SYMMETRIC

SECRET_BYTES = {SYMMETRIC: 32, "HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}


@dataclass
class Material:
    """`rotated_at`, in seconds since the epoch, is None for a key's first material."""

    key_spec: str
    rotated_at: float | None = None
    material_id: str = field(default_factory=lambda: os.urandom(ID_BYTES).hex())
    """64 hex digits (API model)."""

    @cached_property
    def secret(self) -> bytes:
        return os.urandom(SECRET_BYTES[self.key_spec])

    @cached_property
    def private(self) -> PrivateKey:
        """Made when it is first needed: an RSA pair takes tens of milliseconds."""
        return generate(self.key_spec)
