"""What somebody confirms about a policy or the freeze by proving who they are, as the page says that asks."""

from __future__ import annotations

from django.http import HttpRequest

from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule import freeze
from keyconsole.policies.versions.horizon import horizon_of
from keyconsole.policies.versions.votes import may_agree, may_propose
from keyconsole.web.guards import person_of
from keyconsole.web.policies.forms import WhyForm
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
    if not freeze.may_lift(person_of(request)).allowed:
        return None
    return Confirmation("lift the freeze of everything", "Changes run again as their policies say.")
