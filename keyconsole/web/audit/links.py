"""The things that entries name, each with its page where this person has one. A fixed number of queries.

What is not there, or not for them, has no link; the text of the entry stays as it was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.dual_control.sight import proposals_seen_by
from keyconsole.people.models import AccessReview
from keyconsole.policies.models import Policy
from keyconsole.policies.versions.horizon import horizon_of
from keyconsole.references import ACCESS, BATCH, CHANGE, REVIEW, number_of
from keyconsole.web.audit.presets import noun_of

_REFERENCE = re.compile(r"(?:CR|BR|AR|RV)-[1-9][0-9]{0,8}|mrk-[0-9a-f]{32}", re.ASCII)
_PERSON_FIELDS = frozenset(
    {"agreed_by", "approver", "by", "closed_by", "for", "person", "proposed_by", "requester", "who"}
)
_ABOUT_PEOPLE = frozenset(
    {"person", "session", "factor", "factors", "token", "role", "group", "sso", "access"}
)
# A hostile or a very long entry shall not make a hundred links.
_LINKS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Link:
    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class _Name:
    """`where` is the account of the entry: a key's id is known there."""

    kind: str
    name: str
    where: str = ""


class Links:
    """What the entries of one page name."""

    def __init__(self, entries: Sequence[Entry], *, reader: User) -> None:
        self._reader = reader
        self._accounts = accounts_where(reader, Permission.VIEW)
        named = {name for entry in entries for name in names_in(entry)}
        self._found: Mapping[_Name, Link] = {
            name: Link(name.kind, *told) for name, told in self._look_up(named) if told
        }

    def of(self, entry: Entry) -> tuple[Link, ...]:
        links = (self._found.get(name) for name in names_in(entry))
        by_url = {link.url: link for link in reversed([link for link in links if link])}
        return tuple(reversed(by_url.values()))[:_LINKS_AT_MOST]

    def subject(self, entry: Entry) -> Link | None:
        return next((self._found[name] for name in _subject(entry) if name in self._found), None)

    def key_of(self, entry: Entry) -> Link | None:
        """Of an entry about something else, such as a change."""
        key_id = entry.data.get("key_id")
        return self._found.get(_Name("key", key_id, entry.account_id)) if isinstance(key_id, str) else None

    def actor(self, entry: Entry) -> Link | None:
        return self._found.get(_Name("person", entry.actor))

    def _look_up(self, named: set[_Name]) -> Iterator[tuple[_Name, tuple[str, str] | None]]:
        pages = {
            **self._changes(named),
            **self._batches(named),
            **self._proposals(named),
            **self._reviews(named),
            **self._keys(named),
            **self._policies(named),
            **self._people(named),
            **self._of_accounts(named),
        }
        return ((name, pages.get(name)) for name in named)

    def _changes(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        numbers = _numbers(named, CHANGE)
        there = Change.objects.visible_in(self._accounts).filter(number__in=numbers)
        return _by_number(CHANGE, "change", there.values_list("number", flat=True) if numbers else [])

    def _batches(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        numbers = _numbers(named, BATCH)
        there = Batch.objects.visible_in(self._accounts).filter(number__in=numbers)
        return _by_number(BATCH, "batch", there.values_list("number", flat=True) if numbers else [])

    def _proposals(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        numbers = _numbers(named, ACCESS)
        there = proposals_seen_by(self._reader).filter(number__in=numbers) if numbers else []
        return _by_number(ACCESS, "proposal", [each.number for each in there])

    def _reviews(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        numbers = _numbers(named, REVIEW)
        there = AccessReview.objects.filter(number__in=numbers).values_list("number", flat=True)
        return _by_number(REVIEW, "access-review-campaign", there if numbers else [])

    def _keys(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        wanted = Q()
        for name in named:
            if name.kind == "key":
                wanted |= Q(key_id=name.name, account__account_id=name.where)
        if not wanted:
            return {}
        there = MultiRegionKey.objects.filter(wanted, account__in=self._accounts).select_related("account")
        return {
            _Name("key", key.key_id, key.account.account_id): (key.name, key.get_absolute_url())
            for key in there
        }

    def _policies(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        names = {name.name for name in named if name.kind == "policy"}
        if not names:
            return {}
        horizon = horizon_of(self._reader)
        there = Policy.objects.filter(name__in=names).prefetch_related("versions")
        seen = [each.name for each in there if horizon.holds_policy(list(each.versions.all()))]
        return {_Name("policy", name): (name, reverse("policy", args=[name])) for name in seen}

    def _people(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        """Their page, for who manages people; else what they did."""
        names = {name.name for name in named if name.kind == "person"}
        there = User.objects.filter(username__in=names).values_list("username", flat=True) if names else []
        manages = bool(names) and can(self._reader, Permission.ADMINISTER)
        acts = f"{reverse('audit')}?"
        return {
            _Name("person", name): (
                name,
                reverse("person", args=[name]) if manages else acts + urlencode({"actor": name}),
            )
            for name in there
        }

    def _of_accounts(self, named: set[_Name]) -> dict[_Name, tuple[str, str]]:
        """Also of scans: an account's page shows its last ones."""
        numbers = {name.where for name in named if name.kind in {"account", "scan"}}
        rows = self._accounts.filter(account_id__in=numbers).values_list("account_id", "name")
        there = dict(rows) if numbers else {}
        return {
            name: (there[name.where], reverse("account", args=[name.where]))
            for name in named
            if name.kind in {"account", "scan"} and name.where in there
        }


def names_in(entry: Entry) -> list[_Name]:
    """In the order in which a reader meets them; the actor last."""
    found = [*_subject(entry), *_in_data(entry), _Name("person", entry.actor)]
    if entry.account_id:
        found.append(_Name("account", entry.account_id, entry.account_id))
    return list(dict.fromkeys(found))


def _subject(entry: Entry) -> list[_Name]:
    noun, subject = noun_of(entry.event), entry.subject
    if _REFERENCE.fullmatch(subject):
        return [_referred(subject, entry)]
    if noun == "policy":
        return [_Name("policy", str(entry.data.get("policy", subject)))]
    if noun in _ABOUT_PEOPLE:
        return [_Name("person", subject)]
    if entry.account_id and subject == entry.account_id:
        return [_Name("scan" if noun == "scan" else "account", subject, entry.account_id)]
    return [_Name("key", subject, entry.account_id)] if noun == "key" else []


def _in_data(entry: Entry) -> Iterator[_Name]:
    for name, value in entry.data.items():
        for text in _texts(value):
            if name in _PERSON_FIELDS:
                yield _Name("person", text)
            elif name == "policy":
                yield _Name("policy", text)
            elif _REFERENCE.fullmatch(text):
                yield _referred(text, entry)
            elif name == "key_id":
                yield _Name("key", text, entry.account_id)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if len(value) <= 150 else []
    return [each for each in value[:50] if isinstance(each, str)] if isinstance(value, list) else []


def _referred(text: str, entry: Entry) -> _Name:
    kind = {CHANGE: "change", BATCH: "batch", ACCESS: "proposal", REVIEW: "review"}.get(text[:2])
    return _Name(kind, text) if kind else _Name("key", text, entry.account_id)


def _numbers(named: set[_Name], prefix: str) -> list[int]:
    return sorted({number for name in named if (number := number_of(prefix, name.name))})


def _by_number(prefix: str, view: str, numbers: Iterable[int]) -> dict[_Name, tuple[str, str]]:
    kind = {CHANGE: "change", BATCH: "batch", ACCESS: "proposal", REVIEW: "review"}[prefix]
    refs = [f"{prefix}-{number}" for number in numbers]
    return {_Name(kind, ref): (ref, reverse(view, args=[ref])) for ref in refs}
