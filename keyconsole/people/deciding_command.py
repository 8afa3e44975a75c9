"""What every command shares with which people decide about a proposal: list, show, agree, reject, withdraw.

Policies, edits of accounts and what gives power differ in what they are called and in what stands there. Ends
with 0 done, 1 refused, 2 usage.
"""

from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.audit.given_proof import GivenProof
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.people.proof import Proof
from keyconsole.refusals import Refused

Proposal = TypeVar("Proposal")


class Verbs(Protocol):
    """What argparse's subparsers offer."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser: ...  # noqa: A002


@dataclass(frozen=True, slots=True)
class Vote:
    """By whom, when and how it was said at the terminal."""

    by: User
    now: datetime
    via: str
    proof: GivenProof

    @classmethod
    def of(cls, proof: Proof) -> Vote:
        return cls(proof.person, timezone.now(), proof.via, proof.given)


class DecidingCommand(BaseCommand, Generic[Proposal]):
    """A verb V is done by the method `_V`, which writes what came of it."""

    metavar: ClassVar[str]  # what a proposal is called by
    metavar_help: ClassVar[str]
    list_help: ClassVar[str]
    show_help: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help=self.list_help)
        show = verbs.add_parser("show", help=self.show_help)
        yes = verbs.add_parser("agree", help="agree to what is proposed, by its hash")
        yes.add_argument("--sha256", required=True, help="the hash of what you read, as `show` prints it")
        yes.add_argument("--comment", default="")
        no = verbs.add_parser("reject", help="end a proposal; `--why` says why")
        no.add_argument("--why", required=True, help="the reason; it stays in the record")
        back = verbs.add_parser("withdraw", help="take a proposal back")
        for about in (show, yes, no, back):
            about.add_argument("named", metavar=self.metavar, help=self.metavar_help)
        for personal in (yes, no, back):
            add_who_acts(personal)
        self.add_verbs(verbs)

    def add_verbs(self, verbs: Verbs) -> None:
        """Further ones, where there are any."""

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None

    @abstractmethod
    def listed(self) -> str: ...

    @abstractmethod
    def shown(self, named: str) -> str: ...

    @abstractmethod
    def waiting(self, named: str, *, seen_by: User) -> Proposal:
        """Raises CommandError where there is none, or not for this person."""

    @abstractmethod
    def agreed(self, proposal: Proposal, vote: Vote, *, sha256: str, comment: str) -> str: ...

    @abstractmethod
    def rejected(self, proposal: Proposal, vote: Vote, *, reason: str) -> None: ...

    @abstractmethod
    def withdrawn(self, proposal: Proposal, vote: Vote) -> None: ...

    def _list(self, _options: dict[str, Any]) -> None:
        self.stdout.write(self.listed())

    def _show(self, options: dict[str, Any]) -> None:
        self.stdout.write(self.shown(options["named"]))

    def _agree(self, options: dict[str, Any]) -> None:
        sha256 = options["sha256"].strip().lower()
        with self._taken_up(options) as (proposal, vote):
            told = self.agreed(proposal, vote, sha256=sha256, comment=options["comment"])
        self.stdout.write(told)

    def _reject(self, options: dict[str, Any]) -> None:
        with self._taken_up(options) as (proposal, vote):
            self.rejected(proposal, vote, reason=options["why"])
        self.stdout.write(f"{proposal} is rejected.")

    def _withdraw(self, options: dict[str, Any]) -> None:
        with self._taken_up(options) as (proposal, vote):
            self.withdrawn(proposal, vote)
        self.stdout.write(f"{proposal} is withdrawn.")

    @contextmanager
    def _taken_up(self, options: dict[str, Any]) -> Iterator[tuple[Proposal, Vote]]:
        proof = who_acts(options)
        with proof.acting():
            yield self.waiting(options["named"], seen_by=proof.person), Vote.of(proof)
