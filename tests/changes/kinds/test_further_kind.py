"""Everything around a kind knows no kind: another one goes the whole way from the request to its end."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from keyconsole.audit.models import Entry
from keyconsole.changes.batches.request import LinesRefusedError, request_batch
from keyconsole.changes.execution.progress import progress
from keyconsole.changes.kinds.registry import KINDS, kind_of
from keyconsole.changes.models import KindName
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.notifications.models import Delivery
from keyconsole.refusals import Refused
from tests.changes.conftest import PRIMARY, REPLICA, look_again, moves_sent, run
from tests.changes.kinds.replicate_key import ReplicateKey
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
NEW = "eu-central-1"


@pytest.fixture
def kind(aws, monkeypatch):
    further = ReplicateKey(aws.client)
    monkeypatch.setitem(KINDS, KindName.UPDATE_PRIMARY_REGION, further)
    return further


@pytest.fixture
def change(kind, ask):
    return ask(to_region=NEW)


def test_its_plan_is_what_is_agreed_to_and_may_name_one_region_alone(change, kind):
    assert kind_of(change) is kind
    assert (change.from_region, change.to_region, change.regions) == ("", NEW, [NEW])
    assert change.plan["action"] == "ReplicateKey"


def test_its_own_checks_refuse_a_request_alone_and_in_a_batch(kind, ask, key, cast, clock):
    with pytest.raises(Refused, match=f"{REPLICA} has a key of this set."):
        ask(to_region=REPLICA)
    wish = {"by": cast.ana, "reason": "Nearer.", "token": "b-1", "now": clock()}
    with pytest.raises(LinesRefusedError, match=f"{REPLICA} has a key of this set."):
        request_batch([key], to_region=REPLICA, **wish)
    assert request_batch([key], to_region=NEW, **wish).plan["action"] == "ReplicateKey"


def test_who_may_not_ask_for_it_reads_what_they_may_not_do(kind, ask, cast):
    with pytest.raises(Refused, match="Your roles do not let you replicate a key in payments"):
        ask(to_region=NEW, by=cast.cleo)


def test_its_one_call_is_made_and_watched_until_it_says_that_it_has_settled(change, kind, clock, kms):
    kms.settle_seconds(600)
    settling = run(change, clock)
    assert (settling.state, settling.outcome) == ("settling", f"{NEW} has no replica yet.")
    assert settling.attempt.request_id
    kms.settle_seconds(0)
    done = look_again(settling, clock, after=5)
    assert (done.state, done.outcome) == ("done", f"{NEW} has a replica, and it is Enabled.")
    assert (kind.kept, moves_sent(kms)) == ([(NEW, True)], 0)
    assert kms.calls()["by_operation"]["ReplicateKey"] == 1


def test_what_was_done_elsewhere_is_told_in_its_words_and_nothing_is_sent(change, clock, kms, aws, key):
    aws.client(key.account.account_id, PRIMARY).replicate_key(KeyId=key.arn_in(PRIMARY), ReplicaRegion=NEW)
    kms.reset_calls()
    stale = run(change, clock)
    assert stale.state == "stale"
    assert f"{NEW} was replicated to elsewhere." in stale.outcome
    assert "ReplicateKey" not in kms.calls()["by_operation"]


def test_a_region_without_a_key_gets_no_row_before_there_is_one(change, kind, clock, kms, key, monkeypatch):
    monkeypatch.setattr(kind, "_client", lambda *_: pytest.fail("the call is not part of this test"))
    with pytest.raises(pytest.fail.Exception):
        run(change, clock)
    assert MultiRegionKey.objects.get(pk=key.pk).region_keys.filter(region=NEW).count() == 0


def test_its_words_stand_in_messages_in_the_record_and_at_the_terminal(change, clock, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast.ana.email = "ana@example.com"
    cast.ana.save()
    run(change, clock)
    ended = Delivery.objects.get(topic="change.ended")
    assert ended.subject == f"CR-1 is done: replica of {change.key.name} in {NEW}"
    assert f"Replica: {NEW}\n" in ended.body
    assert ended.data["kind"] == change.kind
    assert {entry.data["kind"] for entry in Entry.objects.filter(subject=change.ref)} == {change.kind}
    told = io.StringIO()
    call_command("change", "list", stdout=told)
    call_command("change", "show", change.ref, stdout=told)
    assert f"replicate: {NEW}  by ana" in told.getvalue()
    assert f"Replica    {NEW}" in told.getvalue()


def test_its_words_stand_on_the_pages(change, clock, cast):
    run(change, clock)
    client = client_of(cast.ana)
    page = client.get(change.get_absolute_url()).content.decode()
    name = change.key.name
    assert f'CR-1: replicate {name} to <span class="nowrap">{NEW}</span>' in page
    assert "ReplicateKey, sent once" in page
    assert "<dt>ReplicaRegion</dt>" in page
    assert "move-arrow" not in page
    listed = client.get("/changes/?tab=closed").content.decode()
    assert '<div class="muted">replicate</div>' in listed
    assert [side.role_after for side in progress(change).sides] == ["REPLICA"]
