"""Every page of the story, read as a stranger would: does it claim what nobody sent, saw or can know?

The story has no channel and sends nothing; some Regions were denied; most changes ended long ago.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change, Comment
from keyconsole.changes.states import CLOSED
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.notifications.models import Delivery
from keyconsole.notifications.told import NOBODY
from tests.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGES_AT_MOST = 400
PEOPLES_WORDS = ("reason", "why", "comment", "text", "ticket", "policy_why")
# Nothing was sent, and nobody was told.
NOT_SENT = re.compile(
    r"\b(?:been|was|were|are) told\b|\barrived\b|\bevery message\b|\bhears of it\b",
    re.IGNORECASE,
)
# A change that ended may speak of then alone.
NOW = re.compile(
    r"\bnow\b|\byet\b|\b(?:is|are) being\b|\bstill is\b|\bis the primary\b|\bgoes on\b|\bwaits? for\b"
    r"|\bwill\b|\bhas not\b|\bno longer is\b",
    re.IGNORECASE,
)


@pytest.fixture
def as_ada(told: None) -> Client:
    return client_of(User.objects.get(username="ada"))


def shown(client: Client, path: str) -> str:
    """The words of the page's own part, without what people wrote."""
    content = client.get(path).content.decode()
    main = content.partition("<main")[2].partition("</main>")[0]
    text = html.unescape(re.sub(r"<(?:pre|form).*?</(?:pre|form)>|<[^>]+>", " ", main, flags=re.DOTALL))
    text = " ".join(text.split())
    for words in sorted(peoples_words(), key=len, reverse=True):
        text = text.replace(words, "…")
    return text


def peoples_words() -> set[str]:
    """What people said, and what the checks said when it was asked for: both are quoted with their time."""
    found = {
        *Change.objects.values_list("reason", flat=True),
        *Comment.objects.values_list("text", flat=True),
    }
    for data in Entry.objects.exclude(data={}).values_list("data", flat=True):
        found |= {str(data[name]) for name in PEOPLES_WORDS if data.get(name)}
        found |= {check["sentence"] for check in data.get("preflight") or ()}
    return {" ".join(words.split()) for words in found if len(words) > 3}


def everywhere(client: Client) -> Iterator[str]:
    """The address of each page that somebody finds by clicking, once."""
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        if response.status_code != 200 or response.streaming:
            continue
        yield path
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)"', response.content.decode()):
            address = html.unescape(link)
            parts = urlsplit(address)
            if parts.path not in known and not re.search(r"export|sign-|password", parts.path):
                known.add(parts.path)
                waiting.append(address)


def context(pattern: re.Pattern[str], text: str) -> list[str]:
    return [text[max(hit.start() - 60, 0) : hit.end() + 30] for hit in pattern.finditer(text)]


def test_no_page_says_that_somebody_was_told_while_nothing_was_sent(as_ada: Client) -> None:
    assert not Delivery.objects.exists()
    pages = [path for path in everywhere(as_ada) if not path.startswith("/help/")]
    assert 100 < len(pages) < PAGES_AT_MOST
    found = {path: context(NOT_SENT, shown(as_ada, path)) for path in pages}
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_what_waits_says_that_nobody_was_written_to(as_ada: Client) -> None:
    waiting = Change.objects.filter(state="pending", batch=None)
    assert waiting
    for change in waiting:
        assert NOBODY in shown(as_ada, change.get_absolute_url())


def said_of_then(client: Client, change: Change) -> str:
    """Why somebody cannot ask again, or put it back, is about today and is left out."""
    text = shown(client, change.get_absolute_url())
    return re.sub(r"Why can I not [^?]+\?.*?(?=Make primary|$)", "", text, count=1)


def test_a_closed_change_speaks_of_then(as_ada: Client) -> None:
    closed = [*Change.objects.filter(state__in=[state.value for state in CLOSED])]
    assert len({change.state for change in closed}) >= 3
    found = {change.ref: context(NOW, said_of_then(as_ada, change)) for change in closed}
    assert {ref: hits for ref, hits in found.items() if hits} == {}
    for change in closed[:5]:
        assert f"{change.closed_at:%Y-%m-%d %H:%M}" in shown(as_ada, change.get_absolute_url())


def test_a_region_that_was_denied_is_never_told_as_empty(as_ada: Client) -> None:
    unseen = RegionKey.objects.filter(sight=Sight.DENIED, last_seen_at=None).select_related("key__account")
    assert unseen
    for member in unseen[:3]:
        response = as_ada.get(member.key.get_absolute_url())
        row = response.content.decode().partition(f'id="region-{member.region}"')[2].partition("</tr>")[0]
        assert "none" not in row
        assert "unknown" in row


def test_a_region_without_a_replica_is_not_called_unknown(as_ada: Client) -> None:
    key = MultiRegionKey.objects.select_related("account").exclude(region_keys__region="sa-east-1")[0]
    text = shown(as_ada, f"{key.get_absolute_url()}make-primary/sa-east-1/")
    picture = text.partition("Before and after")[2].partition("Checks")[0]
    assert "No replica there" in picture
    assert "nknown" not in picture
    assert "After" not in picture.replace("Before and after", "")
