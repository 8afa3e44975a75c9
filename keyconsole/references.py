"""How people name changes (CR-12), batches (BR-3), proposals of power (AR-4) and access reviews (RV-1). Pure.

Numbers count from 1: where a text names none, the answer is 0, and nothing has that number.
"""

from __future__ import annotations

import re

CHANGE, BATCH, ACCESS, REVIEW = "CR", "BR", "AR", "RV"
# Nine digits: more would not fit the column, and PostgreSQL says so with an error.
_NUMBER = "[1-9][0-9]{0,8}"


def reference(prefix: str, number: int) -> str:
    return f"{prefix}-{number}"


def number_of(prefix: str, text: str) -> int:
    """The number in exactly CR-12: an address has one spelling."""
    found = re.fullmatch(f"{prefix}-({_NUMBER})", text, re.ASCII)
    return int(found[1]) if found else 0


def number_typed(prefix: str, text: str) -> int:
    """The number in what a person typed: CR-12, cr-12 or 12."""
    found = re.fullmatch(f"(?:{prefix}-)?({_NUMBER})", text.strip(), re.ASCII | re.IGNORECASE)
    return int(found[1]) if found else 0
