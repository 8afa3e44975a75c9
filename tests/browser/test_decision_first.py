"""The page of a change as it is used: the decision on the first screen, nothing that jumps, nothing lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keys import fill_in_the_request, ref_of
from tests.browser.product import Product
from tests.browser.proof import press
from tools.pages import key_path

SIZES = ((1440, 900), (390, 844))
WAITING = "/changes/CR-24/"  # of the story: waits for Bea
# Every shift that nobody caused by a click or a key.
SHIFTS = """() => new Promise((told) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
    }).observe({ type: "layout-shift", buffered: false });
    window.shifts = () => sum;
    told();
})"""


def is_on_the_first_screen(page: Page, found: Locator) -> bool:
    box, size = found.bounding_box(), page.viewport_size
    assert box
    assert size
    return bool(
        page.evaluate("scrollY") == 0 and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_approve_stands_on_the_first_screen(product: Product, open_window, width, height):
    bea = open_window("bea", width=width)
    bea.set_viewport_size({"width": width, "height": height})
    bea.goto(product.at(WAITING))
    assert is_on_the_first_screen(bea, bea.get_by_role("button", name="Approve this plan"))
    assert is_on_the_first_screen(bea, bea.get_by_role("link", name="Reject", exact=True))
    expect(bea.locator(".missing")).to_be_in_viewport()
    expect(bea.locator(".stepper")).to_be_in_viewport()


def test_on_a_phone_the_decision_stays_at_the_bottom_edge(product: Product, open_window):
    bea = open_window("bea", width=390)
    bea.goto(product.at(WAITING))
    button = bea.get_by_role("button", name="Approve this plan")
    for scrolled in ("scrollTo(0, 0)", "scrollTo(0, 400)", "scrollTo(0, 99999)"):
        bea.evaluate(scrolled)
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44


def test_two_clicks_lead_from_the_overview_to_an_approval(product: Product, open_window):
    ana = open_window("ana")
    fill_in_the_request(ana, product, "billing-exports", "us-west-2")
    ref = ref_of(ana)
    ben = open_window("ben")
    ben.goto(product.at("/"))
    ben.get_by_role("link", name=ref).first.click()
    press(ben, "Approve this plan", username="ben")
    expect(ben.get_by_text(f"You approved {ref}.")).to_be_visible()


def test_all_of_it_goes_by_keyboard(product: Product, open_window):
    ana = open_window("ana")
    fill_in_the_request(ana, product, "pin-blocks", "us-west-2")
    ben = open_window("ben")
    ben.goto(ana.url)
    for _step in range(60):
        ben.keyboard.press("Tab")
        if ben.evaluate("document.activeElement.id") == "approve-button":
            break
    expect(ben.locator("#approve-button")).to_be_focused()
    ben.locator("#fold-plan > summary").focus()
    ben.keyboard.press("Enter")
    expect(ben.locator("#fold-plan .fold-body")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_shifts_while_it_polls_and_what_was_opened_stays_open(product: Product, open_window, width):
    ana = open_window("ana", width=width)
    with product.fault("never-settle"):
        fill_in_the_request(
            ana, product, {1440: "bank-transfers", 390: "invoice-store"}[width], "eu-central-1"
        )
        product.approve(ref_of(ana), "ben", "bea")
        ana.reload()
        expect(ana.locator("#change")).to_have_attribute("data-state", "settling")
        ana.locator("#fold-plan > summary").click()
        expect(ana.locator("#fold-plan .fold-body")).to_be_visible()
        ana.wait_for_timeout(600)  # a shift within half a second of a click would count as its own
        ana.evaluate(SHIFTS)
        for _poll in range(3):
            with ana.expect_response(lambda answer: "seen=" in answer.url and answer.status == 200):
                pass
        expect(ana.locator("#fold-plan .fold-body")).to_be_visible()
        assert ana.evaluate("shifts()") == 0
        assert ana.title().endswith("Settling · KeyConsole")
    expect(ana.locator("#change")).to_have_attribute("data-state", "done")
    expect(ana).to_have_title(f"{ref_of(ana)} · Done · KeyConsole")
    assert "tab-ok" in (ana.locator("#tab-icon").get_attribute("href") or "")


def test_a_change_that_ends_while_somebody_writes_keeps_their_words(product: Product, open_window):
    ana = open_window("ana")
    fill_in_the_request(ana, product, "kyc-documents", "eu-west-1")
    ben, bea = open_window("ben"), open_window("bea")
    bea.goto(ana.url)
    bea.get_by_text("Add a comment", exact=True).click()
    bea.get_by_label("Comment optional").fill("Looked at both policies, but")
    ben.goto(ana.url + "reject/")
    ben.get_by_label("Why not").fill("Wrong key.")
    ben.get_by_role("button", name="Reject").click()
    expect(bea.locator("#change")).to_have_attribute("data-state", "rejected")
    expect(bea.get_by_role("button", name="Approve this plan")).to_have_count(0)
    expect(bea.get_by_label("Your comment")).to_have_value("Looked at both policies, but")
    expect(bea.get_by_label("Your comment")).to_be_visible()


def test_a_second_tab_that_approves_again_counts_once(product: Product, open_window):
    ana = open_window("ana")
    fill_in_the_request(ana, product, "reconciliation", "us-east-1")
    ben = open_window("ben")
    other = ben.context.new_page()
    for page in (ben, other):
        page.goto(ana.url)
    press(ben, "Approve this plan", username="ben")
    # The other tab learns of it within five seconds; a click in between counts once.
    expect(other.get_by_role("button", name="Approve this plan")).to_have_count(0)
    expect(other.locator("#change-status")).to_contain_text("1 more of security")
    expect(other.locator("#change-status")).not_to_contain_text("platform")


@pytest.mark.parametrize(
    "path", [WAITING, "/changes/CR-22/", key_path("card-vault") + "make-primary/us-west-2/"]
)
def test_at_twice_the_size_nothing_is_cut_off(product: Product, open_window, path):
    page = open_window("ana")
    page.set_viewport_size({"width": 720, "height": 450})
    page.goto(product.at(path))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_paper_shows_every_fold_and_every_id_in_full(product: Product, open_window):
    page = open_window("cleo")
    page.goto(product.at("/changes/CR-22/"))
    page.emulate_media(media="print")
    for fold in page.locator("#change .fold > .fold-body").all():
        assert fold.evaluate("(each) => each.getBoundingClientRect().height") > 0
    plan = page.locator("#fold-plan")
    sha256 = plan.locator("[data-copy]").first.get_attribute("data-copy")
    assert sha256
    assert sha256 in plan.inner_text().replace("\n", "")
    assert "…" not in plan.inner_text()
    expect(page.locator(".decision-bar")).to_be_hidden()


def test_a_browser_that_refuses_notices_is_told_so_and_nothing_is_asked_unbidden(
    product: Product, open_window
):
    page = open_window("bea")
    page.add_init_script(
        "window.asked = 0;"
        "Notification.requestPermission = async () => { window.asked += 1; return window.answer; };"
    )
    page.goto(product.at(WAITING))
    offer = page.locator("#notify")
    assert page.evaluate("window.asked") == 0
    page.evaluate("window.answer = 'denied'")
    offer.click()
    expect(offer).to_have_text("This browser refuses notices from here")
    expect(offer).to_have_attribute("aria-pressed", "false")
    page.evaluate("window.answer = 'granted'")
    offer.click()
    expect(offer).to_have_attribute("aria-pressed", "true")


def test_without_javascript_all_of_it_is_there_but_the_notice(product: Product, open_window):
    page = open_window("bea", java_script_enabled=False)
    page.goto(product.at(WAITING))
    expect(page.locator("#notify")).to_be_hidden()
    expect(page.get_by_role("button", name="Approve this plan")).to_be_visible()
    expect(page.get_by_role("link", name="Reject", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_reason_is_asked_for_on_the_first_screen_beside_its_proof(
    product: Product, open_window, width, height
):
    page = open_window("ana", width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(product.at(key_path("card-vault") + "make-primary/us-west-2/"))
    assert is_on_the_first_screen(page, page.get_by_label("Reason"))
    checks, form = page.locator("#fold-checks").bounding_box(), page.locator(".asking-form").bounding_box()
    assert checks
    assert form
    assert checks["height"] < 60, "ten green checks are one line"
    if width == 390:
        assert checks["y"] < form["y"]
    else:
        assert checks["x"] > form["x"]
        assert abs(checks["y"] - form["y"]) < 2
