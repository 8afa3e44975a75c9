"""Reasons and comments in one form, without what could hide or forge lines in a record."""

from __future__ import annotations

import unicodedata

from keyconsole.policies.refusal import Refused

AT_MOST = 2000


def clean_why(text: str, *, needed: str) -> str:
    """Raises Refused; with the sentence `needed` where there is no text."""
    text = clean_comment(text)
    if not text:
        raise Refused(needed)
    return text


def clean_comment(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > AT_MOST:
        raise Refused(f"The text has {len(text):,} characters; at most {AT_MOST:,} are kept.")
    if any(_hides(character) for character in text):
        raise Refused("The text holds control characters. Type it again as plain text.")
    return text


def _hides(character: str) -> bool:
    # The joiners that scripts and emoji need stay.
    return character not in "\n\t\u200c\u200d" and unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
