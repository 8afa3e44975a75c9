"""The product's settings with what a test run needs: a known key and plain HTTP."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("KEYCONSOLE_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("KEYCONSOLE_DEMO", "1")

from keyconsole.settings import *  # noqa: F403
from keyconsole.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Not what somebody collected in this checkout.
STATIC_ROOT = Path(tempfile.gettempdir()) / "keyconsole-tests-collect-nothing"
# Files are looked for when they are asked for, and not all of them for every client that a test makes.
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: some tests start real workers, which open the same database.
    file = Path(tempfile.gettempdir()) / f"keyconsole-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(file)}
    # Many processes of a busy machine take turns here; whoever waits ends as soon as it is theirs.
    DATABASES["default"]["OPTIONS"]["timeout"] = 240
    # Nothing here outlives the run, so nothing has to survive a power cut. The product's own is tested.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
