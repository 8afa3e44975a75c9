"""A person's groups are read at the moment at which a mapping is removed: nothing of it stays behind."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso import reconcile
from keyconsole.people.sso.mapping import add_mapping, mapping_of, remove_mapping, wanted
from tests.cast import NOW, Cast
from tests.patience import PATIENCE
from tests.sso.people import identify, says

# For how long the one is held up in its middle: the other would be done by then, if it did not wait.
HELD_UP = 1.0


@pytest.mark.django_db(transaction=True)
def test_who_gets_a_group_while_its_mapping_is_removed_keeps_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_mapping(wanted("kms-approvers", role="approver"), by="ada", now=NOW)
    mapping = mapping_of(wanted("kms-approvers", role="approver"))
    assert mapping is not None
    identity_pk = identify(cast.dan).pk
    has_read, is_removed = threading.Event(), threading.Event()
    read = reconcile._wanted

    def read_then_wait(scope: reconcile.Scope) -> Any:
        found = read(scope)
        if threading.current_thread() is not threading.main_thread():
            has_read.set()
            is_removed.wait(HELD_UP)
        return found

    def groups_are_read() -> None:
        try:
            says(SsoIdentity.objects.select_related("person").get(pk=identity_pk), "kms-approvers")
        finally:
            connection.close()

    monkeypatch.setattr(reconcile, "_wanted", read_then_wait)
    reader = threading.Thread(target=groups_are_read)
    reader.start()
    assert has_read.wait(PATIENCE)
    remove_mapping(mapping, by="ada", now=NOW)
    is_removed.set()
    reader.join(PATIENCE)
    assert not RoleGrant.objects.exclude(sso_group="").exists()
