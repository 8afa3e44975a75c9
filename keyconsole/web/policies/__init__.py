"""What the policies pages show and collect. Decides nothing: `keyconsole.policies` does."""

from __future__ import annotations
