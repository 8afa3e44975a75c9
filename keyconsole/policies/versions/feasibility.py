"""Whether a policy fits the accounts, groups and people that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.parts import Selector
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import could_fit, covers_account
from keyconsole.policies.governing.resolve import subject_of, with_primaries
from keyconsole.policies.quorum.membership import group_problem, shortfall
from keyconsole.policies.quorum.roster import Roster


def misfits(
    rules: Rules,
    *,
    roster: Roster | None = None,
    accounts: Sequence[AwsAccount] | None = None,
    known: Collection[str] | None = None,
) -> tuple[str, ...]:
    """The sentences that say why the policy could not work; empty where it can.

    Who asks about many policies reads the roster and all accounts once, for all of them. For a person who
    does not see all accounts: those that they see, and in `known` the numbers that they know.
    """
    everywhere = list(AwsAccount.objects.all()) if accounts is None else accounts
    numbers = numbers_of(everywhere) if known is None else known
    return tuple(dict.fromkeys(_misfits(rules, roster or Roster.read(), everywhere, numbers)))


def numbers_of(accounts: Iterable[AwsAccount]) -> set[str]:
    return {account.account_id for account in accounts}


def covered_accounts(selector: Selector, accounts: Iterable[AwsAccount] | None = None) -> list[AwsAccount]:
    return [
        account
        for account in (AwsAccount.objects.all() if accounts is None else accounts)
        if covers_account(selector, account_id=account.account_id, unit=account.known_unit)
    ]


def _misfits(
    rules: Rules, roster: Roster, accounts: Sequence[AwsAccount], known: Collection[str]
) -> Iterator[str]:
    if rules.unread:
        yield rules.unread_words
    if unknown := [entry for entry in rules.applies_to.accounts if entry not in known]:
        yield f"There is no account {', '.join(repr(entry[:60]) for entry in unknown)}."
    if problem := group_problem(rules.requirements, roster):
        yield problem
    else:
        yield from _shortfalls(rules, roster, accounts)
    if rules.emergency_group and not roster.groups.get(rules.emergency_group):
        yield f"Nobody is in the emergency group {rules.emergency_group!r}."


def _shortfalls(rules: Rules, roster: Roster, accounts: Sequence[AwsAccount]) -> Iterator[str]:
    """In the accounts that have such keys; where none has, one account that could do it is enough."""
    covered = covered_accounts(rules.applies_to, accounts)
    found = {
        account.pk: shortfall(rules.requirements, account, roster, second_factor=rules.second_factor)
        for account in covered
    }
    short = [account for account in covered if found[account.pk]]
    with_keys = _with_such_keys(short, rules.applies_to) if short else set()
    yield from (found[account.pk] for account in short if account.pk in with_keys)
    if short == covered and not with_keys:
        yield from (found[account.pk] for account in short[:1])


def _with_such_keys(accounts: list[AwsAccount], selector: Selector) -> set[int]:
    """Which of them have a key that it could choose, whichever Regions the move is between."""
    keys = MultiRegionKey.objects.filter(account__in=accounts).order_by()
    if not selector.tags and not selector.aliases:
        return set(keys.values_list("account__pk", flat=True).distinct())
    anywhere = replace(selector, from_regions=(), to_regions=())
    return {
        key.account.pk
        for key, primary in with_primaries(keys.select_related("account"))
        if could_fit(anywhere, subject_of(key, primary, to_region=""))
    }
