"""AWS accounts: all of them, one, adding and changing one, and asking a worker to scan or test."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keyconsole.aws_accounts import connection_test, register
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import Depth, Scan
from keyconsole.inventory.scan.run import request_scan
from keyconsole.refusals import Refused
from keyconsole.web.accounts.confirmed import adding
from keyconsole.web.accounts.forms import AddForm
from keyconsole.web.accounts.iam_role import role_to_create
from keyconsole.web.accounts.page import account_views, list_version
from keyconsole.web.accounts.proposed_edit import decided_edits, proposed_edit, reached
from keyconsole.web.fragments import page, unchanged
from keyconsole.web.guards import Proof, account_for, person_of, proof_given, requires

PER_PAGE = 50
SCANS_SHOWN = 10


@requires(Permission.VIEW)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    visible = accounts_where(person, Permission.VIEW).order_by("name")
    accounts_page = Paginator(visible, PER_PAGE).get_page(request.GET.get("page"))
    views = account_views(list(accounts_page))
    version = list_version(views, total=accounts_page.paginator.count, now=now)
    if same := unchanged(request, version):
        return same
    context = {
        "accounts_page": accounts_page,
        "views": views,
        "version": version,
        "waits": any(view.waits for view in views),
        "may_scan": accounts_where(person, Permission.SCAN).exists(),
        "may_add": can(person, Permission.ADMINISTER),
    }
    return page(request, "accounts/index.html", "accounts", context)


@requires(Permission.VIEW)
@require_safe
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    found = account_for(person, account_id)
    view = account_views([found])[0]
    version = view.version(now=now)
    if same := unchanged(request, version):
        return same
    administers = can(person, Permission.ADMINISTER, found)
    context = {
        "view": view,
        "version": version,
        "may_scan": can(person, Permission.SCAN, found),
        "may_edit": administers,
        "may_remove": found.being_set_up and can(person, Permission.ADMINISTER),
        **_edits(found, person),
        **_about(found, show_external_id=administers, moves=request.GET.get("rights") != "read"),
    }
    return page(request, "accounts/account.html", "account", context)


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=adding)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form, there = AddForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        by, number = person_of(request).username, form.cleaned_data["account_id"]
        try:
            added = register.add_account(
                number,
                origin=register.Origin.PAGE,
                by=by,
                now=timezone.now(),
                proof=proof_given(request),
                **form.entered(),
            )
        except register.Invalid as invalid:
            form.add_problems(invalid.problems)
            there = AwsAccount.objects.filter(account_id=number).first() if number.isprintable() else None
        else:
            return _tested(request, added, f"{added} is added. Its role comes next.")
    return render(request, "accounts/form.html", {"form": form, "account": None, "there": there})


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def remove(request: HttpRequest, account_id: str) -> HttpResponse:
    person = person_of(request)
    found = account_for(person, account_id, Permission.ADMINISTER)
    try:
        register.remove_account(found, by=person.username, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("account", found.account_id)
    messages.success(request, f"{found.name} is removed. Nothing was ever read there.")
    return redirect("accounts")


@requires(Permission.SCAN)
@require_POST
def scan(request: HttpRequest, account_id: str) -> HttpResponse:
    person = person_of(request)
    found = account_for(person, account_id, Permission.SCAN)
    depth = Depth.DETAILS if request.POST.get("depth") == Depth.DETAILS else Depth.KEYS
    request_scan(found, by=person.username, depth=depth, now=timezone.now())
    messages.success(request, f"A scan of {found.name} is asked for. What it finds appears here.")
    return redirect("account", found.account_id)


@requires(Permission.SCAN)
@require_POST
def scan_all(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    there = accounts_where(person, Permission.SCAN).filter(being_set_up=False)
    asked = [request_scan(each, by=person.username, now=now) for each in there]
    messages.success(request, f"A scan of {len(asked)} account{'' if len(asked) == 1 else 's'} is asked for.")
    return redirect("accounts")


@requires(Permission.SCAN)
@require_POST
def test(request: HttpRequest, account_id: str) -> HttpResponse:
    person = person_of(request)
    found = account_for(person, account_id, Permission.SCAN)
    return _tested(request, found, f"A test of the connection to {found.name} is asked for.")


def _edits(account: AwsAccount, person: User) -> dict[str, Any]:
    proposal = proposed_edit(account, person)
    return {
        "proposal": proposal,
        "reached": reached(account) if proposal else None,
        "decided_edits": decided_edits(account),
    }


def _tested(request: HttpRequest, account: AwsAccount, sentence: str) -> HttpResponse:
    connection_test.request_test(account, by=person_of(request).username, now=timezone.now())
    messages.success(request, sentence)
    return redirect("account", account.account_id)


def _about(account: AwsAccount, *, show_external_id: bool, moves: bool) -> dict[str, Any]:
    grants = RoleGrant.objects.in_force().filter(Q(account=account) | Q(account=None))
    return {
        "scans": Scan.objects.filter(account=account).order_by("-asked_at")[:SCANS_SHOWN],
        "grants": grants.select_related("person", "account").order_by("person__username", "role"),
        "role": role_to_create(
            account_id=account.account_id,
            partition=account.partition,
            role_arn=account.role_arn,
            external_id=account.external_id if show_external_id else "",
            reads_organization=account.reads_organization,
            principal=account.own_identity,
            moves=moves,
        ),
        "external_id": account.external_id if show_external_id else "",
        "external_id_hidden": bool(account.external_id) and not show_external_id,
    }
