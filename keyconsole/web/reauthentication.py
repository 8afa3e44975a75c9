"""When and how a person last proved who they are, and asking for it again by the sign-in library's pages.

What needs a proof waits in the session of whoever sent it: each under a token of its own, so that two tabs do
not take each other's, for one use, and gone with the session. After the proof it goes on by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.signals import authentication_step_completed
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.http import urlencode

from keyconsole.audit.given_proof import PASSKEY, RECOVERY_CODE, SIGN_IN, SSO_SECOND_FACTOR, TOTP, GivenProof
from keyconsole.people.factors.held import has_second_factor
from keyconsole.people.sso import second_factor
from keyconsole.web.fragments import HtmxRequest
from keyconsole.web.middleware import SIGNED_IN

SUSPENDED, TOKEN = "suspended", "proof"  # in the session; in the address
# A form has up to 384 KB, and the session is read with every request.
SUSPENDED_AT_MOST = 3
# Of two hosts that disagree about the time, neither is far off.
_CLOCKS_DIFFER = timedelta(minutes=1)
_HOW = {"totp": TOTP, "webauthn": PASSKEY, "recovery_codes": RECOVERY_CODE}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody is about to do, as the page says that asks for their proof: `approve CR-42`.

    `about`: what that is. `back`: of a file, the page that offers it, since a download opens none.
    """

    what: str
    about: str = ""
    back: str = ""


def proved_at(request: HttpRequest) -> datetime | None:
    """When they last proved it as well as they can; None where not since they signed in.

    For who has no way to do that here, such as single sign-on alone: the last sign-in.
    """
    records = _counting(request)
    return _moment(records[-1]) if records else None


def given_proof(request: HttpRequest) -> GivenProof:
    """What the record tells of how they proved it. Whether that is fresh is another question."""
    if records := _counting(request):
        return GivenProof(_how(records[-1]), _moment(records[-1]))
    return GivenProof(SIGN_IN, datetime.fromtimestamp(request.session.get(SIGNED_IN, 0), UTC))


def is_fresh(request: HttpRequest, *, within: timedelta, now: datetime) -> bool:
    proved = proved_at(request)
    return proved is not None and -_CLOCKS_DIFFER <= now - proved <= within


def ask(request: HttpRequest, asked: Confirmation, *, lasts: timedelta) -> HttpResponse:
    """Send the person to prove it; what they had sent waits meanwhile."""
    minutes = max(1, int(lasts.total_seconds() // 60))
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        context = {"asked": asked, "minutes": minutes}
        return render(request, "account/sign_in_again.html", context, status=HTTPStatus.FORBIDDEN)
    token = secrets.token_urlsafe(16)
    waiting = list(request.session.get(SUSPENDED, {}).items())[1 - SUSPENDED_AT_MOST :]
    request.session[SUSPENDED] = {**dict(waiting), token: _suspended(request, asked, minutes)}
    query = request.GET.copy()
    query[TOKEN] = token
    back_to = urlencode({REDIRECT_FIELD_NAME: f"{request.path}?{query.urlencode()}"})
    address = f"{methods[0]['url']}?{back_to}"
    if cast("HtmxRequest", request).htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return redirect(address)


def asked_about(request: HttpRequest) -> Mapping[str, Any] | None:
    """What waits for the proof that this page asks for; None where nothing does."""
    found: Mapping[str, Any] | None = request.session.get(SUSPENDED, {}).get(_token_in(request))
    return found


def go_on(request: HttpRequest, waited: Mapping[str, Any]) -> HttpResponseBase:
    """The library calls it once the person has proved who they are, with what waited."""
    address = f"{waited['path']}?{waited['query']}" if waited["query"] else waited["path"]
    if waited["person"] != request.user.pk:
        return redirect("overview")
    if waited["method"] != "POST":
        if waited["back"]:
            return render(request, "account/file.html", {"waited": waited, "address": address})
        return redirect(address)
    request.method, request.path, request.path_info = "POST", waited["path"], waited["path_info"]
    request.GET, request.POST = QueryDict(waited["query"]), QueryDict(waited["form"])
    facts = {"REQUEST_METHOD": "POST", "PATH_INFO": request.path_info, "QUERY_STRING": waited["query"]}
    request.META = {**request.META, **facts}
    request.resolver_match = found = resolve(request.path_info)
    response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    return response


def connect() -> None:
    authentication_step_completed.connect(_hand_over, dispatch_uid="what waited for a proof")


def _hand_over(*, request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    """The library goes on with the one request that it finds under its own name: the one of this page."""
    waiting = request.session.get(SUSPENDED, {})
    token = _token_in(request)
    if reauthenticated and token in waiting:
        request.session[STATE_SESSION_KEY] = {"callback": f"{__name__}.go_on", "state": waiting[token]}
        request.session[SUSPENDED] = {name: each for name, each in waiting.items() if name != token}


def _suspended(request: HttpRequest, asked: Confirmation, minutes: int) -> dict[str, Any]:
    return {
        "person": request.user.pk,
        "method": request.method,
        "path": request.path,
        "path_info": request.path_info,
        "query": request.GET.urlencode(),
        "form": request.POST.urlencode(),
        "what": asked.what,
        "about": asked.about,
        "back": asked.back,
        "minutes": minutes,
    }


def _token_in(request: HttpRequest) -> str:
    leads_to = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    return "".join(parse_qs(urlsplit(leads_to).query).get(TOKEN, [])[-1:])


def _counting(request: HttpRequest) -> list[dict[str, Any]]:
    """Only a re-authentication counts, never the sign-in itself; and where there is a second factor, here or
    at the provider, only one by that. A provider's fresh sign-in is such a record, with its own method."""
    person = cast("User", request.user)
    records: list[dict[str, Any]] = get_authentication_records(request, person)
    again = [record for record in records if record.get("reauthenticated")]
    if has_second_factor(person):
        return [record for record in again if record["method"] == "mfa"]
    if second_factor.asks_for_one(person, records):
        return [record for record in again if second_factor.proves_one(record)]
    return again if person.has_usable_password() else records


def _how(record: Mapping[str, Any]) -> str:
    if not record.get("reauthenticated"):
        return SIGN_IN
    if second_factor.proves_one(record):
        return SSO_SECOND_FACTOR
    return _HOW.get(str(record.get("type")), RECOVERY_CODE) if record["method"] == "mfa" else record["method"]


def _moment(record: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(record["at"], UTC)
