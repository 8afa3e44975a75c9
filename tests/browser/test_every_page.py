"""Every page in light and dark, wide and on a phone: no accessibility violation, nothing too wide."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.keys import key_path

PAGES = {
    "sign-in": ("", "/sign-in/"),
    "overview": ("ana", "/"),
    "overview-of-nobody": ("dan", "/"),
    "keys": ("ana", "/keys/"),
    "keys-none-found": ("ana", "/keys/?q=no-such-key"),
    "key": ("ana", key_path("card-vault")),
    "key-with-oddities": ("ada", key_path("old-vault")),
    "make-primary": ("ana", key_path("card-vault") + "make-primary/us-west-2/"),
    "make-primary-refused": ("ana", key_path("ledger") + "make-primary/eu-central-1/"),
    "changes": ("ana", "/changes/"),
    "changes-closed": ("cleo", "/changes/?tab=closed"),
    "change": ("cleo", "/changes/CR-1/"),
    "help-approvals": ("ana", "/help/approvals/"),
    "change-that-needs-me": ("bea", "/changes/CR-24/"),
    "changes-that-need-me": ("bea", "/changes/?tab=needs-me"),
    "approve": ("bea", "/changes/CR-24/approve/"),
    "reject": ("bea", "/changes/CR-24/reject/"),
    "keys-with-ticks": ("ben", "/keys/?account=222233334444"),
    "move-keys": ("ana", "/keys/move/?all=1&account=222233334444"),
    "batches": ("ana", "/batches/"),
    "batch": ("ana", "/batches/BR-1/"),
    "batch-that-needs-me": ("ben", "/batches/BR-1/"),
    "batch-approve": ("ben", "/batches/BR-1/approve/"),
    "break-glass": ("ana", key_path("refunds") + "make-primary/eu-west-1/emergency/"),
    "notifications": ("ada", "/notifications/"),
    "notification-route-add": ("ada", "/notifications/routes/add/"),
    "accounts": ("ada", "/accounts/"),
    "account": ("ada", "/accounts/333344445555/"),
    "account-that-cannot-be-entered": ("ada", "/accounts/444455556666/"),
    "account-add": ("ada", "/accounts/add/"),
    "account-edit": ("ada", "/accounts/111122223333/edit/"),
    "people": ("ada", "/people/"),
    "people-none-found": ("ada", "/people/?q=no-such-person"),
    "person": ("ada", "/people/ben/"),
    "person-without-a-role": ("ada", "/people/dan/"),
    "person-give-role": ("ada", "/people/dan/give-role/"),
    "person-join-group": ("ada", "/people/dan/join-group/"),
    "person-take-role": ("ada", "/people/ben/take-role/?role=approver&account=111122223333"),
    "person-disable": ("ada", "/people/dan/disable/"),
    "person-reset": ("ada", "/people/dan/reset/"),
    "person-invite": ("ada", "/invite/"),
    "me": ("ana", "/me/"),
    "me-without-a-role": ("dan", "/me/"),
    "access-review": ("cleo", "/access-review/"),
    "access-review-unseen": ("cleo", "/access-review/?tab=unseen"),
    "access-review-ending": ("cleo", "/access-review/?tab=ending"),
    "access-review-changes": ("cleo", "/access-review/?tab=changes&since=2020-01-01"),
    "access-review-reviews": ("ada", "/access-review/?tab=reviews"),
    "access-review-start": ("ada", "/access-review/start/"),
    "help-people": ("ana", "/help/people/"),
    "policies": ("ana", "/policies/"),
    "policy": ("ben", "/policies/payments/"),
    "policy-new": ("ben", "/policies/new/"),
    "policy-propose": ("bea", "/policies/payments/propose/"),
    "policy-propose-as-json": ("bea", "/policies/payments/propose/?as=json"),
    "policy-retire": ("bea", "/policies/payments/retire/"),
    "policy-explain": ("ana", "/policies/explain/?key=card-vault"),
    "groups": ("ana", "/groups/"),
    "groups-to-change": ("ada", "/groups/"),
    "group-join": ("ada", "/groups/join/"),
    "group-leave": ("ada", "/groups/leave/?person=ben&group=platform"),
    "proposals": ("eve", "/proposals/"),
    "proposal-that-needs-me": ("eve", "/proposals/AR-1/"),
    "proposal-about-me": ("bea", "/proposals/AR-1/"),
    "help-policies": ("ana", "/help/policies/"),
    "help-two-people": ("ana", "/help/two-people/"),
    "help-single-sign-on": ("ana", "/help/single-sign-on/"),
    "sso-mappings": ("ada", "/single-sign-on/"),
    "sso-mapping-add": ("ada", "/single-sign-on/add/"),
    "audit": ("cleo", "/audit/"),
    "audit-primaries": ("cleo", "/audit/?view=primaries"),
    "help": ("ana", "/help/"),
    "help-making-a-primary": ("ana", "/help/making-a-primary/"),
    "help-command-line": ("ana", "/help/command-line/"),
    "help-events": ("ana", "/help/events/"),
    "help-refusals": ("ana", "/help/refusals/"),
    "patterns": ("ana", "/help/patterns/"),
    "password": ("ana", "/password/"),
    "second-factors": ("bea", "/me/factors/"),
    "help-signing-in": ("ana", "/help/signing-in/"),
}
WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, scheme: str) -> list[str]:
    """In the dark only the colours differ, so only they are looked at again."""
    rules = RULES if scheme == "light" else ["color-contrast"]
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = page.evaluate("(options) => axe.run(options).then((answer) => answer.violations)", options)
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"
        for each in found
        for node in each["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """What makes the page wider than the window; what scrolls in a box of its own does not."""
    told: list[str] = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            const spills = (each) => each.scrollWidth > each.clientWidth + 1 &&
                each.clientWidth && getComputedStyle(each).overflowX === "visible";
            const spilling = [...document.querySelectorAll("main *")].filter(spills);
            return [`${root.scrollWidth - root.clientWidth} px wider than the window`].concat(
                spilling.filter((each) => ![...each.children].some(spills))
                    .map((each) => each.outerHTML.slice(0, 200)));
        }"""
    )
    return told


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(name, product, open_window):
    username, path = PAGES[name]
    page = open_window(username)
    answer = page.goto(product.at(path))
    assert answer.status == 200
    page.evaluate(AXE_SCRIPT)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if told := violations(page, scheme):
                found[f"{width} {scheme}"] = told
        if too_wide := overflow(page):
            found[f"{width}"] = too_wide
    assert not found, "\n".join(f"{where}: {each}" for where, told in found.items() for each in told)


def test_a_page_that_is_not_there_says_so_and_leads_back(product, open_window):
    answer = open_window("ana").request.get(product.at("/keys/999988887777/mrk-none/"))
    assert answer.status == 404
    assert "Nothing here" in answer.text()
    assert "Go to the overview" in answer.text()


def test_the_policy_of_every_page_forbids_inline_code(product, open_window):
    page = open_window("ana")
    for path in ("/", "/keys/", key_path("card-vault"), "/sign-in/"):
        policy = page.goto(product.at(path)).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
