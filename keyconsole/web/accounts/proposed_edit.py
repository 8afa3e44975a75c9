"""What pages show of an edit of an account: what it changes, what it reaches, who agrees. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.account_edits.notifications import told_voters
from keyconsole.policies.account_edits.propose import asked_for, why_out_of_reach
from keyconsole.policies.document.words import Texts
from keyconsole.policies.models import AccountEdit, AccountEditVote, EditState
from keyconsole.policies.quorum.membership import missing_words
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.agreement import policies_of_keys
from keyconsole.policies.versions.votes import may_agree, may_reject, may_withdraw, tallies
from keyconsole.refusals import Verdict
from keyconsole.text import listed
from keyconsole.web.policies.impact import Asked
from keyconsole.web.policies.page import ShownTally

DECIDED_SHOWN = 5
_LABELS = {
    "name": "Name",
    "regions": "Regions",
    "source": "Identity",
    "profile_name": "Profile",
    "profile_location": "Profile file",
    "env_prefix": "Variables that begin with",
    "web_identity_token_file": "Token file",
    "web_identity_role_arn": "Role of the token",
    "role_arn": "Role to assume",
    "session_name": "Session name",
    "endpoint_url": "Endpoint",
    "use_fips": "FIPS endpoints",
    "use_dual_stack": "Dual-stack endpoints",
}


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: Texts
    after: Texts


@dataclass(frozen=True, slots=True)
class ProposedEdit:
    """The edit that waits, and what this person may do with it."""

    row: AccountEdit
    votes: Sequence[AccountEditVote]
    differences: Sequence[Difference]
    shown_tallies: Sequence[ShownTally]
    told: Sequence[str]
    agree: Verdict
    reject: Verdict
    withdraw: Verdict


@dataclass(frozen=True, slots=True)
class Reached:
    """The keys that are moved by the account's way in, and how many of them are under which policies."""

    keys: int
    policies: Sequence[tuple[str, int]]


def proposed_edit(account: AwsAccount, person: User) -> ProposedEdit | None:
    row = account.edits.filter(state=EditState.PROPOSED).select_related("account", "proposer").first()
    if row is None:
        return None
    found = tallies(row)
    return ProposedEdit(
        row=row,
        told=told_voters(row, found),
        votes=list(row.votes.select_related("voter").order_by("voted_at")),
        differences=differences({name: (row.before[name], value) for name, value in row.after.items()}),
        shown_tallies=[
            ShownTally(account.name, tuple((line, tally.still_for(line)) for line in tally.lines))
            for tally in found
        ],
        agree=may_agree(person, row),
        reject=may_reject(person, row),
        withdraw=may_withdraw(person, row),
    )


def decided_edits(account: AwsAccount) -> Sequence[AccountEdit]:
    decided = account.edits.exclude(state=EditState.PROPOSED).select_related("account", "proposer")
    return list(decided.order_by("-number")[:DECIDED_SHOWN])


def differences(changes: Mapping[str, tuple[Any, Any]]) -> list[Difference]:
    return [
        Difference(_LABELS.get(name, name), (_text(before),), (_text(after),))
        for name, (before, after) in changes.items()
    ]


def reached(account: AwsAccount) -> Reached:
    names = Counter(policies_of_keys(account).values())
    keys = MultiRegionKey.objects.filter(account=account).count()
    told = ((" or ".join(name or "the default" for name in some), count) for some, count in names.items())
    return Reached(keys, sorted(told))


def asked(account: AwsAccount, *, proposer: User) -> list[Asked]:
    roster, found = Roster.read(), []
    for each in asked_for(account):
        best = each.at_best(roster, without={proposer.username})
        found.append(
            Asked(
                account.name,
                needs=listed([need.words for need in each.requirements], "and"),
                people=tuple(sorted(each.voters(roster) - {proposer.username})),
                missing="" if best.met else missing_words(best),
            )
        )
    return found


def out_of_reach(account: AwsAccount, *, proposer: User) -> str:
    return why_out_of_reach(asked_for(account), proposer=proposer.username)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "every enabled Region"
    return str(value) or "empty"
