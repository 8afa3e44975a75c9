"""Where am I: on every page the trail ends in the page itself, or the rail marks it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from keyconsole.web.context import _RAIL
from tests.conftest import client_of
from tests.web.hidden_world import make_world, own_addresses

pytestmark = pytest.mark.django_db
TRAIL = re.compile(r'<nav class="crumbs" aria-label="Breadcrumb">(.*?)</nav>', re.DOTALL)
HERE = re.compile(r'<span aria-current="page">([^<]+)</span>$')


def pages(client: Client, addresses: list[str]) -> dict[str, str]:
    """What each page shows, but files and pages outside of the frame."""
    shown = {}
    for address in addresses:
        response = client.get(address, follow=True)
        is_page = response.status_code == 200 and not response.streaming
        if is_page and 'class="rail"' in (content := response.content.decode()):
            shown[response.redirect_chain[-1][0] if response.redirect_chain else address] = content
    return shown


def test_every_page_says_which_it_is(db: None) -> None:
    world = make_world()
    wrong, in_the_rail = [], {f"/{name}/".replace("/overview/", "/") for _, name in _RAIL}
    shown = pages(client_of(world.ada), list(own_addresses(world))) | pages(
        client_of(world.pia), list(own_addresses(world))
    )
    for address, content in shown.items():
        if urlsplit(address).path in in_the_rail and not TRAIL.search(content):
            assert content.count('aria-current="page"><svg') == 2, address  # the rail, and the phone's menu
            continue
        [trail] = TRAIL.findall(content) or [""]
        if not (ends := HERE.search(trail)) or f"{ends[1]} · " not in content.partition("</title>")[0]:
            wrong.append(address)
    assert wrong == []
    assert len(shown) > 40
