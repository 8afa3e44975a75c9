"""Under which name a worker appears in the record."""

from __future__ import annotations

import os
import socket


def worker_name() -> str:
    return f"worker {socket.gethostname()}:{os.getpid()}"
