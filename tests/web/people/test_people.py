"""The people page: who is on it for whom, found by name, in a fixed number of queries."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.disable import disable
from keyconsole.people.invitations import invite
from tests.cast import NOW, make_person
from tests.conftest import HTMX, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def names(response):
    return [row.person.username for row in response.context["rows"]]


def test_an_administrator_sees_everybody_with_roles_factors_and_state(as_ada, cast):
    Authenticator.objects.create(user=cast.ben, type="totp", data={})
    Authenticator.objects.create(user=cast.ben, type="recovery_codes", data={})
    grant(cast.dan, Role.VIEWER, cast.payments, by="sso", now=NOW, sso_group="sec-team")
    invite("eve", email="", by=cast.ada, now=timezone.now())
    disable(cast.bea, why="Left.", by=cast.ada, now=NOW)
    response = as_ada.get("/people/")
    assert names(response) == ["ada", "ana", "bea", "ben", "cleo", "dan", "eve"]
    states = {row.person.username: row.state for row in response.context["rows"]}
    assert (states["bea"], states["eve"], states["ben"]) == ("disabled", "invited", "active")
    content = " ".join(response.content.decode().split())
    assert "authenticator app, recovery codes" in content
    assert "SSO group sec-team" in content


def test_an_accounts_administrator_sees_its_people_and_only_these_roles(cast):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    make_person("gus", Role.VIEWER, accounts=(cast.archive,))
    client = client_of(finn)
    response = client.get("/people/")
    assert names(response) == ["ada", "ana", "bea", "ben", "cleo", "finn"]
    places = {place.where for row in response.context["rows"] for place in row.roles}
    assert places == {"all accounts", "payments"}
    assert client.get("/people/gus/").status_code == client.get("/people/dan/").status_code == 404
    page = client.get("/people/ben/").content.decode()
    assert "research" not in page
    assert "Disable ben" not in page


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dan"])
def test_nobody_else_gets_in(client_as, name):
    client = client_as(name)
    assert client.get("/people/").status_code == 403
    assert client.get("/people/ana/").status_code == 403
    assert "People" not in [entry.name for entry in client.get("/").context["rail"]()]


def test_people_are_found_by_name_role_and_state(as_ada, cast):
    assert names(as_ada.get("/people/?q=BE")) == ["bea", "ben"]
    assert names(as_ada.get("/people/?role=auditor")) == ["cleo"]
    assert names(as_ada.get("/people/?role=none")) == ["dan"]
    disable(cast.dan, why="Left.", by=cast.ada, now=NOW)
    assert names(as_ada.get("/people/?state=disabled")) == ["dan"]
    assert "dan" not in names(as_ada.get("/people/?state=active"))
    assert "Nobody matches" in as_ada.get("/people/?q=nobody-at-all").content.decode()


def test_a_part_of_it_is_a_part_of_it(as_ada):
    part = as_ada.get("/people/?q=an", headers=HTMX)
    assert part.content.decode().lstrip().startswith('<section id="people"')
    assert "HX-Request" in part.headers["Vary"]
    assert as_ada.post("/people/").status_code == 405


@pytest.mark.parametrize("many", [0, 500])
def test_a_page_takes_as_many_queries_with_500_people_as_with_six(
    as_ada, cast, django_assert_num_queries, many
):
    people = User.objects.bulk_create(User(username=f"p{number:05}") for number in range(many))
    RoleGrant.objects.bulk_create(
        RoleGrant(person=each, role="viewer", account=account, granted_by="ada", granted_at=NOW)
        for each in people
        for account in (cast.payments, cast.research)
    )
    as_ada.get("/people/")
    with django_assert_num_queries(18):
        as_ada.get("/people/")


def test_ten_thousand_people_are_paged_and_the_page_stays_small(as_ada, cast, django_assert_num_queries):
    people = User.objects.bulk_create(
        (User(username=f"p{number:05}", email=f"p{number}@example.org") for number in range(10_000)),
        batch_size=2000,
    )
    RoleGrant.objects.bulk_create(
        (
            RoleGrant(person=each, role="viewer", account=cast.payments, granted_by="ada", granted_at=NOW)
            for each in people
        ),
        batch_size=2000,
    )
    as_ada.get("/people/")
    with django_assert_num_queries(18):
        page = as_ada.get("/people/")
    assert len(page.context["rows"]) == 50
    assert "10006 people" in page.content.decode()
    assert len(page.content) < 200 * 1024
    assert names(as_ada.get("/people/?q=p09999")) == ["p09999"]
    assert len(as_ada.get("/people/?page=201").context["rows"]) == 6
