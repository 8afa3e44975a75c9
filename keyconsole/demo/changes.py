"""The changes of the demo story as the worker would have left them: rows with their looks, and the record.

Sentences come from where the product makes them; nothing here talks to AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from django.contrib.auth.models import User

from keyconsole.changes.kinds.parts import Call, Plan, Said, View
from keyconsole.changes.kinds.update_primary_region.aws_refusals import explain
from keyconsole.changes.kinds.update_primary_region.outcome import judge
from keyconsole.changes.kinds.update_primary_region.plan import already_so, differences, plan_for
from keyconsole.changes.models import Answer, Approval, Attempt, Change, Observation, Review
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.states import State
from keyconsole.demo.accounts_and_regions import StoryKey
from keyconsole.demo.key_policies import key_policy
from keyconsole.demo.past_changes import Ending, PastChange
from keyconsole.demo.policies import MEMBERS, Then
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.kms.policies import policy_digest

WORKER = "worker keys-1.internal:812"
DEADLINE = timedelta(minutes=15)
_PAUSES = (1, 1, 2, 3, 5, 8)
_LONGEST_PAUSE = 10
_LATE_SECONDS = 1_084.0
_FOUND_OUT_AFTER = timedelta(minutes=7)
_REVIEWED_AFTER = timedelta(hours=43, minutes=12)
REVIEWER = "bea"


@dataclass(frozen=True, slots=True)
class Told:
    """One change of the past with the moments that its rows and its record share."""

    past: PastChange
    story: StoryKey
    number: int
    called_at: datetime
    then: Then

    @property
    def ref(self) -> str:
        return f"CR-{self.number}"

    @property
    def chance(self) -> Random:
        """The same numbers in every run."""
        return Random(self.ref)  # nosec B311  # noqa: S311 - a story, not a secret

    @property
    def approvers(self) -> tuple[str, ...]:
        """In the order of their votes; nobody where none was needed, or where it did not come to that."""
        if not self.then.rules.needs_approval or not self.past.approver:
            return ()
        return (*(name for name in self.skipped if name != self.past.approver), self.past.approver)

    @property
    def was_approved(self) -> bool:
        """Or needed nobody's approval."""
        return bool(self.approvers) or self.is_emergency or not self.then.rules.needs_approval

    @property
    def is_emergency(self) -> bool:
        return bool(self.past.review)

    @property
    def skipped(self) -> list[str]:
        return sorted(username for group, username, _ in MEMBERS if group in self._groups)

    @property
    def review_due_at(self) -> datetime:
        return self.requested_at + timedelta(hours=self.then.rules.review_within_hours)

    @property
    def reviewed_at(self) -> datetime:
        return self.requested_at + _REVIEWED_AFTER

    @property
    def requested_at(self) -> datetime:
        waited = self.chance.uniform(240, 3_900) if self.approvers else 2.4
        return self.called_at - timedelta(seconds=waited)

    @property
    def approved_at(self) -> datetime:
        return self.called_at - timedelta(seconds=2.3) if self.approvers else self.requested_at

    @property
    def votes(self) -> list[tuple[str, datetime]]:
        """Evenly spread; the last one is the one that was missing."""
        apart = (self.approved_at - self.requested_at) / max(len(self.approvers), 1)
        return [
            (approver, self.approved_at - apart * missing)
            for missing, approver in zip(range(len(self.approvers) - 1, -1, -1), self.approvers, strict=True)
        ]

    @property
    def claimed_at(self) -> datetime:
        return self.called_at - timedelta(seconds=1.4)

    @property
    def looked_at(self) -> datetime:
        return self.called_at - timedelta(seconds=0.2)

    @property
    def answered_at(self) -> datetime:
        lost = self.past.ending is Ending.DONE_UNANSWERED
        return self.called_at + timedelta(seconds=10.1 if lost else 0.31)

    @property
    def look_times(self) -> list[datetime]:
        """After the call; the last one finds it settled."""
        if not self.past.ending.moves:
            return []
        late = self.past.ending is Ending.DONE_LATE
        settled = self.answered_at + timedelta(
            seconds=_LATE_SECONDS if late else self.chance.uniform(3.5, 14)
        )
        times = [self.answered_at + timedelta(seconds=0.6)]
        while times[-1] < settled:
            taken = len(times) - 1
            pause = _PAUSES[taken] if taken < len(_PAUSES) else _LONGEST_PAUSE
            times.append(times[-1] + timedelta(seconds=pause + 0.2))
        return times

    @property
    def closed_at(self) -> datetime:
        if self.past.ending.moves:
            return self.look_times[-1]
        if self.past.ending is Ending.CANCELLED:
            # Where it waited for others there was time to find out; else a worker was about to take it.
            return self.approved_at + (timedelta(seconds=0.9) if self.was_approved else _FOUND_OUT_AFTER)
        sent = self.past.ending in {Ending.REFUSED_DENIED, Ending.REFUSED_DISABLED}
        return self.answered_at if sent else self.looked_at

    @property
    def overdue_at(self) -> datetime | None:
        deadline = self.answered_at + DEADLINE
        return next((time for time in self.look_times[:-1] if time >= deadline), None)

    @property
    def state(self) -> State:
        if self.past.ending.moves:
            return State.DONE
        if self.past.ending is Ending.CANCELLED:
            return State.CANCELLED
        stale = self.past.ending in {Ending.STALE_POLICY, Ending.STALE_MOVED}
        return State.STALE if stale else State.NOT_APPLIED

    @property
    def _groups(self) -> set[str]:
        return {need.group for need in self.then.rules.requirements}

    @property
    def request_id(self) -> str:
        return str(UUID(sha256(f"{self.story.key_id} {self.ref}".encode()).hexdigest()[:32], version=4))

    def arn_in(self, region: str) -> str:
        return f"arn:aws:kms:{region}:{self.story.account.account_id}:key/{self.story.key_id}"


