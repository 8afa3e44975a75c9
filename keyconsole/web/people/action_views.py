"""What administrators of every account do with a person's way in: disable, enable, end sessions, reset."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keyconsole.aws_accounts.roles import Permission
from keyconsole.people import disable as disabling
from keyconsole.people import enable as enabling
from keyconsole.people import reset_link, sessions
from keyconsole.people.dual_control.kinds import enable_person
from keyconsole.refusals import Refused
from keyconsole.text import listed
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.links.sent import sent_link
from keyconsole.web.people.confirm import Confirmation, confirmed
from keyconsole.web.people.confirmed import doing
from keyconsole.web.people.visible import Sight
from keyconsole.web.proposals import say

_METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.ADMINISTER, everywhere=True)
@require_http_methods(_METHODS)
def disable(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    shown = Confirmation(
        title=f"Disable {person.username}",
        says=(
            "Their sessions, tokens and links end. Their open approvals count no more.",
            "Roles and groups stay listed and give nothing. Enabling gives back what is held by then.",
            "Nothing is deleted: the record keeps the name.",
        ),
        button=f"Disable {person.username}",
        done=f"{person.username} is disabled.",
    )
    return confirmed(
        request, person, shown, lambda why: disabling.disable(person, why=why, by=by, now=timezone.now())
    )


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=doing("enable {username}"))
@require_http_methods(_METHODS)
def enable(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    power = enable_person.power_of(person)
    says = (
        f"{person.username} then holds again: {listed(power)}. That is power over others, so another "
        "administrator has to agree first."
        if power
        else f"{person.username} may sign in again at once, with the password they had."
    )
    shown = Confirmation(
        title=f"Enable {person.username}",
        says=(says,),
        button="Propose it" if power else f"Enable {person.username}",
        done=f"{person.username} may sign in again.",
        style="primary",
    )
    return confirmed(
        request, person, shown, lambda why: enabling.enable(person, why=why, by=by, now=timezone.now())
    )


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def end_session(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    number = request.POST.get("session", "")
    known = number.isascii() and number.isdigit() and len(number) < 12
    if known and sessions.end_session(person, int(number), by=by.username, now=timezone.now()):
        messages.success(request, f"One session of {person.username} has ended.")
    else:
        messages.info(request, "That session had ended already.")
    return redirect("person", person.username)


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def end_sessions(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    ended = sessions.end_sessions(person, by=by.username, now=timezone.now())
    if ended:
        counted = "1 session" if ended == 1 else f"{ended} sessions"
        messages.success(request, f"{counted} of {person.username} ended.")
    else:
        messages.info(request, f"{person.username} had no session.")
    return redirect("person", person.username)


@requires(
    Permission.ADMINISTER,
    everywhere=True,
    proof=Proof.FRESH,
    confirms=doing("make a link with which {username} chooses a new password"),
)
@require_http_methods(_METHODS)
def reset(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)
    context = {"person": person, "sent_alone": reset_link.goes_to_their_address_alone(person)}
    if request.method != "POST":
        return render(request, "people/reset.html", context)
    try:
        secret = reset_link.make_reset_link(person, by=by, now=timezone.now())
    except Refused as refused:
        return render(request, "people/reset.html", context | {"reasons": refused.reasons})
    return sent_link(request, secret, by=by)


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def withdraw_reset(request: HttpRequest, username: str) -> HttpResponse:
    by = person_of(request)
    person = Sight.of(by).person(username)

    def decide() -> str:
        reset_link.withdraw_reset_link(person, by=by, now=timezone.now())
        return "The link opens nothing any more."

    say(request, decide)
    return redirect("person", person.username)
