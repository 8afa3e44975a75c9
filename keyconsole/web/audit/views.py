"""What happened, to read: entries by day, and whether the record is whole."""

from __future__ import annotations

from functools import cache

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.audit.state import record_state
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.audit.list import AuditFilter, entries_for, kept, meaning
from keyconsole.web.audit.presets import PRESETS
from keyconsole.web.audit.primaries_views import moves, primaries
from keyconsole.web.audit.rows import entry_days
from keyconsole.web.fragments import page
from keyconsole.web.guards import person_of, requires

PER_PAGE = 50
_VIEWS = {"primaries": primaries, "moves": moves}


@requires(Permission.READ_AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    if other := _VIEWS.get(request.GET.get("view", "")):
        return other(request)
    person = person_of(request)
    form = AuditFilter(request.GET, person=person)
    wanted = form.cleaned_data if form.is_valid() else {}
    meant = meaning(person, wanted)
    found = kept(entries_for(person), wanted, meant).order_by("-number")
    entries_page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "narrowed": any(wanted.values()),
        "meant": meant,
        "presets": PRESETS,
        "preset": wanted.get("show", ""),
        "entries_page": entries_page,
        "days": entry_days(list(entries_page), reader=person, whole=bool(wanted.get("entry"))),
        "record": cache(record_state),
        "now": timezone.now(),
    }
    return page(request, "audit/index.html", "audit", context)
