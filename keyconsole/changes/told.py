"""Who was told that a change or a batch needs them, as its page and the terminal say it."""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.changes.models import Batch, Change, EmergencyAgreement
from keyconsole.changes.quorum import Quorum, quorum_of
from keyconsole.changes.requests.emergency_agreement import agreement_of, members_asked
from keyconsole.changes.states import State
from keyconsole.notifications.told import told, told_version
from keyconsole.notifications.topics import Topic

_ASKING = (Topic.CHANGE_NEEDS_YOU, Topic.REMINDER)


def told_of(change: Change, quorum: Quorum | None = None) -> tuple[str, ...]:
    """Those who are asked, while it waits for them; those whom an emergency that began skipped, for ever."""
    if change.is_emergency and (asked := _member_asked(change)):
        found = told([Topic.EMERGENCY_NEEDS_YOU], path=change.get_absolute_url())
        return found.sentences(members_asked(asked, change)) if change.is_open else ()
    if change.is_emergency:
        return told([Topic.EMERGENCY_USED], path=change.get_absolute_url()).sentences(_skipped(change))
    if change.state != State.PENDING:
        return ()
    quorum = quorum or quorum_of(change)
    if change.batch:
        return told_of_batch(change.batch, account_ids=[change.key.account.account_id])
    found = told(_ASKING, path=change.get_absolute_url())
    return found.sentences(quorum.deciders - quorum.counted)


def told_of_batch(batch: Batch, *, account_ids: Iterable[str]) -> tuple[str, ...]:
    """In these accounts: each of them is told of its own lines."""
    return told(_ASKING, path=batch.get_absolute_url(), account_ids=account_ids).sentences()


def version_of_told(change: Change) -> str:
    """Of what `told_of` says, for a page that asks whether anything is new; empty where it says nothing."""
    if change.is_emergency or change.state == State.PENDING:
        about, account = change.batch or change, change.key.account.account_id
        return told_version(about.get_absolute_url(), account_ids=[account])
    return ""


def _member_asked(change: Change) -> EmergencyAgreement | None:
    """Where nobody was skipped yet: another member of the group is waited for."""
    asked = agreement_of(change)
    return asked if asked and asked.member is None else None


def _skipped(change: Change) -> list[str]:
    used = Entry.objects.filter(subject=change.ref, event=Event.EMERGENCY_USED).first()
    return list(used.data.get("skipped", ())) if used else []
