"""Whose approvals a change needs, whose count, and who is still waited for.

A `Quorum` is built once for a decision: inside its transaction, after its first write took the change's row.
From there it is handed on; nobody else works out who counts. Reads, never writes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.db.models import F, FilteredRelation, Q, TextField
from django.db.models.functions import Cast

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change, ChangeQuerySet
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.quorum.requirements import Requirement, count_votes
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement: who fills its places, and who may vote for what is missing and has not."""

    requirement: Requirement
    filled_by: tuple[str, ...]
    may_fill: tuple[str, ...]

    @property
    def missing(self) -> int:
        return self.requirement.at_least - len(self.filled_by)

    @property
    def sentence(self) -> str:
        """Empty where nobody is waited for any more."""
        if not self.missing:
            return ""
        who = self.requirement.group or "the account's approvers"
        return f"{self.missing} more of {who}: {' or '.join(self.may_fill) or 'nobody is there'}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Who has to agree to one change, and how far they have: as it was when this was built.

    The requester never counts, whatever groups hold them: they are in none of `members` and `reviewers`.
    """

    rules: Rules  # that were pinned when the change was asked for
    needs: tuple[Requirement, ...]
    requester: str
    is_emergency: bool
    members: Mapping[str, frozenset[str]]  # by group, who may vote now
    reviewers: frozenset[str]  # who may judge the emergency afterwards; nobody where it is none
    votes: frozenset[str]  # who approved this very plan, and did not take that back
    lines: tuple[Asked, ...] = field(init=False)

    def __post_init__(self) -> None:
        # A value that follows from the others: so it follows again wherever one of them is replaced.
        object.__setattr__(self, "lines", tuple(_lines(self.needs, self.members, self.votes)))

    @property
    def unread(self) -> tuple[Reason, ...]:
        """Why nobody can tell what it needs; empty where all of its rules are understood."""
        if not self.rules.unread:
            return ()
        sentence = f"{self.rules.unread_words} It cannot be approved or run: cancel it and ask again."
        return (Reason(Code.RULES_NOT_UNDERSTOOD, sentence),)

    @property
    def met(self) -> bool:
        return not self.rules.unread and not self.missing

    @property
    def missing(self) -> int:
        """How many places are empty."""
        return sum(line.missing for line in self.lines)

    @property
    def missing_words(self) -> str:
        lines = [line for line in self.lines if line.missing]
        return " and ".join(
            f"{line.missing} more of {line.requirement.group or 'the approvers'}" for line in lines
        )

    @property
    def waits_for(self) -> str:
        """Empty where nobody is waited for any more."""
        return " ".join(self.unread or filter(None, (line.sentence for line in self.lines)))

    @property
    def deciders(self) -> frozenset[str]:
        """Who has a say now, whether they voted or not."""
        return frozenset().union(*self.members.values())

    @property
    def why_out_of_reach(self) -> tuple[Reason, ...]:
        """Why it could not be approved even if everybody agreed who may; empty where it could."""
        best = replace(self, votes=self.deciders)
        if not best.missing:
            return ()
        sentence = f"Nobody could approve it: {best.missing_words} needed. The requester never counts."
        return (Reason(Code.NOBODY_COULD_APPROVE, sentence),)

    def with_vote(self, username: str) -> Quorum:
        return replace(self, votes=self.votes | {username})

    def without_vote(self, username: str) -> Quorum:
        return replace(self, votes=self.votes - {username})

    def wants(self, username: str) -> bool:
        """Whether this person's vote would fill an empty place, or their review is owed."""
        if self.is_emergency:
            return username in self.reviewers
        return not self.rules.unread and self.with_vote(username).missing < self.missing

    def why_no_say(self, username: str, *, ref: str) -> tuple[Reason, ...]:
        """Why this person decides nothing about the change; empty where they do."""
        if username == self.requester:
            return (Reason(Code.OWN_REQUEST, "Who asks for a change never decides about it."),)
        if username in self.deciders:
            return ()
        return (Reason(Code.NOT_AN_APPROVER, f"You are not one of those whom {ref} needs."),)


