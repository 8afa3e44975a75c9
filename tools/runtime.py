"""What KeyConsole needs to run, and what that needs in turn, as it is installed here."""

from __future__ import annotations

import tomllib
from collections import deque
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.children import ROOT


def distributions() -> dict[str, Distribution]:
    """By canonical name, on this platform and Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = deque(Requirement(each) for each in project["dependencies"])
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        requirement = wanted.popleft()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = distribution(name)
        wanted += [each for each in _requirements(found[name]) if _is_wanted(each, extras)]
    return found


def _requirements(of: Distribution) -> list[Requirement]:
    return [Requirement(each) for each in of.requires or []]


def _is_wanted(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})
