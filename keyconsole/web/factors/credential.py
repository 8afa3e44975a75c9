"""What a browser brings from a passkey, as the form field that holds it: one object of JSON, nothing deep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_AT_MOST = 64 * 1024
NOT_READ = "The answer of the passkey cannot be read. Load the page again."


class CredentialField(forms.JSONField):
    """Nonsense from anybody is an answer of ours and never an error page: nesting without end, too."""

    def __init__(self) -> None:
        super().__init__(label="Passkey", widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > _AT_MOST:
            raise ValidationError(NOT_READ)
        try:
            credential = super().to_python(value)
        except (RecursionError, ValidationError):
            raise ValidationError(NOT_READ) from None
        if credential is not None and not isinstance(credential, dict):
            raise ValidationError(NOT_READ)
        return credential

    def bound_data(self, data: Any, initial: Any) -> None:
        """A page that comes back holds none: each answer is to one question."""

    def prepare_value(self, value: Any) -> str:  # noqa: ARG002
        return ""
