"""People: all that one may see, and one of them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.web.fragments import page
from keyconsole.web.guards import person_of, requires
from keyconsole.web.people.facts import facts_about
from keyconsole.web.people.list import PeopleFilter, page_of, people_found
from keyconsole.web.people.page import page_about
from keyconsole.web.people.visible import Sight


@requires(Permission.ADMINISTER)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    sight, form = Sight.of(person_of(request)), PeopleFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    people_page = page_of(people_found(sight, wanted), request.GET.get("page"))
    context = {
        "form": form,
        "narrowed": any(wanted.values()),
        "sight": sight,
        "people_page": people_page,
        "rows": facts_about(list(people_page), sight, now=timezone.now()),
        "waiting": _waiting(sight),
    }
    return page(request, "people/index.html", "people", context)


@requires(Permission.ADMINISTER)
@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    sight = Sight.of(person_of(request))
    found = sight.person(username)
    return render(request, "people/person.html", page_about(found, sight, now=timezone.now()))


def _waiting(sight: Sight) -> int:
    """How many proposals of what gives power wait, as far as they see."""
    seen = (
        Q()
        if sight.everywhere
        else Q(account_id__in=accounts_where(sight.by, Permission.ADMINISTER).values("account_id"))
    )
    return AccessProposal.objects.filter(seen, state=AccessState.PROPOSED).count()
