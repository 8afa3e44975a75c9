from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.refusals import Refused
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(inventory, cast):
    def request(key=inventory.card_vault, **over):
        wish = {
            "to_region": "eu-west-1",
            "by": cast.ana,
            "reason": "Closer to its users.",
            "token": "t-1",
            "now": NOW,
        }
        return request_move(key, **{**wish, **over})

    return request


def test_a_requester_alone_gets_an_approved_change(ask, cast):
    change = ask()
    assert (change.state, change.requester, change.ref) == ("approved", cast.ana, "CR-1")
    assert (change.from_region, change.to_region) == ("us-east-1", "eu-west-1")


def test_it_is_due_for_a_worker_at_once(ask):
    change = ask()
    assert change.due_at == change.requested_at
    assert change.lease == ""


def test_the_record_holds_the_plan_the_reason_and_the_way(ask):
    change = ask(ticket="OPS-7", via="command line")
    entry = Entry.objects.get(event="change.requested")
    assert (entry.actor, entry.subject, entry.account_id) == ("ana", change.ref, "111122223333")
    assert entry.data["plan_sha256"] == change.plan_sha256
    assert entry.data["plan"] == change.plan
    assert (entry.data["reason"], entry.data["ticket"], entry.data["via"]) == (
        "Closer to its users.",
        "OPS-7",
        "command line",
    )


def test_a_form_sent_twice_asks_once(ask):
    assert ask() == ask()
    assert Change.objects.count() == 1


def test_another_tab_for_the_same_key_is_refused_and_names_the_first(ask):
    first = ask()
    with pytest.raises(Refused, match=f"{first.ref} is already under way"):
        ask(token="t-2")


def test_another_persons_token_opens_nothing(ask, cast, inventory):
    ask()
    with pytest.raises(Refused):
        ask(by=cast.ben)


@pytest.mark.parametrize("name", ["ben", "cleo", "dan", "ada"])
def test_only_a_requester_may_ask(ask, cast, name):
    with pytest.raises(Refused, match="Your roles do not let you"):
        ask(by=getattr(cast, name))


def test_a_requester_of_another_account_may_not_ask(ask, cast, inventory):
    with pytest.raises(Refused, match="Your roles do not let you"):
        ask(inventory.old_vault, to_region="us-east-1")


@pytest.mark.parametrize(
    ("to_region", "words"),
    [
        ("us-east-1", "already is the primary"),
        ("ca-central-1", "does not have a replica key in the specified Region"),
        ("mars-north-1", "is not a valid Region"),
        ("cn-north-1", "must be in the same AWS partition"),
        ("", "is not a valid Region"),
    ],
)
def test_a_region_that_cannot_be_is_refused_in_awss_words(ask, to_region, words):
    with pytest.raises(Refused, match=words):
        ask(to_region=to_region)
    assert not Change.objects.exists()


def test_a_disabled_replica_is_refused_with_what_to_do(ask, inventory):
    with pytest.raises(Refused, match=r"The key in eu-central-1 is Disabled\. Enable it first\."):
        ask(inventory.ledger, to_region="eu-central-1")


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_reason_is_required(ask, reason):
    with pytest.raises(Refused, match="Say why"):
        ask(reason=reason)


def test_a_reason_of_five_thousand_characters_is_refused_with_both_numbers(ask):
    with pytest.raises(Refused, match=r"5,000 characters; at most 2,000"):
        ask(reason="x" * 5000)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2028", "\x07"])
def test_control_characters_are_refused(ask, character):
    with pytest.raises(Refused, match="control characters"):
        ask(reason=f"good{character}bad")


@pytest.mark.parametrize("reason", ["Für Zürich", "引っ越し", "two\nlines", "👩‍💻 on call"])
def test_words_of_every_language_are_kept(ask, reason):
    assert ask(reason=reason).reason == reason


def test_nothing_is_kept_where_the_record_cannot_be_written(ask, monkeypatch):
    from keyconsole.changes import transition

    def full_disk(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr(transition, "record", full_disk)
    with pytest.raises(OSError, match="no space"):
        ask()
    assert not Change.objects.exists()
