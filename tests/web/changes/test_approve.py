"""Approving the plan that stands on the page, and no other."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.models import Change
from keyconsole.policies.models import PolicyVersion
from tests.cast import Cast, Inventory, make_person
from tests.changes.approvals.teams import agree, hold_for_payments, join
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/approve/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    """Needs one of platform (Ben) and one of security (Bea)."""
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def yes(change: Change, **over: str) -> dict[str, str]:
    return {"plan_sha256": change.plan_sha256, "comment": "", **over}


def test_the_last_missing_approval_lets_it_run(change: Change, as_ben: Client, as_bea: Client) -> None:
    assert as_ben.post(URL, yes(change, comment="Looks right.")).headers["Location"] == PAGE
    change.refresh_from_db()
    assert change.state == "pending"
    as_bea.post(URL, yes(change))
    change.refresh_from_db()
    assert change.state == "approved"


def test_the_page_says_which_policy_who_has_agreed_and_who_still_may(
    change: Change, cast: Cast, as_ana: Client
) -> None:
    agree(change, cast.ben, now=timezone.now())
    content = as_ana.get(PAGE).content.decode()
    for words in (
        "payments version 1",
        "payments governs this move",
        "1 from platform",
        "Agreed: ben",
        "1 from security",
        "Still may: bea",
        "1 more of security: bea.",
    ):
        assert words in content


def test_the_hash_that_is_agreed_to_stands_in_the_form(change: Change, as_ben: Client) -> None:
    for path in (PAGE, URL):
        content = as_ben.get(path).content.decode()
        assert f'name="plan_sha256" value="{change.plan_sha256}"' in content
        assert content.count(change.plan_sha256) > 1


def test_a_comment_given_with_it_is_shown(change: Change, as_ben: Client) -> None:
    as_ben.post(URL, yes(change, comment="Tried in <b>research</b>."))
    assert "Tried in &lt;b&gt;research&lt;/b&gt;." in as_ben.get(PAGE).content.decode()


def test_another_plans_hash_approves_nothing_and_keeps_what_was_typed(change: Change, as_ben: Client) -> None:
    content = as_ben.post(URL, yes(change, plan_sha256="0" * 64, comment="Fine by me")).content.decode()
    assert "The plan that you looked at is not the plan of CR-1." in content
    assert "Fine by me" in content
    assert not change.approvals.exists()


def test_sent_twice_it_counts_once_and_says_so(change: Change, as_ben: Client) -> None:
    as_ben.post(URL, yes(change))
    again = as_ben.post(URL, yes(change), follow=True)
    assert again.redirect_chain == [(PAGE, 302)]
    assert "You approved CR-1. Sent twice, it counts once." in again.content.decode()
    assert change.approvals.count() == 1


def test_a_plan_that_no_longer_holds_ends_the_change_and_says_what_differs(
    change: Change, inventory: Inventory, as_ben: Client
) -> None:
    inventory.card_vault.region_keys.filter(region="eu-west-1").update(state="Disabled")
    content = as_ben.post(URL, yes(change)).content.decode()
    assert "was Enabled, and at the last look Disabled" in content
    change.refresh_from_db()
    assert change.state == "stale"


def test_the_requester_reads_why_they_cannot(change: Change, cast: Cast, as_ana: Client) -> None:
    join("platform", cast.ana)
    content = as_ana.get(PAGE).content.decode()
    assert "Who asks for a change never decides about it." in content
    assert 'action="/changes/CR-1/approve/"' not in content
    as_ana.post(URL, yes(change))
    assert not change.approvals.exists()


def test_what_shares_its_reasons_is_one_answer(change: Change, as_ana: Client) -> None:
    response = as_ana.get(PAGE)
    assert ("approve", "reject") in [why.what for why in response.context["whys"]]
    assert "Why can I not approve or reject?" in response.content.decode()


def test_what_one_cannot_do_is_not_drawn(change: Change, as_ana: Client, as_cleo: Client) -> None:
    """Neither a dead button nor a way to a page that would refuse."""
    for client in (as_ana, as_cleo):
        content = client.get(PAGE).content.decode()
        assert "disabled" not in content
        assert "Approve this plan" not in content
        assert "/changes/CR-1/reject/" not in content
        assert "/changes/CR-1/withdraw/" not in content
    assert "/changes/CR-1/cancel/" not in content


def test_the_comment_stands_folded_below_nothing_is_between_the_plan_and_the_button(
    change: Change, as_ben: Client
) -> None:
    content = as_ben.get(PAGE).content.decode()
    form = content.partition('id="approve-form"')[2].partition("</form>")[0]
    assert "<details" in form.partition("<textarea")[0]
    assert '<button class="button primary" form="approve-form"' in content
    assert 'href="/changes/CR-1/reject/"' in content


def test_what_is_typed_survives_a_poll(change: Change, as_ben: Client) -> None:
    content = as_ben.get(PAGE).content.decode()
    for form in ("approve-form", "comment-form"):
        assert f'id="{form}" hx-preserve="true"' in content


def test_many_who_may_agree_are_a_few_names_and_a_number(change: Change, cast: Cast, as_ana: Client) -> None:
    everybody = [make_person(f"approver-{number:02}", Role.APPROVER) for number in range(20)]
    join("security", *everybody)
    content = as_ana.get(PAGE).content.decode()
    missing = content.partition('class="missing"')[2].partition("</ul>")[0]
    assert "1 more of security: approver-00 or approver-01" in missing
    assert "16 others" in missing
    assert "approver-19" in content.partition('id="fold-approvals"')[2]


def test_a_vote_that_no_longer_counts_says_so(change: Change, cast: Cast, as_ana: Client) -> None:
    agree(change, cast.ben, now=timezone.now())
    cast.ben.memberships.all().delete()
    assert "who gave it may not approve any more" in as_ana.get(PAGE).content.decode()


def test_the_default_is_named_where_no_policy_governs(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    PolicyVersion.objects.all().delete()
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    content = as_ben.get(PAGE).content.decode()
    assert "no policy: the default" in content
    assert "1 of the account&#x27;s approvers" in content


def test_a_closed_change_offers_nothing_and_keeps_its_approvals(
    change: Change, cast: Cast, as_ben: Client
) -> None:
    agree(change, cast.ben, now=timezone.now())
    Change.objects.update(state="rejected", closed_at=timezone.now())
    content = as_ben.get(PAGE).content.decode()
    assert "What you can do" not in content
    assert "It needed 1 from platform and 1 from security." in content
    assert "<strong>ben</strong>" in content


def test_who_lacks_the_second_factor_that_is_asked_for_reads_what_to_do(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    hold_for_payments(cast, second_factor=True)
    for person in (cast.ben, cast.bea):
        Authenticator.objects.create(user=person, type="totp", data={})
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    Authenticator.objects.filter(user=cast.ben).delete()
    content = as_ben.get(PAGE).content.decode()
    assert "This policy asks for a second factor" in content
    assert "set up a passkey or an app that makes codes first; then approve" in content
    assert "1 from platform with a second factor" in content
    assert 'action="/changes/CR-1/approve/"' not in content
    assert "none here. Set up a passkey" in as_ben.get(URL).content.decode()


def test_a_vote_says_by_what_it_was_proved_and_why_it_does_not_count(
    change: Change, cast: Cast, as_ana: Client, as_ben: Client
) -> None:
    as_ben.post(URL, yes(change))
    assert "proved by password" in as_ana.get(PAGE).content.decode()
    hold_for_payments(cast, second_factor=True)
    content = as_ana.get(PAGE).content.decode()
    assert "It was proved without a second factor, which the policy asks for by now." in content
