"""What people may write into the record: one form of the same words, nothing that hides or forges lines.

Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

REASON_AT_MOST = 2000
TICKET_AT_MOST = 100
SEARCH_AT_MOST = 200
# Each word is one more condition.
WORDS_AT_MOST = 8
# Lines and tabs; and the joiners that scripts and emoji need.
IN_PROSE = "\n\t\u200c\u200d"


def clean_text(name: str, text: str, at_most: int) -> str:
    """Normalised and stripped; raises Refused where it is too long or holds control characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > at_most:
        sentence = f"The {name} has {len(text):,} characters; at most {at_most:,} are kept."
        raise Refused(Reason(Code.TEXT_TOO_LONG, sentence))
    if has_control_characters(text, allowed=IN_PROSE):
        sentence = f"The {name} holds control characters. Type it again as plain text."
        raise Refused(Reason(Code.TEXT_NOT_PLAIN, sentence))
    return text


def clean_comment(text: str) -> str:
    return clean_text("text", text, REASON_AT_MOST)


def clean_why(text: str, *, needed: str) -> str:
    """Raises Refused; with the sentence `needed` where there is no text."""
    text = clean_comment(text)
    if not text:
        raise Refused(Reason(Code.REASON_MISSING, needed))
    return text


def clean_search(text: str, *, at_most: int = SEARCH_AT_MOST) -> str:
    """What to search for, as words with one space between them; raises Refused where nobody means it."""
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > at_most:
        sentence = f"The text has {len(text):,} characters; at most {at_most} are searched for."
        raise Refused(Reason(Code.TEXT_TOO_LONG, sentence))
    if has_control_characters(text, allowed=IN_PROSE):
        sentence = "The text holds control characters, so it was not searched for."
        raise Refused(Reason(Code.TEXT_NOT_PLAIN, sentence))
    words = text.split()
    if len(words) > WORDS_AT_MOST:
        sentence = f"The text has {len(words)} words; at most {WORDS_AT_MOST} are searched for."
        raise Refused(Reason(Code.TEXT_TOO_LONG, sentence))
    return " ".join(words)


def listed(names: Sequence[str], word: str = "and") -> str:
    """As a sentence names them: ben; ben and bea; ben, bea and cleo. `word`: and, or."""
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def has_control_characters(text: str, *, allowed: str = "") -> bool:
    """Also the marks that turn the reading direction around (Cf), surrogates and line separators."""
    return any(
        character not in allowed and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for character in text
    )
