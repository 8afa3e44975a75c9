"""Giving a role or a place in a group, with a preview first; and taking either away."""

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
from keyconsole.people.assign import propose_group, take_out_of_group
from keyconsole.people.assign import take_role as take
from keyconsole.people.dual_control.kinds import join_group as joining
from keyconsole.refusals import Refused
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.people.confirm import Confirmation, confirmed, say_done_or_waiting
from keyconsole.web.people.confirmed import sending
from keyconsole.web.people.forms import ALL, GroupForm, RoleForm
from keyconsole.web.people.preview import Preview, agreed_preview, preview_of_role
from keyconsole.web.people.visible import Sight

_METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.ADMINISTER, proof=Proof.FRESH, confirms=sending("give {username} a role"))
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


@requires(
    Permission.ADMINISTER,
    everywhere=True,
    proof=Proof.FRESH,
    confirms=sending("put {username} into a group of approvers"),
)
@require_http_methods(_METHODS)
def join_group(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    form, title = GroupForm(request.POST if request.method == "POST" else None), "Put into a group"
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _form(request, person, form, title)
    group, why = form.cleaned_data["group"], form.cleaned_data["why"]
    try:
        facts = joining.facts_of(person, group)
        if request.POST.get("step") != "send":
            says = (
                f"{person.username} may then approve what asks for the group {facts['group']}, wherever they "
                "have the approver role."
            )
            return _form(request, person, form, title, agreed_preview(says, joining.NAME, facts, by=by))
        proposal = propose_group(person, group, why=why, by=by, now=timezone.now())
    except Refused as refused:
        return _refused(request, person, form, title, refused)
    say_done_or_waiting(request, proposal, done=f"{person.username} is in the group {facts['group']}.")
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


@requires(Permission.ADMINISTER, everywhere=True)
@require_http_methods(_METHODS)
def leave_group(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    group = (request.POST or request.GET).get("group", "")
    if not group.isprintable() or not person.memberships.filter(group__name=group).exists():
        raise Http404("They are in no such group.")
    shown = Confirmation(
        title=f"Take {person.username} out of {group}",
        says=(f"{person.username} then fills no place of {group} any more, in open approvals either.",),
        button="Take them out",
        done=f"{person.username} is no longer in the group {group}.",
        hidden={"group": group},
    )
    return confirmed(
        request,
        person,
        shown,
        lambda why: take_out_of_group(person, group, why=why, by=by, now=timezone.now()),
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
