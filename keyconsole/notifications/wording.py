"""What a message looks like outside: plain text that begins with its link, or canonical JSON."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from keyconsole.audit.canonical import canonical_json
from keyconsole.notifications.models import Delivery
from keyconsole.notifications.told import shortened
from keyconsole.notifications.topics import Topic
from keyconsole.text import listed


def link_to(path: str) -> str:
    """The page's full address; empty while KEYCONSOLE_URL does not say where KeyConsole is reached."""
    return f"{settings.KEYCONSOLE_URL}{path}" if settings.KEYCONSOLE_URL and path else ""


def as_title(delivery: Delivery) -> str:
    """Of whom something is asked, and what."""
    asked = shortened(delivery.data.get("asked", ()))
    of_whom = f"For {listed(asked)}: " if asked else ""
    return f"[{settings.KEYCONSOLE_ORGANISATION}] {of_whom}{delivery.subject}"


def as_text(delivery: Delivery) -> str:
    """The link first. With the time at which it was so: a message may be hours old when it is read."""
    link = link_to(delivery.path)
    opens = f"{'Decide' if _asks(delivery) else 'Open'}: {link}" if link else ""
    written = f"As of {delivery.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    return "\n\n".join(part for part in (opens, delivery.body.strip(), written) if part)


def _asks(delivery: Delivery) -> bool:
    return any(topic.asks for topic in Topic if topic == delivery.topic)


def as_json(delivery: Delivery) -> str:
    """The body of a webhook: the same bytes each time that this delivery is tried."""
    content: dict[str, Any] = {
        "id": str(delivery.ref),
        "topic": delivery.topic,
        "subject": delivery.subject,
        "body": delivery.body,
        "account_id": delivery.account_id,
        "data": delivery.data,
        "link": link_to(delivery.path),
        "created_at": delivery.created_at,
    }
    plain = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return canonical_json(plain)
