"""What whoever has the server's terminal can do: link a person, map groups. At once, recorded, told."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.models import Delivery
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.mapping import add_mapping, wanted
from tests.cast import NOW, Cast
from tests.sso.hostile_provider import Hostile
from tests.sso.people import identify, says

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture(autouse=True)
def _address(cast: Cast) -> None:
    cast.ada.email = "ada@example.org"
    cast.ada.save()


def heard(cast: Cast) -> int:
    return Delivery.objects.filter(person=cast.ada, topic="access.changed").count()


def test_a_person_is_linked_to_their_subject_at_the_provider(cast: Cast, provider: Hostile) -> None:
    assert "ana is s-ana" in run("link_sso", "ana", "s-ana")
    identity = SsoIdentity.objects.get()
    assert (identity.person, identity.issuer, identity.sub) == (cast.ana, provider.issuer, "s-ana")
    assert Entry.objects.get(event="sso.linked").actor == "the terminal of keys-1, as OS user root"
    assert heard(cast) == 1


def test_a_subject_is_one_person(cast: Cast) -> None:
    run("link_sso", "ana", "s", "--issuer", "https://id.example.org")
    with pytest.raises(CommandError, match="is ana here"):
        run("link_sso", "ben", "s", "--issuer", "https://id.example.org")


def test_another_subject_takes_what_the_groups_of_the_first_gave(cast: Cast) -> None:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=NOW)
    says(identify(cast.dan), "viewers")
    run("link_sso", "dan", "another", "--issuer", "https://id.example.org")
    assert not can(cast.dan, Permission.VIEW)


def test_without_a_provider_the_issuer_is_named(cast: Cast) -> None:
    with pytest.raises(CommandError, match="not set up"):
        run("link_sso", "ana", "s")


def test_mappings_are_added_listed_and_removed(cast: Cast) -> None:
    identify(cast.dan, "viewers")
    assert "1 gained" in run("sso_mapping", "add", "viewers", "--role", "viewer", "--account", "payments")
    assert can(cast.dan, Permission.VIEW, cast.payments)
    assert heard(cast) == 1
    (listed,) = json.loads(run("sso_mapping", "list", "--json"))
    assert listed == {
        "sso_group": "viewers",
        "role": "viewer",
        "account_id": "111122223333",
        "group": "",
        "people": 1,
    }
    assert "viewers: the role viewer in payments" in run("sso_mapping", "list")
    with pytest.raises(CommandError, match="Refused"):
        run("sso_mapping", "add", "viewers", "--role", "viewer", "--account", "payments")
    assert "1 lost" in run("sso_mapping", "remove", "viewers", "--role", "viewer", "--account", "payments")
    assert not can(cast.dan, Permission.VIEW, cast.payments)
    assert heard(cast) == 2
    with pytest.raises(CommandError, match="no such mapping"):
        run("sso_mapping", "remove", "viewers", "--role", "viewer", "--account", "payments")
    entry = Entry.objects.get(event="sso.mapped")
    assert entry.data["via"].startswith("at the terminal of keys-1")


def test_a_mapping_gives_one_thing(cast: Cast) -> None:
    for wrong in ([], ["--role", "viewer", "--approvers", "security"], ["--approvers", "!"]):
        with pytest.raises(CommandError, match="Refused"):
            run("sso_mapping", "add", "viewers", *wrong)
