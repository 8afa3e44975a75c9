"""Inviting a person, inviting again, and taking the invitation back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.notifications.mail import email_works
from keyconsole.people import invitations
from keyconsole.refusals import Invalid, Refused
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.links.sent import sent_link
from keyconsole.web.people.confirmed import doing, inviting
from keyconsole.web.people.forms import InviteForm, chosen_account
from keyconsole.web.people.visible import Sight
from keyconsole.web.proposals import say


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=inviting)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    form = InviteForm(request.POST if request.method == "POST" else None, by=by)
    if form.is_valid():
        given = form.cleaned_data
        try:
            secret = invitations.invite(
                given["username"],
                email=given["email"],
                role=Role(given["role"]) if given["role"] else None,
                account=chosen_account(given["account"]),
                by=by,
                now=timezone.now(),
            )
        except Invalid as invalid:
            for field, sentence in invalid.problems.items():
                form.add_error(field if field in form.fields else None, sentence)
        else:
            return sent_link(request, secret, by=by)
    return render(request, "people/invite.html", {"form": form, "email_works": email_works()})


@requires(
    Permission.ADMINISTER,
    everywhere=True,
    proof=Proof.FRESH,
    confirms=doing("make another invitation for {username}"),
)
@require_POST
def invite_again(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    try:
        secret = invitations.invite_again(person, by=by, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("person", person.username)
    return sent_link(request, secret, by=by)


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def withdraw_invitation(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)

    def decide() -> str:
        invitations.withdraw_invitation(person, by=by, now=timezone.now())
        return f"The invitation of {person.username} opens nothing any more."

    say(request, decide)
    return redirect("person", person.username)
