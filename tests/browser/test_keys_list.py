"""The list of keys in hand: by keyboard alone, ticks and their count, columns and views, its cost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tools.pages import PAGES, key_path


def focused(page: Page) -> str:
    told: str = page.evaluate("document.activeElement.textContent.trim()")
    return told


def test_the_keyboard_goes_along_the_list_ticks_and_opens(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/?account=111122223333"))
    names = page.locator("#keys tbody th a").all_inner_texts()
    page.keyboard.press("j")
    assert focused(page) == names[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == names[1]
    page.keyboard.press("x")
    expect(page.get_by_label(f"Tick {names[1]}", exact=True)).to_be_checked()
    expect(page.locator(".ticked")).to_have_text("1 ticked")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[1])


def test_letters_are_letters_where_somebody_types(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/"))
    page.get_by_label("Text", exact=True).press_sequentially("jkx")
    expect(page.get_by_label("Text", exact=True)).to_have_value("jkx")
    assert page.locator("#keys tbody :checked").count() == 0


def test_the_cursor_and_the_ticks_outlive_a_poll(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/"))
    page.keyboard.press("j")
    name = focused(page)
    box = page.locator("#keys tbody [name=key]").first
    box.check()
    page.locator("#keys tbody th a").first.focus()
    page.evaluate("document.getElementById('keys').dataset.old = 'yes'")
    page.evaluate("htmx.ajax('GET', '/keys/', {target: '#keys', swap: 'outerHTML'})")
    page.wait_for_function("!document.getElementById('keys').dataset.old")
    assert focused(page) == name
    expect(page.locator(".ticked")).to_have_text("1 ticked")


def test_the_bar_stays_in_view_and_counts_what_is_ticked(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/"))
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".bulk")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Move the ticked keys")).to_be_hidden()
    page.get_by_label("Tick all on this page").check()
    count = page.locator("#keys tbody [name=key]").count()
    expect(page.locator(".ticked")).to_have_text(f"{count} ticked")
    expect(page.get_by_role("button", name="Move the ticked keys")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Move all")).to_be_in_viewport(ratio=1)


def test_why_a_key_cannot_be_ticked_is_read_by_keyboard(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/?show=change"))
    lock = page.locator(".taken").first
    lock.focus()
    expect(lock).to_contain_text("cannot be ticked")
    assert lock.locator(".why-taken").bounding_box()["width"] > 100
    lock.press("Enter")
    page.wait_for_url("**/changes/CR-*/")


def test_columns_and_a_view_of_ones_own_without_javascript(product, open_window):
    page = open_window("ana", java_script_enabled=False)
    page.goto(product.at("/keys/?account=222233334444"))
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_label("Drift").check()
    page.get_by_label("Seen").uncheck()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader", name="Drift")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Seen")).to_have_count(0)
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name").fill("Research and its drift")
    page.get_by_role("button", name="Save").click()
    page.goto(product.at("/keys/"))
    page.get_by_role("link", name="Research and its drift").click()
    expect(page.get_by_role("columnheader", name="Drift")).to_be_visible()
    page.get_by_role("link", name="Edit views").click()
    page.get_by_role("button", name="Delete Research and its drift").click()
    expect(page.get_by_text("No view is saved")).to_be_visible()


def test_a_list_of_fifty_keys_with_every_column_stays_small(product, open_window):
    username, path = PAGES["keys-with-every-column"]
    page = open_window(username)
    answer = page.goto(product.at(path))
    assert page.locator("#keys tbody tr").count() == 50
    assert len(answer.body()) < 200 * 1024
    assert page.evaluate("document.querySelectorAll('*').length") < 1500


def test_a_key_is_a_line_or_two_on_a_phone(product, open_window):
    page = open_window("ana")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(product.at("/keys/"))
    heights = page.evaluate(
        "[...document.querySelectorAll('#keys tbody tr')].map((row) => row.getBoundingClientRect().height)"
    )
    assert max(heights) <= 80
    assert sum(heights) / len(heights) <= 60
    page.goto(product.at(key_path("card-vault")))
    expect(page.get_by_role("link", name="Make primary in eu-west-1")).to_be_in_viewport()
