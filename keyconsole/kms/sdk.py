"""What all SDK sessions of this process share: the loader of AWS's models, the lock for making clients."""

from __future__ import annotations

import threading
from copy import copy
from functools import cache
from typing import Any

import botocore.loaders
from botocore.hooks import HierarchicalEmitter
from botocore.session import Session

# Megabytes of JSON: through one loader a further client costs some 4 ms, with a loader of its own 100 ms.
_LOADER: botocore.loaders.Loader = botocore.loaders.create_loader()

# Neither the loader nor the making of clients is thread-safe.
SDK_LOCK = threading.RLock()


def make_session(*, profile: str | None = None, heed_environment_profile: bool = True) -> Session:
    """A session that shares the models and nothing else: no credentials, no clients."""
    session_vars = None if heed_environment_profile else {"profile": (None, None, None, None)}
    session = Session(session_vars, copy(_own_hooks()), include_builtin_handlers=False, profile=profile)
    session.register_component("data_loader", _LOADER)
    return session


@cache
def _own_hooks() -> HierarchicalEmitter:
    """What the SDK does around every call: a hundred functions that are looked up anew for each session.

    A copy of them is what each of its clients works with, too; nothing is ever added to this one.
    """
    hooks = HierarchicalEmitter()
    Session(event_hooks=hooks)
    return hooks


def load_partitions() -> list[dict[str, Any]]:
    with SDK_LOCK:
        partitions: list[dict[str, Any]] = _LOADER.load_data("partitions")["partitions"]
        return partitions
