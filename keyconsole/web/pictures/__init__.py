"""The geometry of the pictures: plain data in, plain numbers out.

Owns where things are drawn. Never reads the database, never writes HTML: templates/pictures does.
"""

from __future__ import annotations
