"""Every address that acts by a fresh proof asks for it first, and does nothing before; who may not do it at
all is refused, and asked for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Attempt, Change, Closing, EmergencyAgreement
from keyconsole.people.access_review.start import start
from keyconsole.people.invitations import invite
from keyconsole.people.models import AccessReview
from keyconsole.people.sso.mapping import add_mapping, mapping_of, wanted
from keyconsole.policies.account_edits.propose import propose_edit
from keyconsole.policies.document.rules import Rule
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule.freeze import freeze
from keyconsole.urls import urlpatterns
from keyconsole.web.guards import Proof, proof_of
from tests.cast import hold, make_person
from tests.conftest import client_of, prove
from tests.web.hidden_world import OWN, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
AGAIN = "/sign-in/again/?next="
ASKING = {
    str(p.name): p for p in urlpatterns if proof_of(p.callback) not in {None, Proof.NONE, Proof.SESSION}
}
Sent = tuple[User, str, dict[str, Any]]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def of_own(world: World, name: str) -> str:
    return reverse(name, args=[world.own_change.ref])


def update(world: World, **fields: Any) -> Change:
    Change.objects.filter(pk=world.own_change.pk).update(**fields)
    return Change.objects.get(pk=world.own_change.pk)


def approving(world: World) -> Sent:
    return world.pia, of_own(world, "change-approve"), {"plan_sha256": world.own_change.plan_sha256}


def running(world: World) -> Sent:
    update(world, state="approved")
    return world.pia, of_own(world, "change-run"), {}


def agreeing_to_close(world: World) -> Sent:
    now = timezone.now()
    change = update(world, state="settling", overdue_since=now)
    Attempt.objects.create(change=change, plan_sha256=change.plan_sha256, started_at=now)
    Closing.objects.create(change=change, asked_by=world.ada, reason="Nobody can tell.", asked_at=now)
    return world.pia, of_own(world, "change-agree"), {}


def agreeing_to_an_emergency(world: World) -> Sent:
    change = update(world, is_emergency=True)
    EmergencyAgreement.objects.create(
        change=change,
        unreviewed=world.hidden_change,
        group="platform",
        used_by=world.hana,
        asked_at=timezone.now(),
    )
    return world.pia, of_own(world, "agree-to-emergency"), {"plan_sha256": change.plan_sha256}


def nobody_else_is_asked(world: World) -> None:
    [version] = PolicyVersion.objects.filter(policy__name="payments", state="active")
    assert version.rules
    hold(replace(version.rules, rule=Rule.CONFIRM, requirements=(), emergency_group=""))


def moving(world: World) -> Sent:
    nobody_else_is_asked(world)
    url = reverse("make-primary", args=[OWN, world.own_keys[3].key_id, "eu-west-1"])
    return world.pia, url, {"reason": "Closer to its users.", "typed": "card-4", "token": "t" * 32}


def moving_many(world: World) -> Sent:
    nobody_else_is_asked(world)
    sent = {"keys": f"{OWN}/{world.own_keys[3].key_id}", "to_region": "eu-west-1", "ask": "1"}
    words = {"reason": "Closer to its users.", "typed": "1 key", "token": "t" * 32, "on_failure": "stop"}
    return world.pia, reverse("keys-move"), sent | words


def breaking_glass(world: World) -> Sent:
    [version] = PolicyVersion.objects.filter(policy__name="payments", state="active")
    assert version.rules
    hold(replace(version.rules, emergency_group="platform"))
    url = reverse("break-glass", args=[OWN, world.own_keys[3].key_id, "eu-west-1"])
    filled = {"reason": "The Region is to be left now.", "typed": "card-4", "token": "t" * 32}
    return world.pia, url, filled


def approving_a_batch(world: World) -> Sent:
    url = reverse("batch-approve", args=[world.mixed.ref])
    return world.pia, url, {"plan_sha256": part_seen_by(world.pia, world.mixed).plan_sha256}


def running_a_batch(world: World) -> Sent:
    world.mixed.changes.update(state="approved")
    return world.pia, reverse("batch-run", args=[world.mixed.ref]), {}


def adding_an_account(world: World) -> Sent:
    fields = {"account_id": "777788889999", "name": "added", "regions": "", "role_arn": ""}
    fields["role_arn"] = "arn:aws:iam::777788889999:role/KeyConsole"
    return world.ada, reverse("account-add"), fields


def editing_an_account(world: World) -> Sent:
    fields = {"name": "renamed", "regions": "", "role_arn": "", "session_name": ""}
    return world.ada, reverse("account-edit", args=[OWN]), fields


def agreeing_to_an_edit(world: World) -> Sent:
    role = f"arn:aws:iam::{OWN}:role/Another"
    edit = propose_edit(world.payments, by=world.ada, why="Renamed.", now=timezone.now(), role_arn=role)
    sent = {"edit": str(edit.number), "sha256": edit.sha256}
    return world.pia, reverse("account-edit-agree", args=[OWN]), sent


def document(name: str) -> dict[str, Any]:
    rules = {"name": name, "rule": "approve", "requirements": [{"at_least": 1}], "reason_at_least": 5}
    written = json.dumps({**rules, "applies_to": {"accounts": [OWN]}})
    return {"as": "json", "step": "propose", "why": "x", "document": written}


def agreeing_to_a_policy(world: World) -> Sent:
    sent = {"version": str(world.proposal.number), "sha256": world.proposal.sha256}
    return world.pia, reverse("policy-agree", args=["common"]), sent


def lifting(world: World) -> Sent:
    freeze(by=world.ada, why="Audit week.", now=timezone.now())
    return world.ada, reverse("lift-freeze"), {"why": "Audited."}


def joining(world: World) -> Sent:
    sent = {"person": "dan", "group": "platform", "step": "propose", "why": "More hands."}
    return world.ada, reverse("group-join"), sent


def leaving(world: World) -> Sent:
    return world.ada, reverse("group-leave"), {"person": "pia", "group": "platform", "why": "Left."}


def agreeing_to_access(world: World) -> Sent:
    proposal = world.own_access
    sent = {"proposal": str(proposal.number), "sha256": proposal.sha256}
    return world.ada, reverse("proposal-agree", args=[proposal.ref]), sent


def mapping_a_group(world: World) -> Sent:
    fields = {"sso_group": "viewers", "gives": "role", "role": "viewer", "account": OWN, "group": ""}
    return world.ada, reverse("sso-mapping-add"), {**fields, "step": "propose", "why": "They may look."}


def removing_a_mapping(world: World) -> Sent:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=timezone.now())
    mapping = mapping_of(wanted("viewers", role="viewer"))
    assert mapping is not None
    return world.ada, reverse("sso-mapping-remove", args=[mapping.pk]), {}


def giving_a_role(world: World) -> Sent:
    sent = {"role": "viewer", "account": "all", "why": "Joins.", "step": "send"}
    return world.ada, reverse("person-give-role", args=["dan"]), sent


def enabling(world: World) -> Sent:
    User.objects.filter(username="dan").update(is_active=False)
    return world.ada, reverse("person-enable", args=["dan"]), {"why": "Back."}


def inviting_again(world: World) -> Sent:
    invite("fay", email="", by=world.ada, now=timezone.now())
    return world.ada, reverse("person-invite-again", args=["fay"]), {}


def a_review(world: World) -> AccessReview:
    return start(due_at=timezone.now() + timedelta(days=9), why="", by=world.ada, now=timezone.now())


def answering(world: World) -> Sent:
    review = a_review(world)
    line = review.lines.filter(person=world.pia).first()
    assert line
    sent = {"line": str(line.number), "answer": "remove"}
    return world.ada, reverse("access-review-answer", args=[review.ref]), sent


def ending_a_review(world: World) -> Sent:
    return world.ada, reverse("access-review-end", args=[a_review(world).ref]), {}


def exporting_a_review(world: World) -> Sent:
    return world.ada, reverse("access-review-campaign-export", args=[a_review(world).ref, "csv"]), {}


SENT: Mapping[str, Callable[[World], Sent]] = {
    "make-primary": moving,
    "keys-move": moving_many,
    "change-approve": approving,
    "change-run": running,
    "change-agree": agreeing_to_close,
    "agree-to-emergency": agreeing_to_an_emergency,
    "break-glass": breaking_glass,
    "batch-approve": approving_a_batch,
    "batch-run": running_a_batch,
    "account-add": adding_an_account,
    "account-edit": editing_an_account,
    "account-edit-agree": agreeing_to_an_edit,
    "policy-new": lambda world: (world.pia, reverse("policy-new"), document("fresh")),
    "policy-propose": lambda world: (
        world.pia,
        reverse("policy-propose", args=["payments"]),
        document("payments"),
    ),
    "policy-retire": lambda world: (world.pia, reverse("policy-retire", args=["payments"]), {"why": "Over."}),
    "policy-agree": agreeing_to_a_policy,
    "lift-freeze": lifting,
    "group-join": joining,
    "group-leave": leaving,
    "proposal-agree": agreeing_to_access,
    "sso-mapping-add": mapping_a_group,
    "sso-mapping-remove": removing_a_mapping,
    "keys-export": lambda world: (world.pia, reverse("keys-export", args=["csv"]), {}),
    "audit-export": lambda world: (world.pia, reverse("audit-export", args=["csv"]), {}),
    "person-give-role": giving_a_role,
    "person-enable": enabling,
    "person-reset": lambda world: (world.ada, reverse("person-reset", args=["dan"]), {}),
    "person-invite": lambda world: (
        world.ada,
        reverse("person-invite"),
        {"username": "fay", "account": "all"},
    ),
    "person-invite-again": inviting_again,
    "token-make": lambda world: (world.ada, reverse("token-make"), {"name": "pipeline", "days": "30"}),
    "access-review-answer": answering,
    "access-review-end": ending_a_review,
    "access-review-export": lambda world: (world.ada, reverse("access-review-export", args=["csv"]), {}),
    "access-review-campaign-export": exporting_a_review,
}
# What answers with a secret, shown this once, leads to no other page.
SHOWS = {"person-reset", "person-invite", "person-invite-again", "token-make"}


def test_each_of_them_is_tried_here() -> None:
    assert set(SENT) == set(ASKING)


def tried(world: World, attempt: Callable[[str], object]) -> dict[str, object]:
    """What came of each, in a world where none of the others was tried."""
    found = {}
    for name in ASKING:
        with transaction.atomic():
            found[name] = attempt(name)
            transaction.set_rollback(True)
    return found


def test_a_stale_proof_is_asked_for_first_and_nothing_is_done(world: World) -> None:
    def attempt(name: str) -> object:
        person, url, sent = SENT[name](world)
        client, declared = client_of(person), proof_of(ASKING[name].callback)
        assert declared
        prove(client, person, seconds_ago=declared.lasts.total_seconds() + 1)
        entries = Entry.objects.count()
        response = client.get(url) if declared is Proof.FRESH_FILE else client.post(url, sent)
        to = response.headers.get("Location", "")
        page = client.get(to).content.decode() if to.startswith(AGAIN) else ""
        return "<h1>Confirm: " in page and Entry.objects.count() == entries

    assert tried(world, attempt) == dict.fromkeys(ASKING, True)


def test_a_fresh_proof_lets_it_be_done_and_every_event_of_theirs_says_which(world: World) -> None:
    def attempt(name: str) -> object:
        person, url, sent = SENT[name](world)
        client = client_of(person)
        entries = Entry.objects.count()
        response = client.get(url) if "export" in name else client.post(url, sent)
        theirs = Entry.objects.filter(number__gt=entries, actor=person.username)
        told = [entry.data for entry in theirs]
        is_fresh = all(0 <= each.get("proof_age_seconds", -1) < 300 for each in told)
        return response.status_code, {each.get("proof") for each in told}, is_fresh

    shown = {name for name in ASKING if "export" in name} | SHOWS
    done = {name: (200 if name in shown else 302, {"password"}, True) for name in ASKING}
    assert tried(world, attempt) == done


def test_who_may_not_do_it_is_refused_and_asked_for_no_proof(world: World) -> None:
    def attempt(name: str) -> object:
        _, url, sent = SENT[name](world)
        client = client_of(make_person("reader", Role.VIEWER, accounts=(world.payments,)), proved=False)
        entries = Entry.objects.count()
        responses = client.get(url), client.post(url, sent)
        asked = [each.headers.get("Location", "").startswith(AGAIN) for each in responses]
        return asked, Entry.objects.count() - entries

    # Who sees keys may export those, and everybody makes tokens of their own.
    assert tried(world, attempt) == dict.fromkeys(ASKING, ([False, False], 0)) | {
        "keys-export": ([True, False], 0),
        "token-make": ([False, True], 0),
    }


def test_reading_and_writing_a_policy_needs_no_proof_until_it_is_proposed(world: World) -> None:
    client = client_of(world.pia, proved=False)
    for name in ("policy-new", "policy-retire", "policy-propose"):
        args = [] if name == "policy-new" else ["payments"]
        assert client.get(reverse(name, args=args)).status_code == 200
    preview = client.post(reverse("policy-new"), {**document("fresh"), "step": "preview"})
    assert preview.status_code == 200


def test_looking_at_what_another_way_in_would_change_needs_no_proof(world: World) -> None:
    AwsAccount.objects.filter(pk=world.payments.pk).update(external_id="keyconsole-1")
    client = client_of(world.ada, proved=False)
    fields = {"name": "payments", "regions": "", "session_name": ""}
    fields["role_arn"] = f"arn:aws:iam::{OWN}:role/Another"
    url = reverse("account-edit", args=[OWN])
    assert client.post(url, fields).status_code == 200
    asked = client.post(url, {**fields, "step": "propose", "why": "Renamed."})
    assert asked.headers["Location"].startswith(AGAIN)
