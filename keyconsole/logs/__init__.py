"""LOG LINES: how they look, what they are about, and that none holds a secret. Imports nothing of ours."""

from __future__ import annotations
