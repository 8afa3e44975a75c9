"""What people hear about policies, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.told import Told, told
from keyconsole.notifications.topics import Topic
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.effects import Effect, effect_lines
from keyconsole.policies.versions.horizon import effects_in
from keyconsole.policies.versions.votes import Tally, tallies


def ask_voters(version: PolicyVersion, effects: Sequence[Effect], *, now: datetime) -> None:
    """With what it would change, rule by rule: weakening has to be seen. To each what they may see of it."""
    able = {name for tally in tallies(version) for name in tally.still_able}
    roster, touched = Roster.read(), {key.account for effect in effects for key in effect.keys}
    viewers = {account.pk: roster.who_may(Permission.VIEW, account) for account in touched}
    seen: dict[tuple[Effect, ...], list[User]] = {tuple(effects): []}
    for person in User.objects.filter(username__in=sorted(able)):
        accounts = {pk for pk, names in viewers.items() if person.username in names}
        seen.setdefault(effects_in(effects, accounts), []).append(person)
    for theirs, people in seen.items():
        _ask(version, theirs, people, to_routes=theirs == tuple(effects), now=now)


def _ask(
    version: PolicyVersion,
    effects: Sequence[Effect],
    people: Sequence[User],
    *,
    to_routes: bool,
    now: datetime,
) -> None:
    announce(
        Topic.POLICY_NEEDS_YOU,
        subject=f"{version} waits for your agreement{_weaker(effects)}",
        body="\n\n".join(
            [
                _what(version),
                f"Why: {version.why}",
                f"What it changes:\n{effect_lines(effects)}",
                f"SHA-256 of what it says: {version.sha256}",
            ]
        ),
        data=_facts(version),
        people=people,
        path=_path(version),
        to_routes=to_routes,
        now=now,
    )


def told_voters(
    version: PolicyVersion, asked: Sequence[Tally], *, only_these: bool = False
) -> tuple[str, ...]:
    """Who was told that it waits for their agreement, of those who have not given it.

    `only_these`: of nobody beyond `asked`, for somebody who does not see every account.
    """
    meant = {name for tally in asked for name in tally.still_able}
    agreed = {name for tally in asked for line in tally.lines for name in line.filled_by}
    names = meant | agreed if only_these else None
    found = told([Topic.POLICY_NEEDS_YOU], path=_path(version), since=version.proposed_at, names=names)
    # To nobody of these does not say: to nobody.
    return () if only_these and found == Told() else found.sentences(meant)


def tell_decision(version: PolicyVersion, *, outcome: str, comment: str, now: datetime) -> None:
    """To who proposed it and everybody who voted."""
    people = User.objects.filter(pk__in=[version.proposer_id, *version.votes.values_list("voter", flat=True)])
    announce(
        Topic.POLICY_DECIDED,
        subject=f"{version} {outcome}",
        body="\n\n".join(filter(None, [f"{version} {outcome}.", comment, f"SHA-256: {version.sha256}"])),
        data=_facts(version),
        people=people,
        path=_path(version),
        now=now,
    )


def _weaker(effects: Sequence[Effect]) -> str:
    return " (weaker rules)" if any(effect.weaker for effect in effects) else ""


def _path(version: PolicyVersion) -> str:
    return reverse("policy", args=[version.policy.name])


def _what(version: PolicyVersion) -> str:
    who = version.proposer.username if version.proposer else "Somebody at the terminal"
    verb = "retire the policy" if version.retires else "change the policy"
    return f"{who} proposes to {verb} {version.policy.name}."


def _facts(version: PolicyVersion) -> dict[str, object]:
    return {"policy": version.policy.name, "version": version.number, "sha256": version.sha256}
