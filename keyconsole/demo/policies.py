"""The policies of the demo story: what each account's moves needed from when on, and how that came to be.

*payments* needs platform and security, *research* confirms alone, *archive* is frozen. Before a policy named
an account, the default held there: one approver who is not the requester.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from keyconsole.demo.accounts import OPERATOR
from keyconsole.demo.accounts_and_regions import ARCHIVE, PAYMENTS, RESEARCH, StoryKey
from keyconsole.demo.timeline import Happening
from keyconsole.people import groups
from keyconsole.policies.document.rules import Rule, Rules, Selector, Window
from keyconsole.policies.governing.match import Governing, Subject, governing
from keyconsole.policies.models import PolicyVersion, VersionState
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions import propose
from keyconsole.policies.versions.apply import apply_at_the_terminal

Then = Governing[str]
Tell = Callable[[datetime], object]

PLATFORM, SECURITY, ON_CALL = "platform", "security", "on-call"
# Who joined which group, in days before the story starts.
MEMBERS = ((PLATFORM, "ben", 96.4), (SECURITY, "bea", 96.39), (ON_CALL, "ana", 96.38))

RESEARCH_ALONE = Rules(
    "research", Rule.CONFIRM, Selector(accounts=(RESEARCH.account_id,)), reason_at_least=10
)
ARCHIVE_ALONE = Rules("archive", Rule.CONFIRM, Selector(accounts=(ARCHIVE.account_id,)))
ARCHIVE_FROZEN = replace(
    ARCHIVE_ALONE, frozen="The retention audit is under way; nothing in archive moves until it is signed."
)
PAYMENTS_TWO_TEAMS = Rules(
    "payments",
    Rule.APPROVE,
    Selector(accounts=(PAYMENTS.account_id,)),
    requirements=(Requirement(PLATFORM, 1), Requirement(SECURITY, 1)),
    emergency_group=ON_CALL,
)
PAYMENTS_BY_DAY = replace(
    PAYMENTS_TWO_TEAMS,
    ticket_pattern="[A-Z]{2,6}-[0-9]{1,6}",
    windows=(Window(("mon", "tue", "wed", "thu"), "07:00", "17:00", "Europe/Zurich"),),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A version of a policy, and since when it holds."""

    rules: Rules
    number: int
    days_ago: float
    why: str
    agreed_by: str = ""
    """Empty: put in place at the server's terminal."""

    @property
    def label(self) -> str:
        return f"{self.rules.name} version {self.number}"

    def since(self, *, now: datetime) -> datetime:
        return now - timedelta(days=self.days_ago)


HELD = (
    Held(RESEARCH_ALONE, 1, 422.9, "Research has one engineer a site; they confirm what they do themselves."),
    Held(ARCHIVE_ALONE, 1, 415.2, "Nobody approves in archive yet; who may ask confirms alone."),
    Held(
        PAYMENTS_TWO_TEAMS,
        1,
        95.8,
        "Card data: platform and security both agree, as the assessor asked.",
        "ben",
    ),
    Held(ARCHIVE_FROZEN, 2, 11.4, "Frozen for the retention audit; nobody in archive could agree to it."),
)
_PROPOSED_BEFORE = timedelta(hours=5)
_PROPOSED_DAYS_AGO, _AGREED_DAYS_AGO = 1.9, 0.8


def governing_then(story: StoryKey, from_region: str, to_region: str, *, at: datetime, now: datetime) -> Then:
    """What the product would have said then about this move."""
    candidates: dict[str, tuple[str, Rules]] = {}
    for held in HELD:
        if held.since(now=now) <= at:
            candidates[held.rules.name] = (held.label, held.rules)
    subject = Subject(
        account_name=story.account.name,
        account_id=story.account.account_id,
        unit=story.account.unit,
        tags=story.tags,
        aliases=(f"alias/{story.alias}",),
        from_region=from_region,
        to_region=to_region,
    )
    return governing(list(candidates.values()), subject)


def rules_happenings(people: dict[str, User], *, now: datetime) -> Iterator[Happening]:
    for group, username, days_ago in MEMBERS:
        yield Happening(now - timedelta(days=days_ago), _joining(people[username], group))
    for held in HELD:
        if held.agreed_by:
            yield Happening(held.since(now=now) - _PROPOSED_BEFORE, _proposing(held.rules, held.why, people))
            yield Happening(held.since(now=now), _agreeing(held.rules.name, people[held.agreed_by]))
        else:
            yield Happening(held.since(now=now), _applying(held))
    why = "No moves of card keys at night or before a weekend, and never without a ticket."
    yield Happening(now - timedelta(days=_PROPOSED_DAYS_AGO), _proposing(PAYMENTS_BY_DAY, why, people))
    yield Happening(now - timedelta(days=_AGREED_DAYS_AGO), _agreeing(PAYMENTS_BY_DAY.name, people["bea"]))


def versions_by_label() -> dict[str, PolicyVersion]:
    return {str(version): version for version in PolicyVersion.objects.select_related("policy")}


def _joining(person: User, group: str) -> Tell:
    return lambda now: groups.join(person, group, by=OPERATOR, now=now)


def _applying(held: Held) -> Tell:
    return lambda now: apply_at_the_terminal(
        held.rules, name=held.rules.name, by=OPERATOR, why=held.why, now=now
    )


def _proposing(rules: Rules, why: str, people: dict[str, User]) -> Tell:
    return lambda now: propose.propose(rules, name=rules.name, by=people["ada"], why=why, now=now)


def _agreeing(name: str, person: User) -> Tell:
    def tell(now: datetime) -> None:
        version = PolicyVersion.objects.get(policy__name=name, state=VersionState.PROPOSED)
        propose.agree(version, by=person, sha256=version.sha256, now=now)

    return tell
