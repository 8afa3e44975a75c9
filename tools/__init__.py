"""Start, check and test KeyConsole: what `make` calls. Standard library only, and nothing of `keyconsole`."""

from __future__ import annotations
