"""Who somebody is at the server's terminal: proved by their password or by a token of theirs, and recorded.

A shell is nobody's word. What counts as a person's word takes a `Proof`; a wrong one is recorded, and after
some of them the person has to wait, at this host.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole import terminal
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, acting
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.people.last_seen import note_seen
from keyconsole.people.models import PersonalToken
from keyconsole.people.tokens import token_with
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

BY_PASSWORD = "password"  # noqa: S105 - a word of the record
FAILURES_AT_MOST, WITHIN = 5, timedelta(minutes=5)
# As on the sign-in page: a wrong name is often somebody's password, so it is never kept.
UNKNOWN_PERSON = "unknown person"
UNKNOWN_TOKEN = "unknown token"  # noqa: S105 - no token, but what an entry is about


@dataclass(frozen=True, slots=True)
class Proof:
    """A person at this terminal, how they proved it and when."""

    person: User
    how: str
    at: datetime

    @property
    def via(self) -> str:
        """How the record tells a person's verb at the terminal from one on a page."""
        return f"at {terminal.who_types()}, proved by {self.how}"

    @property
    def given(self) -> GivenProof:
        """As the verbs keep it, named as a page's proofs are."""
        return GivenProof(self.how.removeprefix("the "), self.at)

    def acting(self) -> AbstractContextManager[None]:
        """Around a verb: its events say by which proof."""
        return acting(self.person.username, lambda: self.given)


def prove_by_password(username: str, password: str, *, now: datetime) -> Proof:
    """Raises Refused with one answer for a wrong password, an unknown name and a disabled person."""
    known = User.objects.filter(username=username).first() if username.isprintable() else None
    _refuse_after_many(known.username if known else UNKNOWN_PERSON, now=now)
    # A name that is not there costs a hash, too.
    is_right = (known or User(password="")).check_password(password)
    if known is None or not is_right or not known.is_active:
        _record_failure(Event.PERSON_SIGN_IN_FAILED, known.username if known else UNKNOWN_PERSON, now=now)
        sentence = f"That is not the password of {username[:150]!r}, or they may not act here."
        raise Refused(Reason(Code.PROOF_REFUSED, sentence))
    return _proved(Proof(known, BY_PASSWORD, now))


def prove_by_token(secret: str, *, username: str = "", now: datetime) -> Proof:
    """Raises Refused. With a username it has to be a token of that person.

    Nobody guesses a token, so wrong ones lock nobody out; a flood of them is recorded in part.
    """
    token = token_with(secret)
    if token is None:
        if _failures(UNKNOWN_TOKEN, now=now) < FAILURES_AT_MOST:
            _record_failure(Event.TOKEN_REFUSED, UNKNOWN_TOKEN, now=now)
        raise Refused(Reason(Code.PROOF_REFUSED, "That is no token of KeyConsole's."))
    if why := _why_not(token, username, now=now):
        _record_failure(Event.TOKEN_REFUSED, token.person.username, now=now, token=token.name, why=why)
        raise Refused(Reason(Code.PROOF_REFUSED, f"The token {token.name} proves nothing: {why}."))
    return _used(token, now=now)


def _why_not(token: PersonalToken, username: str, *, now: datetime) -> str:
    if token.ended_at is not None:
        return "it was ended"
    if token.expires_at <= now:
        return f"it expired at {token.expires_at:%Y-%m-%d %H:%M} UTC"
    if not token.person.is_active:
        return "its person may not act here"
    return "it is another person's" if username and username != token.person.username else ""


def _used(token: PersonalToken, *, now: datetime) -> Proof:
    proof = Proof(token.person, f"the token {token.name}", now)
    rows = PersonalToken.objects.filter(pk=token.pk, ended_at=None)
    if not rows.update(last_used_at=now, last_used_via=f"at {terminal.who_types()}"):
        raise Refused(Reason(Code.PROOF_REFUSED, f"The token {token.name} was ended at this moment."))
    return _proved(proof)


def _proved(proof: Proof) -> Proof:
    name, where = proof.person.username, {"host": terminal.host(), "os_user": terminal.os_user()}
    with transaction.atomic():
        data = {**where, "proof": proof.how}
        note_seen(proof.person, now=proof.at)
        record(Event.PERSON_PROVED, actor=name, subject=name, now=proof.at, data=data)
    return proof


def _record_failure(event: Event, about: str, *, now: datetime, **more: str) -> None:
    data = {"address": _address(), "os_user": terminal.os_user(), **more}
    with transaction.atomic():
        record(event, actor=about, subject=about, now=now, data=data)


def _refuse_after_many(about: str, *, now: datetime) -> None:
    if _failures(about, now=now) >= FAILURES_AT_MOST:
        sentence = f"Too many wrong passwords at {terminal.host()}. Try again in a few minutes."
        raise Refused(Reason(Code.TOO_MANY_ATTEMPTS, sentence))


def _failures(about: str, *, now: datetime) -> int:
    """Counted in the record itself: what was refused lately at this host, of a person or of nobody known."""
    event = Event.TOKEN_REFUSED if about == UNKNOWN_TOKEN else Event.PERSON_SIGN_IN_FAILED
    lately = Entry.objects.filter(event=event.value, subject=about, at__gt=now - WITHIN)
    return lately.filter(data__address=_address()).count()


def _address() -> str:
    """What an entry of a sign-in calls the place: here it is the host."""
    return f"the terminal of {terminal.host()}"
