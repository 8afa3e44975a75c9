"""Reads settings from the environment, and fails loudly on nonsense.

A secret may also stand in a file that `NAME_FILE` names, as container platforms mount it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from keyconsole.logs.secrets import keep_out

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_bool(name: str, *, default: bool = False) -> bool:
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in _TRUE:
        return True
    if text.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")


def env_choice(name: str, default: str, *others: str) -> str:
    text = env_text(name, default).lower() or default
    if text not in {default, *others}:
        raise ImproperlyConfigured(f"{name} must be {' or '.join((default, *others))}, not {text!r}.")
    return text


def env_int(name: str, default: int, *, at_least: int = 0) -> int:
    text = os.environ.get(name)
    if text is None or not text.strip():
        return default
    try:
        number = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None
    if number < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least}, not {number}.")
    return number


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_folder(name: str, default: Callable[[], Path]) -> Path:
    """Absolute, so that processes that are started elsewhere mean the same folder."""
    named = env_text(name)
    if named:
        return Path(named).expanduser().absolute()
    try:
        return default()
    except RuntimeError:
        raise ImproperlyConfigured(f"{name} must name a folder: this user has no home folder.") from None


def env_secret(name: str, default: str = "") -> str:
    """The secret itself, or the contents of the file that `NAME_FILE` names."""
    held = _held(name, default)
    if held != default:
        keep_out([held, *held.split(",")])
    return held


def _held(name: str, default: str) -> str:
    path = env_text(f"{name}_FILE")
    if not path:
        return env_text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None
