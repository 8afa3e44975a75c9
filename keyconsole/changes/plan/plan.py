"""The hash of a plan: what people approve. What a plan holds stands with its kind."""

from __future__ import annotations

from keyconsole.audit.canonical import sha256_of
from keyconsole.changes.kinds.parts import Plan


def plan_sha256(plan: Plan) -> str:
    """A plan holds no times, so that an identical second look gives the identical hash."""
    return sha256_of(plan)
