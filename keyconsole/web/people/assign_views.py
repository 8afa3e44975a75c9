"""Giving a role, with a preview first; and taking one away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.assign import give_role as give
from keyconsole.people.assign import take_role as take
from keyconsole.refusals import Refused
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.people.confirm import Confirmation, confirmed, say_done_or_waiting
from keyconsole.web.people.confirmed import giving_a_role
from keyconsole.web.people.forms import ALL, RoleForm
from keyconsole.web.people.preview import Preview, preview_of_role
from keyconsole.web.people.visible import Sight

_METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.ADMINISTER, proof=Proof.FRESH, confirms=giving_a_role)
@require_http_methods(_METHODS)
def give_role(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    form = RoleForm(request.POST if request.method == "POST" else None, by=by)
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _form(request, person, form, "Give a role")
    role, account, ends_at = form.role_chosen, form.account_chosen, form.ends_at
    preview = preview_of_role(person, role, account, ends_at=ends_at, by=by)
    if request.POST.get("step") != "send":
        return _form(request, person, form, "Give a role", preview)
    try:
        why = form.cleaned_data["why"]
        proposal = give(person, role, account, ends_at=ends_at, why=why, by=by, now=timezone.now())
    except Refused as refused:
        return _refused(request, person, form, "Give a role", refused)
    say_done_or_waiting(
        request, proposal, done=f"{person.username} is {role} in {account or 'all accounts'}."
    )
    return redirect("person", person.username)


@requires(Permission.ADMINISTER)
@require_http_methods(_METHODS)
def take_role(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    role, account = _role_named(request), _account_named(request, by)
    where = str(account) if account else "all accounts"
    shown = Confirmation(
        title=f"Take the role {role} from {person.username}",
        says=(
            f"{person.username} is then no longer {role} in {where}.",
            "It takes effect at once: approvals that rest on it count no more.",
        ),
        button="Take it away",
        done=f"{person.username} is no longer {role} in {where}.",
        hidden={"role": role.value, "account": account.account_id if account else ALL},
    )
    return confirmed(
        request, person, shown, lambda why: take(person, role, account, why=why, by=by, now=timezone.now())
    )


def _form(
    request: HttpRequest, person: User, form: Any, title: str, preview: Preview | None = None
) -> HttpResponse:
    context = {"person": person, "form": form, "title": title, "preview": preview}
    return render(request, "people/give.html", context)


def _refused(request: HttpRequest, person: User, form: Any, title: str, refused: Refused) -> HttpResponse:
    for reason in refused.reasons:
        form.add_error(None, str(reason))
    return _form(request, person, form, title)


def _role_named(request: HttpRequest) -> Role:
    try:
        return Role((request.POST or request.GET).get("role", ""))
    except ValueError:
        raise Http404("No such role.") from None


def _account_named(request: HttpRequest, by: User) -> AwsAccount | None:
    """None stands for all accounts, and takes somebody who administers all."""
    number = (request.POST or request.GET).get("account", "")
    if number == ALL and can(by, Permission.ADMINISTER):
        return None
    there = accounts_where(by, Permission.ADMINISTER)
    account = there.filter(account_id=number).first() if number.isprintable() else None
    if account is None:
        raise Http404("No such account.")
    return account
