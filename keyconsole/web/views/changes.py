"""Changes: the list by tab, one change with its live progress, and taking one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes import workflow
from keyconsole.changes.models import Change
from keyconsole.changes.policy import may_cancel
from keyconsole.changes.refusal import Refused
from keyconsole.web.change_list import (
    LONGEST_TEXT,
    changes_in,
    list_version,
    matching,
    tab_links,
)
from keyconsole.web.change_page import change_page
from keyconsole.web.fragments import page, unchanged, wants_fragment
from keyconsole.web.guards import change_for, person_of, requires

PER_PAGE = 50


class ListFilter(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_TEXT)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why it is taken back",
        required=False,
        max_length=workflow.REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays in the record, beside your name.",
    )


@requires(Permission.VIEW)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    version = list_version(person, now=timezone.now())
    if same := unchanged(request, version):
        return same
    form = ListFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    tabs = tab_links(person, request.GET.get("tab", ""))
    current = next(link.tab for link in tabs if link.is_current)
    found = matching(changes_in(current, person).newest_first(), text).select_related(
        "key__account", "requester"
    )
    context = {
        "tabs": tabs,
        "tab": current,
        "text": text,
        "form": form,
        "version": version,
        "changes_page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "changes/index.html", "changes", context)


@requires(Permission.VIEW)
@require_safe
def change(request: HttpRequest, ref: str) -> HttpResponse:
    person = person_of(request)
    found = change_for(person, ref)
    if same := unchanged(request, found.version):
        return same
    context = change_page(found, person=person)
    context["fragment"] = wants_fragment(request)
    return page(request, "changes/change.html", "change", context)


@requires(Permission.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    person = person_of(request)
    found = change_for(person, ref)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            workflow.cancel(found, by=person, reason=form.cleaned_data["reason"], now=timezone.now())
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{found.ref} is cancelled. Nothing was sent to AWS.")
            return redirect(found)
    return render(request, "changes/cancel.html", _cancel_page(found, form, person))


def _cancel_page(change: Change, form: CancelForm, person: Any) -> dict[str, Any]:
    return {"change": change, "form": form, "verdict": may_cancel(person, change)}
