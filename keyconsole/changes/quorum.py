"""Whose approvals a change needs, whose count, and who is still waited for.

Two sets of rules ask: those that were pinned when the change was asked for, and those of today. Both are met,
or it waits: a policy that was tightened asks again, and one that was loosened changes nothing for it.

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

from keyconsole.audit.given_proof import GivenProof, proves_second_factor
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change, ChangeQuerySet
from keyconsole.changes.present_rules import Present, present_rules
from keyconsole.changes.states import State
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.document.words import FACTOR_MISSING, PROOF_TOO_WEAK
from keyconsole.policies.governing.resolve import governing_for, governing_for_moves
from keyconsole.policies.quorum.requirements import Requirement, count_votes, covers
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason

WITH_FACTOR = " with a second factor"
WAITING = frozenset({State.PENDING, State.APPROVED})


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement: who fills its places, and who may vote for what is missing and has not."""

    requirement: Requirement
    filled_by: tuple[str, ...]
    may_fill: tuple[str, ...]
    because: str = ""  # which of today's rules asks for it; empty for what was pinned
    second_factor: bool = False  # only a vote that one proved fills a place

    @property
    def missing(self) -> int:
        return self.requirement.at_least - len(self.filled_by)

    @property
    def words(self) -> str:
        return self.requirement.words + (WITH_FACTOR if self.second_factor else "")

    @property
    def sentence(self) -> str:
        """Empty where nobody is waited for any more."""
        if not self.missing:
            return ""
        who = self.requirement.group or "the account's approvers"
        told = f"{self.missing} more of {who}{WITH_FACTOR if self.second_factor else ''}"
        return f"{told}: {' or '.join(self.may_fill) or 'nobody is there'}."


@dataclass(frozen=True, slots=True)
class Demand:
    """What one set of rules asks for; `because` says which, where those are today's."""

    needs: tuple[Requirement, ...]
    because: str = ""
    second_factor: bool = False  # votes that were proved without one fill no place of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Who has to agree to one change, and how far they have: as it was when this was built.

    The requester never counts, whatever groups hold them: they are in none of `members` and `reviewers`.
    """

    rules: Rules  # that were pinned when the change was asked for
    present: Present | None  # those of today; None before it was asked for, and once it no longer waits
    demands: tuple[Demand, ...]
    requester: str
    is_emergency: bool
    members: Mapping[str, frozenset[str]]  # by group, who may vote now
    reviewers: frozenset[str]  # who may judge the emergency afterwards; nobody where it is none
    votes: frozenset[str]  # who approved this very plan, and did not take that back
    proved: frozenset[str] = frozenset()  # of those: whose second factor proved it
    equipped: frozenset[str] = frozenset()  # who has a second factor to vote with
    refused: tuple[Reason, ...] = ()  # why today's rules would not let it be asked for
    lines: tuple[Asked, ...] = field(init=False)

    def __post_init__(self) -> None:
        # A value that follows from the others: so it follows again wherever one of them is replaced.
        object.__setattr__(self, "lines", tuple(_lines(self)))

    @property
    def needs(self) -> tuple[Requirement, ...]:
        return tuple(need for demand in self.demands for need in demand.needs)

    @property
    def all_rules(self) -> tuple[Rules, ...]:
        """The pinned ones and those of today: the stricter of them holds."""
        return (self.rules, self.present.rules) if self.present else (self.rules,)

    @property
    def unread(self) -> tuple[Reason, ...]:
        """Why nobody can tell what it needs; empty where all of its rules are understood."""
        if not self.rules.unread:
            return ()
        sentence = f"{self.rules.unread_words} It cannot be approved or run: cancel it and ask again."
        return (Reason(Code.RULES_NOT_UNDERSTOOD, sentence),)

    @property
    def unclear(self) -> tuple[Reason, ...]:
        """Why nobody can tell what today's rules ask for; empty where they are known."""
        return self.present.unclear if self.present else ()

    @property
    def met(self) -> bool:
        return self.enough and not self.unclear

    @property
    def enough(self) -> bool:
        """Whether everybody agreed whom the known rules ask."""
        return not self.rules.unread and not self.missing

    @property
    def tightened(self) -> str:
        """Which of today's rules asks for more than the pinned ones; empty where none does."""
        return " ".join(demand.because for demand in self.demands if demand.because)

    @property
    def missing(self) -> int:
        """How many places are empty."""
        return sum(line.missing for line in self.lines)

    @property
    def missing_words(self) -> str:
        lines = [line for line in self.lines if line.missing]
        return " and ".join(
            f"{line.missing} more of {line.requirement.group or 'the approvers'}"
            f"{WITH_FACTOR if line.second_factor else ''}"
            for line in lines
        )

    @property
    def second_factor(self) -> bool:
        """Whether one of its rules counts only votes that a second factor proved."""
        return any(demand.second_factor for demand in self.demands)

    @property
    def counted(self) -> frozenset[str]:
        """Whose vote counts by its proof. Whether there is a place for it, `lines` say."""
        return self.votes & self.proved if self.second_factor else self.votes

    @property
    def waits_for(self) -> str:
        """Empty where nobody is waited for any more."""
        told = [line for line in self.lines if line.missing]
        because = dict.fromkeys(line.because for line in told if line.because)
        return " ".join(
            self.unread or (*self.unclear, *self.refused, *because, *(line.sentence for line in told))
        )

    @property
    def deciders(self) -> frozenset[str]:
        """Who has a say now, whether they voted or not."""
        return frozenset().union(*self.members.values())

    @property
    def why_out_of_reach(self) -> tuple[Reason, ...]:
        """Why it could not be approved even if everybody agreed who may; empty where it could."""
        best = replace(self, votes=self.deciders, proved=self.equipped)
        if not best.missing:
            return ()
        sentence = f"Nobody could approve it: {best.missing_words} needed. The requester never counts."
        return (Reason(Code.NOBODY_COULD_APPROVE, sentence),)

    def with_vote(self, username: str, *, second_factor: bool = True) -> Quorum:
        """`second_factor`: whether one proved who votes."""
        proved = self.proved | {username} if second_factor else self.proved - {username}
        return replace(self, votes=self.votes | {username}, proved=proved)

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

    def why_no_factor(self, username: str) -> tuple[Reason, ...]:
        """What this person has to do before their vote could count; empty where nothing."""
        if not self.second_factor or username in self.equipped or username not in self.deciders:
            return ()
        return (Reason(Code.SECOND_FACTOR_NEEDED, FACTOR_MISSING),)

    def why_weak(self, proof: GivenProof | None) -> tuple[Reason, ...]:
        """Why a vote with this proof would not count; empty where it would."""
        if not self.second_factor or (proof and proof.has_second_factor):
            return ()
        return (Reason(Code.SECOND_FACTOR_NEEDED, PROOF_TOO_WEAK),)


