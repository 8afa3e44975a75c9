"""The product's side of the demo story: fourteen months of a team that uses KeyConsole.

Owns the order in which it is told. Talks to nobody: what the keys are like now is known from the story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Approval, Attempt, Change, Observation, Review
from keyconsole.demo.accounts import account_happenings, create_accounts
from keyconsole.demo.accounts_and_regions import ACCOUNTS, StoryKey
from keyconsole.demo.change_events import change_happenings
from keyconsole.demo.changes import Told, approval_rows, attempt_row, change_row, observations_of, review_row
from keyconsole.demo.inventory import Moved, key_happenings, pasts_of, store_keys
from keyconsole.demo.past_changes import PastChange, by_alias, foreign_moves, past_changes
from keyconsole.demo.pending import power_happenings, waiting_happenings
from keyconsole.demo.people import create_people, factor_happenings, grant_happenings, proofs_of
from keyconsole.demo.policies import Then, governing_then, rules_happenings, versions_by_label
from keyconsole.demo.scans import past_scans, scan_happenings, store_scans
from keyconsole.demo.sign_ins import office_happenings, sign_in
from keyconsole.demo.timeline import Happening, tell_in_order
from keyconsole.inventory.models import Depth, MultiRegionKey
from keyconsole.inventory.scan.run import request_scan

_BEGAN = timedelta(days=425)
_SIGNS_IN_BEFORE = timedelta(minutes=6)


def tell_story(*, endpoint_url: str, now: datetime) -> bool:
    """Fill an empty database; False, and nothing done, where the story has been told already."""
    if AwsAccount.objects.filter(account_id__in=[account.account_id for account in ACCOUNTS]).exists():
        return False
    with transaction.atomic():
        people = create_people(joined=now - _BEGAN)
        accounts = create_accounts(endpoint_url, now=now)
        scans = [scan for account in ACCOUNTS for scan in past_scans(account, now=now)]
        told = _told(now=now)
        pasts = pasts_of(scans, _moves(told, now=now), now=now)
        keys = store_keys(pasts, accounts, now=now)
        store_scans(scans, accounts, now=now)
        tell_in_order(
            [
                *(
                    each
                    for account in ACCOUNTS
                    for each in account_happenings(account, endpoint_url, now=now)
                ),
                *grant_happenings(people, accounts, now=now),
                *factor_happenings(people, now=now),
                *rules_happenings(people, now=now),
                *office_happenings(now=now),
                *(each for scan in scans for each in scan_happenings(scan, now=now)),
                *(each for past in pasts for each in key_happenings(past)),
                *_store_changes(told, keys, people, now=now),
                *waiting_happenings(keys, people, now=now),
                *power_happenings(people, accounts, now=now),
            ]
        )
        _pin_versions(told)
        for account in accounts.values():
            request_scan(account, by=ITSELF, depth=Depth.DETAILS, now=now)
    return True


def _told(*, now: datetime) -> list[Told]:
    stories = by_alias()
    return [
        Told(past, stories[past.alias], number, past.called_at(now=now), _then(past, stories, now=now))
        for number, past in enumerate(past_changes(now=now), start=1)
    ]


def _then(past: PastChange, stories: dict[str, StoryKey], *, now: datetime) -> Then:
    at = past.called_at(now=now)
    return governing_then(stories[past.alias], past.from_region, past.to_region, at=at, now=now)


def _pin_versions(told: list[Told]) -> None:
    """The versions exist once they were told."""
    versions, changes = versions_by_label(), Change.objects.in_bulk(field_name="number")
    for each in told:
        changes[each.number].policy_version = versions.get(each.then.version or "")
    Change.objects.bulk_update(changes.values(), ["policy_version"])


def _moves(told: list[Told], *, now: datetime) -> dict[str, list[Moved]]:
    """By alias, oldest first."""
    moved = [Moved(each.past, each.called_at, each.ref) for each in told if each.past.ending.moves]
    moved += [Moved(move, now - timedelta(days=move.days_ago), "") for move in foreign_moves()]
    moves: dict[str, list[Moved]] = defaultdict(list)
    for each in sorted(moved, key=lambda each: each.at):
        moves[each.move.alias].append(each)
    return moves


def _store_changes(
    told: list[Told], keys: dict[str, MultiRegionKey], people: dict[str, User], *, now: datetime
) -> Iterator[Happening]:
    rows = Change.objects.bulk_create(
        change_row(each, keys[each.past.alias], people[each.past.by]) for each in told
    )
    pairs = list(zip(told, rows, strict=True))
    attempts = [attempt_row(each, change) for each, change in pairs]
    Attempt.objects.bulk_create(attempt for attempt in attempts if attempt)
    Observation.objects.bulk_create(look for each, change in pairs for look in observations_of(each, change))
    Approval.objects.bulk_create(row for each, change in pairs for row in approval_rows(each, change, people))
    Review.objects.bulk_create(
        review_row(each, change, people) for each, change in pairs if each.is_emergency
    )
    for (each, change), attempt in zip(pairs, attempts, strict=True):
        yield sign_in(each.past.by, at=each.requested_at - _SIGNS_IN_BEFORE)
        for approver, approved_at in each.votes:
            at = approved_at - _SIGNS_IN_BEFORE / 2
            yield sign_in(approver, at=at, proofs=proofs_of(approver, at=at, now=now))
        yield from change_happenings(each, change, attempt)
