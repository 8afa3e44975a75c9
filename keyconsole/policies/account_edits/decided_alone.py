"""One at a time decides about an edit, and by the rules of that moment. Always in a transaction."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.policies.versions.activate import lock_policies
from keyconsole.policies.versions.agreement import agreements_of_keys


def decided_alone(edit: AccountEdit) -> AccountEdit:
    """The edit as it is now, asking whom the rules of this moment ask: keys may have come since."""
    lock_policies()
    AwsAccount.objects.select_for_update().get(pk=edit.account_id)
    fresh = AccountEdit.objects.select_related("account", "proposer").get(pk=edit.pk)
    # Where its keys are gone, whom it asked before goes on being asked.
    needed = agreements_of_keys(fresh.account) if fresh.state == EditState.PROPOSED else ()
    if needed:
        fresh.requirements = [each.as_json() for each in needed]
        fresh.save(update_fields=["requirements"])
    return fresh
