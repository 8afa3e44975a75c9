"""In a process of its own, on an empty database: restores a filled one of a release, upgrades it, uses it.

python -m tests.upgrades.upgrade_process FILE    prints what it found, as JSON
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.upgrades.filled import read, restore


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    restore(read(Path(sys.argv[1])))
    call_command("migrate", verbosity=0)
    print(json.dumps(_used()))  # noqa: T201 - the test reads it


def _memberships() -> list[list[str]]:
    from keyconsole.people.models import Membership

    rows = Membership.objects.select_related("person", "group").order_by("pk")
    return [
        [each.person.username, each.group.name, each.sso_group, each.joined_by, each.joined_at.isoformat()]
        for each in rows
    ]


def _goes_on() -> dict[str, Any]:
    """The next entry carries the head of the old release's chain, and what is old is closed."""
    from django.db import DatabaseError, transaction
    from django.utils import timezone

    from keyconsole.audit.events import Event
    from keyconsole.audit.log import record
    from keyconsole.audit.models import Entry
    from keyconsole.audit.verification import first_broken_entry

    head = Entry.objects.latest("number")
    with transaction.atomic():
        next_one = record(Event.CHANGE_COMMENTED, actor="ada", subject="CR-1", now=timezone.now())
    try:
        with transaction.atomic():
            Entry.objects.filter(number=1).update(actor="eve")
    except DatabaseError as error:
        refused = str(error).partition("\n")[0]
    return {
        "carried": json.loads(bytes(next_one.leaf))["previous"] == head.sha256,
        "first_broken": first_broken_entry(),
        "refused": refused,
    }


def _used() -> dict[str, Any]:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from keyconsole.audit.models import Entry
    from keyconsole.audit.verification import first_broken_entry
    from keyconsole.changes.models import Change
    from keyconsole.inventory.models import MultiRegionKey
    from keyconsole.policies.document.rules import document_sha256
    from keyconsole.policies.governing.resolve import active_rules
    from keyconsole.policies.models import PolicyVersion
    from keyconsole.web.middleware import LAST_CLICK

    client = Client()
    client.force_login(User.objects.get(username="ada"))
    session = client.session
    session[LAST_CLICK] = int(timezone.now().timestamp())
    session.save()
    pages = ["/", "/keys/", "/changes/", "/accounts/", "/audit/", "/policies/", "/notifications/"]
    pages += ["/groups/", "/proposals/"]
    pages += [change.get_absolute_url() for change in Change.objects.all()]
    pages += [key.get_absolute_url() for key in MultiRegionKey.objects.all()[:5]]
    return {
        "statuses": {page: client.get(page).status_code for page in pages},
        "changes": Change.objects.count(),
        "entries": Entry.objects.count(),
        "first_broken": first_broken_entry(),
        "goes_on": _goes_on(),
        "policies": {
            rules.name: [list(rules.applies_to.accounts), list(rules.unread)] for _, rules in active_rules()
        },
        "hashes": all(
            document_sha256(version.policy.name, version.document) == version.sha256
            for version in PolicyVersion.objects.select_related("policy")
        ),
        "memberships": _memberships(),
        "due": Change.objects.filter(due_at__isnull=False).count(),
    }


if __name__ == "__main__":
    main()
