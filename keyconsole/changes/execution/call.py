"""The one call for a change, and the record of what AWS answered to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.changes.execution import settle
from keyconsole.changes.execution.worker_name import worker_name
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.kms.errors import (
    AccessDenied,
    CredentialsRefused,
    InvalidRequest,
    KmsError,
    NotFound,
    QuotaReached,
    RegionNotEnabled,
    Throttled,
    Unreachable,
    WrongAccount,
    WrongState,
)
from keyconsole.kms.sessions import AccountSession
from keyconsole.refusals import Lost

# A worker that slept longer than this between recording the start and sending does not send any more.
SEND_WITHIN = timedelta(seconds=20)
NOTHING_SENT = (Unreachable, CredentialsRefused, WrongAccount)
REFUSALS = (AccessDenied, NotFound, Throttled, WrongState, InvalidRequest, RegionNotEnabled, QuotaReached)


@dataclass(frozen=True, slots=True)
class Reply:
    answer: Answer
    request_id: str = ""
    error_code: str = ""
    error_message: str = ""
    culprit_arn: str = ""
    look_anyway: bool = False


def send(
    change: Change, session: AccountSession, *, recorded_at: datetime, clock: Callable[[], datetime]
) -> Reply:
    """Make the one call of the change's kind, without the SDK's retries. Never raises a KmsError."""
    if clock() - recorded_at > SEND_WITHIN:
        return Reply(
            Answer.NOT_SENT, error_message="The worker was held up, and did not send the call so late."
        )
    kind = kind_of(change)
    try:
        request_id = kind.call(change, session)
    except KmsError as error:
        return _reply(error, look_anyway=kind.may_have_happened(error))
    return Reply(Answer.SUCCESS, request_id=request_id)


def record_answer(change: Change, attempt: Attempt, reply: Reply, *, now: datetime) -> None:
    """Keep the answer, also where another worker has taken the change over in the meantime."""
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(
            answer=reply.answer,
            answered_at=now,
            request_id=reply.request_id,
            error_code=reply.error_code,
            error_message=reply.error_message,
            culprit_arn=reply.culprit_arn,
        )
        attempt.refresh_from_db()
        Change.objects.filter(pk=change.pk).update(version=F("version") + 1)
        data = {
            "answer": reply.answer,
            "request_id": reply.request_id,
            "error_code": reply.error_code,
            "error_message": reply.error_message,
        }
        record_event(change, Event.CHANGE_ANSWERED, actor=worker_name(), now=now, data=data)
    try:
        _go_on(change, attempt, reply, now=now)
    except Lost:
        return  # whoever took over looks, and finds the answer kept


def _go_on(change: Change, attempt: Attempt, reply: Reply, *, now: datetime) -> None:
    if reply.answer in {Answer.SUCCESS, Answer.LOST} or reply.look_anyway:
        settle.begin(change, now=now, why=f"AWS's answer: {reply.answer.label}.", actor=worker_name())
        return
    explanation = kind_of(change).explain(attempt)
    move(
        change,
        to=State.NOT_APPLIED,
        event=Event.CHANGE_NOT_APPLIED,
        actor=worker_name(),
        now=now,
        data={"sentence": explanation.told},
        outcome=explanation.told,
    )


def _reply(error: KmsError, *, look_anyway: bool) -> Reply:
    if isinstance(error, NOTHING_SENT) and not error.request_id:
        answer = Answer.NOT_SENT
    elif isinstance(error, (*REFUSALS, *NOTHING_SENT)):  # AWS said no to the credentials themselves
        answer = Answer.REFUSED
    else:
        answer = Answer.LOST
    culprit = error.culprit if isinstance(error, WrongState) else error.key
    return Reply(
        answer,
        request_id=error.request_id,
        error_code=error.code or type(error).__name__,
        error_message=error.message or str(error),
        culprit_arn=str(culprit or ""),
        look_anyway=look_anyway,
    )
