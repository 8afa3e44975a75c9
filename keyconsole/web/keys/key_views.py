"""The page of one multi-Region key."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.fragments import page, unchanged
from keyconsole.web.guards import key_for, person_of, requires
from keyconsole.web.keys.freshness import inventory_version
from keyconsole.web.keys.periods import timeline_of
from keyconsole.web.keys.regions import regions_of


@requires(Permission.VIEW)
@require_safe
def key(request: HttpRequest, account_id: str, key_id: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    found = key_for(person, account_id, key_id)
    version = inventory_version(AwsAccount.objects.filter(pk=found.account.pk), now=now)
    if same := unchanged(request, version):
        return same
    prefetch_related_objects([found], "region_keys")
    changes = list(found.changes.select_related("requester").newest_first())
    context = {
        "key": found,
        "primary_arn": found.arn_in(found.primary_region),
        "regions": regions_of(found, person=person, now=now),
        "timeline": timeline_of(found, changes=changes, now=now),
        "changes": changes,
        "open_changes": [change for change in changes if change.is_open],
        "may_scan": can(person, Permission.SCAN, found.account),
        "version": version,
    }
    return page(request, "key/index.html", "key-regions", context)
