"""A policy of payments, the groups that it asks, and versions that Ada proposes, for tests of the pages."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keyconsole.people.groups import join
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions.propose import propose
from tests.cast import NOW, Cast

WHY = "As the regulator asks"
PAYMENTS = Rules(
    name="payments",
    rule=Rule.APPROVE,
    applies_to=Selector(accounts=("111122223333",)),
    requirements=(Requirement("platform"), Requirement("security")),
)


def staffed(cast: Cast) -> None:
    join(cast.ben, "platform", by="ada", now=NOW)
    join(cast.bea, "security", by="ada", now=NOW)


def proposed(cast: Cast, rules: Rules | None, *, name: str = "payments") -> PolicyVersion:
    return propose(rules, name=name, by=cast.ada, why=WHY, now=NOW)


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back from the form as it stands."""
    editor = client.get(url).context["editor"]
    sent: dict[str, Any] = {"as": "form", "step": "preview"}
    for bound in (editor.form, *(row for rows in editor.rows.values() for row in rows.forms)):
        for field in bound:
            value = field.value()
            if value or (value == 0 and value is not False):
                sent[field.html_name] = value
    for rows in editor.rows.values():
        sent |= {field.html_name: field.value() for field in rows.management_form}
    return sent


def queries_beside_the_frame(client: Client, url: str) -> int:
    """What the page itself asks, whatever the frame around every page does."""
    return _queries(client, url) - _queries(client, "/help/")


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def press(client: Client, page: str, action: str, **typed: str) -> str:
    """Send the form of that page which goes to `action`, with what it holds itself; the page that follows."""
    content = client.get(page).content.decode()
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', content, re.DOTALL)
    assert found, f"no form of {page} goes to {action}"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[1]))
    answer = client.post(action, hidden | typed, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())
