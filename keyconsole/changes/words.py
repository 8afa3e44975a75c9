"""What people may write into the record: one form of the same words, nothing that hides or forges lines."""

from __future__ import annotations

import unicodedata

from keyconsole.changes.refusal import Refused

REASON_AT_MOST = 2000
TICKET_AT_MOST = 100


def clean_text(name: str, text: str, at_most: int) -> str:
    """Normalised and stripped; raises Refused where it is too long or holds control characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > at_most:
        raise Refused(f"The {name} has {len(text):,} characters; at most {at_most:,} are kept.")
    if any(_is_control(character) for character in text):
        raise Refused(f"The {name} holds control characters. Type it again as plain text.")
    return text


def _is_control(character: str) -> bool:
    # Cf holds the marks that turn the reading direction around; the joiners that scripts and emoji need stay.
    if character in "\n\t\u200c\u200d":
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
