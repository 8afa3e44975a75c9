"""Who may ask for what, and why not. A page's grey button and a refusal share these reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.aws_accounts.permissions import Person, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.preflight import preflight
from keyconsole.changes.states import State
from keyconsole.inventory.models import MultiRegionKey, RegionKey


@dataclass(frozen=True, slots=True)
class Verdict:
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a person can make this Region's key the primary, or why not."""

    region_key: RegionKey
    verdict: Verdict


def may_request(person: Person, key: MultiRegionKey, *, to_region: str, now: datetime) -> Verdict:
    return Verdict(_about_the_key(person, key) + _about_the_move(key, to_region, now))


def prospects(person: Person, key: MultiRegionKey, *, now: datetime) -> list[Prospect]:
    about_the_key = _about_the_key(person, key)
    return [
        Prospect(member, Verdict(about_the_key + _about_the_move(key, member.region, now)))
        for member in key.region_keys.all()
    ]


def may_cancel(person: Person, change: Change) -> Verdict:
    reasons = []
    if change.state not in {State.PENDING, State.APPROVED}:
        reasons.append(
            f"{change.ref} is {change.state.replace('_', ' ')}: only what has not begun can be cancelled."
        )
    is_requester = person.pk == change.requester_id
    if not is_requester and not can(person, Permission.ADMINISTER, change.key.account):
        reasons.append("Only who asked for a change, or an administrator, may cancel it.")
    return Verdict(tuple(reasons))


def _about_the_key(person: Person, key: MultiRegionKey) -> tuple[str, ...]:
    reasons = []
    if not can(person, Permission.REQUEST, key.account):
        reasons.append(f"Your roles do not let you make a primary in {key.account.name}.")
    under_way = Change.objects.open().filter(key=key).first()
    if under_way:
        reasons.append(f"{under_way.ref} is already under way for this key.")
    return tuple(reasons)


def _about_the_move(key: MultiRegionKey, to_region: str, now: datetime) -> tuple[str, ...]:
    failures = preflight(key, to_region=to_region, now=now).failures
    return tuple(dict.fromkeys(check.sentence for check in failures))
