"""What somebody confirms about a policy or the freeze by proving who they are, as the page says that asks."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from keyconsole.people.dual_control.kinds import join_group
from keyconsole.people.dual_control.may import why_not_proposed
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule.lifting import may_propose_to_lift
from keyconsole.policies.versions.horizon import horizon_of
from keyconsole.policies.versions.votes import may_agree, may_propose
from keyconsole.web.guards import person_of
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.policies.group_forms import LeaveForm, MemberForm
from keyconsole.web.policies.views import policy_called
from keyconsole.web.proposals import number_sent
from keyconsole.web.reauthentication import Confirmation


def proposing(request: HttpRequest, name: str = "") -> Confirmation | None:
    """Writing and looking at it is nothing that needs a proof."""
    person = person_of(request)
    if request.POST.get("step") != "propose" or not may_propose(person).allowed:
        return None
    if name:
        policy = policy_called(horizon_of(person), name)
        return Confirmation(f"propose another version of the policy {policy.name}")
    return Confirmation("propose a new policy")


def retiring(request: HttpRequest, name: str) -> Confirmation | None:
    person = person_of(request)
    if not may_propose(person).allowed or not WhyForm(request.POST).is_valid():
        return None
    return Confirmation(f"propose to retire the policy {policy_called(horizon_of(person), name).name}")


def agreeing(request: HttpRequest, name: str) -> Confirmation | None:
    person = person_of(request)
    horizon = horizon_of(person)
    versions = PolicyVersion.objects.select_related("policy", "proposer")
    policy, number = policy_called(horizon, name), number_sent(request, "version")
    version = versions.filter(policy=policy, number=number).first()
    if version is None or not (version.retires or horizon.holds_version(version)):
        return None
    return Confirmation(f"agree to {version}") if may_agree(person, version).allowed else None


def lifting(request: HttpRequest) -> Confirmation | None:
    if not may_propose_to_lift(person_of(request), now=timezone.now()).allowed:
        return None
    return Confirmation(
        "propose to lift the freeze of everything",
        "When another agrees, changes run again as their policies say.",
    )


def joining(request: HttpRequest) -> Confirmation | None:
    """Looking at what it would do needs no proof."""
    form = MemberForm(request.POST)
    if request.POST.get("step") != "propose" or not form.is_valid() or not WhyForm(request.POST).is_valid():
        return None
    person, kind, facts = person_of(request), join_group.JOIN_GROUP, form.facts
    if why_not_proposed(person, kind, facts, now=timezone.now()):
        return None
    return Confirmation(f"propose to {kind.says(facts)}")


def leaving(request: HttpRequest) -> Confirmation | None:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return None
    return Confirmation(f"take {form.cleaned_data['person'].username} out of {form.cleaned_data['group']}")
