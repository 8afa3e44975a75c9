"""Starts and ends the demo's processes, for `make demo` and `keyconsole demo`.

Standard library alone, and nothing of ours that needs more: `make demo` runs it on a bare Python.
"""

from __future__ import annotations
