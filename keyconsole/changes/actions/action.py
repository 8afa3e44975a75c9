"""What a person can do with a change or a batch: one type, for pages, for the terminal and for programs.

It knows no HTML and no form. A page adds how the inputs are asked for, a command how its options are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, NotRequired, Self, TypedDict, TypeVar

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof
from keyconsole.changes.actions.inputs import Inputs
from keyconsole.changes.models import Batch, Change
from keyconsole.refusals import Refused, Verdict

Subject = TypeVar("Subject", Change, Batch)
Given = TypeVar("Given", bound=Inputs)


class Acts(TypedDict):
    """Who acts, when and from where: the record tells a page from the terminal."""

    by: User
    now: datetime
    via: str


class Actor(Acts):
    """With the proof that they gave, for the verbs that judge or keep it."""

    proof: NotRequired[GivenProof]


def without_proof(actor: Actor) -> Acts:
    return Acts(by=actor["by"], now=actor["now"], via=actor["via"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people read about an action. {ref} stands for the change or batch."""

    title: str
    explains: str
    button: str
    done: str

    def about(self, ref: str) -> Self:
        return type(self)(**{each.name: getattr(self, each.name).format(ref=ref) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Generic[Subject, Given]):
    """One verb: who may do it, what has to be filled in, what it does and what the record calls that."""

    noun: str  # the command at the terminal, and the first word of the URL's name
    verb: str  # the last word of both, and of the path
    event: Event
    words: Words
    inputs: type[Given]
    may: Callable[[User, Subject, datetime], Verdict]
    do: Callable[[Subject, Given, Actor], object]  # raises Refused
    # The hash of what they read: what somebody agrees to is what they see.
    plan_read: Callable[[User, Subject], str] = lambda _person, subject: subject.plan_sha256
    # Whether this very thing was done by this person already: a form sent twice then is no refusal.
    stands: Callable[[Subject, Given, Actor], bool] = lambda *_: False
    # Nothing refuses a second one of these: only what stands tells that a form was sent twice.
    is_repeatable: bool = False

    @property
    def name(self) -> str:
        return f"{self.noun}-{self.verb}"

    def given(self, values: Mapping[str, Any]) -> Given:
        """The inputs out of what a form or a command has read; whatever else that holds is left out."""
        return self.inputs(**{each.name: values[each.name] for each in fields(self.inputs)})

    def do_once(self, subject: Subject, given: Given, actor: Actor) -> bool:
        """False where it stood already: sent twice, it counts once.

        Raises Refused; the subject then was read anew, so that a page shows what holds now.
        """
        if self.is_repeatable and self.stands(subject, given, actor):
            return False
        try:
            self.do(subject, given, actor)
        except Refused:
            subject.refresh_from_db()
            if self.stands(subject, given, actor):
                return False
            raise
        return True
