"""The sign-in library's views for second factors, where they need something of ours."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from allauth.mfa.base.views import authenticate
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_code
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.http import HttpRequest, HttpResponse

__all__ = ["authenticate", "reauthenticate_by_code", "reauthenticate_by_passkey", "sign_in_with_passkey"]


class SignInWithPasskey(LoginWebAuthnView):  # type: ignore[misc]
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the browser needs to ask for a passkey. Each makes a session, so they are counted."""
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request, app="allauth.mfa", action="webauthn_login_begun", limit_get=True
        )
        if limited is not None:
            return limited
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer


class ReauthenticateByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        """The same page again: the library's way to the sign-in page would lose what was to be done."""
        answer: HttpResponse = self.render_to_response({**self.get_context_data(), "form": form})
        return answer


sign_in_with_passkey = SignInWithPasskey.as_view()
reauthenticate_by_passkey = ReauthenticateByPasskey.as_view()
