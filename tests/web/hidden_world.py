"""Two accounts that want nothing to do with each other, and Pia, who may do everything in one of them.

Whatever has *veiled* in its name lies in the other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.approvals.decide import approve, comment
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import MultiRegionKey, Scan
from keyconsole.notifications.routes import add_route
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.dual_control.propose import propose as propose_access
from keyconsole.people.groups import join
from keyconsole.people.models import AccessProposal
from keyconsole.policies.account_edits.propose import propose_edit
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions.propose import propose
from keyconsole.urls import urlpatterns
from tests.cast import Member, hold, make_account, make_key, make_person

OWN, HIDDEN = "111122223333", "999988887777"
HIDDEN_KEY = "mrk-bead" + "0" * 27 + "1"
ALL_ROLES = (Role.VIEWER, Role.REQUESTER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class World:
    pia: User  # everything in payments, nothing elsewhere
    dan: User  # nothing anywhere
    hana: User  # asks in both
    hugo: User  # approves in the hidden one
    ada: User
    payments: AwsAccount
    archive: AwsAccount
    own_keys: tuple[MultiRegionKey, ...]
    hidden_keys: tuple[MultiRegionKey, ...]
    hidden_change: Change
    own_change: Change
    mixed: Batch  # two lines of payments, three hidden ones
    hidden_batch: Batch
    proposal: PolicyVersion  # of a policy for every account, which needs both
    hidden_proposal: PolicyVersion
    own_access: AccessProposal
    hidden_access: AccessProposal

    @cached_property
    def traces(self) -> re.Pattern[str]:
        """What no page of Pia's or Dan's may hold."""
        refs = Change.objects.filter(key__account=self.archive).values_list("number", flat=True)
        numbers = "|".join(map(str, refs))
        words = [
            "veiled",
            HIDDEN,
            "bead0000",
            "hugo",
            rf"\bCR-(?:{numbers})\b",
            rf"\b{self.hidden_batch.ref}\b",
        ]
        counts = [
            r"\b5 (?:lines?|keys?|primaries)\b",
            r"\bof 5\b",
            r"\b3 (?:more|other)\b",
            "another account",
        ]
        return re.compile("|".join([*words, *counts]), re.IGNORECASE)


def _keys(account: AwsAccount, name: str, stem: str, count: int) -> tuple[MultiRegionKey, ...]:
    now, members = timezone.now(), (Member("us-east-1"), Member("eu-west-1"), Member("sa-east-1"))
    return tuple(
        make_key(account, f"{stem}{number:x}", *members, alias=f"alias/{name}-{number}", seen_at=now)
        for number in range(1, count + 1)
    )


def _needs(name: str, *requirements: Requirement, accounts: tuple[str, ...] = ()) -> Rules:
    selector = Selector(accounts=accounts)
    return Rules(name=name, rule=Rule.APPROVE, applies_to=selector, requirements=requirements)


def _hold_policies() -> None:
    """Of the hidden account's approvers there is one: the first cannot be met there, and a flag says so."""
    hold(_needs("common", Requirement("", 2)))
    hold(_needs("payments", Requirement("", 1), accounts=(OWN,)))
    hold(_needs("veiled-vaults", Requirement("veiled-team", 1), accounts=(HIDDEN,)))
    hold(_needs("veiled-impossible", Requirement("veiled-nobody", 2), accounts=(HIDDEN,)))


def _add_hidden_scan_and_route(archive: AwsAccount) -> None:
    now = timezone.now()
    scan = {"asked_by": "veiled asker", "asked_at": now, "state": "finished", "finished_at": now}
    Scan.objects.create(account=archive, **scan)
    address = {"kind": "webhook", "url_env": "HIDDEN_URL", "secret_env": "HIDDEN_SECRET"}
    add_route("veiled-route", topics=[], accounts=[HIDDEN], by="ada", now=now, **address)


def _propose_access(
    pia: User, hana: User, hugo: User, ada: User, payments: AwsAccount, archive: AwsAccount
) -> tuple[AccessProposal, AccessProposal]:
    """One that Pia and Ada decide about, and two that are none of Pia's business."""
    now, why = timezone.now(), "veiled reasons"
    theirs = grant_role.facts_of(hugo, Role.ADMINISTRATOR, archive, ends_at=None)
    hidden = propose_access(grant_role.NAME, theirs, by=ada, why=why, now=now)
    propose_access(join_group.NAME, join_group.facts_of(hugo, "veiled-crew"), by=ada, why=why, now=now)
    facts = grant_role.facts_of(hana, Role.APPROVER, payments, ends_at=None)
    return propose_access(grant_role.NAME, facts, by=pia, why="More hands.", now=now), hidden


