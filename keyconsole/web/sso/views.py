"""To the provider and back; and the link from the server's terminal that takes its place while it is down."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.people.sso import emergency, second_factor
from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.identity import known_as, vouched_for
from keyconsole.people.sso.oidc.flow import Begun, Returned, address_of_sign_in, returned
from keyconsole.people.sso.oidc.provider import Provider, the_provider
from keyconsole.web.guards import open_to_anyone, person_of, signed_in
from keyconsole.web.sso.again import prove_again_by_sso
from keyconsole.web.sso.began import keep, take
from keyconsole.web.sso.failure_page import address_of, failed, refuse_too_many
from keyconsole.web.sso.session import BY_LINK, BY_PROVIDER, begin, begin_by_link


@open_to_anyone
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """A link, and no form: browsers would hold a form's way to another server against our own policy."""
    return _to_provider(request, again=False)


@signed_in
@require_safe
def prove_again(request: HttpRequest) -> HttpResponse:
    if not prove_again_by_sso(person_of(request)):
        raise Http404
    return _to_provider(request, again=True)


@open_to_anyone
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    provider = _provider_or_404()
    kept = take(request, request.GET.get("state", ""))
    if kept is None:
        return failed(request, SignInFailed(Why.STATE_LOST))
    try:
        refuse_too_many(request)
        came = returned(provider, kept.begun, request.GET.dict())
        if kept.begun.again:
            return _proved_again(request, came, next_url=kept.next_url)
        identity = vouched_for(came.claims, came.tokens, now=timezone.now())
    except SignInFailed as failure:
        return failed(request, failure)
    return begin(request, identity, came.claims, next_url=kept.next_url)


@open_to_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def emergency_sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """A page with a button first: whatever looks at links beforehand uses none up."""
    now = timezone.now()
    try:
        if request.method != "POST":
            context = {"waiting": emergency.waiting(secret, now=now)}
            return render(request, "sso/emergency.html", context)
        person = emergency.use(secret, address=address_of(request), now=now)
    except SignInFailed as failure:
        return failed(request, failure, via=BY_LINK)
    return begin_by_link(request, person)


def _to_provider(request: HttpRequest, *, again: bool) -> HttpResponse:
    provider = _provider_or_404()
    redirect_uri = request.build_absolute_uri(reverse("sso-callback"))
    begun = Begun.begin(redirect_uri=redirect_uri, again=again, now=time.time())
    state = keep(request, begun, next_url=get_next_redirect_url(request) or "")
    try:
        return redirect(address_of_sign_in(provider, begun, state=state))
    except SignInFailed as failure:
        take(request, state)
        return failed(request, failure)


def _proved_again(request: HttpRequest, came: Returned, *, next_url: str) -> HttpResponse:
    """What waits for the proof goes on by the library's own way, which reads where to in the request."""
    identity = known_as(came.claims.issuer, came.claims.sub)
    if not request.user.is_authenticated or identity is None or identity.person_id != request.user.pk:
        name = request.user.get_username() if request.user.is_authenticated else ""
        raise SignInFailed(Why.ANOTHER_PERSON, username=name)
    request.GET = QueryDict(urlencode({REDIRECT_FIELD_NAME: next_url}))
    record_authentication(
        request,
        identity.person,
        BY_PROVIDER,
        reauthenticated=True,
        amr=list(came.claims.amr),
    )
    second_factor.note(identity, said=came.claims.has_second_factor)
    goes_on: HttpResponse | None = resume_request(request)
    return goes_on or redirect("overview")


def _provider_or_404() -> Provider:
    provider = the_provider()
    if provider is None:
        raise Http404("There is no single sign-on here.")
    return provider
