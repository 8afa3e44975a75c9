"""The product's settings with what a test run needs: a known key and plain HTTP."""

from __future__ import annotations

import os

os.environ.setdefault("KEYCONSOLE_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("KEYCONSOLE_DEMO", "1")

from keyconsole.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