def change_row(told: Told, key: MultiRegionKey, requester: User) -> Change:
    plan, rules = plan_of(told, key), told.then.rules
    attempt = attempt_row(told, Change(number=told.number))
    return Change(
        number=told.number,
        key=key,
        from_region=told.past.from_region,
        to_region=told.past.to_region,
        requester=requester,
        reason=told.past.reason,
        ticket=told.past.ticket,
        request_token=f"story-{told.number}",
        plan=plan,
        plan_sha256=plan_sha256(plan),
        rules=rules.as_json(),
        policy_why=told.then.why,
        state=told.state.value,
        version=6 + len(told.look_times),
        outcome=outcome_of(told, plan, attempt),
        requested_at=told.requested_at,
        state_since=told.closed_at,
        closed_at=told.closed_at,
        run_at=told.approved_at if told.was_approved else None,
        approval_expires_at=_approval_expires_at(told),
        is_emergency=told.is_emergency,
        rounds_taken=len({look.round for look in observations_of(told, Change())}),
        deadline_at=told.answered_at + DEADLINE if told.past.ending.moves else None,
        overdue_since=told.overdue_at,
    )


def plan_of(told: Told, key: MultiRegionKey) -> Plan:
    """As it was seen when the change was asked for: the primary elsewhere, both keys Enabled."""
    past = told.past
    then = MultiRegionKey(account=key.account, key_id=key.key_id, primary_region=past.from_region)
    pair = {past.from_region: "PRIMARY", past.to_region: "REPLICA"}
    return plan_for(
        then,
        to_region=past.to_region,
        region_keys=[
            RegionKey(
                region=region, role=role, state="Enabled", policy_sha256=_digest(told, region, planned=True)
            )
            for region, role in pair.items()
        ],
    )


def review_row(told: Told, change: Change, people: dict[str, User]) -> Review:
    return Review(
        change=change,
        used_by=change.requester,
        opened_at=told.requested_at,
        due_at=told.review_due_at,
        reviewer=people[REVIEWER],
        reviewed_at=told.reviewed_at,
        was_right=True,
        comment=told.past.review,
    )


def approval_rows(told: Told, change: Change, people: dict[str, User]) -> Iterator[Approval]:
    for approver, approved_at in told.votes:
        yield Approval(
            change=change,
            approver=people[approver],
            requester=change.requester,
            plan_sha256=change.plan_sha256,
            approved_at=approved_at,
        )


