"""What can be proposed under dual control, by name: each kind says what it does, and who decides about it.

Rooms above register their own; a proposal stores its kind's name and facts, never code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keyconsole.people.dual_control.alone import administrators_ever

Facts = Mapping[str, Any]
ACTOR_AT_MOST = 150  # as many characters as the record and a grant keep of who did it


@dataclass(frozen=True, slots=True)
class Decision:
    """By whom it is done, and by which proposal: `agreed_by` is empty where one alone may."""

    by: str
    agreed_by: str
    now: datetime
    ref: str
    sha256: str

    @property
    def actor(self) -> str:
        """Both names, as far as they fit: who agreed also stands in the evidence."""
        both = f"{self.by} and {self.agreed_by}" if self.agreed_by else self.by
        return both if len(both) <= ACTOR_AT_MOST else self.by

    @property
    def evidence(self) -> dict[str, str]:
        """For the event of what is done, so that it can be joined with those of its proposal."""
        found = {"proposal": self.ref, "sha256": self.sha256, "proposed_by": self.by}
        return found | ({"agreed_by": self.agreed_by} if self.agreed_by else {})


@dataclass(frozen=True, slots=True)
class Kind:
    """`facts` are what JSON holds. Usernames are of active people, as of now.

    Who would hold more by it neither proposes it nor agrees to it: nobody gives anything to themselves. Facts
    about one person hold the username as `person`: that person hears of it and may read it.
    """

    name: str  # such as role.grant; stored
    says: Callable[[Facts], str]  # what would be done, as a phrase: "make ben an approver in payments"
    subject: Callable[[Facts], str]  # whom or what it is about
    deciders: Callable[[Facts], set[str]]  # who may propose it and agree to it
    gainers: Callable[[Facts], set[str]]  # who would hold more by it
    problem: Callable[[Facts], str]  # why it cannot be done now; empty where it can
    apply: Callable[[Facts, Decision], None]  # in a transaction; may raise Refused
    account_id: Callable[[Facts], str] = lambda _: ""  # where it holds; empty: everywhere
    until: Callable[[Facts], datetime | None] = lambda _: None  # from when on it would do nothing any more
    has_one_circle: bool = False  # whoever decides about one of the kind decides about each
    deciders_ever: Callable[[], Collection[str]] = (
        administrators_ever  # one acts alone only where these are one
    )


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def is_known(name: str) -> bool:
    return name in _kinds


def kind_called(name: str) -> Kind:
    """For a name that a later version stored: a kind that nobody decides about."""
    return _kinds.get(name) or _unknown(name)


def person_in(facts: Facts) -> str:
    """The username of the person whom it is about; empty where it is about none."""
    return str(facts.get("person", ""))


def _unknown(name: str) -> Kind:
    return Kind(
        name=name,
        says=lambda _: f"do {name}, which this version of KeyConsole does not know",
        subject=lambda _: name,
        deciders=lambda _: set(),
        gainers=lambda _: set(),
        problem=lambda _: "This version of KeyConsole does not know how.",
        apply=_refuse_unknown,
    )


def _refuse_unknown(_facts: Facts, _decision: Decision) -> None:
    raise NotImplementedError("nobody decides about a kind that is not known")
