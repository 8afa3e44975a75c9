"""A number that was mistyped is taken back; nothing that was ever entered is."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.register import remove_account
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Member, make_account, make_key

pytestmark = pytest.mark.django_db


def test_an_account_that_was_never_entered_is_removed_with_a_record(cast: Cast) -> None:
    account = make_account("mistyped", "444455556667", being_set_up=True)
    remove_account(account, by="ada", now=NOW)
    assert not AwsAccount.objects.filter(account_id="444455556667").exists()
    entry = Entry.objects.get(event="account.removed")
    assert (entry.actor, entry.subject, entry.data) == ("ada", "444455556667", {"name": "mistyped"})


@pytest.mark.parametrize("why", ["entered", "keys", "roles"])
def test_one_that_is_in_use_stays(cast: Cast, why: str) -> None:
    account = make_account("busy", "444455556667", being_set_up=why != "entered")
    if why == "keys":
        make_key(account, "mrk-1", Member("us-east-1", "PRIMARY"))
    if why == "roles":
        account.role_grants.create(person=cast.dan, role="viewer", granted_by="ada", granted_at=NOW)
    with pytest.raises(Refused, match="never entered"):
        remove_account(account, by="ada", now=NOW)
    assert AwsAccount.objects.filter(account_id="444455556667").exists()
    assert not Entry.objects.filter(event="account.removed").exists()
