"""The usual policies to begin with: each can be proposed as it is, or says what is missing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from keyconsole.policies.document.validate import problems
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.web.policies.starters import TIME_ZONES, starter_called, starters
from tests.cast import Cast
from tests.web.proposals import staffed

NEW = "/policies/new/"
SLUGS = [each.slug for each in starters(())]


@pytest.mark.parametrize("groups", [(), ("platform", "security"), ("blue", "green")])
def test_each_is_a_document_that_may_stand(groups: tuple[str, ...]) -> None:
    assert {each.slug: problems(each.rules) for each in starters(groups) if problems(each.rules)} == {}


def test_two_teams_are_those_that_there_are() -> None:
    def asked(*groups: str) -> tuple[Requirement, ...]:
        found = starter_called("two-teams", groups)
        assert found is not None
        return found.rules.requirements

    assert asked("blue", "platform", "security") == (Requirement("platform"), Requirement("security"))
    assert asked("blue", "green") == (Requirement("blue"), Requirement("green"))
    assert asked("security") == (Requirement("security"), Requirement())


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_a_new_policy_begins_with_it(as_ada: Client, cast: Cast, slug: str) -> None:
    staffed(cast)
    answer = as_ada.get(NEW, {"template": slug})
    found = starter_called(slug, ("platform", "security"))
    assert found is not None
    assert answer.context["editor"].rules == found.rules
    assert 'aria-current="true"' in answer.content.decode()


@pytest.mark.django_db
def test_groups_that_are_missing_are_named_with_the_way_to_them(as_ada: Client, cast: Cast) -> None:
    content = as_ada.get(NEW, {"template": "two-teams"}).content.decode()
    assert "It needs two groups of approvers. Make platform and security first." in content
    assert 'href="/groups/"' in content
    staffed(cast)
    assert "Make platform" not in as_ada.get(NEW, {"template": "two-teams"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["", "no-such", "\x00", "x" * 3000])
def test_any_other_name_begins_with_the_usual_form(as_ada: Client, cast: Cast, slug: str) -> None:
    answer = as_ada.get(NEW, {"template": slug})
    assert answer.status_code == 200
    assert answer.context["editor"].rules.name == ""


def test_every_offered_zone_is_one() -> None:
    assert all(ZoneInfo(zone) for zone in TIME_ZONES)
