"""KeyConsole: see, move and prove the primary Regions of AWS KMS multi-Region keys."""

from __future__ import annotations

__version__ = "0.1.0"
