"""Changes and scans in the middle of their lives, for tests of the pages that show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Answer, Attempt, Change, Observation
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import MultiRegionKey, Outcome, RegionScan, Scan, ScanState

PICTURES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "before": {"us-east-1": ("PRIMARY", "Enabled"), "eu-west-1": ("REPLICA", "Enabled")},
    "moving": {"us-east-1": ("REPLICA", "Updating"), "eu-west-1": ("REPLICA", "Updating")},
    "settled": {"us-east-1": ("REPLICA", "Enabled"), "eu-west-1": ("PRIMARY", "Enabled")},
}


def ask(
    by: User,
    key: MultiRegionKey,
    *,
    at: datetime,
    to_region: str = "eu-west-1",
    reason: str = "Evacuation exercise",
    ticket: str = "SEC-7",
) -> Change:
    return request_move(
        key, to_region=to_region, by=by, token=uuid4().hex, now=at, reason=reason, ticket=ticket
    )


def put_in(change: Change, state: str, **fields: Any) -> Change:
    Change.objects.filter(pk=change.pk).update(state=state, version=change.version + 1, **fields)
    change.refresh_from_db()
    return change


def called(change: Change, answer: Answer, *, at: datetime, **fields: str) -> Attempt:
    return Attempt.objects.create(
        change=change,
        plan_sha256=change.plan_sha256,
        key_arn=change.plan["key_arn"],
        to_region=change.to_region,
        worker="worker host-1",
        started_at=at,
        answer=answer,
        answered_at=at + timedelta(seconds=1),
        **fields,
    )


def looked(change: Change, number: int, picture: str, *, at: datetime) -> None:
    Observation.objects.bulk_create(
        Observation(change=change, round=number, region=region, looked_at=at, role=role, state=state)
        for region, (role, state) in PICTURES[picture].items()
    )


def settling(by: User, key: MultiRegionKey, *, now: datetime) -> Change:
    """Called with success a moment ago; AWS says Updating."""
    change = ask(by, key, at=now - timedelta(seconds=30))
    looked(change, 0, "before", at=now - timedelta(seconds=20))
    called(change, Answer.SUCCESS, at=now - timedelta(seconds=15), request_id="req-1")
    looked(change, 1, "moving", at=now - timedelta(seconds=5))
    looked(change, 2, "moving", at=now - timedelta(seconds=2))
    return put_in(
        change,
        "settling",
        due_at=now + timedelta(seconds=3),
        deadline_at=now + timedelta(minutes=15),
        rounds_taken=3,
    )


def refused(by: User, key: MultiRegionKey, *, now: datetime) -> Change:
    """AWS said that the replica is disabled."""
    change = ask(by, key, at=now - timedelta(minutes=5))
    culprit = key.arn_in("eu-west-1")
    called(
        change,
        Answer.REFUSED,
        at=now - timedelta(minutes=4),
        request_id="req-2",
        error_code="DisabledException",
        error_message=f"{culprit} is disabled.",
        culprit_arn=culprit,
    )
    outcome = "The key in eu-west-1 was Disabled."
    return put_in(change, "not_applied", outcome=outcome, closed_at=now - timedelta(minutes=4))


def scanned(
    account: AwsAccount,
    outcomes: Mapping[str, Outcome],
    *,
    at: datetime,
    state: ScanState = ScanState.FINISHED,
    problem: str = "",
) -> Scan:
    is_open = state in {ScanState.WAITING, ScanState.RUNNING}
    scan = Scan.objects.create(
        account=account,
        state=state,
        asked_by="ana",
        asked_at=at,
        started_at=None if state == ScanState.WAITING else at,
        finished_at=None if is_open else at + timedelta(seconds=9),
        problem=problem,
        keys_seen=3,
        version=len(outcomes),
    )
    said = {Outcome.DENIED: "AWS denied kms:ListKeys.", Outcome.UNREACHABLE: "No answer within 3 seconds."}
    ended = {outcome for outcome in Outcome if outcome not in {Outcome.WAITING, Outcome.RUNNING}}
    RegionScan.objects.bulk_create(
        RegionScan(
            scan=scan,
            region=region,
            outcome=outcome,
            problem=said.get(outcome, ""),
            keys_seen=3 if outcome == Outcome.SEEN else 0,
            calls=5,
            finished_at=at + timedelta(seconds=5) if outcome in ended else None,
        )
        for region, outcome in outcomes.items()
    )
    return scan
