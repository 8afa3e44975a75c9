"""What somebody confirms about how an account is entered, in the words of the page that asks for proof."""

from __future__ import annotations

from django.http import HttpRequest

from keyconsole.aws_accounts import register
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.models import AccountEdit
from keyconsole.policies.versions.votes import may_agree
from keyconsole.refusals import Invalid
from keyconsole.web.accounts.forms import AccountForm, AddForm
from keyconsole.web.guards import account_for, person_of
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.proposals import number_sent
from keyconsole.web.reauthentication import Confirmation


def adding(request: HttpRequest) -> Confirmation | None:
    """What cannot stand is said first."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return None
    number = form.cleaned_data["account_id"]
    return Confirmation(f"add the AWS account {number}, called {form.cleaned_data['name']}")


def editing(request: HttpRequest, account_id: str) -> Confirmation | None:
    """Saving it or proposing it; looking at what a proposal would change needs no proof."""
    account = account_for(person_of(request), account_id, Permission.ADMINISTER)
    form = AccountForm(request.POST, account=account)
    step = request.POST.get("step")
    if step == "edit" or not form.is_valid():
        return None
    try:
        changes = register.page_changes(account, **form.entered())
    except Invalid:
        return None
    if not register.needs_agreement(account, changes):
        return Confirmation(f"change the AWS account {account.name}")
    if step != "propose" or not WhyForm(request.POST).is_valid():
        return None
    return Confirmation(f"propose other credentials for the AWS account {account.name}")


def agreeing(request: HttpRequest, account_id: str) -> Confirmation | None:
    person = person_of(request)
    account = account_for(person, account_id)
    edits = AccountEdit.objects.select_related("account", "proposer")
    edit = edits.filter(account=account, number=number_sent(request, "edit")).first()
    return Confirmation(f"agree to {edit}") if edit and may_agree(person, edit).allowed else None
