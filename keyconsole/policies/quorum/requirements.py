"""Who has to agree, and whether they have. Pure: people are names, groups are sets of names.

Nobody counts twice: one person fills one place of one requirement, also where two groups hold them. Whether
the votes fill every place is a bipartite matching, found by augmenting paths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

# The group of everybody who holds the approver role for the account.
APPROVERS = ""


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """At least `at_least` distinct people from `group`; the empty group means the account's approvers."""

    group: str = APPROVERS
    at_least: int = 1

    @property
    def words(self) -> str:
        return (
            f"{self.at_least} from {self.group}"
            if self.group
            else f"{self.at_least} of the account's approvers"
        )

    def as_json(self) -> dict[str, Any]:
        return {"group": self.group, "at_least": self.at_least}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        return cls(group=str(facts["group"]), at_least=int(facts["at_least"]))


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement: who fills its places, and how many are still missing."""

    requirement: Requirement
    filled_by: tuple[str, ...]

    @property
    def missing(self) -> int:
        return self.requirement.at_least - len(self.filled_by)


@dataclass(frozen=True, slots=True)
class VoteCount:
    """Which places the votes fill."""

    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        return sum(line.missing for line in self.lines)

    @property
    def met(self) -> bool:
        return all(line.missing == 0 for line in self.lines)


def count_votes(
    requirements: Iterable[Requirement], *, votes: Collection[str], members: Mapping[str, Collection[str]]
) -> VoteCount:
    """`votes`: who agreed and may vote now. `members`: by group, who is in it now."""
    needs = tuple(requirements)
    places = [Place(line, number) for line, need in enumerate(needs) for number in range(need.at_least)]
    fitting = {
        person: [place for place in places if person in members.get(needs[place.line].group, ())]
        for person in set(votes)
    }
    seated: dict[Place, str] = {}
    for person in sorted(fitting):
        _seat(person, fitting, seated, tried=set())
    return VoteCount(
        tuple(
            Line(need, tuple(sorted(person for place, person in seated.items() if place.line == line)))
            for line, need in enumerate(needs)
        )
    )


def covers(requirements: Iterable[Requirement], others: Iterable[Requirement]) -> bool:
    """Whether whatever votes meet these meet the others as well, whoever is in the groups."""
    spare = _places(requirements)
    wanted = _places(others)
    if any(spare[group] < places for group, places in wanted.items() if group != APPROVERS):
        return False
    # Who fills a place of a group is an approver of the account as well.
    return sum(spare.values()) >= sum(wanted.values())


def _places(requirements: Iterable[Requirement]) -> Counter[str]:
    places: Counter[str] = Counter()
    for need in requirements:
        places[need.group] += max(need.at_least, 0)
    return places


def at_best(
    requirements: Iterable[Requirement],
    *,
    members: Mapping[str, Collection[str]],
    without: Collection[str] = (),
) -> VoteCount:
    """The count if everybody agreed who may; `without` the requester, who never counts."""
    everybody = {person for group in members.values() for person in group} - set(without)
    return count_votes(requirements, votes=everybody, members=members)


class Place(NamedTuple):
    line: int
    number: int


def _seat(
    person: str, fitting: Mapping[str, list[Place]], seated: dict[Place, str], *, tried: set[Place]
) -> bool:
    """Give `person` a place, moving whoever sits there to another of theirs where that frees one."""
    for place in fitting[person]:
        if place in tried:
            continue
        tried.add(place)
        if place not in seated or _seat(seated[place], fitting, seated, tried=tried):
            seated[place] = person
            return True
    return False