def make_world() -> World:
    now = timezone.now()
    payments = make_account("payments", OWN)
    archive = make_account("veiled-archive", HIDDEN, unit="veiled-unit/deep", unit_read_at=now)
    pia = make_person("pia", *ALL_ROLES, accounts=(payments,))
    make_person("paul", Role.APPROVER, accounts=(payments,))
    hugo = make_person("hugo", Role.APPROVER, accounts=(archive,))
    hana = make_person("hana", Role.REQUESTER, accounts=(payments, archive))
    ada = make_person("ada", Role.ADMINISTRATOR)
    make_person("una", Role.ADMINISTRATOR)
    dan = make_person("dan")
    join(hugo, "veiled-team", by="ada", now=now)
    join(pia, "platform", by="ada", now=now)
    _hold_policies()
    own = _keys(payments, "card", "mrk-cafe" + "0" * 27, 4)
    hidden = _keys(archive, "veiled-vault", "mrk-bead" + "0" * 27, 6)
    why = "Closer to its users."
    wish: dict[str, Any] = {"to_region": "eu-west-1", "by": hana, "reason": why, "now": now}
    hidden_change = request_move(hidden[0], token="hidden", **wish)
    comment(hidden_change, by=hana, text="veiled words", now=now)
    own_change = request_move(own[0], token="own", **wish)
    mixed = request_batch([*own[1:3], *hidden[1:4]], token="mixed", **wish)
    hidden_batch = request_batch([*hidden[4:6]], token="hidden batch", **wish)
    [line, *_] = mixed.changes.filter(key__account=archive).order_by("number")
    approve(line, by=hugo, plan_sha256=line.plan_sha256, now=now)
    _add_hidden_scan_and_route(archive)
    both = propose(_needs("common", Requirement("", 1)), name="common", by=ada, why="Simpler.", now=now)
    vaults = _needs("veiled-vaults", Requirement("", 1), accounts=(HIDDEN,))
    hidden_proposal = propose(vaults, name="veiled-vaults", by=ada, why="veiled reasons", now=now)
    propose_edit(archive, by=ada, why="veiled", now=now, role_arn=f"arn:aws:iam::{HIDDEN}:role/veiled")
    own_access, hidden_access = _propose_access(pia, hana, hugo, ada, payments, archive)
    return World(
        pia, dan, hana, hugo, ada, payments, archive, own, hidden, hidden_change, own_change,
        mixed, hidden_batch, both, hidden_proposal, own_access, hidden_access,
    )  # fmt: skip


def _own_refs(world: World, name: str) -> list[str]:
    if name.startswith("batch"):
        return [world.mixed.ref]
    if name.startswith("proposal"):
        return [world.own_access.ref]
    if not name.startswith("change"):
        return []
    lines = world.mixed.changes.filter(key__account=world.payments)
    return [line.ref for line in [world.own_change, *lines]]


def own_addresses(world: World) -> Iterator[str]:
    """Everything that Pia may open, and each list with a filter that names something hidden."""
    own_key = {"account_id": OWN, "key_id": world.own_keys[0].key_id}
    for pattern in urlpatterns:
        name, names = str(pattern.name), set(pattern.pattern.converters)
        if name == "patterns":  # examples that nobody's data is in
            continue
        if not names:
            yield reverse(name)
        elif names <= {"account_id", "key_id", "region"}:
            choice = {**own_key, "region": "eu-west-1"}
            yield reverse(name, kwargs={each: choice[each] for each in names})
        elif names == {"fmt"}:
            yield from (reverse(name, args=[each]) for each in ("csv", "json", "jsonl", "ocsf"))
        elif names == {"ref"}:
            yield from (reverse(name, args=[ref]) for ref in _own_refs(world, name))
        elif names == {"name"} and name.startswith("policy"):
            yield from (reverse(name, args=[each]) for each in ("common", "payments"))
    yield reverse("keys") + "?key=" + "x"
    yield reverse("policy-explain") + f"?key={world.own_keys[0].key_id}"
    yield reverse("keys-move") + f"?key={OWN}/{world.own_keys[3].key_id}&to_region=eu-west-1"
    yield reverse("changes") + "?tab=closed"
    yield reverse("audit") + "?view=primaries"
    yield reverse("audit") + "?view=moves&since=2020-01-01"
    for show in ("decisions", "moves", "people", "no-scans"):
        yield reverse("audit") + f"?show={show}"
    for view in ("primaries", "moves"):
        yield reverse("audit-export", args=["jsonl"]) + f"?view={view}&since=2020-01-01"
