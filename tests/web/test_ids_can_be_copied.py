"""Every full id, ARN and hash that a page shows as such is copied with one click."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Concat

from keyconsole.inventory.models import MultiRegionKey
from tests.conftest import client_of
from tests.web.hidden_world import make_world, own_addresses

pytestmark = pytest.mark.django_db
FULL = re.compile(
    r"arn:aws[\w-]*:\S+|mrk-[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
# What is written to be run, typed, chosen or read by machines; the window's title.
ELSEWHERE = {"pre", "code", "option", "textarea", "title", "script", "a", "summary"}
VOID = {"input", "img", "br", "meta", "link", "wbr", "hr", "use"}


class Uncopied(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self._open: list[tuple[str, str]] = []
        self.found: list[str] = []
        self.copied = 0
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not FULL.fullmatch(data.strip()):
            return
        if any("copyable" in classes.split() for _, classes in self._open):
            self.copied += 1
        # Without the look of an id it is the name of a key that has no alias.
        elif self._looks_like_an_id() and not any(tag in ELSEWHERE for tag, _ in self._open):
            self.found.append(data.strip())

    def _looks_like_an_id(self) -> bool:
        open_now = [classes.split() for _, classes in self._open]
        return any("id" in each and "print-only" not in each for each in open_now)


def test_no_full_id_stands_on_a_page_without_its_button(db: None) -> None:
    world = make_world()
    # A key without an alias is called by its id, which then is its name.
    MultiRegionKey.objects.update(alias=Concat(Value("alias/key-"), "pk", output_field=CharField()))
    client, found, copied = client_of(world.ada), {}, 0
    for address in own_addresses(world):
        response = client.get(address)
        if response.status_code != 200 or response.streaming:
            continue
        page = Uncopied(response.content.decode())
        copied += page.copied
        if page.found:
            found[address] = page.found
    assert found == {}
    assert copied > 10