def rules_of(change: Change) -> Rules:
    """The rules that were pinned when the change was asked for: where nothing but their words matters."""
    return stored_rules(change.rules)


def quorum_of(change: Change, *, as_it_waited: bool = False) -> Quorum:
    """Five queries. Whoever decides by it has taken the change's row before.

    Rules of today say nothing of what was sent or has ended; `as_it_waited` asks them all the same.
    """
    asks_today = as_it_waited or change.state in WAITING
    governing = governing_for(change.key, to_region=change.to_region) if asks_today else None
    approvals = change.approvals.not_withdrawn().filter(plan_sha256=change.plan_sha256)
    votes = dict(approvals.values_list("approver__username", "proof"))
    return _quorum(
        rules_of(change),
        present_rules(change, governing) if governing else None,
        requester=change.requester.username,
        account=change.key.account,
        is_emergency=change.is_emergency,
        votes=votes,
        roster=Roster.read(),
    )


def quorum_if_asked(rules: Rules, *, requester: str, account: AwsAccount, roster: Roster) -> Quorum:
    """Of a change that this person would ask for under these rules; nobody has voted yet."""
    return _quorum(
        rules, None, requester=requester, account=account, is_emergency=False, votes={}, roster=roster
    )


def quorums_of(changes: ChangeQuerySet) -> dict[int, Quorum]:
    """By the changes' primary keys. Six queries, however many; those that are alike share one value."""
    votes: dict[int, dict[str, str]] = defaultdict(dict)
    documents: dict[int, str] = {}
    for pk, voter, how, document in _facts(changes):
        documents[pk] = document
        votes[pk] |= {voter: how} if voter else {}
    if not documents:
        return {}
    roster, presents = Roster.read(), _presents(changes)
    rules = cache(lambda document: stored_rules(json.loads(document)))
    built: dict[tuple[object, ...], Quorum] = {}
    found = {}
    for pk, (change, present) in presents.items():
        given = frozenset(votes[pk].items())
        requester, account = change.requester.username, change.key.account
        alike = present.alike if present else None
        facts = (documents[pk], alike, requester, account.pk, change.is_emergency, given)
        if facts not in built:
            built[facts] = _quorum(
                rules(documents[pk]),
                present,
                requester=requester,
                account=account,
                is_emergency=change.is_emergency,
                votes=votes[pk],
                roster=roster,
            )
        found[pk] = built[facts]
    return found


