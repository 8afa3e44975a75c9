"""The bars that every page keeps: its weight, its size, that nothing moves by itself, zoom and keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Route

KIB = 1024
WEIGHT_AT_MOST = 200 * KIB
NODES_AT_MOST = 1500
# Half as wide: what a window of 1,440 px has room for at 200 % zoom.
ZOOMED = 720
TABS_AT_MOST = 900
PARTS_OF_A_CLOCK = 7

_WATCH_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) {
            if (each.hadRecentInput) continue;
            for (const {node} of each.sources) {
                shifts.push(`${each.value.toFixed(4)} ${node?.outerHTML?.slice(0, 120) ?? node?.nodeName}`);
            }
        }
    }).observe({type: "layout-shift", buffered: true});
"""
_POLLING = "document.querySelector('[hx-trigger^=every]')"
_REACHABLE = """() => {
    const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const all = document.querySelectorAll(kinds);
    const radios = new Set();
    return [...all].filter((each) => {
        if (each.disabled || each.tabIndex < 0 || each.type === "hidden") return false;
        if (!each.checkVisibility({visibilityProperty: true}) || !each.getClientRects().length) return false;
        if (each.type !== "radio") return true;
        if (radios.has(each.name)) return false;
        return Boolean(radios.add(each.name));
    }).map((each, number) => { each.dataset.stop = number; return each.outerHTML.slice(0, 100); });
}"""
_FOCUSED = """() => {
    const each = document.activeElement;
    if (!each || each === document.body) return null;
    const style = getComputedStyle(each);
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const radio = each.type === "radio" && each.name
        ? document.querySelector(`input[name="${CSS.escape(each.name)}"][data-stop]`) : null;
    return {stop: (radio ?? each).dataset.stop ?? "", marked, html: each.outerHTML.slice(0, 100)};
}"""


@dataclass
class Measured:
    bytes: int = 0
    by_url: dict[str, int] = field(default_factory=dict)


@contextmanager
def measured(page: Page) -> Iterator[Measured]:
    """What comes over the wire while a page is opened as by somebody who was never here."""
    found, urls = Measured(), dict[str, str]()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.add_init_script(_WATCH_SHIFTS)

    def note(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        found.bytes += size
        found.by_url[urls.get(event["requestId"], "?")] = size

    session.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", note)
    yield found
    session.detach()


def outside_the_bars(page: Page, weighed: Measured) -> list[str]:
    """What this page does not keep, each as a sentence."""
    told = []
    if weighed.bytes > WEIGHT_AT_MOST:
        told.append(f"{weighed.bytes / KIB:.0f} KiB come over the wire: {weighed.by_url}")
    if (nodes := page.evaluate("document.querySelectorAll('*').length")) > NODES_AT_MOST:
        told.append(f"{nodes} nodes")
    _poll(page)
    told += [f"something moved by itself: {each}" for each in page.evaluate("shifts")]
    return told + _not_by_keyboard(page)


def _poll(page: Page) -> None:
    """Its next poll at once, and as if something were new, so that the part is swapped."""
    if not page.evaluate(f"Boolean({_POLLING})"):
        return
    pattern = re.compile(r"[?&]seen=")

    def as_if_new(route: Route) -> None:
        route.continue_(url=re.sub(r"seen=[^&]*", "seen=older", route.request.url))

    page.route(pattern, as_if_new)
    with page.expect_response(pattern):
        page.evaluate(
            f"htmx.ajax('GET', {_POLLING}.getAttribute('hx-get'), {{source: {_POLLING}, swap: 'outerHTML'}})"
        )
    page.wait_for_function("document.querySelectorAll('.htmx-request, .htmx-swapping').length === 0")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.unroute(pattern)


def _not_by_keyboard(page: Page) -> list[str]:
    """What Tab does not reach, where it is caught, and where nobody sees that it is."""
    stops: list[str] = page.evaluate(_REACHABLE)
    page.evaluate("document.activeElement?.blur()")
    reached, unmarked = set[str](), []
    # The browser makes several stops of one clock: hours, minutes, and of a moment also the day.
    clocks = page.locator("input:is([type=time], [type=datetime-local]):visible").count()
    for _ in range(min(len(stops) + 10 + PARTS_OF_A_CLOCK * clocks, TABS_AT_MOST)):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        reached.add(focused["stop"])
        if not focused["marked"]:
            unmarked.append(focused["html"])
    missed = [html for number, html in enumerate(stops) if str(number) not in reached]
    return [f"Tab does not reach {html}" for html in missed] + [
        f"focus is not seen on {html}" for html in unmarked
    ]
