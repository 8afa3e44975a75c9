"""`python -m keyconsole`: the same as the `keyconsole` command."""

from __future__ import annotations

from keyconsole.command_line import main

main()
