"""A policy is changed without a script: written in a form, looked at, proposed, and taken back."""

from __future__ import annotations

WHY = "A longer reason, so that the record can be understood later"


def test_a_change_of_a_policy_without_javascript(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    page.goto(product.at("/policies/research/"))
    page.get_by_role("link", name="Propose a change").click()
    rows = page.get_by_label("Time zone")
    before = rows.count()
    page.get_by_role("button", name="Another window").click()
    assert rows.count() == before + 1

    page.get_by_label("Shortest reason, in characters").fill("-1")
    page.get_by_label("Why").last.fill(WHY)
    page.get_by_role("button", name="See what it would change").click()
    assert "needs another look" in page.locator(".error-summary").inner_text()
    assert page.get_by_label("Why").last.input_value() == WHY

    page.get_by_label("Shortest reason, in characters").fill("60")
    page.get_by_role("button", name="See what it would change").click()
    assert "at least 60 characters" in page.locator("main").inner_text()
    assert "Who has to agree" in page.locator("main").inner_text()
    page.get_by_role("button", name="Propose it").click()
    assert page.get_by_text("research version 2 is proposed.").is_visible()
    assert page.get_by_role("button", name="Agree to this document").is_disabled()

    page.get_by_role("button", name="Withdraw the proposal").click()
    assert page.get_by_text("research version 2 is withdrawn.").is_visible()


def test_a_freeze_is_seen_by_everybody_until_it_is_lifted(product, open_window):
    ada, ana = open_window("ada"), open_window("ana", width=390)
    ada.goto(product.at("/policies/"))
    ada.get_by_label("Why").fill("A drill")
    ada.get_by_role("button", name="Freeze everything").click()
    try:
        ana.goto(product.at("/"))
        assert "by ada: A drill" in ana.locator(".band").first.inner_text()
    finally:
        ada.get_by_role("button", name="Lift the freeze").click()
    ana.reload()
    assert ana.get_by_text("A drill").count() == 0