def attempt_row(told: Told, change: Change) -> Attempt | None:
    """None where nothing was sent to AWS."""
    if told.past.ending in {Ending.CANCELLED, Ending.STALE_MOVED, Ending.STALE_POLICY}:
        return None
    return Attempt(
        change=change,
        plan_sha256=change.plan_sha256,
        key_arn=told.arn_in(told.past.from_region),
        to_region=told.past.to_region,
        worker=WORKER,
        started_at=told.called_at,
        answered_at=told.answered_at,
        **answer_of(told),
    )


def answer_of(told: Told) -> dict[str, str]:
    """The words are AWS's own (observed 2026-09-12), and the SDK's where no answer came."""
    past = told.past
    if past.ending is Ending.DONE_UNANSWERED:
        said = f"Read timeout on endpoint URL: https://kms.{past.from_region}.amazonaws.com/"
        return {"answer": Answer.LOST, "error_code": "ReadTimeoutError", "error_message": said}
    if past.ending.moves:
        return {"answer": Answer.SUCCESS, "request_id": told.request_id}
    there = told.arn_in(past.to_region)
    refused = {"answer": Answer.REFUSED, "request_id": told.request_id}
    if past.ending is Ending.REFUSED_DISABLED:
        words = {"error_code": "DisabledException", "error_message": f"{there} is disabled."}
        return refused | words | {"culprit_arn": there}
    role = told.story.account.role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    said = (
        f"User: {role}/keyconsole-{told.ref} is not authorized to perform: kms:UpdatePrimaryRegion on "
        f"resource: {there} with an explicit deny in a resource-based policy"
    )
    called = told.arn_in(past.from_region)
    return refused | {"error_code": "AccessDeniedException", "error_message": said, "culprit_arn": called}


def observations_of(told: Told, change: Change) -> Iterator[Observation]:
    if told.past.ending is Ending.CANCELLED:
        return
    rounds = [told.looked_at, *told.look_times]
    for number, looked_at in enumerate(rounds):
        for region in told.story.regions:
            role, state, primary = _shown(told, region, number, settled=number == len(rounds) - 1)
            yield Observation(
                change=change,
                round=number,
                region=region,
                looked_at=looked_at,
                role=role,
                state=state,
                names_primary=primary,
            )


def outcome_of(told: Told, plan: Plan, attempt: Attempt | None) -> str:
    """The sentence that the product wrote then."""
    if told.state is State.CANCELLED:
        return f"Cancelled by {told.past.by}: {told.past.cancelled_because}"
    if told.state is State.STALE:
        return " ".join(["Nothing was sent to AWS.", *what_differs(told, plan)])
    if told.state is State.NOT_APPLIED and attempt:
        return explain(attempt).sentence
    views = [View(region, *_shown(told, region, 1, settled=True)) for region in told.story.regions]
    return judge(
        views,
        from_region=told.past.from_region,
        to_region=told.past.to_region,
        call=Call(said=Said.YES, words="AWS answered yes."),
    ).sentence


def what_differs(told: Told, plan: Plan) -> list[str]:
    now = []
    for region in (told.past.from_region, told.past.to_region):
        role, state, _ = _shown(told, region, 0, settled=False)
        digest = _digest(told, region, planned=False)
        now.append({"region": region, "role": role, "state": state, "policy_sha256": digest})
    found = differences(plan, now)
    already = already_so(plan, now)
    return [already, *found] if already else found


def _shown(told: Told, region: str, number: int, *, settled: bool) -> tuple[str, str, str]:
    """Role, state, and the Region that it calls primary, in the look with this number."""
    past = told.past
    before_the_call = number == 0 and past.ending is not Ending.STALE_MOVED
    primary = past.from_region if before_the_call else past.to_region
    under_way = number > 0 and not settled and region in {past.from_region, past.to_region}
    role = "PRIMARY" if region == primary else "REPLICA"
    return role, "Updating" if under_way else "Enabled", primary


def _digest(told: Told, region: str, *, planned: bool) -> str:
    policy = key_policy(told.story, region)
    if planned and told.past.ending is Ending.STALE_POLICY and region == told.past.to_region:
        policy = policy.replace("kms:GenerateDataKey*", "kms:GenerateDataKey")
    return policy_digest(policy)


def _approval_expires_at(told: Told) -> datetime | None:
    """An emergency has no approval that could expire."""
    if told.is_emergency or not told.was_approved:
        return None
    return told.approved_at + timedelta(hours=told.then.rules.approval_lives_hours)
