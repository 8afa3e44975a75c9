from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.policies.quorum.requirements import Requirement, at_best, count_votes, covers

PLATFORM, SECURITY = Requirement("platform", 1), Requirement("security", 1)
MEMBERS = {"platform": {"ben", "both"}, "security": {"bea", "both"}}


def met(*votes, needs=(PLATFORM, SECURITY), members=MEMBERS):
    return count_votes(needs, votes=votes, members=members).met


def test_one_from_each_group_is_needed():
    assert met("ben", "bea")
    assert not met("ben")
    assert not met("bea")
    assert not met()


def test_a_person_in_two_groups_counts_once():
    assert not met("both")
    assert met("both", "ben")
    assert met("both", "bea")


def test_a_vote_of_somebody_outside_counts_for_nothing():
    assert not met("ben", "stranger")


def test_the_same_person_twice_is_one_person():
    assert not met("ben", "ben", needs=(Requirement("platform", 2),))


def test_it_says_what_is_still_missing():
    lines = count_votes((PLATFORM, SECURITY), votes={"ben"}, members=MEMBERS).lines
    assert [(line.requirement.group, line.filled_by, line.missing) for line in lines] == [
        ("platform", ("ben",), 0),
        ("security", (), 1),
    ]


def test_the_requester_is_left_out_of_what_could_be_met():
    assert at_best((PLATFORM,), members=MEMBERS, without={"ben"}).met
    assert not at_best((Requirement("platform", 2),), members=MEMBERS, without={"ben"}).met


people = st.sampled_from(["ana", "ben", "bea", "cleo", "dan", "eve"])
groups = st.sampled_from(["a", "b", "c"])
needs = st.lists(st.builds(Requirement, groups, st.integers(1, 3)), min_size=1, max_size=3)
memberships = st.fixed_dictionaries({name: st.sets(people) for name in "abc"})


def by_brute_force(requirements, votes, members):
    """Try every way to seat distinct voters."""
    places = [need.group for need in requirements for _ in range(need.at_least)]
    return any(
        all(person in members[group] for person, group in zip(seating, places, strict=True))
        for seating in itertools.permutations(votes, len(places))
    )


@given(needs, st.sets(people), memberships)
def test_met_exactly_when_distinct_people_can_fill_every_place(requirements, votes, members):
    assert count_votes(requirements, votes=votes, members=members).met == by_brute_force(
        requirements, votes, members
    )


@given(needs, st.sets(people), memberships)
def test_nobody_fills_two_places_and_only_members_who_voted_fill_one(requirements, votes, members):
    lines = count_votes(requirements, votes=votes, members=members).lines
    seated = [person for line in lines for person in line.filled_by]
    assert len(seated) == len(set(seated))
    for line in lines:
        assert set(line.filled_by) <= votes & members[line.requirement.group]
        assert line.missing >= 0


@given(needs, st.sets(people), people, memberships)
def test_one_more_vote_never_takes_anything_away(requirements, votes, more, members):
    def count(some):
        return sum(
            len(line.filled_by) for line in count_votes(requirements, votes=some, members=members).lines
        )

    assert count(votes | {more}) >= count(votes)


@pytest.mark.parametrize("at_least", [1, 2, 5])
def test_a_requirement_survives_its_json(at_least):
    need = Requirement("security", at_least)
    assert Requirement.from_json(need.as_json()) == need


NEEDS = st.lists(
    st.builds(Requirement, st.sampled_from(["", "platform", "security"]), st.integers(1, 2)), max_size=3
).map(tuple)
PEOPLE = ["ben", "bea", "cleo", "dot", "eve"]


@pytest.mark.parametrize(
    ("needs", "others", "expected"),
    [
        ((PLATFORM, SECURITY), (Requirement("", 1),), True),
        ((PLATFORM, SECURITY), (Requirement("", 2),), True),
        ((PLATFORM, SECURITY), (Requirement("", 3),), False),
        ((Requirement("", 2),), (PLATFORM,), False),
        ((PLATFORM,), (), True),
        ((), (PLATFORM,), False),
        ((PLATFORM,), (SECURITY,), False),
        ((Requirement("platform", 2),), (PLATFORM, Requirement("", 1)), True),
        ((PLATFORM, PLATFORM), (Requirement("platform", 2),), True),
    ],
)
def test_which_needs_cover_which(needs, others, expected):
    assert covers(needs, others) == expected


@given(needs=NEEDS, others=NEEDS, data=st.data())
def test_votes_that_meet_what_covers_meet_what_is_covered(needs, others, data):
    platform, security, votes = (set(data.draw(st.lists(st.sampled_from(PEOPLE)))) for _ in range(3))
    members = {"": set(PEOPLE), "platform": platform, "security": security}
    if covers(needs, others) and met(*votes, needs=needs, members=members):
        assert met(*votes, needs=others, members=members)
