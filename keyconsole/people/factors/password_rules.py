"""How long a password has to be, by whether something else proves its person too; none repeats itself.

The length is looked at when a password is set, the only moment at which it is known. What is kept is one
answer, long or not: never the password, nor how many characters it has.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from keyconsole.people.factors.held import has_second_factor
from keyconsole.people.models import PasswordLength

ALONE_AT_LEAST, BESIDE_A_FACTOR_AT_LEAST = 15, 12
DIFFERENT_CHARACTERS_AT_LEAST = 5
_RULE = (
    f"At least {ALONE_AT_LEAST} characters, or {BESIDE_A_FACTOR_AT_LEAST} once a second factor is set up. "
    "Four or five words in a row are easy to keep in mind."
)


class LongEnough:
    """For AUTH_PASSWORD_VALIDATORS: pages and commands ask it alike."""

    def validate(self, password: str, user: User | None = None) -> None:
        has_factor = isinstance(user, User) and has_second_factor(user)
        at_least = BESIDE_A_FACTOR_AT_LEAST if has_factor else ALONE_AT_LEAST
        if len(password) >= at_least:
            return
        beside = "" if has_factor else f" {BESIDE_A_FACTOR_AT_LEAST} are enough beside a second factor."
        raise ValidationError(
            f"This password has {len(password)} characters; it needs at least {at_least}.{beside}",
            code="password_too_short",
        )

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Django calls it when a new password was saved."""
        if isinstance(user, User) and user.pk:
            answer = {"is_long": len(password) >= ALONE_AT_LEAST, "set_at": timezone.now()}
            PasswordLength.objects.update_or_create(person=user, defaults=answer)

    def get_help_text(self) -> str:
        return _RULE


class NotRepeating:
    """Length alone would let `passwordpassword` through, which every list of guesses begins with."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        repeats = password in (password + password)[1:-1]
        if repeats or len(set(password)) < DIFFERENT_CHARACTERS_AT_LEAST:
            raise ValidationError("This password repeats itself.", code="password_repeats")

    def get_help_text(self) -> str:
        return "Nothing that repeats itself."


def is_known_to_be_long(person: User) -> bool:
    """False also where the password was set before anybody looked."""
    return PasswordLength.objects.filter(person=person, is_long=True).exists()
