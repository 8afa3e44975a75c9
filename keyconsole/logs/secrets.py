"""What no log line may hold is taken out of each as it is written, wherever it comes from.

Nothing of ours logs a secret. This is for what we do not write ourselves: the text of an exception, an
address with a query, what a database says of a row that it refused.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "[hidden]"
# What is shorter is part of many words, and hiding these would hide everything.
SHORTEST = 6
# Of the secrets that this process has read, the last so many: some are made anew each hour.
AT_MOST = 1000

_known: dict[str, None] = {}
_lock = threading.Lock()

_SHAPES = (
    # Personal tokens.
    (re.compile(r"(?<=keyconsole_)[0-9A-Za-z]{46}"), HIDDEN),
    # The user and the password in an address.
    (re.compile(r"(?<=://)[^/\s@'\"]+(?=@)"), HIDDEN),
    # The query of an address: what people look for, and what links carry.
    (re.compile(r"(?<=[\w/.~-])\?[^\s=?'\"<>]+=[^\s'\"<>]*"), f"?{HIDDEN}"),
    # PostgreSQL tells the whole row, with whatever lines its texts have.
    (re.compile(r"(?s)DETAIL: .*?(?=\n(?:CONTEXT: |HINT: |\n)|\Z)"), f"DETAIL: {HIDDEN}"),
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-csrftoken)\b(['\"]?\s*[:=]).*"),
        rf"\1\2 {HIDDEN}",
    ),
)


def keep_out(secrets: Iterable[str]) -> None:
    """From now on no log line of this process holds any of these."""
    with _lock:
        for secret in secrets:
            password = _password_of(secret)
            written = {quote(secret, safe=safe, errors="replace") for safe in ("", "/")}
            for each in {secret, password, unquote(password), *written}:
                if len(each) >= SHORTEST:
                    _known.pop(each, None)
                    _known[each] = None
        for oldest in list(_known)[:-AT_MOST]:
            del _known[oldest]


def hide(text: str) -> str:
    known = list(_known)  # at once: other threads add to it
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def _password_of(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""
