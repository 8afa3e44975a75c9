"""What a message looks like outside: plain text with a link, or canonical JSON."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from keyconsole.audit.canonical import canonical_json
from keyconsole.notifications.models import Delivery


def link_to(path: str) -> str:
    """The page's full address; empty while KEYCONSOLE_URL does not say where KeyConsole is reached."""
    return f"{settings.KEYCONSOLE_URL}{path}" if settings.KEYCONSOLE_URL and path else ""


def as_title(delivery: Delivery) -> str:
    return f"[{settings.KEYCONSOLE_ORGANISATION}] {delivery.subject}"


def as_text(delivery: Delivery) -> str:
    """With the time at which it was so: a message may be hours old when it is read."""
    written = f"As of {delivery.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    return "\n\n".join(part for part in (delivery.body.strip(), written, link_to(delivery.path)) if part)


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
