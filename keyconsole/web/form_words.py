"""What forms say of an answer that they cannot take: one sentence each that says what to do.

Put in the place of Django's own, for every form here and those of the sign-in library. A field that knows
better says so itself.
"""

from __future__ import annotations

from django import forms
from django.core import validators

_CHOOSE = "Choose one of the list."
_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "Fill this in."},
    forms.BooleanField: {"required": "Tick this to go on."},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _CHOOSE},
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _CHOOSE},
    forms.MultipleChoiceField: {
        "required": "Choose at least one.",
        "invalid_choice": "Choose from the list: “%(value)s” is not in it.",
        "invalid_list": "Choose from the list.",
    },
    forms.TypedChoiceField: {"required": _CHOOSE, "invalid_choice": _CHOOSE},
    forms.IntegerField: {"invalid": "Write a whole number, such as 12."},
    forms.DateField: {"invalid": "Write a day, such as 2026-11-23."},
    forms.TimeField: {"invalid": "Write a time of day, such as 20:30."},
    forms.DateTimeField: {"invalid": "Write a day and a time, such as 2026-11-23 20:30."},
    forms.JSONField: {"invalid": "Send it again: what came was cut off or changed."},
}
_VALIDATORS: dict[type[validators.BaseValidator | validators.EmailValidator], str] = {
    validators.MaxLengthValidator: "Shorten it to %(limit_value)d characters; it has %(show_value)d.",
    validators.MinLengthValidator: "Write at least %(limit_value)d characters; it has %(show_value)d.",
    validators.MaxValueValidator: "Write %(limit_value)s or less.",
    validators.MinValueValidator: "Write %(limit_value)s or more.",
    validators.EmailValidator: "Write an e-mail address, such as ana@example.org.",
}
_UNSEEN = "Delete it and type it again: it holds a character that cannot be seen or kept."


def use_our_words() -> None:
    """Once, before any form is made: each field copies these when it is."""
    for field, words in _FIELDS.items():
        # A class without words of its own would write into those of the class above it.
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}
    for validator, sentence in _VALIDATORS.items():
        validator.message = sentence
    validators.ProhibitNullCharactersValidator.message = _UNSEEN
