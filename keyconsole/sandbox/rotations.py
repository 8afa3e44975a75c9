"""Which material of a key is current. A rotation on demand takes the desk's settle_seconds.

It ends whatever became of the key meanwhile: recorded 2026-09-12 of a disabled one and of one pending
deletion.
"""

from __future__ import annotations

import time

from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.material import Material
from keyconsole.sandbox.state import Desk


def current_material(desk: Desk, key: RegionKey) -> Material:
    return materials(desk, key)[-1]


def materials(desk: Desk, key: RegionKey) -> list[Material]:
    """Oldest first, with a rotation whose time is over carried out."""
    started = key.rotation.on_demand_started_at
    if started is not None and time.time() - started >= desk.settings.settle_seconds:
        key.rotation.on_demand_started_at = None
        key.materials.append(Material(key.key_spec, rotated_at=time.time()))
    return key.materials
