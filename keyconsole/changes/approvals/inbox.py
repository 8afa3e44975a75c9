"""What waits for a person: votes, runs, reviews, overdue changes, proposed policies.

The frame, the overview, the changes page and the command line share it. Asks what the verdicts ask, for all
changes at once.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from django.contrib.auth.models import User
from django.db.models import Exists, F, Min, OuterRef, Q

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Permission, roles_that_allow
from keyconsole.changes.models import Approval, Batch, Change, ChangeQuerySet, Review
from keyconsole.changes.states import State
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.models import PolicyVersion, PolicyVote, VersionState
from keyconsole.policies.quorum.requirements import APPROVERS, Requirement, VoteCount, count_votes
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.votes import may_agree

Needs = dict[int | None, tuple[Requirement, ...]]  # by policy version; None where no policy named the move


def needing(person: User) -> ChangeQuerySet:
    """Changes that wait for this person's vote, run or review, and overdue ones that concern them."""
    approves = _may(person, Permission.APPROVE)
    overdue = Q(overdue_since__isnull=False, closed_at=None) & (approves | Q(requester=person))
    to_run = Q(requester=person, state=State.APPROVED.value, run_at=None, is_emergency=False)
    found = overdue | to_run
    if names := _naming(person, _undecided(person).filter(approves)):
        asked = approves & names
        found |= asked & (_lacking_a_vote(person, asked) | _review_of_another(person))
    return Change.objects.filter(_may(person, Permission.VIEW)).filter(found)


def proposals_needing(person: User) -> list[PolicyVersion]:
    """Proposed policies that wait for this person's agreement."""
    proposed = PolicyVersion.objects.filter(state=VersionState.PROPOSED).exclude(proposer=person)
    unvoted = proposed.exclude(Exists(PolicyVote.objects.filter(version=OuterRef("pk"), voter=person)))
    found = unvoted.select_related("policy", "proposer").order_by("proposed_at")
    return [version for version in found if may_agree(person, version).allowed]


def needs_count(person: User) -> int:
    return one_a_batch(needing(person)).count() + len(proposals_needing(person))


def one_a_batch(changes: ChangeQuerySet) -> ChangeQuerySet:
    """A batch is decided on as a whole: its first line stands for those that wait for the same."""
    alone = Q(batch=None) | ~Q(state__in=[State.PENDING.value, State.APPROVED.value])
    together = changes.order_by().values("batch", "state").annotate(first=Min("pk"))
    return changes.filter(alone | Q(pk__in=together.values("first")))


def stands_for(change: Change) -> Batch | None:
    """The batch that a row which `one_a_batch` kept stands for; None where it stands for itself."""
    return change.batch if change.state in {State.PENDING, State.APPROVED} else None


def wanted(change: Change) -> str:
    """What the person is needed for, on a row that `needing` found."""
    if change.overdue_since and change.is_open:
        return "overdue"
    if change.is_emergency:
        return "your review"
    return "your approval" if change.state == State.PENDING else "you to run it"


def _may(person: User, permission: Permission) -> Q:
    grants = RoleGrant.objects.filter(person=person, role__in=roles_that_allow(permission))
    here = Q(account=None) | Q(account=OuterRef("key__account"))
    return Q(Exists(grants.filter(here)))


def _undecided(person: User) -> ChangeQuerySet:
    """Others' changes that wait for a vote or a review."""
    return Change.objects.exclude(requester=person).filter(
        Q(state=State.PENDING.value) | _review_of_another(person)
    )


def _review_of_another(person: User) -> Q:
    reviews = Review.objects.filter(change=OuterRef("pk"), reviewed_at=None).exclude(used_by=person)
    return Q(is_emergency=True) & Q(Exists(reviews))


def _naming(person: User, undecided: ChangeQuerySet) -> Q | None:
    """Which of them name a group of this person. Few versions stand behind however many changes."""
    needs = _needs_of(undecided)
    if not needs:
        return None
    groups = {APPROVERS, *person.groups.values_list("name", flat=True)}
    mine = [version for version, needed in needs.items() if any(need.group in groups for need in needed)]
    named = Q(policy_version__in=[version for version in mine if version is not None])
    named = named | Q(policy_version=None) if None in mine else named
    return Q(pk__in=undecided.values("pk")) & named


def _needs_of(undecided: ChangeQuerySet) -> Needs:
    versions = undecided.order_by().values_list("policy_version", "policy_version__document").distinct()
    return {
        version: (stored_rules(document) if version else DEFAULT).requirements or DEFAULT.requirements
        for version, document in versions
    }


def _lacking_a_vote(person: User, asked: Q) -> Q:
    """Those that wait with missing places which this person's vote would fill."""
    pending = Q(state=State.PENDING.value)
    voted = Approval.objects.not_withdrawn().filter(
        change=OuterRef("pk"), plan_sha256=OuterRef("plan_sha256")
    )
    begun = Change.objects.filter(asked & pending & Q(Exists(voted)))
    still_open = _still_open_for(person, begun.exclude(Exists(voted.filter(approver=person))))
    return pending & (~Q(Exists(voted)) | Q(pk__in=still_open))


def _still_open_for(person: User, begun: ChangeQuerySet) -> list[int]:
    votes: dict[int, set[str]] = defaultdict(set)
    counted = Approval.objects.not_withdrawn().filter(change__in=begun, plan_sha256=F("change__plan_sha256"))
    for pk, username in counted.values_list("change", "approver__username"):
        votes[pk].add(username)
    if not votes:
        return []
    adds = _Adding(person, Roster.read(), _needs_of(begun))
    facts = begun.values_list("pk", "policy_version", "key__account__pk", "requester__username")
    return [
        pk
        for pk, version, account, requester in facts
        if adds(version, account, requester, frozenset(votes[pk]))
    ]


class _Adding:
    """Whether a person's vote would fill a place that is still empty. Many changes ask the same question."""

    def __init__(self, person: User, roster: Roster, needs: Needs) -> None:
        self._name = person.get_username()
        self._roster = roster
        self._needs = needs
        self._ask = cache(self._work_out)

    def __call__(self, version: int | None, account: int, requester: str, votes: frozenset[str]) -> bool:
        return self._ask(version, account, requester, votes)

    def _work_out(self, version: int | None, account: int, requester: str, votes: frozenset[str]) -> bool:
        needs = self._needs.get(version, ())
        able = self._roster.members(needs, AwsAccount(pk=account))
        members = {group: people - {requester} for group, people in able.items()}
        now, then = (
            count_votes(needs, votes=cast, members=members) for cast in (votes, votes | {self._name})
        )
        return _missing(then) < _missing(now)


def _missing(found: VoteCount) -> int:
    return sum(line.missing for line in found.lines)
