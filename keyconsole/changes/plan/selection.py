"""What of a key chose the rules that its change needs: part of its plan, looked at again before the call."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from keyconsole.changes.kinds.parts import Plan
from keyconsole.changes.models import Change
from keyconsole.inventory.models import RegionKey
from keyconsole.policies.governing import selected_by
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.models import PolicyVersion

SELECTED_BY = "selected_by"


def with_selection(plan: Plan, governing: Governing[PolicyVersion]) -> Plan:
    """Plans that nothing chose by tag or alias stay as they are, to the byte: those of before have none."""
    return {**plan, SELECTED_BY: governing.selected_by} if governing.selected_by else plan


def region_of(plan: Plan) -> str:
    """Whose tags and aliases choose; empty where none do."""
    return str(plan.get(SELECTED_BY, {}).get("region", ""))


def asks_for(plan: Plan, what: str) -> bool:
    """`what`: tags or aliases."""
    return what in plan.get(SELECTED_BY, {})


def differences(
    change: Change, *, tags: Mapping[str, str] | None, aliases: Collection[str] | None
) -> list[str]:
    """As sentences. `aliases`: of the Region key that chose; None: not read."""
    planned = change.plan.get(SELECTED_BY, {})
    if aliases is not None and not aliases and "aliases" in planned:
        aliases = _of_another_region(change, besides=planned["region"])
    return selected_by.differences(planned, tags=tags, aliases=aliases)


def known_differences(change: Change) -> list[str]:
    """By what was last seen."""
    if not (region := region_of(change.plan)):
        return []
    member = change.key.region_keys.filter(region=region).first()
    return differences(change, tags=_tags(member), aliases=member.aliases if member else None)


def _tags(member: RegionKey | None) -> dict[str, str] | None:
    return dict(member.tags) if member and member.details_at else None


def _of_another_region(change: Change, *, besides: str) -> list[str]:
    """The name that a key goes by where its primary has none."""
    others = change.key.region_keys.exclude(region=besides).order_by("region")
    return next((member.aliases[:1] for member in others if member.aliases), [])
