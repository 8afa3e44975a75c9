"""Which policies govern the moves of the keys in a list, in words of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import User

from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.governing.match import Governing, governing
from keyconsole.policies.governing.resolve import active_rules, subject_of, with_primaries
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.horizon import horizon_of

DEFAULT = "default"


def governing_names(keys: Sequence[MultiRegionKey], person: User) -> dict[int, str]:
    """By primary key, of those policies that the person sees; a fixed number of queries.

    A key to whose Regions different policies hold names each. `region_keys` are read before.
    """
    horizon = horizon_of(person)
    candidates = [pair for pair in active_rules() if horizon.holds_version(pair[0])]
    answers: dict[int, list[Governing[PolicyVersion]]] = {}
    for key, primary in with_primaries(keys):
        regions = [each.region for each in key.region_keys.all() if each.region != key.primary_region]
        subjects = (subject_of(key, primary, to_region=region) for region in regions)
        answers[key.pk] = [governing(candidates, subject) for subject in subjects]
    return {pk: ", ".join(dict.fromkeys(_named(each))) or "no replica" for pk, each in answers.items()}


def _named(answers: list[Governing[PolicyVersion]]) -> Iterator[str]:
    for answer in sorted(answers, key=lambda each: each.rules.name):
        name = answer.rules.name or DEFAULT
        yield f"{name}, in doubt" if answer.doubt or answer.unread else name
