"""How changes say no: the refusals of policies, and the one for whoever came second."""

from __future__ import annotations

from keyconsole.policies.refusal import Refused

__all__ = ["Lost", "Refused"]


class Lost(Refused):
    """Somebody else moved the change first: two tabs, two workers, or a person and a worker."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref} has moved on in the meantime. Look at it again before you decide.")
