"""What somebody confirms about what groups give, in the words of the page that asks for proof."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from keyconsole.people.sso.mapping import as_wanted, mappings
from keyconsole.web.guards import person_of
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.reauthentication import Confirmation
from keyconsole.web.sso.forms import MappingForm
from keyconsole.web.sso.page import who_decides


def mapping_a_group(request: HttpRequest) -> Confirmation | None:
    """Proposing it; looking at who would gain what needs no proof."""
    form = MappingForm(request.POST)
    proposes = request.POST.get("step") == "propose"
    if not proposes or not form.is_valid() or not WhyForm(request.POST).is_valid():
        return None
    if who_decides(form.asked, person_of(request), now=timezone.now()).reasons:
        return None
    return Confirmation(f"propose to {form.asked.says}")


def removing_a_mapping(_: HttpRequest, pk: int) -> Confirmation | None:
    found = mappings().filter(pk=pk).first()
    if found is None:
        return None
    asked = as_wanted(found)
    return Confirmation(f"remove that the group {asked.sso_group} of single sign-on gives {asked.gives}")
