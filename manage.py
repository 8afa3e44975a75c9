#!/usr/bin/env python
"""The command line of a checkout: what `keyconsole` is where it is installed."""

from __future__ import annotations

from keyconsole.command_line import main

if __name__ == "__main__":
    main()
