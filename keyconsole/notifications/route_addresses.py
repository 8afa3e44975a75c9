"""Reads the address or the secret that a route names, from the environment or a file, when it is needed."""

from __future__ import annotations

import os
import re

from django.core.exceptions import ImproperlyConfigured

from keyconsole.environment import env_secret
from keyconsole.logs.secrets import keep_out
from keyconsole.notifications.errors import Undelivered

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,99}", re.ASCII)
# A page must not be able to send the server's own secrets somewhere, or sign with them.
_OWN = re.compile(r"(KEYCONSOLE_(?!NOTIFY_)|AWS_|DJANGO_|PG|DATABASE_)")


def name_problem(name: str) -> str:
    """The sentence that belongs beside a name that cannot be used; empty where it can."""
    if not _NAME.fullmatch(name):
        return (
            "Name an environment variable: capitals, digits and underscores, such as KEYCONSOLE_NOTIFY_SLACK."
        )
    if name.endswith("_FILE"):
        return f"Leave _FILE out: where {name} is set, the file that it names is read."
    if _OWN.match(name):
        return f"{name} belongs to the server itself. Name another variable, such as KEYCONSOLE_NOTIFY_SLACK."
    return ""


def is_set(name: str) -> bool:
    """Whether the variable or its _FILE twin is there, for this process; never what it holds."""
    return bool(os.environ.get(name, "").strip() or os.environ.get(f"{name}_FILE", "").strip())


def read_place(name: str) -> str:
    """What the variable, or the file that NAME_FILE names, holds; raises Undelivered."""
    try:
        held = env_secret(name)
    except (ImproperlyConfigured, UnicodeDecodeError):
        raise Undelivered(f"The file that {name}_FILE names cannot be read by the worker.") from None
    if not held:
        raise Undelivered(f"Neither {name} nor {name}_FILE is set where the worker runs.")
    # What calls it tells host and path apart, and the path alone is the secret of many services.
    keep_out([held.partition("://")[2].partition("/")[2].partition("?")[0]])
    return held