def rules_of(change: Change) -> Rules:
    """The rules that were pinned when the change was asked for: where nothing but their words matters."""
    return stored_rules(change.rules)


def quorum_of(change: Change) -> Quorum:
    """Three queries. Whoever decides by it has taken the change's row before."""
    approvals = change.approvals.not_withdrawn().filter(plan_sha256=change.plan_sha256)
    return _quorum(
        rules_of(change),
        requester=change.requester.username,
        account=change.key.account,
        is_emergency=change.is_emergency,
        votes=approvals.values_list("approver__username", flat=True),
        roster=Roster.read(),
    )


def quorum_if_asked(rules: Rules, *, requester: str, account: AwsAccount, roster: Roster) -> Quorum:
    """Of a change that this person would ask for under these rules; nobody has voted yet."""
    return _quorum(rules, requester=requester, account=account, is_emergency=False, votes=(), roster=roster)


def quorums_of(changes: ChangeQuerySet) -> dict[int, Quorum]:
    """By the changes' primary keys. Three queries, however many; those that are alike share one value."""
    votes: dict[int, set[str]] = defaultdict(set)
    facts = {}
    for change, voter, *of_change in _facts(changes):
        facts[change] = of_change
        votes[change] |= {voter} if voter else set()
    if not facts:
        return {}
    roster = Roster.read()
    rules = cache(lambda document: stored_rules(json.loads(document)))

    @cache
    def quorum(
        document: str, requester: str, account: int, is_emergency: bool, given: frozenset[str]
    ) -> Quorum:
        return _quorum(
            rules(document),
            requester=requester,
            account=AwsAccount(pk=account),  # a roster asks for no more than which one
            is_emergency=is_emergency,
            votes=given,
            roster=roster,
        )

    return {change: quorum(*of_change, frozenset(votes[change])) for change, of_change in facts.items()}


def _facts(changes: ChangeQuerySet) -> Iterable[tuple[int, Any, Any, str, int, bool]]:
    """A row for each vote that counts, and one for a change without any."""
    of_this_plan = Q(approvals__withdrawn_at=None, approvals__plan_sha256=F("plan_sha256"))
    counted = FilteredRelation("approvals", condition=of_this_plan)
    return (
        changes.order_by()
        .annotate(counted=counted, document=Cast("rules", TextField()))
        .values_list(
            "pk",
            "counted__approver__username",
            "document",
            "requester__username",
            "key__account__pk",
            "is_emergency",
        )
    )


def _quorum(
    rules: Rules,
    *,
    requester: str,
    account: AwsAccount,
    is_emergency: bool,
    votes: Iterable[str],
    roster: Roster,
) -> Quorum:
    needs = _needs(rules)
    # Where nobody is asked, an approver of the account judges the emergency.
    able = roster.members(needs or DEFAULT.requirements, account)
    members = {group: frozenset(people - {requester}) for group, people in able.items()}
    return Quorum(
        rules=rules,
        needs=needs,
        requester=requester,
        is_emergency=is_emergency,
        members=members if needs else {},
        reviewers=frozenset().union(*members.values()) if is_emergency else frozenset(),
        votes=frozenset(votes),
    )


def _needs(rules: Rules) -> tuple[Requirement, ...]:
    """What must be met. A policy that asks nobody is refused when written, and would not pass here either."""
    if not rules.needs_approval:
        return ()
    return tuple(need for need in rules.requirements if need.at_least > 0) or DEFAULT.requirements


def _lines(
    needs: tuple[Requirement, ...], members: Mapping[str, frozenset[str]], votes: frozenset[str]
) -> Iterator[Asked]:
    for line in count_votes(needs, votes=votes, members=members).lines:
        may_fill = members.get(line.requirement.group, frozenset()) - votes
        yield Asked(line.requirement, line.filled_by, tuple(sorted(may_fill)))
