"""Journeys of people: from an invitation to the first approval; somebody leaves; a review of access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORDS
from tests.browser.keys import fill_in_the_request
from tests.browser.proof import press
from tests.browser.test_every_page import violations

PASSWORD = "purple meadow runs quietly"
AGREE = """
from django.contrib.auth.models import User
from django.utils import timezone
from keyconsole.people.dual_control.propose import agree
from keyconsole.people.models import AccessProposal
for waiting in AccessProposal.objects.filter(state="proposed"):
    agree(waiting, by=User.objects.get(username="eve"), sha256=waiting.sha256, now=timezone.now())
"""


def invite(ada: Page, product, username: str) -> str:
    ada.goto(product.at("/people/"))
    ada.get_by_role("link", name="Invite somebody").click()
    ada.get_by_label("Username").fill(username)
    press(ada, "Make the invitation", username="ada")
    return ada.locator("section .id.whole").inner_text()


def assert_accessible(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    assert violations(page, "light") == []


def propose(ada: Page, verb: str, fields: dict[str, str]) -> None:
    ada.get_by_role("link", name=verb).first.click()
    for label, value in fields.items():
        field = ada.get_by_label(label, exact=True)
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    ada.get_by_role("button", name="Continue").click()
    expect(ada.locator("main")).to_contain_text("Another administrator has to agree first: eve.")
    press(ada, "Propose it", username="ada")
    expect(ada.locator(".messages")).to_contain_text("waits for another administrator")


def propose_to_join(ada: Page, group: str) -> None:
    ada.get_by_role("link", name="Put into a group").click()
    ada.get_by_label("Group").fill(group)
    ada.get_by_role("button", name="See what it would do").click()
    ada.get_by_label("Why").fill("Joins them.")
    press(ada, "Propose it", username="ada")
    expect(ada.locator(".messages")).to_contain_text("is proposed")


def test_from_an_invitation_to_the_first_approval_until_they_leave(product, open_window):
    ada = open_window("ada")
    address = invite(ada, product, "fay")

    fay = open_window("")
    fay.goto(address)
    expect(fay).to_have_url(product.at("/link/"))
    expect(fay.locator("main")).to_contain_text("ada invites you")
    assert_accessible(fay)
    fay.get_by_label("New password").fill(PASSWORD)
    fay.get_by_label("The same once more").fill(PASSWORD)
    fay.get_by_role("button", name="Choose it and sign in").click()
    fay.wait_for_url(product.at("/"))
    ada.goto(product.at("/people/fay/"))
    where = {"Role": "approver", "Where it holds": "111122223333", "Why": "Joins security."}
    propose(ada, "Give a role", where)
    propose_to_join(ada, "security")
    product.manage("shell", "-c", AGREE)

    ana = open_window("ana")
    fill_in_the_request(ana, product, "tax-reports", "eu-west-1")
    change = ana.url
    fay.goto(change)
    fay.get_by_role("button", name="Approve this plan").click()
    fay.get_by_label("Password").fill(PASSWORD)
    fay.get_by_role("button", name="Confirm").click()
    expect(fay.locator("#change-status")).to_contain_text("1 more of platform")
    expect(fay.locator("#change-status")).not_to_contain_text("1 more of security")

    ada.goto(product.at("/people/fay/"))
    ada.get_by_role("link", name="Disable fay").click()
    ada.get_by_label("Why").fill("Left the company.")
    ada.get_by_role("button", name="Disable fay").click()
    expect(ada.locator("h1")).to_contain_text("Disabled")
    fay.goto(product.at("/keys/"))
    expect(fay.get_by_role("heading", name="Sign in")).to_be_visible()
    ana.goto(change)
    expect(ana.locator("#change-status")).to_contain_text("1 more of security")


def test_ones_own_page_ends_another_device(product, open_window, chromium):
    here = open_window("cleo")
    with chromium.new_context() as context:
        there = context.new_page()
        there.goto(product.at("/sign-in/"))
        there.get_by_label("Username").fill("cleo")
        there.get_by_label("Password").fill(PASSWORDS["cleo"])
        there.get_by_role("button", name="Sign in").click()
        there.wait_for_url(product.at("/"))
        here.goto(product.at("/"))
        here.get_by_role("link", name="cleo").click()
        here.get_by_role("button", name="End the session").first.click()
        expect(here.locator(".messages")).to_contain_text("has ended")
        there.goto(product.at("/keys/"))
        expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_review_of_access_is_started_answered_and_kept(product, open_window):
    ada = open_window("ada")
    ada.goto(product.at("/access-review/"))
    ada.get_by_role("link", name="Start a review").click()
    ada.get_by_label("Due").fill((datetime.now(UTC) + timedelta(days=14)).date().isoformat())
    ada.get_by_role("button", name="Start the review").click()
    ada.wait_for_url("**/access-review/RV-*/")
    assert_accessible(ada)
    ada.get_by_role("link", name="Not answered").click()
    ada.get_by_role("checkbox", name="cleo: auditor in all accounts").check()
    press(ada, "Confirm the ticked", username="ada")
    expect(ada.locator(".messages")).to_contain_text("1 line confirmed.")
    ada.get_by_text("End it with answers missing").click()
    ada.get_by_role("button", name="End RV-").click()
    expect(ada.locator("main")).to_contain_text("SHA-256 of all lines")
