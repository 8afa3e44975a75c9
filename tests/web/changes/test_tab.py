"""The browser's tab carries the state, and follows it while the page polls."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from keyconsole.changes.models import Change
from keyconsole.changes.states import CLOSED, State
from keyconsole.web.changes.tab import tab_icon
from tests.cast import Cast, Inventory
from tests.conftest import HTMX
from tests.web.stories import ask, put_in, settling

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/"


def test_the_title_and_the_icon_say_the_state_and_a_poll_brings_both(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    moving = settling(cast.ana, inventory.card_vault, now=timezone.now())
    page = as_ana.get(URL).content.decode()
    assert "<title>CR-1 · Settling · KeyConsole</title>" in page
    assert 'id="tab-icon" href="/static/tab-moving' in page
    put_in(moving, "done", closed_at=timezone.now())
    fragment = as_ana.get(URL, {"seen": "1"}, headers=HTMX).content.decode()
    assert "<title>CR-1 · Done · KeyConsole</title>" in fragment
    assert 'id="tab-icon" href="/static/tab-ok' in fragment
    assert 'hx-swap-oob="true"' in fragment


def test_every_state_has_an_icon_and_approved_looks_like_no_end() -> None:
    icons = {state: tab_icon(state) for state in State}
    assert all(finders.find(icon.removeprefix("/static/")) for icon in icons.values())
    assert icons[State.APPROVED] not in {icons[end] for end in CLOSED if end == State.DONE}


def test_only_what_is_open_offers_a_notice(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    change: Change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    assert 'id="notify"' in as_ana.get(URL).content.decode()
    put_in(change, "cancelled", closed_at=timezone.now())
    assert 'id="notify"' not in as_ana.get(URL).content.decode()


def test_while_it_moves_the_time_since_the_call_stands_there(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    settling(cast.ana, inventory.card_vault, now=timezone.now())
    content = as_ana.get(URL).content.decode()
    assert "data-elapsed=" in content
    put_in(Change.objects.get(), "done", closed_at=timezone.now())
    assert "data-elapsed=" not in as_ana.get(URL).content.decode()
    assert "after the call began" in as_ana.get(URL).content.decode()
