"""What waits for a person: votes, runs, reviews, overdue changes, proposed policies, edits and power.

The frame, the overview, the changes page and the command line share it. Asks what the verdicts ask, for all
changes at once.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Exists, Min, OuterRef, Q, Value

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Permission, Role, roles_that_allow
from keyconsole.changes.models import Batch, Change, ChangeQuerySet, EmergencyAgreement, Review
from keyconsole.changes.quorum import quorums_of
from keyconsole.changes.states import State
from keyconsole.people.dual_control.may import may_agree as may_agree_to_access
from keyconsole.people.groups import group_names_of
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.policies.models import (
    AccountEdit,
    AccountEditVote,
    EditState,
    PolicyVersion,
    PolicyVote,
    VersionState,
)
from keyconsole.policies.versions.votes import may_agree


def needing(person: User) -> ChangeQuerySet:
    """Changes that wait for this person's vote, run or review, and overdue ones that concern them."""
    held = _grants_of(person)
    approves, administers = _where(held, Permission.APPROVE), _where(held, Permission.ADMINISTER)
    concerned = approves | administers | Q(requester=person)
    overdue = Q(overdue_since__isnull=False, closed_at=None) & concerned
    to_run = Q(requester=person, state=State.APPROVED.value, run_at=None, is_emergency=False)
    wanted_by = _wanting(person, Change.objects.filter(approves))
    seen = Change.objects.filter(_where(held, Permission.VIEW))
    return seen.filter(overdue | to_run | _to_agree(person) | Q(pk__in=wanted_by))


def proposals_needing(person: User) -> list[PolicyVersion]:
    """Proposed policies that wait for this person's agreement."""
    proposed = PolicyVersion.objects.filter(state=VersionState.PROPOSED).exclude(proposer=person)
    unvoted = proposed.exclude(Exists(PolicyVote.objects.filter(version=OuterRef("pk"), voter=person)))
    found = unvoted.select_related("policy", "proposer").order_by("proposed_at")
    return [version for version in found if may_agree(person, version).allowed]


def edits_needing(person: User) -> list[AccountEdit]:
    """Proposed edits of AWS accounts that wait for this person's agreement."""
    proposed = AccountEdit.objects.filter(state=EditState.PROPOSED).exclude(proposer=person)
    unvoted = proposed.exclude(Exists(AccountEditVote.objects.filter(edit=OuterRef("pk"), voter=person)))
    found = unvoted.select_related("account", "proposer").order_by("proposed_at")
    return [edit for edit in found if may_agree(person, edit).allowed]


def access_needing(person: User) -> list[AccessProposal]:
    """What would give power and waits for this person's agreement."""
    proposed = AccessProposal.objects.filter(state=AccessState.PROPOSED).exclude(proposer=person)
    found = proposed.select_related("proposer").order_by("proposed_at")
    return [each for each in found if may_agree_to_access(person, each).allowed]


def needs_count(person: User) -> int:
    """Every page asks: what is proposed is looked at only where anything is."""
    count, proposed = one_a_batch(needing(person)).count(), _what_is_proposed()
    count += len(proposals_needing(person)) if "policies" in proposed else 0
    count += len(edits_needing(person)) if "accounts" in proposed else 0
    return count + (len(access_needing(person)) if "access" in proposed else 0)


def _what_is_proposed() -> set[str]:
    policies = PolicyVersion.objects.filter(state=VersionState.PROPOSED).order_by()
    accounts = AccountEdit.objects.filter(state=EditState.PROPOSED).order_by()
    access = AccessProposal.objects.filter(state=AccessState.PROPOSED).order_by()
    every = policies.values_list(Value("policies")).union(
        accounts.values_list(Value("accounts")), access.values_list(Value("access"))
    )
    return {kind for (kind,) in every}


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
        return "your agreement" if change.state == State.PENDING else "your review"
    return "your approval" if change.state == State.PENDING else "you to run it"


def _grants_of(person: User) -> list[tuple[Role, int | None]]:
    """By role and account; None for all accounts. Read once, since every page asks for the count."""
    held = RoleGrant.objects.in_force().filter(person=person).values_list("role", "account__pk")
    return [(Role(role), account) for role, account in held]


def _where(held: list[tuple[Role, int | None]], permission: Permission) -> Q:
    """The changes in whose accounts the grants allow it."""
    roles = roles_that_allow(permission)
    places = {account for role, account in held if role in roles}
    return ~Q(pk__in=[]) if None in places else Q(key__account__in=places)


def _to_agree(person: User) -> Q:
    """Emergencies that wait for another member of a group of theirs."""
    groups = group_names_of(person)
    asked = EmergencyAgreement.objects.filter(change=OuterRef("pk"), member=None, group__in=groups)
    return Q(Exists(asked.exclude(used_by=person)), state=State.PENDING.value)


def _wanting(person: User, theirs: ChangeQuerySet) -> list[int]:
    """Those that wait for a vote or a review which this person may give."""
    owed = Q(is_emergency=True) & Q(Exists(Review.objects.filter(change=OuterRef("pk"), reviewed_at=None)))
    undecided = theirs.filter(Q(state=State.PENDING.value, is_emergency=False) | owed)
    name = person.get_username()
    return [pk for pk, quorum in quorums_of(undecided).items() if quorum.wants(name)]
