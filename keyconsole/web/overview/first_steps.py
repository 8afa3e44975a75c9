"""The three steps of an empty server: an account, a person, a policy. Gone from the page when all are done.

Reads the database only. Tells what holds now: a step that was undone is a step again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import can, can_somewhere, people_who_can
from keyconsole.aws_accounts.roles import Permission, roles_that_allow
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.models import PolicyVersion, VersionState
from keyconsole.text import listed

_NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    says: str
    done: bool
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """`steps` for whoever may do them; the others read in `at_work` who does. Both empty: nothing to show."""

    steps: Sequence[Step] = ()
    at_work: str = ""

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)


def first_steps_of(person: User) -> FirstSteps:
    if not can_somewhere(person, Permission.VIEW):
        return FirstSteps()
    steps = (_account(), _person(person), _policy())
    done = sum(step.done for step in steps)
    if done == len(steps):
        return FirstSteps()
    if can(person, Permission.ADMINISTER):
        return FirstSteps(steps)
    return FirstSteps(at_work=_at_work(done, len(steps)))


def _account() -> Step:
    title = "An AWS account with a multi-Region key"
    if MultiRegionKey.objects.exists():
        return Step(title, "Keys are known.", done=True)
    account = AwsAccount.objects.order_by("being_set_up", "added_at").first()
    if account is None:
        says = "Its number and a name are enough; the next page says what to create there."
        return Step(title, says, done=False, action="Add account", url=reverse("account-add"))
    url = reverse("account", args=[account.account_id])
    if account.being_set_up:
        says = f"{account.name} waits for its role."
        return Step(title, says, done=False, action="Go on with the role", url=url)
    says = f"{account.name} can be entered; no multi-Region key was seen yet."
    return Step(title, says, done=False, action=f"Open {account.name}", url=url)


def _person(person: User) -> Step:
    title = "A second person, who approves"
    approvers = RoleGrant.objects.in_force().filter(role__in=roles_that_allow(Permission.APPROVE))
    if approvers.filter(person__is_active=True).exclude(person=person).exists():
        return Step(title, "Somebody else than you can approve.", done=True)
    says = "Nobody approves their own request: another person has to hold the role approver."
    return Step(title, says, done=False, action="Invite a person", url=reverse("person-invite"))


def _policy() -> Step:
    title = "A policy of your own"
    if PolicyVersion.objects.filter(state=VersionState.ACTIVE).exclude(document={}).exists():
        return Step(title, "A policy holds.", done=True)
    if waiting := PolicyVersion.objects.filter(state=VersionState.PROPOSED).select_related("policy").first():
        says = f"{waiting.policy.name} is proposed; others have to agree."
        url = reverse("policy", args=[waiting.policy.name])
        return Step(title, says, done=False, action=f"Open {waiting.policy.name}", url=url)
    says = "Until one holds, every move needs one of the account's approvers."
    return Step(title, says, done=False, action="Propose a policy", url=reverse("policy-new"))


def _at_work(done: int, of: int) -> str:
    names = list(
        people_who_can(Permission.ADMINISTER, None).order_by("username").values_list("username", flat=True)
    )
    if not names:
        return "Nobody administers KeyConsole yet; its operator adds somebody at the server's terminal."
    more = len(names) - _NAMED_AT_MOST
    named = listed([*names[:_NAMED_AT_MOST], *([f"{more} more"] if more > 0 else [])], "and")
    verb = "sets" if len(names) == 1 else "set"
    return f"{named} {verb} KeyConsole up: {done} of {of} steps {'is' if done == 1 else 'are'} done."
