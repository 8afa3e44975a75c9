"""What a second click finds: whether these very words, or this very step, stand as this person's already."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.refusals import Refused
from keyconsole.text import REASON_AT_MOST, clean_text


def as_kept(text: str) -> str:
    """A text in the form in which it would be stored; as it is where it never would be."""
    try:
        return clean_text("text", text, REASON_AT_MOST)
    except Refused:
        return text


def is_on_record(event: Event, by: User, *, about: Collection[str]) -> bool:
    """`about`: the references of what it was done to, any of them."""
    return Entry.objects.filter(event=event, actor=by.username, subject__in=about).exists()
