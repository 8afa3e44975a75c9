"""The confirmation page of a move."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.parts import Window
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule.freeze import freeze
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from tests.cast import CARD_VAULT, LEDGER, NOW, OLD_VAULT, PASSWORD, Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments
from tests.conftest import HTMX, client_of
from tests.form_client import FormClient

pytestmark = pytest.mark.django_db
PAGE = f"/keys/111122223333/{CARD_VAULT}/make-primary/eu-west-1/"
TO_DISABLED = f"/keys/111122223333/{LEDGER}/make-primary/eu-central-1/"
FILLED = {"reason": "Closer to payments.", "ticket": "OPS-7", "typed": "card-vault", "token": "t" * 32}
QUERIES = 23


def test_it_shows_before_and_after_checks_policy_and_warnings(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get(PAGE)
    content = response.content.decode()
    picture = response.context["move"].picture
    assert [(side.region, side.role_before, side.role_after) for side in picture.sides] == [
        ("us-east-1", "PRIMARY", "REPLICA"),
        ("eu-west-1", "REPLICA", "PRIMARY"),
    ]
    assert "planned administration, not failover" in content
    assert "Terraform and CloudFormation will see a changed key" in content
    assert "kms:MultiRegionKeyType" in content
    assert "One person, typed confirmation" in content
    assert "us-west-2 stays as it is" in content


@pytest.mark.parametrize("typed", ["card-vault", "alias/card-vault", CARD_VAULT])
def test_asking_makes_one_change_and_leads_to_it(as_ana: Client, inventory: Inventory, typed: str) -> None:
    response = as_ana.post(PAGE, {**FILLED, "typed": typed})
    change = Change.objects.get()
    assert response.headers["Location"] == f"/changes/{change.ref}/"
    assert (change.from_region, change.to_region, change.reason, change.ticket) == (
        "us-east-1",
        "eu-west-1",
        "Closer to payments.",
        "OPS-7",
    )
    assert change.requester.username == "ana"


def test_the_same_form_sent_twice_asks_once(as_ana: Client, inventory: Inventory) -> None:
    first, second = (as_ana.post(PAGE, FILLED) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Change.objects.count() == 1


def test_each_showing_of_the_form_has_its_own_token(as_ana: Client, inventory: Inventory) -> None:
    tokens = {as_ana.get(PAGE).context["form"]["token"].value() for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("reason", "", "Say why the primary should move."),
        ("reason", "  \n ", "Say why the primary should move."),
        ("reason", "r" * 5000, "The reason has 5,000 characters; at most 2,000 are kept."),
        ("reason", "a\x1b[2Jb", "The reason holds control characters."),
        ("reason", "a\x00b", "it holds a character that cannot be seen or kept"),
        ("ticket", "t" * 101, "The ticket has 101 characters; at most 100 are kept."),
        ("typed", "", "Type the key&#x27;s alias or id to confirm."),
        ("typed", "ledger", "This is not the name of the key."),
        ("typed", "CARD-VAULT", "This is not the name of the key."),
        ("token", "<script>", "This form is not one of ours."),
        ("token", "", "Fill this in."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    as_ana: Client, inventory: Inventory, field: str, value: str, words: str
) -> None:
    response = as_ana.post(PAGE, {**FILLED, field: value})
    content = response.content.decode()
    assert response.status_code == 200
    assert words in content
    assert 'class="error-summary' in content
    kept = {name: text for name, text in FILLED.items() if name not in {field, "token"}}
    assert all(text in content for text in kept.values())
    assert not Change.objects.exists()


def test_what_the_policy_asks_of_the_words_is_told_at_the_field(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    hold_for_payments(cast, ticket_pattern=r"OPS-\d+", reason_at_least=30)
    response = as_ana.post(PAGE, {**FILLED, "ticket": "7"})
    errors = response.context["form"].errors
    assert errors["reason"] == ["Policy payments asks for a reason of at least 30 characters."]
    assert errors["ticket"] == [r"Policy payments asks for a ticket of the form OPS-\d+."]
    assert not response.context["form"].non_field_errors()
    content = response.content.decode()
    assert 'id="id_reason_error"' in content
    assert "Closer to payments." in content


def test_ten_green_checks_are_one_line_and_an_exception_is_open(as_ana: Client, inventory: Inventory) -> None:
    fold = as_ana.get(PAGE).content.decode().partition('id="fold-checks"')[2]
    assert fold.startswith(">")
    assert "checks passed</span>" in fold.partition("</summary>")[0]
    refused = as_ana.get(TO_DISABLED).content.decode().partition('id="fold-checks"')[2]
    assert refused.startswith(" open>")
    assert 'data-value="refused"' in refused.partition("</li>")[0]


def test_who_is_asked_stands_above_the_button(as_ana: Client, cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast)
    form = as_ana.get(PAGE).content.decode().partition('<form class="form"')[2].partition("</form>")[0]
    assert form.index("payments version 1") < form.index("1 from platform: ben") < form.index("<button")


def test_two_thousand_characters_with_line_breaks_are_kept(as_ana: Client, inventory: Inventory) -> None:
    reason = "\r\n".join("x" * 19 for _ in range(100))
    as_ana.post(PAGE, {**FILLED, "reason": reason})
    assert Change.objects.get().reason == reason.replace("\r\n", "\n")


def test_a_refusal_by_the_workflow_stands_above_the_form(as_ana: Client, inventory: Inventory) -> None:
    refused = Refused(
        Reason(Code.CHANGE_UNDER_WAY, "CR-4 is already under way for this key."),
        Reason(Code.FROZEN, "And <b>another</b> thing."),
    )
    with patch("keyconsole.web.make_primary.views.request_move", side_effect=refused):
        content = as_ana.post(PAGE, FILLED).content.decode()
    assert "CR-4 is already under way for this key." in content
    assert "And &lt;b&gt;another&lt;/b&gt; thing." in content
    assert "Closer to payments." in content


def test_a_disabled_replica_shows_why_and_no_form(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get(TO_DISABLED).content.decode()
    assert "The key in eu-central-1 is Disabled. Enable it first." in content
    assert 'name="reason"' not in content


def test_a_region_without_a_replica_is_told_as_that(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get(PAGE.replace("eu-west-1", "sa-east-1")).content.decode()
    picture = content.partition('<div class="move')[2].partition("</section>")[0]
    assert "No replica there" in picture
    assert "Unknown" not in picture
    assert ">After<" not in picture


def test_a_region_that_was_denied_is_unknown_because_of_that(as_ana: Client, inventory: Inventory) -> None:
    genome = inventory.genome
    content = as_ana.get(f"{genome.get_absolute_url()}make-primary/ap-southeast-2/").content.decode()
    picture = content.partition('<div class="move')[2].partition("</section>")[0]
    assert "Denied" in picture
    assert "No replica there" not in picture


def test_asking_for_it_all_the_same_is_refused(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.post(TO_DISABLED, {**FILLED, "typed": "ledger"}).content.decode()
    assert "The key in eu-central-1 is Disabled." in content
    assert not Change.objects.exists()


def test_an_open_change_of_the_key_stands_in_the_way(as_ana: Client, inventory: Inventory) -> None:
    as_ana.post(PAGE, FILLED)
    content = as_ana.get(PAGE).content.decode()
    assert "CR-1 is already under way for this key." in content
    assert 'name="reason"' not in content


def test_people_who_may_only_look_cannot_ask(as_cleo: Client, inventory: Inventory) -> None:
    assert "Your roles do not let you make a primary in payments." in as_cleo.get(PAGE).content.decode()
    as_cleo.post(PAGE, FILLED)
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("us-nowhere-1", "is not a valid Region"),
        ("cn-north-1", "must be in the same AWS partition"),
        ("us-east-2", "does not have a replica key in the specified Region"),
        ("us-east-1", "already is the primary"),
    ],
)
def test_a_region_without_a_replica_is_refused_in_words(
    as_ana: Client, inventory: Inventory, region: str, words: str
) -> None:
    path = PAGE.replace("eu-west-1", region)
    assert words in as_ana.get(path).content.decode()
    assert words in as_ana.post(path, FILLED).content.decode()
    assert not Change.objects.exists()


@pytest.mark.parametrize("region", ["EU-WEST-1", "eu-west-1%00", "%3Cb%3E", "a-" * 40 + "1", "eu west 1"])
def test_what_is_no_region_at_all_is_not_there(as_ana: Client, inventory: Inventory, region: str) -> None:
    assert as_ana.get(PAGE.replace("eu-west-1", region)).status_code == 404


def test_keys_outside_ones_accounts_are_not_there(as_ana: Client, inventory: Inventory) -> None:
    path = f"/keys/333344445555/{OLD_VAULT}/make-primary/us-east-1/"
    assert as_ana.get(path).status_code == 404
    assert as_ana.post(path, FILLED).status_code == 404


def test_it_takes_no_other_methods(as_ana: Client, inventory: Inventory) -> None:
    assert as_ana.delete(PAGE).status_code == 405
    assert as_ana.put(PAGE).status_code == 405


def test_a_form_from_elsewhere_is_refused(inventory: Inventory) -> None:
    stranger = FormClient(enforce_csrf_checks=True)
    stranger.login(username="ana", password="correct horse battery staple")
    assert stranger.post(PAGE, FILLED).status_code == 403
    assert not Change.objects.exists()


def test_people_without_a_role_may_not_open_it(as_dan: Client, inventory: Inventory) -> None:
    assert as_dan.get(PAGE).status_code == 403
    assert as_dan.post(PAGE, FILLED).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, inventory: Inventory) -> None:
    assert anonymous.post(PAGE, FILLED).headers["Location"].startswith("/sign-in/")
    assert not Change.objects.exists()


def test_htmx_gets_the_whole_page_for_there_is_no_part(as_ana: Client, inventory: Inventory) -> None:
    assert b"</html>" in as_ana.get(PAGE, headers=HTMX).content


def test_the_number_of_queries_is_fixed(
    as_ana: Client, inventory: Inventory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        as_ana.get(PAGE)


def test_where_others_have_to_agree_it_says_who_and_asks_for_approval(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    hold_for_payments(cast)
    content = as_ana.get(PAGE).content.decode()
    for words in (
        "payments version 1",
        "payments governs this move: it names the account 111122223333 (payments).",
        "It is more specific than alone.",
        "1 from platform: ben",
        "1 from security: bea",
        "Ask for approval",
    ):
        assert words in content
    assert "One person, typed confirmation" not in content


def test_asking_under_such_a_policy_waits_and_says_so(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    hold_for_payments(cast)
    content = as_ana.post(PAGE, FILLED, follow=True).content.decode()
    assert "CR-1 waits for approval. Nobody was written to" in content
    assert Change.objects.get().state == "pending"


def test_who_was_told_is_said_by_the_messages(as_ana: Client, cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast)
    User.objects.filter(username="ben").update(email="ben@example.org")
    content = as_ana.post(PAGE, FILLED, follow=True).content.decode()
    waits = "CR-1 waits for approval. Written, and not sent yet: to ben. No e-mail was written to bea."
    assert waits in content
    Delivery.objects.update(state="sent", sent_at=NOW)
    content = as_ana.get("/changes/CR-1/").content.decode()
    assert "Sent to ben, the last at 2026-11-23 12:00 UTC." in content
    assert "not sent yet" not in content


def test_without_any_policy_the_default_is_told(as_ana: Client, inventory: Inventory) -> None:
    PolicyVersion.objects.all().delete()
    content = as_ana.get(PAGE).content.decode()
    assert "No policy names this move" in content
    assert "1 of the account&#x27;s approvers: bea, ben" in content


def test_everything_that_the_policy_asks_stands_there(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    window = Window(("mon",), "22:00", "04:00", "Europe/Zurich")
    hold_for_payments(
        cast,
        allowed_regions=("eu-west-1", "eu-central-1"),
        ticket_pattern=r"OPS-\d+",
        reason_at_least=30,
        windows=(window,),
        frozen="Audit week.",
    )
    content = as_ana.get(PAGE).content.decode()
    for words in (
        "eu-west-1, eu-central-1",
        r"OPS-\d+",
        "at least 30 characters",
        "mon 22:00 to 04:00 Europe/Zurich",
        "It would not run now",
        "The policy payments is frozen: Audit week.",
    ):
        assert words in content


def test_a_freeze_of_everything_is_told_before_anybody_asks(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    freeze(by=cast.ada, why="A bad night.", now=timezone.now())
    assert "by ada: A bad night." in as_ana.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("rules", "typed", "words"),
    [
        ({"ticket_pattern": r"OPS-\d+"}, {"ticket": "none"}, "asks for a ticket of the form OPS-"),
        ({"reason_at_least": 40}, {}, "asks for a reason of at least 40 characters."),
        ({"allowed_regions": ("us-west-2",)}, {}, "allows primaries in us-west-2 only."),
    ],
)
def test_what_the_policy_refuses_stands_above_the_form(
    as_ana: Client,
    cast: Cast,
    inventory: Inventory,
    rules: dict[str, Any],
    typed: dict[str, str],
    words: str,
) -> None:
    hold_for_payments(cast, **rules)
    content = as_ana.post(PAGE, {**FILLED, **typed}).content.decode()
    assert words in content
    assert "Closer to payments." in content
    assert not Change.objects.exists()


def test_a_later_time_can_be_chosen(as_ana: Client, inventory: Inventory) -> None:
    as_ana.post(PAGE, {**FILLED, "run_at": "2099-03-01T04:30"})
    assert Change.objects.get().run_at == datetime(2099, 3, 1, 4, 30, tzinfo=UTC)


def test_a_time_that_is_none_is_told(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.post(PAGE, {**FILLED, "run_at": "soon"}).content.decode()
    assert "Write it as 2026-11-23 20:30. It is UTC." in content
    assert not Change.objects.exists()


def test_where_nobody_else_is_asked_the_request_itself_takes_a_fresh_proof(
    cast: Cast, inventory: Inventory
) -> None:
    client = client_of(cast.ana, proved=False)
    asked = client.post(PAGE, FILLED)
    assert asked.headers["Location"].startswith("/sign-in/again/?next=")
    assert not Entry.objects.filter(event="change.requested").exists()
    page = client.get(asked.headers["Location"]).content.decode()
    assert "make eu-west-1 the primary" in page
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert Entry.objects.get(event="change.requested").data["proof"] == "password"


def test_the_record_of_the_request_says_how_its_person_had_proved_who_they_are(
    cast: Cast, inventory: Inventory
) -> None:
    hold_for_payments(cast)
    client = client_of(cast.ana, proved=False)
    client.post(PAGE, FILLED)
    data = Entry.objects.get(event="change.requested").data
    assert data["proof"] == "sign-in"
    assert data["proof_age_seconds"] < 60
