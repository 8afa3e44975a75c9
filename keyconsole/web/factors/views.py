"""One's own second factors. Whatever changes them asks for a fresh proof, through the sign-in library."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.people.factors import add, recovery_codes, totp
from keyconsole.people.factors.held import factors
from keyconsole.people.factors.remove import may_remove, remove
from keyconsole.refusals import Invalid, Refused
from keyconsole.web.addresses import address_of
from keyconsole.web.factors import page
from keyconsole.web.factors.adapter import issuer
from keyconsole.web.factors.forms import AddPasskeyForm
from keyconsole.web.factors.new_codes import codes_to_show, keep_to_show
from keyconsole.web.factors.own_forms import NameForm, SetUpForm
from keyconsole.web.factors.qr import qr_code
from keyconsole.web.factors.set_up import forget_secret, pending_secret
from keyconsole.web.guards import View, person_of, signed_in

HOME = "factors"


def _fresh(view: Callable[..., HttpResponseBase]) -> View:
    return signed_in(reauthentication_required(app="allauth.mfa")(view))


@signed_in
@require_safe
def factors_of_mine(request: HttpRequest) -> HttpResponse:
    return render(request, "factors/index.html", page.own_factors(request))


@_fresh
@require_http_methods(["GET", "POST"])
def add_totp(request: HttpRequest) -> HttpResponseBase:
    person, now = person_of(request), timezone.now()
    if factors().filter(user=person, type=Authenticator.Type.TOTP).exists():
        messages.info(request, "An authenticator app is set up already. Remove it before you set up another.")
        return redirect(HOME)
    secret = pending_secret(request, now=now)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add.add_totp(person, secret, form.code_digits, address=address_of(request), now=now)
        except Invalid as invalid:
            form.add_error("code", invalid.problems["code"])
        else:
            forget_secret(request)
            return _added(request, "Your authenticator app is set up.")
    picture = qr_code(totp.set_up_address(secret, username=person.username, issuer=issuer()))
    return render(request, "factors/add_totp.html", {"form": form, "secret": secret, "qr": picture})


@_fresh
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    form = AddPasskeyForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        credential, name = form.cleaned_data["credential"], form.cleaned_data["name"]
        try:
            add.add_passkey(person, credential, name=name, address=address_of(request), now=timezone.now())
        except Invalid as invalid:
            form.add_error("name", invalid.problems["name"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _added(request, f"The passkey {name} is set up.")
    here = page.passkeys_here(request)
    begun = webauthn.begin_registration(person, passwordless=False) if here["passkeys_work"] else None
    shown = {"form": form, "js_data": {"creation_options": begun}, **here}
    return render(request, "factors/add_passkey.html", shown)


@_fresh
@require_http_methods(["GET", "POST"])
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    factor = _own(request, pk, Authenticator.Type.WEBAUTHN)
    form = NameForm(request.POST or None, initial={"name": factor.data["name"]})
    if request.method == "POST" and form.is_valid():
        try:
            add.rename_passkey(factor, form.new_name, address=address_of(request), now=timezone.now())
        except Invalid as invalid:
            form.add_error("name", invalid.problems["name"])
        else:
            return redirect(HOME)
    return render(request, "factors/rename_passkey.html", {"form": form, "factor": factor})


@_fresh
@require_http_methods(["GET", "POST"])
def remove_factor(request: HttpRequest, pk: int) -> HttpResponseBase:
    factor = _own(request, pk)
    if request.method == "POST":
        try:
            remove(factor, address=address_of(request), now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "It is removed, and proves nothing any more.")
        return redirect(HOME)
    shown = {"factor": page.row_of(factor), "is_last": page.is_last(factor), "why_not": may_remove(factor)}
    return render(request, "factors/remove.html", shown)


@_fresh
@require_http_methods(["GET", "POST"])
def make_recovery_codes(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    if request.method == "POST":
        try:
            codes = recovery_codes.make_codes(person, address=address_of(request), now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(HOME)
        keep_to_show(request, codes)
        return redirect("recovery-codes")
    shown = {"left": recovery_codes.codes_left(person), "has_factor": factors().filter(user=person).exists()}
    return render(request, "factors/make_recovery_codes.html", shown)


@_fresh
@require_safe
def show_recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Once, after they were made. Somebody who opens it again sees that they are not shown."""
    return render(request, "factors/recovery_codes.html", {"codes": codes_to_show(request)})


def _added(request: HttpRequest, sentence: str) -> HttpResponse:
    """On to the recovery codes where there are none, since the first factor can be lost from now on."""
    messages.success(request, sentence)
    has_codes = recovery_codes.codes_left(person_of(request)) is not None
    return redirect(HOME if has_codes else "recovery-codes-make")


def _own(request: HttpRequest, pk: int, *kinds: str) -> Authenticator:
    mine = factors().filter(user=person_of(request), pk=pk)
    factor: Authenticator | None = (mine.filter(type__in=kinds) if kinds else mine).first()
    if factor is None:
        raise Http404("You have no such second factor.")
    return factor
