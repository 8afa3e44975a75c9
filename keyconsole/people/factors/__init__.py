"""Second factors: which somebody holds, adding and removing one, codes, encryption at rest."""

from __future__ import annotations
