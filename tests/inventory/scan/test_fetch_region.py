"""Reading one Region: what each of AWS's answers makes of the look. No network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from keyconsole.inventory.models import Depth, Outcome, Sight
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.fetch_region import fetch_region
from keyconsole.inventory.scan.rate_limit import Pace
from keyconsole.kms import errors
from keyconsole.kms.client import Kms
from keyconsole.kms.facts import AliasFacts, KeyArn, ListedKey, NotMultiRegion, RegionKeyFacts, RotationFacts
from tests.inventory.facts import KEY, OTHER, A, at, facts


@dataclass
class Region:
    """Two keys and a single-Region one; `refuses` maps an operation, or one key, to its error."""

    region: str = A
    refuses: Mapping[str, Exception] = field(default_factory=dict)
    key_spec: str = "SYMMETRIC_DEFAULT"
    asked: list[str] = field(default_factory=list)

    def list_keys(self) -> list[ListedKey]:
        self._ask("ListKeys")
        ids = (KEY, OTHER, "1234abcd-12ab-34cd-56ef-1234567890ab")
        return [ListedKey(key_id, KeyArn("aws", A, "111122223333", key_id)) for key_id in ids]

    def list_aliases(self) -> list[AliasFacts]:
        self._ask("ListAliases")
        return [AliasFacts("alias/z", KEY), AliasFacts("alias/a", KEY)]

    def describe_key(self, arn: KeyArn) -> RegionKeyFacts:
        self._ask("DescribeKey", arn.key_id)
        return replace(facts(A, key_id=arn.key_id), key_spec=self.key_spec)

    def get_key_policy(self, arn: KeyArn) -> str:
        self._ask("GetKeyPolicy", arn.key_id)
        return "{}"

    def list_resource_tags(self, arn: KeyArn) -> dict[str, str]:
        self._ask("ListResourceTags", arn.key_id)
        return {"owner": "cards"}

    def get_key_rotation_status(self, arn: KeyArn) -> RotationFacts:
        self._ask("GetKeyRotationStatus", arn.key_id)
        return RotationFacts(enabled=True, period_days=90)

    def _ask(self, operation: str, key_id: str = "") -> None:
        self.asked.append(operation)
        for refused in (operation, key_id):
            if refused in self.refuses:
                raise self.refuses[refused]


def refused(kind: type[errors.KmsError], operation: str = "DescribeKey") -> errors.KmsError:
    return kind(operation=operation, region=A, message="no")


def fetched(region: Region, *, depth: Depth = Depth.KEYS) -> RegionObservation:
    pace = Pace(calls_per_second=1e9, clock=lambda: 0.0, sleep=lambda _seconds: None)
    return fetch_region(cast("Kms", cast("Any", region)), depth=depth, pace=pace, clock=lambda: at(0))


def test_a_region_is_listed_named_and_each_of_its_multi_region_keys_described():
    region = Region()
    look = fetched(region)
    assert region.asked == ["ListKeys", "ListAliases", "DescribeKey", "DescribeKey"]
    assert (look.outcome, look.problem, look.listed) == (Outcome.SEEN, "", frozenset({KEY, OTHER}))
    assert look.aliases == {KEY: ("alias/a", "alias/z")}
    assert [key.details for key in look.seen] == [None, None]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (errors.AccessDenied, Outcome.DENIED),
        (errors.RegionNotEnabled, Outcome.DENIED),
        (errors.CredentialsRefused, Outcome.DENIED),
        (errors.Unreachable, Outcome.UNREACHABLE),
        (errors.ServiceFault, Outcome.FAILED),
        (errors.Throttled, Outcome.FAILED),
        (errors.UnknownAnswer, Outcome.FAILED),
    ],
)
def test_a_region_that_cannot_be_listed_says_how(kind: type[errors.KmsError], outcome: Outcome):
    look = fetched(Region(refuses={"ListKeys": refused(kind, "ListKeys")}))
    assert (look.outcome, look.listed, look.aliases, look.seen) == (outcome, None, None, ())
    assert look.problem.startswith("ListKeys in us-east-1 ")


@pytest.mark.parametrize(
    ("error", "sight"),
    [
        (refused(errors.AccessDenied), Sight.DENIED),
        (refused(errors.NotFound), Sight.UNREACHABLE),
        (refused(errors.ServiceFault), Sight.UNREACHABLE),
        (refused(errors.UnknownAnswer), Sight.UNREACHABLE),
        (NotMultiRegion("it is a single-Region key"), Sight.UNREACHABLE),
    ],
)
def test_one_key_that_cannot_be_described_leaves_the_others(error: Exception, sight: Sight):
    look = fetched(Region(refuses={KEY: error}))
    assert (look.outcome, look.undescribed) == (Outcome.PARTIAL, {KEY: sight})
    assert [key.facts.key_id for key in look.seen] == [OTHER]
    assert look.problem == str(error)


def test_a_line_that_breaks_ends_the_look_and_keeps_what_was_described():
    look = fetched(Region(refuses={OTHER: refused(errors.Unreachable)}))
    assert (look.outcome, look.listed) == (Outcome.UNREACHABLE, frozenset({KEY, OTHER}))
    assert [key.facts.key_id for key in look.seen] == [KEY]
    assert look.undescribed == {}


def test_aliases_that_may_not_be_read_are_unknown_and_not_none():
    look = fetched(Region(refuses={"ListAliases": refused(errors.AccessDenied, "ListAliases")}))
    assert (look.outcome, look.aliases, len(look.seen)) == (Outcome.PARTIAL, None, 2)


def test_only_three_of_many_problems_are_told():
    refusals = {name: refused(errors.AccessDenied, name) for name in ("GetKeyPolicy", "ListResourceTags")}
    look = fetched(Region(refuses=refusals), depth=Depth.DETAILS)
    assert look.problem.count("was denied") == 3
    assert look.problem.endswith("And 1 more.")
    details = look.seen[0].details
    assert details is not None
    assert (details.policy, details.tags, details.rotation) == (None, None, RotationFacts(True, 90))


def test_rotation_is_asked_only_of_keys_that_can_rotate():
    region = Region(key_spec="RSA_4096")
    look = fetched(region, depth=Depth.DETAILS)
    assert "GetKeyRotationStatus" not in region.asked
    assert look.outcome == Outcome.SEEN
