"""Hands a message to Apprise, which knows the services.

Apprise's own words may hold parts of an address, which are secrets: only a status number leaves this module.
"""

from __future__ import annotations

import re

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from keyconsole.notifications.errors import Undelivered

SERVICE_SECONDS = 30
_CALLS_EVERYBODY = re.compile(r"@(?=everyone|here|channel|all\b)", re.IGNORECASE)
_STATUS = re.compile(r"\berror=(\d{3})\b")


def tell(url: str, *, title: str, text: str) -> None:
    """Raise Undelivered unless the service takes the message."""
    services = Apprise(
        asset=AppriseAsset(
            app_id="KeyConsole",
            app_desc="KeyConsole",
            app_url="",
            image_url_mask="",
            image_url_logo="",
            http_redirects=False,
            storage_mode="memory",
            service_timeout=SERVICE_SECONDS,
        )
    )
    if not services.add(url):
        raise Undelivered("The address of this route is not one that Apprise knows.")
    heard: list[str] = []
    taken = services.notify(
        body=defused(text),
        title=defused(title),
        notify_type=NotifyType.INFO,
        body_format=NotifyFormat.TEXT,
        log_callback=lambda entry, _service: heard.append(entry.message),
    )
    if not taken:
        raise Undelivered(_explained(heard))


def defused(text: str) -> str:
    """What a requester wrote must neither call everybody nor hide an address behind other words.

    Apprise escapes where a service has an escape; a zero-width space does where one has none (Discord).
    """
    return _CALLS_EVERYBODY.sub("@\u200b", text).replace("](", "]\u200b(")


def _explained(heard: list[str]) -> str:
    for line in heard:
        if found := _STATUS.search(line):
            return f"The service answered with status {found[1]}."
    return "The service could not be reached, or did not take the message."
