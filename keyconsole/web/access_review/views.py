"""Access: who could move which keys, who was not seen, what ends soon, what changed, and the reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import AccessReview
from keyconsole.policies.access.who_can_move import who_can_move
from keyconsole.policies.governing.governed_keys import governed_keys
from keyconsole.web.access_review import rows
from keyconsole.web.access_review.forms import SinceForm
from keyconsole.web.access_review.sight import AuditSight
from keyconsole.web.audit.rows import fact_rows
from keyconsole.web.downloads import recorded_download
from keyconsole.web.fragments import page
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.people.confirmed import doing

PER_PAGE = 50
TABS = {
    "movers": "Who can move what",
    "unseen": "Not seen for 90 days",
    "ending": "Ends within 30 days",
    "changes": "Changes",
    "reviews": "Reviews",
}


@requires(Permission.READ_AUDIT)
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "movers")
    tab = tab if tab in TABS else "movers"
    sight, now = AuditSight.of(person_of(request)), timezone.now()
    form = SinceForm(request.GET)
    listed = Paginator(_found(tab, sight, since=form.moment, now=now), PER_PAGE)
    shown = listed.get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "tabs": TABS,
        "sight": sight,
        "form": form,
        "since": form.moment,
        "page_obj": shown,
        "rows": _shown(tab, list(shown), sight),
        "may_start": can(sight.by, Permission.ADMINISTER),
        "open_review": AccessReview.objects.filter(ended_at=None).first(),
        "looked_at": now,
    }
    return page(request, "access_review/index.html", "access", context)


@requires(Permission.READ_AUDIT, proof=Proof.FRESH_FILE, confirms=doing("export the access review as {fmt}"))
@require_GET
def export(request: HttpRequest, fmt: str) -> StreamingHttpResponse:
    tab, by, now = request.GET.get("tab", "movers"), person_of(request), timezone.now()
    if tab not in rows.COLUMNS:
        raise Http404("No such list.")
    since, sight = SinceForm(request.GET).moment, AuditSight.of(by)
    found = rows.exported(tab, sight, since=since, now=now)
    facts = {"since": since.isoformat()} if tab == "changes" else {}
    return recorded_download(f"access-{tab}", fmt, rows.COLUMNS[tab], found, by=by, now=now, **facts)


def _found(tab: str, sight: AuditSight, *, since: datetime, now: datetime) -> Any:
    if tab == "movers":
        return governed_keys(sight.accounts())
    if tab == "unseen":
        return rows.unseen(sight, now=now)
    if tab == "ending":
        return rows.ending(sight, now=now)
    if tab == "changes":
        return rows.changes(sight, since=since)
    return AccessReview.objects.order_by("-number")


def _shown(tab: str, found: list[Any], sight: AuditSight) -> Any:
    if tab == "movers":
        return who_can_move(found)
    if tab == "unseen":
        return rows.with_roles(found, sight)
    if tab == "changes":
        return fact_rows(found)
    if tab == "reviews":
        return [(review, sight.lines(review).filter(answer="").count()) for review in found]
    return found
