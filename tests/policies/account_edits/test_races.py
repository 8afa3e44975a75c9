"""Two people, two tabs, or a scan at the same moment: an edit is made once, by all whom it asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.account_edits.propose import agree, propose_edit
from keyconsole.policies.models import AccountEdit
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Inventory
from tests.patience import PATIENCE
from tests.policies.account_edits.conftest import OTHER, WHY, Propose

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


def at_once(*works: Callable[[], object]) -> list[str]:
    """What each ended with: empty, or the refusal."""
    start, ended = threading.Barrier(len(works)), [""] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait(PATIENCE)
        try:
            work()
        except Refused as refused:
            ended[place] = str(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return ended


def test_two_votes_at_once_are_both_counted(cast: Cast, propose: Propose) -> None:
    edit = propose()
    voters = [AccountEdit.objects.get(pk=edit.pk) for _ in range(2)]
    ended = at_once(
        lambda: agree(voters[0], by=cast.ben, sha256=edit.sha256, now=LATER),
        lambda: agree(voters[1], by=cast.bea, sha256=edit.sha256, now=LATER),
    )
    assert ended == ["", ""]
    edit.refresh_from_db()
    assert (edit.state, AwsAccount.objects.get(pk=cast.payments.pk).role_arn) == ("applied", OTHER)
    assert Entry.objects.filter(event="account.changed").count() == 1


def test_two_tabs_that_propose_at_once_propose_once(cast: Cast, inventory: Inventory) -> None:
    def work() -> object:
        return propose_edit(cast.payments, by=cast.ada, why=WHY, now=NOW, role_arn=OTHER)

    ended = at_once(work, work)
    assert sorted(map(bool, ended)) == [False, True]
    assert AccountEdit.objects.count() == 1


def test_the_same_vote_twice_at_once_counts_once(cast: Cast, propose: Propose) -> None:
    edit = propose()
    voters = [AccountEdit.objects.get(pk=edit.pk) for _ in range(2)]
    ended = at_once(
        lambda: agree(voters[0], by=cast.ben, sha256=edit.sha256, now=LATER),
        lambda: agree(voters[1], by=cast.ben, sha256=edit.sha256, now=LATER),
    )
    assert sorted(map(bool, ended)) == [False, True]
    assert AccountEdit.objects.get().votes.count() == 1
