"""Reading AWS's sentences: which key they blame, which state it is in, and what of them people may see. Pure.

KMS names the key at fault only in its message, and it may be the other of the two (observed 2026-09-12).
"""

from __future__ import annotations

import re

from keyconsole.kms.facts import KeyArn, KeyState

_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9_-]+")
_NOT_PRIMARY = re.compile(r"is not a multi-region primary key", re.IGNORECASE)
_NO_REPLICA = re.compile(r"does not have a replica key in the specified region", re.IGNORECASE)
_STATES = (
    (re.compile(r"\bis disabled\b"), KeyState.DISABLED),
    (re.compile(r"\bis pending replica deletion\b"), KeyState.PENDING_REPLICA_DELETION),
    (re.compile(r"\bis pending deletion\b"), KeyState.PENDING_DELETION),
    (re.compile(r"\bis pending import\b"), KeyState.PENDING_IMPORT),
    (re.compile(r"\bis creating\b"), KeyState.CREATING),
    (re.compile(r"\bis updating\b"), KeyState.UPDATING),
    (re.compile(r"\bis unavailable\b"), KeyState.UNAVAILABLE),
)
# A refused signature is answered with the request as AWS read it, the session token included.
# A header that cannot be sent is quoted, and it may be the token.
_QUOTED_SECRET = re.compile(
    r"\s*The Canonical String for this request.*|(?<=Invalid header value) b'.*", re.DOTALL
)
_LONG_SECRET = re.compile(r"[A-Za-z0-9/+=]{36,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_LONGEST = 1000


def culprit(message: str) -> KeyArn | None:
    found = _ARN.search(message)
    return KeyArn.parse(found[0]) if found else None


def state(message: str) -> KeyState | None:
    return next((state for pattern, state in _STATES if pattern.search(message)), None)


def says_not_primary(message: str) -> bool:
    return _NOT_PRIMARY.search(message) is not None


def says_no_replica(message: str) -> bool:
    return _NO_REPLICA.search(message) is not None


def cleaned(message: str, *, secretive: bool = False) -> str:
    """One line, of bounded length, without signed requests; `secretive` hides what could be a secret, too."""
    if message.lstrip().startswith("<"):
        return ""  # a web page of something in between, not AWS's words
    text = _CONTROL.sub(" ", _QUOTED_SECRET.sub("", message)).strip()
    if secretive:
        text = _LONG_SECRET.sub("[hidden]", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
