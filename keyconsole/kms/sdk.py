"""What all SDK sessions of this process share: the loader of AWS's models, the lock for making clients."""

from __future__ import annotations

import threading
from typing import Any

import botocore.loaders
from botocore.session import Session

# Megabytes of JSON: through one loader a further client costs some 4 ms, with a loader of its own 100 ms.
_LOADER: botocore.loaders.Loader = botocore.loaders.create_loader()

# Neither the loader nor the making of clients is thread-safe.
SDK_LOCK = threading.RLock()


def make_session(*, profile: str | None = None, heed_environment_profile: bool = True) -> Session:
    """A session that shares the models and nothing else: no credentials, no clients."""
    session_vars = None if heed_environment_profile else {"profile": (None, None, None, None)}
    session = Session(session_vars=session_vars, profile=profile)
    session.register_component("data_loader", _LOADER)
    return session


def load_partitions() -> list[dict[str, Any]]:
    with SDK_LOCK:
        partitions: list[dict[str, Any]] = _LOADER.load_data("partitions")["partitions"]
        return partitions
