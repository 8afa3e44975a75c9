"""The tags and aliases of a key by which policies choose its rules: what a plan holds of them. Pure.

Everything that any policy asks which could govern the move: whatever else is changed or added at AWS cannot
put the key under other rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from keyconsole.policies.document.parts import Selector

# region: whose Region key; tags: by name, None where it has none; aliases: by pattern, those that fit.
# Without `tags` nobody asks for any, or they were never read; without `aliases` nobody asks for any.
SelectedBy = dict[str, Any]


def selected_by(
    selectors: Iterable[Selector], *, region: str, tags: Mapping[str, str] | None, aliases: Iterable[str]
) -> SelectedBy:
    """Empty where nothing of it chooses. `selectors`: those that fit in all but tags and aliases."""
    asked = list(selectors)
    names = sorted({name for each in asked for name in each.tags})
    patterns = sorted({pattern for each in asked for pattern in each.aliases})
    found: SelectedBy = {}
    if names and tags is not None:
        found["tags"] = {name: tags.get(name) for name in names}
    if patterns:
        found["aliases"] = {pattern: fitting(pattern, aliases) for pattern in patterns}
    return {"region": region, **found} if found else {}


def words(planned: SelectedBy) -> list[str]:
    """Each tag and alias pattern of a plan, as a person reads it."""
    tags = [f"tag {name}, {_is(value)}" for name, value in planned.get("tags", {}).items()]
    aliases = planned.get("aliases", {}).items()
    return [*tags, *(f"alias {pattern}, fits {_listed(fit)}" for pattern, fit in aliases)]


def fitting(pattern: str, aliases: Iterable[str]) -> list[str]:
    return sorted(alias for alias in set(aliases) if fnmatchcase(alias.removeprefix("alias/"), pattern))


def differences(
    planned: SelectedBy, *, tags: Mapping[str, str] | None, aliases: Collection[str] | None
) -> list[str]:
    """What is not as planned, as sentences. None: not read, which is no difference."""
    found = []
    if tags is not None:
        found += [
            f"Its tag {name} {_was(value)}, and now {_is(tags.get(name))}."
            for name, value in planned.get("tags", {}).items()
            if tags.get(name) != value
        ]
    if aliases is not None:
        fit = {pattern: fitting(pattern, aliases) for pattern in planned.get("aliases", {})}
        found += [
            f"Of its aliases {_listed(planned['aliases'][pattern])} fitted {pattern}, and now {_listed(now)}."
            for pattern, now in fit.items()
            if now != planned["aliases"][pattern]
        ]
    if not found:
        return []
    why = "Policies choose by that, so that other rules may hold for the key."
    return [f"The primary in {planned['region']} is not named as in the plan.", *found, why]


def _was(value: str | None) -> str:
    return "was not there" if value is None else f"was {value!r}"


def _is(value: str | None) -> str:
    return "is not there" if value is None else f"is {value!r}"


def _listed(aliases: Iterable[str]) -> str:
    return " and ".join(aliases) or "none"
