"""One's own second factors, and proving oneself by one when signing in or before something important."""

from __future__ import annotations
