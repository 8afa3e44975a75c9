"""What can be proposed under dual control, by name: each kind says what it does, and who decides about it.

Rooms above register their own; a proposal stores its kind's name and facts, never code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """By whom it is done: who proposed it, and who agreed; `agreed_by` is empty where one alone may."""

    by: str
    agreed_by: str
    now: datetime

    @property
    def actor(self) -> str:
        return f"{self.by} and {self.agreed_by}" if self.agreed_by else self.by


@dataclass(frozen=True, slots=True)
class Kind:
    """`facts` are what JSON holds. Usernames are of active people, as of now.

    Who would hold more by it neither proposes it nor agrees to it: nobody gives anything to themselves.
    """

    name: str  # such as role.grant; stored
    says: Callable[[Facts], str]  # what would be done, as a phrase: "make ben an approver in payments"
    subject: Callable[[Facts], str]  # whom or what it is about
    deciders: Callable[[Facts], set[str]]  # who may propose it and agree to it
    gainers: Callable[[Facts], set[str]]  # who would hold more by it
    problem: Callable[[Facts], str]  # why it cannot be done now; empty where it can
    apply: Callable[[Facts, Decision], None]  # in a transaction; may raise Refused
    account_id: Callable[[Facts], str] = lambda _: ""  # where it holds; empty: everywhere


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_called(name: str) -> Kind:
    return _kinds[name]
