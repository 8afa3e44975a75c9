"""Recovery codes between the click that made them and the one page that shows them: encrypted, and once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import HttpRequest

from keyconsole.people.factors.encryption import decrypt, encrypt
from keyconsole.refusals import Refused

_KEY = "factors.new_codes"


def keep_to_show(request: HttpRequest, codes: Sequence[str]) -> None:
    request.session[_KEY] = encrypt(json.dumps(list(codes)))


def codes_to_show(request: HttpRequest) -> list[str]:
    """In two halves each, as people read them. Empty where they were shown, or never made."""
    kept = request.session.pop(_KEY, None)
    try:
        codes: list[str] = json.loads(decrypt(kept)) if kept else []
    except Refused:  # another secret key since
        return []
    return [f"{code[: len(code) // 2]} {code[len(code) // 2 :]}" for code in codes]
