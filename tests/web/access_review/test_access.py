"""The access review for the auditor: who could move what, who was away, what ends, what changed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.people.groups import join
from keyconsole.people.last_seen import note_seen
from keyconsole.policies.document.parts import Selector
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, hold, make_person
from tests.conftest import HTMX, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


@pytest.fixture
def vaults(cast, inventory):
    """payments asks its approvers; research lets a requester move alone; the archive has nobody who asks."""
    policy = Rules(
        name="vaults",
        rule=Rule.APPROVE,
        applies_to=Selector(accounts=("111122223333",)),
        requirements=(Requirement(group="security"), Requirement()),
        emergency_group="on-call",
    )
    hold(policy)
    join(cast.bea, "security", by="ada", now=NOW)
    join(cast.ana, "on-call", by="ada", now=NOW)


def movers(client, address="/access-review/"):
    return {each.account.name: each for each in client.get(address).context["rows"]}


def test_who_could_move_which_keys_alone_and_with_whom(as_cleo, vaults):
    rows = movers(as_cleo)
    payments, research, archive = rows["payments"], rows["research"], rows["archive"]
    assert (payments.governed.policy, payments.governed.keys) == ("vaults", 2)
    assert payments.asking == ("ana",)
    assert {place.words: place.people for place in payments.places} == {
        "1 from security": ("bea",),
        "1 of the account's approvers": ("bea", "ben"),
    }
    assert (payments.alone, payments.emergency) == ((), ("ana",))
    assert research.alone == ("ana",)
    assert (archive.alone, archive.asking) == ((), ())


def test_who_asks_and_would_have_to_agree_too_asks_in_vain(as_cleo, cast, vaults):
    grant(cast.bea, Role.REQUESTER, cast.payments, by="ada", now=NOW)
    payments = movers(as_cleo)["payments"]
    assert (payments.asking, payments.stuck) == (("ana",), ("bea",))
    assert "in vain" in as_cleo.get("/access-review/").content.decode()


def test_the_auditor_of_one_account_sees_that_account_alone(cast, vaults):
    gus = make_person("gus", Role.AUDITOR, accounts=(cast.payments,))
    grant(cast.ana, Role.VIEWER, cast.archive, by="ada", now=timezone.now())
    client = client_of(gus)
    assert list(movers(client)) == ["payments"]
    for tab in ("movers", "unseen", "ending", "changes", "reviews"):
        page = client.get(f"/access-review/?tab={tab}").content.decode()
        assert "archive" not in page, tab
        assert not re.search(r"\bdan\b", page), tab
    rows = json.loads(client.get("/access-review/export.json?tab=changes").getvalue())
    assert {row["account_id"] for row in rows} <= {"111122223333"}


@pytest.mark.parametrize("name", ["ana", "ben", "dan"])
def test_nobody_else_gets_in(client_as, name):
    assert client_as(name).get("/access-review/").status_code == 403
    assert client_as(name).get("/access-review/export.csv").status_code == 403


def test_who_was_not_seen_for_90_days_with_what_they_keep(as_cleo, cast):
    now = timezone.now()
    User.objects.update(date_joined=now - timedelta(days=400), last_login=None)
    for person in (cast.ana, cast.ada):
        note_seen(person, now=now - timedelta(days=89))
    note_seen(cast.ben, now=now - timedelta(days=91))
    User.objects.filter(username="dan").update(is_active=False)
    rows = as_cleo.get("/access-review/?tab=unseen").context["rows"]
    assert {person.username: len(grants) for person, grants in rows} == {"ben": 2, "bea": 2}


def test_what_ends_soon(as_cleo, cast):
    now = timezone.now()
    grant(cast.dan, Role.VIEWER, cast.payments, by="ada", now=now, ends_at=now + timedelta(days=29))
    grant(cast.dan, Role.VIEWER, cast.research, by="ada", now=now, ends_at=now + timedelta(days=31))
    [row] = as_cleo.get("/access-review/?tab=ending").context["rows"]
    assert row.account == cast.payments


def test_what_changed_since_a_day(as_cleo, cast):
    now = timezone.now()
    grant(cast.dan, Role.VIEWER, cast.payments, by="ada", now=now - timedelta(days=40))
    grant(cast.dan, Role.AUDITOR, cast.payments, by="ada", now=now)
    assert len(as_cleo.get("/access-review/?tab=changes").context["rows"]) == 1
    since = (now - timedelta(days=50)).date()
    assert len(as_cleo.get(f"/access-review/?tab=changes&since={since}").context["rows"]) == 2
    assert as_cleo.get("/access-review/?tab=changes&since=soon").status_code == 200


@pytest.mark.parametrize("tab", ["movers", "unseen", "ending", "changes"])
@pytest.mark.parametrize("fmt", ["csv", "json"])
def test_each_list_is_a_file_and_each_export_an_event(as_cleo, cast, vaults, tab, fmt):
    now = timezone.now()
    grant(cast.dan, Role.VIEWER, cast.payments, by="=evil()", now=now, ends_at=now + timedelta(days=2))
    answer = as_cleo.get(f"/access-review/export.{fmt}?tab={tab}")
    text = answer.getvalue().decode()
    assert answer.headers["Content-Disposition"].endswith(f'.{fmt}"')
    assert not any(line.startswith("=") or ",=" in line for line in text.splitlines() if fmt == "csv")
    data = Entry.objects.get(event="audit.exported").data
    assert (data["what"], data["format"]) == (f"access-{tab}", fmt)


def test_lists_and_formats_that_there_are_not(as_cleo):
    assert as_cleo.get("/access-review/export.xml?tab=movers").status_code == 404
    assert as_cleo.get("/access-review/export.csv?tab=reviews").status_code == 404
    assert as_cleo.get("/access-review/?tab=nonsense").status_code == 200


def test_a_part_of_it(as_cleo, vaults):
    part = as_cleo.get("/access-review/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<section id="access"')


@pytest.mark.parametrize("many", [0, 300])
def test_more_keys_and_people_take_no_more_queries(as_cleo, cast, vaults, django_assert_num_queries, many):
    keys = MultiRegionKey.objects.bulk_create(
        MultiRegionKey(
            account=cast.payments,
            key_id=f"mrk-{number:032x}",
            primary_region="us-east-1",
            alias=f"alias/k{number}",
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        for number in range(many)
    )
    RegionKey.objects.bulk_create(
        RegionKey(key=key, region=region, sight="seen", last_look_at=NOW)
        for key in keys
        for region in ("us-east-1", "eu-west-1")
    )
    people = User.objects.bulk_create(User(username=f"p{number}") for number in range(many))
    RoleGrant.objects.bulk_create(
        RoleGrant(person=each, role="requester", account=cast.payments, granted_by="ada", granted_at=NOW)
        for each in people
    )
    as_cleo.get("/access-review/")
    with django_assert_num_queries(20):
        as_cleo.get("/access-review/")
    with django_assert_num_queries(13):
        as_cleo.get("/access-review/?tab=unseen")
