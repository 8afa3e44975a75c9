"""Tags and aliases that choose the rules are part of the plan: changed at AWS afterwards, nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from keyconsole.changes.approvals.deadlines import check_waiting
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.execution import execute
from keyconsole.changes.models import Attempt, Change
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.plan.staleness import known_differences
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.sandbox.server import Sandbox
from tests.cast import Cast, hold
from tests.changes.conftest import PRIMARY, REPLICA, Aws, Clock, known_key, moves_sent, point_at, run

pytestmark = pytest.mark.django_db
Ask = Callable[..., Change]


@pytest.fixture
def key(kms: Sandbox, cast: Cast) -> MultiRegionKey:
    """A card key: two approvers by its alias or by its tag; without them a requester moves it alone."""
    point_at(cast.payments, kms)
    key_id = kms.seed_set(
        cast.payments.account_id, primary=PRIMARY, replicas=(REPLICA,), tags={"tier": "gold", "cost": "7"}
    )
    found = known_key(cast.payments, key_id, regions=(PRIMARY, REPLICA))
    found.region_keys.update(
        aliases=["alias/card-vault"], tags={"tier": "gold", "cost": "7"}, details_at=timezone.now()
    )
    kms.reset_calls()
    return found


def govern(applies_to: Selector) -> None:
    hold(Rules("cards", Rule.APPROVE, applies_to, requirements=(Requirement("", 2),)))


BY_ALIAS, BY_TAG = Selector(aliases=("card-*",)), Selector(tags={"tier": "gold"})


@pytest.fixture
def approved(ask: Ask, cast: Cast, clock: Clock) -> Callable[[Selector], Change]:
    def under(applies_to: Selector) -> Change:
        govern(applies_to)
        change = ask()
        for person in (cast.ben, cast.bea):
            approve(change, by=person, plan_sha256=change.plan_sha256, now=clock())
        change.refresh_from_db()
        assert (change.state, change.rules["name"]) == ("approved", "cards")
        return change

    return under


def rename_alias(aws: Aws, key: MultiRegionKey) -> None:
    kms = aws.client(key.account.account_id, PRIMARY)
    kms.create_alias(AliasName="alias/harmless", TargetKeyId=key.key_id)
    kms.delete_alias(AliasName="alias/card-vault")


def add_alias(aws: Aws, key: MultiRegionKey) -> None:
    aws.client(key.account.account_id, PRIMARY).create_alias(
        AliasName="alias/card-second", TargetKeyId=key.key_id
    )


def delete_alias(aws: Aws, key: MultiRegionKey) -> None:
    aws.client(key.account.account_id, PRIMARY).delete_alias(AliasName="alias/card-vault")


def tag(name: str, value: str) -> Callable[[Aws, MultiRegionKey], None]:
    def change(aws: Aws, key: MultiRegionKey) -> None:
        aws.client(key.account.account_id, PRIMARY).tag_resource(
            KeyId=key.arn_in(PRIMARY), Tags=[{"TagKey": name, "TagValue": value}]
        )

    return change


def untag(aws: Aws, key: MultiRegionKey) -> None:
    aws.client(key.account.account_id, PRIMARY).untag_resource(KeyId=key.arn_in(PRIMARY), TagKeys=["tier"])


MADE_STALE = [
    (BY_ALIAS, rename_alias, "Of its aliases alias/card-vault fitted card-*, and now none."),
    (BY_ALIAS, add_alias, "and now alias/card-second and alias/card-vault."),
    (BY_TAG, tag("tier", "lead"), "Its tag tier was 'gold', and now is 'lead'."),
    (BY_TAG, untag, "Its tag tier was 'gold', and now is not there."),
]


@pytest.mark.parametrize(("applies_to", "disturb", "words"), MADE_STALE, ids=range(len(MADE_STALE)))
def test_what_chose_the_rules_is_changed_after_the_approval_and_nothing_is_sent(
    approved: Callable[[Selector], Change],
    clock: Clock,
    kms: Sandbox,
    aws: Aws,
    key: MultiRegionKey,
    applies_to: Selector,
    disturb: Callable[[Aws, MultiRegionKey], None],
    words: str,
) -> None:
    change = approved(applies_to)
    disturb(aws, key)
    change = run(change, clock)
    assert change.state == "stale"
    assert words in change.outcome
    assert "Nothing was sent to AWS." in change.outcome
    assert "other rules may hold for the key" in change.outcome
    assert moves_sent(kms) == 0
    assert not Attempt.objects.filter(change=change).exists()


@pytest.mark.parametrize(("applies_to", "planned"), [(BY_TAG, {"tier": None}), (BY_ALIAS, None)])
def test_a_tag_or_alias_that_would_ask_more_people_makes_it_stale_too(
    ask: Ask, clock: Clock, kms: Sandbox, aws: Aws, key: MultiRegionKey, applies_to: Selector, planned: Any
) -> None:
    key.region_keys.update(tags={}, aliases=[])
    key.alias = ""
    key.save()
    govern(applies_to)
    change = ask()
    assert change.rules["name"] == "alone"
    assert change.plan["selected_by"].get("tags") == planned
    change = run(change, clock)
    assert (change.state, moves_sent(kms)) == ("stale", 0)


@pytest.mark.parametrize("applies_to", [BY_ALIAS, BY_TAG])
def test_what_chooses_nothing_may_change(
    approved: Callable[[Selector], Change],
    clock: Clock,
    aws: Aws,
    key: MultiRegionKey,
    applies_to: Selector,
) -> None:
    change = approved(applies_to)
    tag("cost", "8")(aws, key)
    aws.client(key.account.account_id, PRIMARY).create_alias(
        AliasName="alias/harmless", TargetKeyId=key.key_id
    )
    assert run(change, clock).state == "done"


@pytest.mark.parametrize(
    ("applies_to", "operation"), [(BY_ALIAS, "ListAliases"), (BY_TAG, "ListResourceTags")]
)
def test_what_cannot_be_read_is_no_difference_and_waits(
    approved: Callable[[Selector], Change],
    clock: Clock,
    kms: Sandbox,
    applies_to: Selector,
    operation: str,
) -> None:
    change = approved(applies_to)
    kms.fault("deny", operation=operation, region=PRIMARY)
    execute.execute(change, clock=clock)
    change.refresh_from_db()
    assert change.state == "approved"
    assert "the key cannot be read first" in change.outcome
    assert moves_sent(kms) == 0


@pytest.mark.parametrize(
    ("applies_to", "seen"),
    [(BY_ALIAS, {"aliases": ["alias/harmless"]}), (BY_TAG, {"tags": {"tier": "lead"}})],
)
def test_what_a_scan_sees_ends_it_before_anybody_runs_it(
    approved: Callable[[Selector], Change],
    clock: Clock,
    key: MultiRegionKey,
    applies_to: Selector,
    seen: dict[str, Any],
) -> None:
    change = approved(applies_to)
    assert known_differences(change) == []
    key.region_keys.filter(region=PRIMARY).update(**seen)
    assert check_waiting(Change.objects.get(pk=change.pk), now=clock()) is False
    change.refresh_from_db()
    assert change.state == "stale"


def test_a_key_that_goes_by_the_name_of_a_replica_stays_under_its_rules(
    approved: Callable[[Selector], Change], clock: Clock, aws: Aws, key: MultiRegionKey
) -> None:
    delete_alias(aws, key)
    key.region_keys.filter(region=PRIMARY).update(aliases=[])
    change = approved(BY_ALIAS)
    assert change.plan["selected_by"]["aliases"] == {"card-*": ["alias/card-vault"]}
    assert run(change, clock).state == "done"


def test_people_approve_it_as_part_of_the_plan(approved: Callable[[Selector], Change]) -> None:
    change = approved(BY_TAG)
    assert change.plan["selected_by"] == {"region": PRIMARY, "tags": {"tier": "gold"}}
    assert plan_sha256(change.plan) == change.plan_sha256
    without = {name: fact for name, fact in change.plan.items() if name != "selected_by"}
    assert plan_sha256(without) != change.plan_sha256


def test_a_plan_of_before_holds_none_of_it_and_still_runs(
    approved: Callable[[Selector], Change], clock: Clock, aws: Aws, key: MultiRegionKey
) -> None:
    """Its people approved it without; what was pinned with it is what it needs."""
    change = approved(BY_ALIAS)
    plan = {name: fact for name, fact in change.plan.items() if name != "selected_by"}
    sha256 = plan_sha256(plan)
    Change.objects.filter(pk=change.pk).update(plan=plan, plan_sha256=sha256)
    change.approvals.update(plan_sha256=sha256)
    change.refresh_from_db()
    assert known_differences(change) == []
    assert run(change, clock).state == "done"


def test_where_no_policy_chooses_by_them_the_plan_is_as_it_always_was(ask: Ask) -> None:
    change = ask()
    assert "selected_by" not in change.plan
