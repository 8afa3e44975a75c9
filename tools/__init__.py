"""Start, check and test KeyConsole: what `make` calls. Standard library alone, also in what it imports."""

from __future__ import annotations
