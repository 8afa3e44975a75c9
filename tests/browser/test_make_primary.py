"""The main job: make a replica the primary, and watch both Regions settle without touching the page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.keys import ask_to_make_primary
from tools.pages import key_path


def test_a_replica_becomes_the_primary_while_somebody_watches(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    page = open_window("ana")
    with product.fault("never-settle"):
        ask_to_make_primary(page, product, "refunds", "eu-west-1")
        expect(page.locator("#change")).to_have_attribute("hx-trigger", "every 2s")
    expect(page.locator("#change-status")).to_contain_text("done", ignore_case=True)
    assert page.locator("#change").get_attribute("hx-trigger") is None, (
        "a change that has ended is not polled"
    )
    assert product.calls("UpdatePrimaryRegion") == before + 1
    page.goto(product.at(key_path("refunds")))
    expect(page.locator("#region-eu-west-1")).to_contain_text("Primary")
    expect(page.locator("#region-us-east-1")).to_contain_text("Replica")


def test_what_was_typed_survives_a_wrong_confirmation(product, open_window):
    page = open_window("ana")
    page.goto(product.at(key_path("payouts") + "make-primary/eu-west-1/"))
    page.get_by_label("Reason").fill("Typed with care")
    page.get_by_label("Alias or key id").fill("ledger")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("Reason")).to_have_value("Typed with care")
    assert "/make-primary/" in page.url


def test_a_disabled_replica_is_refused_before_aws_is_asked(product, open_window):
    before = product.calls("UpdatePrimaryRegion")
    page = open_window("ana")
    page.goto(product.at(key_path("ledger")))
    expect(page.locator("#region-eu-central-1")).to_contain_text("Disabled")
    expect(page.get_by_role("link", name="Make primary in eu-central-1")).to_have_count(0)
    page.goto(product.at(key_path("ledger") + "make-primary/eu-central-1/"))
    expect(page.locator("main")).to_contain_text("cannot be made the primary now")
    assert product.calls("UpdatePrimaryRegion") == before


def test_a_refusal_of_aws_names_what_is_at_fault(product, open_window):
    page = open_window("ana")
    with product.fault("deny", operation="UpdatePrimaryRegion"):
        ask_to_make_primary(page, product, "limits", "ca-central-1")
        expect(page.locator("#change-status")).to_contain_text("not applied", ignore_case=True)
    told = page.locator("main").inner_text()
    assert "AccessDeniedException" in told
    assert "kms:UpdatePrimaryRegion" in told


def test_a_poll_after_the_session_has_ended_leads_to_the_sign_in_page(product, open_window):
    page = open_window("ana")
    with product.fault("never-settle"):
        ask_to_make_primary(page, product, "statements", "us-east-1")
        expect(page.locator("#change")).to_have_attribute("hx-trigger", "every 2s")
        change = page.url
        page.context.clear_cookies()
        page.wait_for_url("**/sign-in/**")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    assert change.removeprefix(product.url.rstrip("/")) in page.evaluate(
        "decodeURIComponent(location.search)"
    )
