"""Which policies govern how many keys of which accounts: counted for 10,000 keys at once, in four queries.

Keys that no policy can tell apart are judged once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import Governing, Subject, fits_alias, governing
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import PolicyVersion


@dataclass(frozen=True, slots=True)
class Governed:
    """The keys of one account whose moves have the same answer; a key may stand under several."""

    account: AwsAccount
    governing: Governing[PolicyVersion]
    keys: int

    @property
    def rules(self) -> Rules:
        return self.governing.rules

    @property
    def policy(self) -> str:
        """Empty where the default holds."""
        return self.governing.rules.name if self.governing.version else ""

    @property
    def in_doubt(self) -> bool:
        return bool(self.governing.doubt or self.governing.unread)


def governed_keys(accounts: QuerySet[AwsAccount]) -> list[Governed]:
    """By account and policy; keys that stand in one Region alone can be moved nowhere, and are left out."""
    candidates = active_rules()
    known = {account.pk: account for account in accounts}
    judge = _Judge([rules for _, rules in candidates])
    answers: dict[Any, Governing[PolicyVersion]] = {}
    found: dict[tuple[int, str, bool], tuple[Governing[PolicyVersion], set[int]]] = {}
    for key in _moves(known):
        account = known[key.account_pk]
        for region in key.targets:
            alike = judge.alike(key, region)
            if alike not in answers:
                answers[alike] = governing(candidates, key.subject(account, region))
            answer = answers[alike]
            name = answer.rules.name if answer.version else ""
            group = (account.pk, name, bool(answer.doubt or answer.unread))
            found.setdefault(group, (answer, set()))[1].add(key.pk)
    groups = [Governed(known[pk], answer, len(keys)) for (pk, _, _), (answer, keys) in found.items()]
    return sorted(groups, key=lambda each: (each.account.name, each.policy, each.in_doubt))


@dataclass(frozen=True, slots=True)
class _Moves:
    """One key with what policies choose by, and the Regions that it could go to."""

    pk: int
    account_pk: int
    from_region: str
    tags: dict[str, str] | None
    aliases: tuple[str, ...]
    targets: tuple[str, ...]

    def subject(self, account: AwsAccount, to_region: str) -> Subject:
        return Subject(
            account_name=account.name,
            account_id=account.account_id,
            unit=account.known_unit,
            tags=self.tags,
            aliases=self.aliases,
            from_region=self.from_region,
            to_region=to_region,
        )


class _Judge:
    """What of a key any policy asks: two keys that are alike in it have the same answer."""

    def __init__(self, candidates: Sequence[Rules]) -> None:
        self._tags = sorted({name for rules in candidates for name in rules.applies_to.tags})
        self._patterns = sorted({pattern for rules in candidates for pattern in rules.applies_to.aliases})

    def alike(self, key: _Moves, to_region: str) -> tuple[Any, ...]:
        tags = None if key.tags is None else tuple(key.tags.get(name) for name in self._tags)
        patterns = tuple(
            any(fits_alias(pattern, alias) for alias in key.aliases) for pattern in self._patterns
        )
        return key.account_pk, key.from_region, to_region, tags, patterns


def _moves(accounts: Iterable[int]) -> Iterable[_Moves]:
    keys = MultiRegionKey.objects.filter(account__in=list(accounts))
    targets: dict[int, list[str]] = defaultdict(list)
    members = RegionKey.objects.filter(key__in=keys).exclude(sight=Sight.GONE.value)
    elsewhere = members.exclude(region=F("key__primary_region"))
    for key, region in elsewhere.order_by().values_list("key_id", "region"):
        targets[key].append(region)
    primaries = {
        key: (aliases, tags if read else None)
        for key, aliases, tags, read in RegionKey.objects.filter(
            key__in=keys, region=F("key__primary_region")
        ).values_list("key_id", "aliases", "tags", "details_at")
    }
    for pk, account, region, alias in keys.order_by().values_list(
        "pk", "account_id", "primary_region", "alias"
    ):
        if pk in targets:
            aliases, tags = primaries.get(pk, ([], None))
            names = tuple(dict.fromkeys(filter(None, aliases or [alias])))
            yield _Moves(pk, account, region, tags, names, tuple(targets[pk]))
