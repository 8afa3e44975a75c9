"""The sign-in library's forms, with codes that count once and passkeys that never end in an error page."""

from __future__ import annotations

import struct
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from keyconsole.people.factors.verify import prove_by_code
from keyconsole.people.models import FACTOR_NAME_AT_MOST
from keyconsole.refusals import Refused
from keyconsole.web.addresses import address_of
from keyconsole.web.factors.adapter import WRONG_CODE
from keyconsole.web.factors.credential import CredentialField

# What a made-up answer makes the parsers of the libraries raise.
_NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
_CODE_AT_MOST = 64


class _Code(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label="Code",
            max_length=_CODE_AT_MOST,
            help_text="Six digits from your authenticator app, or one of your recovery codes.",
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
            ),
        )

    def clean_code(self) -> str:
        """As the library has it, counted against the person; but each code proves something once."""
        clear = check_rate_limit(self.user)  # type: ignore[attr-defined]
        code: str = self.cleaned_data["code"]
        try:
            now, address = timezone.now(), address_of(context.request)
            factor = prove_by_code(self.user, code, address=address, now=now)  # type: ignore[attr-defined]
        except Refused as refused:
            self._tell_failure()
            raise ValidationError(str(refused)) from None
        if factor is None:
            self._tell_failure()
            raise ValidationError(WRONG_CODE)
        factor.user = self.user  # type: ignore[attr-defined]
        self.authenticator = factor
        clear()
        return code

    def _tell_failure(self) -> None:
        tell_failure(self.user, "code", is_fresh=isinstance(self, ReauthenticateForm))  # type: ignore[attr-defined]


class SignInCode(_Code, AuthenticateForm):  # type: ignore[misc]
    pass


class FreshCode(_Code, ReauthenticateForm):  # type: ignore[misc]
    pass


class _Passkey(forms.Form):
    proves_again = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            factor: Authenticator = super().clean_credential()  # type: ignore[misc]
        except _NONSENSE:
            self._refuse()
        except ValidationError:
            self._tell_failure()
            raise
        if not factor.user.is_active:
            self._refuse()
        return factor

    def _refuse(self) -> None:
        self._tell_failure()
        raise get_adapter().validation_error("incorrect_code")

    def _tell_failure(self) -> None:
        tell_failure(self.user, "passkey", is_fresh=self.proves_again)  # type: ignore[attr-defined]


class SignInWithPasskeyToo(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """After the password."""


class SignInWithPasskey(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]
    """In the place of name, password and second factor. Whoever fails here has not shown who they are."""


class FreshPasskey(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    proves_again = True


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()
        self.fields["name"] = forms.CharField(
            label="Name",
            required=False,
            max_length=FACTOR_NAME_AT_MOST,
            help_text="By which you tell it from others: phone, blue key.",
        )
        self.fields["passwordless"].label = "Sign in with it alone, without the password"
        self.fields["passwordless"].initial = True
        self.fields[
            "passwordless"
        ].help_text = (
            "Needs a device that asks for a PIN, a finger or a face. Leave it off for a plain security key."
        )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except _NONSENSE:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


def tell_failure(person: Any, proof: str, *, is_fresh: bool) -> None:
    signals.authentication_failed.send(
        sender=Authenticator,
        request=context.request,
        user=person,
        authenticator=None,
        reauthentication=is_fresh,
        proof=proof,
    )
