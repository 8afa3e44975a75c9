"""A policy is changed without a script: written in a form, looked at, proposed, and taken back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.proof import press

WHY = "A longer reason, so that the record can be understood later"


def test_a_change_of_a_policy_without_javascript(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    page.goto(product.at("/policies/research/"))
    page.get_by_role("link", name="Propose a change").click()
    rows = page.get_by_label("Time zone")
    expect(rows).not_to_have_count(0)
    before = rows.count()
    page.get_by_role("button", name="Another window").click()
    expect(rows).to_have_count(before + 1)

    page.get_by_label("Shortest reason, in characters").fill("-1")
    page.get_by_label("Why").last.fill(WHY)
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator(".error-summary")).to_contain_text("needs another look")
    expect(page.get_by_label("Why").last).to_have_value(WHY)

    page.get_by_label("Shortest reason, in characters").fill("60")
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator("main")).to_contain_text("at least 60 characters")
    expect(page.locator("main")).to_contain_text("Who has to agree")
    press(page, "Propose it", username="ada")
    expect(page.get_by_text("research version 2 is proposed.")).to_be_visible()
    expect(page.get_by_role("button", name="Agree to this document")).to_have_count(0)

    page.get_by_role("button", name="Withdraw the proposal").click()
    expect(page.get_by_text("research version 2 is withdrawn.")).to_be_visible()


def test_a_freeze_is_seen_by_everybody_until_two_have_lifted_it(product, open_window):
    ada, eve, ana = open_window("ada"), open_window("eve"), open_window("ana", width=390)
    ada.goto(product.at("/policies/"))
    ada.get_by_role("link", name="Freeze everything").click()
    ada.get_by_label("Why").fill("A drill")
    ada.get_by_label("Type").fill("freeze everything")
    ada.get_by_role("button", name="Freeze everything").click()
    try:
        expect(ada.locator(".band").first).to_contain_text("by ada: A drill")
        ana.goto(product.at("/"))
        expect(ana.locator(".band").first).to_contain_text("by ada: A drill")
    finally:
        ada.goto(product.at("/lift-freeze/"))
        ada.get_by_label("Why it can be lifted").fill("The drill is over")
        press(ada, "Propose to lift the freeze", username="ada")
        expect(ada.get_by_role("button", name="Agree to this proposal")).to_have_count(0)
        eve.goto(ada.url)
        press(eve, "Agree to this proposal", username="eve")
    expect(eve.locator("main")).to_contain_text("It was agreed to by eve")
    ada.goto(product.at("/policies/"))
    expect(ada.get_by_role("link", name="Freeze everything")).to_be_visible()
    ana.reload()
    expect(ana.get_by_role("heading", level=1)).to_be_visible()
    expect(ana.get_by_text("A drill")).to_have_count(0)
