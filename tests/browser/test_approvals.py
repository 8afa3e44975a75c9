"""Journeys through approval: two agree and it runs; a reasoned no; an emergency and its review."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORDS, sign_in
from tests.browser.keys import ask_to_make_primary, fill_in_the_request, ref_of
from tests.browser.proof import press
from tools.pages import key_path


def test_two_people_agree_to_the_plan_and_it_runs(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    ana = open_window("ana")
    fill_in_the_request(ana, product, "settlement", "eu-west-1")
    change = f"/changes/{ref_of(ana)}/"
    expect(ana.locator("#change-status")).to_contain_text("1 more of platform: ben.")
    expect(ana.get_by_role("button", name="Approve this plan")).to_have_count(0)
    ana.get_by_text("Why can I not approve or reject?").click()
    expect(ana.get_by_text("Who asks for a change never decides about it.")).to_be_visible()

    ben = open_window("ben")
    ben.goto(product.at("/changes/"))
    ben.get_by_role("link", name=ref_of(ana), exact=True).click()
    agree(ben, "ben", "Checked against the runbook.")
    expect(ben.locator("#change-status")).to_contain_text("1 more of security: bea.")
    assert product.calls("UpdatePrimaryRegion") == before

    bea = open_window("bea", width=390)
    bea.goto(product.at(change))
    agree(bea, "bea", "")
    expect(bea.locator("#change-status")).to_contain_text("done", ignore_case=True)
    assert product.calls("UpdatePrimaryRegion") == before + 1


def test_one_no_ends_it_and_its_reason_reaches_the_requester(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    ana = open_window("ana")
    fill_in_the_request(ana, product, "tokens", "us-west-2")
    bea = open_window("bea")
    bea.goto(ana.url)
    bea.get_by_role("link", name="Reject", exact=True).click()
    bea.get_by_label("Why not").fill("Not in the last week of the quarter.")
    bea.get_by_role("button", name="Reject").click()
    bea.wait_for_url("**/changes/CR-*/")
    expect(bea.locator("#change-status")).to_contain_text("Rejected by bea")
    ana.reload()
    expect(ana.locator("#change")).to_contain_text("Not in the last week of the quarter.")
    expect(ana.get_by_role("button", name="Approve this plan")).to_have_count(0)
    assert product.calls("UpdatePrimaryRegion") == before


def test_a_key_that_changed_meanwhile_ends_it_and_the_page_says_what_differs(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    ana = open_window("ana")
    fill_in_the_request(ana, product, "mobile-wallet", "us-east-1")
    product.approve(ref_of(ana), "ben")
    _, account_id, key_id = key_path("mobile-wallet").strip("/").split("/")
    product.kms(account_id, "us-east-1").disable_key(KeyId=key_id)
    product.manage("scan", "payments", "--details")

    bea = open_window("bea")
    bea.goto(ana.url)
    expect(bea.locator("#change-status")).to_contain_text("is stale")
    expect(bea.locator("#change-status")).to_contain_text(
        "The key in us-east-1 was Enabled, and at the last look Disabled."
    )
    expect(bea.locator("#change-status")).to_contain_text("Nothing was sent to AWS.")
    expect(bea.get_by_role("button", name="Approve this plan")).to_have_count(0)
    assert product.calls("UpdatePrimaryRegion") == before


def test_an_emergency_asks_who_you_are_runs_at_once_and_is_reviewed(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    # In a session of its own: in that of the other journeys she may have proved it a minute ago.
    ana = open_window()
    sign_in(ana, product, "ana")
    ana.goto(product.at(key_path("fraud-features") + "make-primary/us-east-1/"))
    ana.get_by_role("link", name="Use the emergency path").click()
    ana.get_by_label("Password").fill(PASSWORDS["ana"])
    ana.get_by_role("button", name="Confirm").click()
    ana.wait_for_url("**/emergency/")
    ana.get_by_label("Reason").fill("us-west-2 is to be left within the hour: INC-881.")
    ana.get_by_label("Alias or key id").fill("fraud-features")
    ana.get_by_role("button", name="Run it now without approval").click()
    ana.wait_for_url("**/changes/CR-*/")
    expect(ana.locator("#change-status")).to_contain_text("done", ignore_case=True)
    expect(ana.get_by_role("button", name="Give this review")).to_have_count(0)
    assert product.calls("UpdatePrimaryRegion") == before + 1

    ben = open_window("ben")
    ben.goto(ana.url)
    ben.get_by_label("Yes, it was right").check()
    ben.get_by_label("What you found").fill("The incident asked for it.")
    ben.get_by_role("button", name="Give this review").click()
    expect(ben.locator("#change")).to_contain_text("It was right")


def test_what_is_being_typed_survives_the_page_that_renews_itself(product, open_window):
    ana = open_window("ana")
    with product.fault("never-settle"):
        ask_to_make_primary(ana, product, "risk-scores", "us-east-1")
        expect(ana.locator("#change-status")).to_contain_text("Updating")
        ana.locator("#fold-comments > summary").click()
        ana.get_by_label("Your comment").fill("Half a sen")
        looks = ana.locator("#change table tbody").text_content()
        expect(ana.locator("#change table tbody")).not_to_have_text(looks)
        expect(ana.get_by_label("Your comment")).to_be_visible()
        expect(ana.get_by_label("Your comment")).to_have_value("Half a sen")


def agree(page, username, comment):
    if comment:
        page.get_by_text("Add a comment", exact=True).click()
        page.get_by_label("Comment optional").fill(comment)
    press(page, "Approve this plan", username=username)
    page.wait_for_load_state()
