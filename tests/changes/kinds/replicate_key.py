"""A further kind of change: what the product asks of a kind has to be enough for it.

It differs from a move in everything that can differ: it concerns one Region, where no key is yet; its call
names nobody else; the primary stays where it is.
"""

# ruff: noqa: ARG002 - every kind is told more than each of its answers needs

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from keyconsole.changes.kinds.parts import (
    Answer,
    Call,
    Check,
    Explanation,
    Judgement,
    Outcome,
    Plan,
    PlannedRegion,
    Preflight,
    View,
    Words,
)
from keyconsole.changes.models import Attempt, Change, KindName
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.kms.errors import KmsError
from keyconsole.kms.sessions import AccountSession


class ReplicateKey:
    """The database knows no such kind: a test puts it in the place of the one that there is."""

    name = KindName.UPDATE_PRIMARY_REGION
    operation = "ReplicateKey"
    words = Words(
        name="replicate",
        doing="replicate a key",
        label="Replica",
        region_parameter="ReplicaRegion",
        under_way="AWS is making the replica.",
        meanwhile=("The other Regions do not notice.",),
    )

    def __init__(self, client: Callable[[str, str], Any]) -> None:
        self._client = client
        self.kept: list[tuple[str, bool]] = []

    def plan(self, key: MultiRegionKey, *, to_region: str) -> Plan:
        return {
            "action": self.operation,
            "account_id": key.account.account_id,
            "key_id": key.key_id,
            "key_arn": key.arn_in(key.primary_region),
            "from_region": "",
            "to_region": to_region,
            "regions": [{"region": to_region, "role": "", "state": "", "policy_sha256": ""}],
        }

    def differences(self, plan: Plan, regions_now: Iterable[PlannedRegion]) -> list[str]:
        return [f"{seen['region']} has a key of this set." for seen in regions_now if seen["role"]]

    def already_so(self, plan: Plan, regions_now: Iterable[PlannedRegion]) -> str:
        found = self.differences(plan, regions_now)
        return f"{plan['to_region']} was replicated to elsewhere." if found else ""

    def preflight(self, key: MultiRegionKey, *, to_region: str, now: datetime) -> Preflight:
        taken = key.region_keys.filter(region=to_region).exists()
        answer = Answer.FAIL if taken else Answer.OK
        words = f"{to_region} has a key of this set." if taken else f"{to_region} is free."
        return Preflight((Check("Free", answer, words, to_region),), ("A replica costs as much as a key.",))

    def call(self, change: Change, session: AccountSession) -> str:
        arn = change.plan["key_arn"]
        client = self._client(change.plan["account_id"], arn.split(":")[3])
        answer = client.replicate_key(KeyId=arn, ReplicaRegion=change.to_region)
        return str(answer["ResponseMetadata"]["RequestId"])

    def may_have_happened(self, error: KmsError) -> bool:
        return False

    def explain(self, attempt: Attempt) -> Explanation:
        return Explanation("AWS did not replicate the key.", attempt.to_region, "Ask again.")

    def judge(
        self,
        change: Change,
        views: Iterable[View],
        *,
        call: Call,
        not_required: frozenset[str],
    ) -> Judgement:
        new = next(view for view in views if view.region == change.to_region)
        if new.state == "Enabled":
            return Judgement(Outcome.DONE, f"{change.to_region} has a replica, and it is Enabled.")
        return Judgement(Outcome.WAIT, f"{change.to_region} has no replica yet.")

    def keep(self, change: Change, attempt: Attempt, *, ours: bool, now: datetime) -> None:
        self.kept.append((change.to_region, ours))

    def role_after(self, change: Change, region: str) -> str:
        return "REPLICA"

    def title(self, change: Change) -> str:
        return f"replicate {change.key.name} to {change.to_region}"

    def subject(self, change: Change) -> str:
        return f"replica of {change.key.name} in {change.to_region}"
