"""The kinds of change that there are: a name in `models.py`, a package beside this file, and a line here."""

from __future__ import annotations

from keyconsole.changes.kinds.kind import Kind
from keyconsole.changes.kinds.update_primary_region.kind import UpdatePrimaryRegion
from keyconsole.changes.models import Change, KindName

_ALL: tuple[Kind, ...] = (UpdatePrimaryRegion(),)
KINDS: dict[KindName, Kind] = {kind.name: kind for kind in _ALL}


def kind_of(change: Change) -> Kind:
    return KINDS[KindName(change.kind)]
