"""Who has to agree to another version of a policy: those whose rules hold now, for every key it would touch.

The rules before decide, so that nobody loosens a rule without those that it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations
from typing import Any, Self

from keyconsole.audit.given_proof import proves_second_factor
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.governing.match import Subject, could_fit, fits, governing
from keyconsole.policies.governing.resolve import active_rules, subject_of, with_primaries
from keyconsole.policies.models import Policy
from keyconsole.policies.quorum.membership import missing_words
from keyconsole.policies.quorum.requirements import Requirement, VoteCount, at_best, count_votes
from keyconsole.policies.quorum.roster import Members, Roster
from keyconsole.policies.versions.feasibility import covered_accounts

Candidates = list[tuple[str, Rules]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Requirements that have to be met in one account; in every account at once where none is named."""

    account: AwsAccount | None
    requirements: tuple[Requirement, ...]
    second_factor: bool = False  # the rules before count only votes that one proved

    def members(self, roster: Roster) -> Members:
        return roster.members(self.requirements, self.account)

    def counted(self, votes: Mapping[str, str]) -> set[str]:
        """Whose vote counts by its proof. `votes`: by name, how who voted had proved who they are."""
        return {name for name, how in votes.items() if not self.second_factor or proves_second_factor(how)}

    def count_votes(self, votes: Mapping[str, str], roster: Roster) -> VoteCount:
        return count_votes(self.requirements, votes=self.counted(votes), members=self.members(roster))

    def at_best(self, roster: Roster, *, without: Collection[str]) -> VoteCount:
        able = self.members(roster)
        if self.second_factor:
            able = {group: people & roster.second_factors for group, people in able.items()}
        return at_best(self.requirements, members=able, without=without)

    def voters(self, roster: Roster) -> set[str]:
        return set().union(*self.members(roster).values())

    def still_missing(self, found: VoteCount) -> str:
        where = self.account.name if self.account else "every account"
        return f"{missing_words(found)}{' with a second factor' if self.second_factor else ''}, for {where}"

    def as_json(self) -> dict[str, Any]:
        return {
            "account_id": self.account.account_id if self.account else "",
            "requirements": [need.as_json() for need in self.requirements],
            **({"second_factor": True} if self.second_factor else {}),
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], accounts: Mapping[str, AwsAccount]) -> Self:
        needs = tuple(map(Requirement.from_json, facts["requirements"]))
        return cls(accounts.get(facts["account_id"]), needs, bool(facts.get("second_factor", False)))


def agreements_needed(name: str, rules: Rules | None) -> tuple[Agreement, ...]:
    """For replacing the policy of that name by these rules, or retiring it where there are none.

    At least one requirement always: where no known key is touched, an approver of each account that is.
    """
    before = _candidates()
    after = _with(before, name, rules)
    selectors = [each for each in (dict(before).get(name), rules) if each]
    found = set(_of_keys(before, after, selectors)) or set(_of_accounts(selectors))
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.account.name if each.account else "",
                each.requirements,
                each.second_factor,
            ),
        )
    )


def agreements_of_keys(account: AwsAccount) -> tuple[Agreement, ...]:
    """Whom the rules ask that hold for the account's keys: all of them, so that the strictest is met.

    Where nobody can tell which of several policies governs a key, each of them is asked. Empty where no key
    of the account is known.
    """
    candidates = _candidates()
    found = {
        _asked_by(rules, account)
        for _, subject in _possible_moves(at_most=_moves_that_differ(candidates), account=account)
        for rules in _held(candidates, subject)
    }
    if not found and MultiRegionKey.objects.filter(account=account).exists():
        found = {Agreement(account, DEFAULT.requirements)}
    return tuple(sorted(found, key=lambda each: (each.requirements, each.second_factor)))


def policies_of_keys(account: AwsAccount) -> dict[int, tuple[str, ...]]:
    """By known key: the policies that govern its moves, or could; an empty name is the default."""
    candidates = _candidates()
    found: dict[int, set[str]] = defaultdict(set)
    for key, subject in _possible_moves(at_most=_moves_that_differ(candidates), account=account):
        found[key.pk] |= {rules.name for rules in _held(candidates, subject)}
    return {pk: tuple(sorted(names)) for pk, names in found.items()}


def _held(candidates: Candidates, subject: Subject) -> list[Rules]:
    """The rules that govern, and those of which nobody can tell whether they do."""
    unsure = [
        rules
        for _, rules in candidates
        if could_fit(rules.applies_to, subject) and not fits(rules.applies_to, subject)
    ]
    return [governing(candidates, subject).rules, *unsure]


def _asked_by(rules: Rules, account: AwsAccount) -> Agreement:
    second_factor = rules.second_factor and bool(rules.requirements)
    return Agreement(account, rules.requirements or DEFAULT.requirements, second_factor)


def _candidates() -> Candidates:
    return [(version.policy.name, rules) for version, rules in active_rules()]


def _with(before: Candidates, name: str, rules: Rules | None) -> Candidates:
    """The policy keeps its age; a new one is the youngest."""
    ages = dict(Policy.objects.values_list("name", "pk"))
    kept = [pair for pair in before if pair[0] != name]
    added = [(name, rules)] if rules else []
    return sorted(kept + added, key=lambda pair: (pair[0] not in ages, ages.get(pair[0], 0)))


def _of_keys(before: Candidates, after: Candidates, changing: Sequence[Rules]) -> Iterator[Agreement]:
    which = _moves_that_differ((*before, *after))
    for key, subject in _possible_moves(at_most=which):
        touching = [rules for rules in changing if could_fit(rules.applies_to, subject)]
        if not touching:
            continue
        held = governing(before, subject)
        in_doubt = not all(fits(rules.applies_to, subject) for rules in touching)
        if in_doubt or held.rules != governing(after, subject).rules:
            yield _asked_by(held.rules, key.account)


def _moves_that_differ(candidates: Iterable[tuple[str, Rules]]) -> int | None:
    """Where no policy names a Region, one move of a key stands for all."""
    selectors = [rules.applies_to for _, rules in candidates]
    return None if any(each.from_regions or each.to_regions for each in selectors) else 1


def _possible_moves(
    *, at_most: int | None, account: AwsAccount | None = None
) -> Iterator[tuple[MultiRegionKey, Subject]]:
    """Every move of every known key, from each of its Regions to each other: also those after the next."""
    regions: dict[int, list[str]] = defaultdict(list)
    for number, region in RegionKey.objects.order_by().values_list("key__pk", "region"):
        regions[number].append(region)
    keys = MultiRegionKey.objects.select_related("account")
    for key, primary in with_primaries(keys.filter(account=account) if account else keys):
        for from_region, to_region in islice(permutations(regions[key.pk], 2), at_most):
            yield key, subject_of(key, primary, to_region=to_region, from_region=from_region)


def _of_accounts(changing: Iterable[Rules]) -> Iterator[Agreement]:
    """No known key is touched: each account that could be, as far as anybody approves there yet."""
    roster = Roster.read()
    covered = {account for rules in changing for account in covered_accounts(rules.applies_to)}
    staffed: list[AwsAccount | None] = [
        account for account in covered if roster.who_may(Permission.APPROVE, account)
    ]
    for account in staffed or [None]:
        yield Agreement(account, DEFAULT.requirements)