def _presents(changes: ChangeQuerySet) -> dict[int, tuple[Change, Present | None]]:
    """Each change with what today's rules say of it: a query for the changes, two for what governs them."""
    read = changes.order_by().select_related("key__account", "requester").defer("plan", "rules")
    listed = {change.pk: change for change in read}
    waiting = {pk: change for pk, change in listed.items() if change.state in WAITING}
    found = governing_for_moves({pk: (change.key, change.to_region) for pk, change in waiting.items()})
    return {
        pk: (change, present_rules(change, found[pk]) if pk in waiting else None)
        for pk, change in listed.items()
    }


def _facts(changes: ChangeQuerySet) -> Iterable[tuple[int, Any, Any, Any]]:
    """A row for each vote on the plan with its proof, and one for a change without any."""
    of_this_plan = Q(approvals__withdrawn_at=None, approvals__plan_sha256=F("plan_sha256"))
    counted = FilteredRelation("approvals", condition=of_this_plan)
    return (
        changes.order_by()
        .annotate(counted=counted, document=Cast("rules", TextField()))
        .values_list("pk", "counted__approver__username", "counted__proof", "document")
    )


def _quorum(
    rules: Rules,
    present: Present | None,
    *,
    requester: str,
    account: AwsAccount,
    is_emergency: bool,
    votes: Mapping[str, str],
    roster: Roster,
) -> Quorum:
    """`votes`: by name, how who voted had proved who they are."""
    # Whom an emergency skipped, and who reviews it, was settled when it was used.
    demands = _demands(rules, None if is_emergency else present)
    needs = tuple(need for demand in demands for need in demand.needs)
    # Where nobody is asked, an approver of the account judges the emergency.
    able = roster.members(needs or DEFAULT.requirements, account)
    members = {group: frozenset(people - {requester}) for group, people in able.items()}
    return Quorum(
        rules=rules,
        present=present,
        demands=demands,
        requester=requester,
        is_emergency=is_emergency,
        members=members if needs else {},
        reviewers=frozenset().union(*members.values()) if is_emergency else frozenset(),
        votes=frozenset(votes),
        proved=frozenset(name for name, how in votes.items() if proves_second_factor(how)),
        equipped=roster.second_factors,
        refused=_refused(present, requester, roster, is_emergency=is_emergency),
    )


def _demands(rules: Rules, present: Present | None) -> tuple[Demand, ...]:
    """What the pinned rules ask for and what today's do; once, where meeting the one meets the other."""
    pinned = _demand(rules)
    if present is None or _meets(pinned, _demand(present.rules)):
        return (pinned,)
    today = _demand(present.rules)
    words = " and ".join(need.words for need in today.needs) + (WITH_FACTOR if today.second_factor else "")
    today = replace(today, because=present.asks_for(words))
    return (today,) if _meets(today, pinned) else (pinned, today)


def _demand(rules: Rules) -> Demand:
    return Demand(rules.needs, second_factor=rules.second_factor and bool(rules.needs))


def _meets(one: Demand, other: Demand) -> bool:
    """Whether whatever votes meet the one meet the other as well."""
    return covers(one.needs, other.needs) and one.second_factor >= other.second_factor


def _refused(
    present: Present | None, requester: str, roster: Roster, *, is_emergency: bool
) -> tuple[Reason, ...]:
    if present is None:
        return ()
    group = present.rules.emergency_group
    if not is_emergency or requester in roster.groups.get(group, ()):
        return present.refused
    sentence = (
        f"Today's rules stand against it. Only members of {group} may use the emergency path."
        if group
        else "Today's rules stand against it. The policy of this key has no emergency path any more."
    )
    return (*present.refused, Reason(Code.NOT_A_MEMBER if group else Code.NO_EMERGENCY_PATH, sentence))


def _lines(quorum: Quorum) -> Iterator[Asked]:
    for demand in quorum.demands:
        votes = quorum.votes & quorum.proved if demand.second_factor else quorum.votes
        for line in count_votes(demand.needs, votes=votes, members=quorum.members).lines:
            may_fill = quorum.members.get(line.requirement.group, frozenset()) - votes
            yield Asked(
                line.requirement,
                line.filled_by,
                tuple(sorted(may_fill)),
                demand.because,
                second_factor=demand.second_factor,
            )
