"""Times in the browser age as the server would write them; the reader's own time stands beside UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from keyconsole.web.templatetags.times import relative
from tests.browser.bars import WATCH_SHIFTS
from tools.pages import key_path

NOW = datetime(2026, 11, 23, 20, 31, 7, tzinfo=UTC)
SECONDS = [
    *(0, 9, 10, 42, 59, 60, 119, 120, 3599, 3600, 7200, 86_399, 86_400, 172_800),
    *(2_629_799, 2_629_800, 5_259_600, 31_557_599, 31_557_600, 63_115_200, 800 * 86_400),
]
KEY = key_path("card-vault")


def test_the_browser_says_how_long_ago_in_the_words_of_the_server(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/"))
    table = [sign * seconds for seconds in SECONDS for sign in (1, -1)]
    said = page.evaluate("(table) => table.map((seconds) => relative(seconds))", table)
    assert said == [relative(NOW - timedelta(seconds=each), now=NOW) for each in table]


def test_a_page_that_stands_open_ages_and_so_does_what_a_poll_brings(product, open_window):
    page = open_window("ana")
    page.clock.install()
    page.goto(product.at(KEY))
    # The fragment as a poll would bring it, with a look of a moment ago.
    page.evaluate(
        "htmx.swap('#key-regions', `<section id='key-regions'><time datetime='${new Date().toISOString()}'"
        " title='' data-ago>now</time></section>`, {swapStyle: 'outerHTML'})"
    )
    page.clock.run_for(65_000)
    expect(page.locator("#key-regions time")).to_have_text("1 min ago")
    expect(page.locator(".page-header time[data-ago]").first).not_to_have_text("now")


@pytest.mark.parametrize("path", ["/", "/keys/", "/changes/?tab=closed"])
def test_nothing_moves_while_times_age(product, open_window, path):
    page = open_window("ana")
    page.clock.install()
    page.add_init_script(WATCH_SHIFTS)
    page.goto(product.at(path), wait_until="networkidle")
    page.evaluate("shifts.length = 0")
    page.clock.run_for(25_000)
    assert page.evaluate("shifts") == []


def test_a_wrong_clock_on_the_desk_changes_no_age(product, open_window):
    page = open_window("ana")
    page.clock.install(time=datetime(2031, 1, 1, tzinfo=UTC))
    page.goto(product.at(KEY))
    before = page.locator(".page-header time[data-ago]").first.inner_text()
    page.clock.run_for(6_000)
    assert re.match(r"now|\d+ (s|min|h) ago", before)
    assert re.match(r"now|\d+ (s|min|h) ago", page.locator(".page-header time[data-ago]").first.inner_text())


def test_the_readers_time_stands_beside_utc_where_it_differs(product, open_window):
    page = open_window("ana", timezone_id="Asia/Kolkata")
    page.goto(product.at(KEY))
    utc = page.locator("time.utc").first
    expect(utc).to_have_text(
        re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \((\d{4}-\d\d-\d\d )?\d\d:\d\d your time\)$")
    )
    title = page.locator(".page-header time[data-ago]").first.get_attribute("title")
    assert title is not None
    assert title.endswith("your time)")
    at = datetime.fromisoformat(utc.get_attribute("datetime") or "").astimezone(UTC)
    assert f"{at + timedelta(hours=5, minutes=30):%H:%M} your time" in (utc.text_content() or "")


def test_who_lives_by_utc_reads_each_time_once(product, open_window):
    page = open_window("ana", timezone_id="UTC")
    page.goto(product.at(KEY))
    expect(page.get_by_text("your time")).to_have_count(0)


def test_without_script_times_stand_as_the_server_wrote_them(product, open_window):
    page = open_window("ana", timezone_id="Asia/Kolkata", java_script_enabled=False)
    page.goto(product.at(KEY))
    expect(page.locator("time.utc").first).to_have_text(re.compile(r"UTC$"))
