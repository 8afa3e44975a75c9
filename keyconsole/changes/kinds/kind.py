"""What every kind of change answers. Approvals, gate, record, pages and terminal ask it, and know no kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from keyconsole.changes.kinds.parts import (
    Call,
    Explanation,
    Judgement,
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


class Kind(Protocol):
    @property
    def name(self) -> KindName: ...

    @property
    def operation(self) -> str:
        """AWS's name of the one call."""

    @property
    def words(self) -> Words: ...

    def plan(self, key: MultiRegionKey, *, to_region: str) -> Plan:
        """Exactly what is asked for, and what was last seen.

        Every plan has `action`, `account_id`, `key_id`, `key_arn` (whom the call goes to), `from_region` (may
        be empty), `to_region`, and `regions`: each Region that it is about, as it was seen. Those are read
        first before the call, and the outcome is never told without them.
        """

    def differences(self, plan: Plan, regions_now: Iterable[PlannedRegion]) -> list[str]:
        """What is no longer as planned, as sentences; empty where the plan still holds."""

    def already_so(self, plan: Plan, regions_now: Iterable[PlannedRegion]) -> str:
        """The sentence that it was done elsewhere; empty where it was not."""

    def preflight(self, key: MultiRegionKey, *, to_region: str, now: datetime) -> Preflight:
        """What stands in the way, from what was last seen. Pages ask it: never talks to AWS."""

    def call(self, change: Change, session: AccountSession) -> str:
        """Send once, without retries; the request id. Raises KmsError."""

    def may_have_happened(self, error: KmsError) -> bool:
        """Whether what was asked for may hold although AWS refused: then only looking tells."""

    def explain(self, attempt: Attempt) -> Explanation:
        """For an answer of every kind, also none and success."""

    def judge(
        self,
        change: Change,
        views: Iterable[View],
        *,
        call: Call,
        not_required: frozenset[str],
    ) -> Judgement:
        """Whether it has settled. *Unknown* is never an answer.

        Looks that show nothing never end what AWS said yes to: reads of KMS may lag. `not_required`: Regions
        that could not be read before the call either.
        """

    def keep(self, change: Change, attempt: Attempt, *, ours: bool, now: datetime) -> None:
        """Write into the inventory what a change that is done has done, in the caller's transaction.

        `ours`: by our call; otherwise it was so already when AWS got it.
        """

    def role_after(self, change: Change, region: str) -> str:
        """The role of the key in that Region once it is done."""

    def title(self, change: Change) -> str:
        """What is asked for, as an order: make eu-west-1 the primary of card-vault."""

    def subject(self, change: Change) -> str:
        """What it is about, as a noun: primary of card-vault from us-east-1 to eu-west-1."""
