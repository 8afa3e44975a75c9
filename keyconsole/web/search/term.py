"""What a pasted text may be: a reference, an ARN, a key id whole or shortened, an alias, a number, a Region.

Pure. The search, the filters and the audit read a text by it: what finds a key finds it everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from keyconsole.references import ACCESS, BATCH, CHANGE, REVIEW, number_of
from keyconsole.web.pictures.places import place, regions_called

_ARN = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]*:([0-9]{12}):(key|alias)/([\w/-]{1,250})", re.ASCII)
# 111122223333, and in groups as people write it: 1111-2222-3333, 1111 2222 3333.
_ACCOUNT = re.compile(r"[0-9]{12}|[0-9]{4}(?P<gap>[ -])[0-9]{4}(?P=gap)[0-9]{4}", re.ASCII)
_IN_GROUPS = re.compile(r"(?<!\S)([0-9]{4}) ([0-9]{4}) ([0-9]{4})(?!\S)", re.ASCII)
_KEY_ID = re.compile(r"mrk-[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
# As pages shorten it and as people type that: mrk-1111…dddd, mrk-1111...dddd.
_SHORTENED = re.compile(r"(mrk-[0-9a-f]{1,32})(?:…|\.{2,3})([0-9a-f]{1,32})", re.ASCII | re.IGNORECASE)
_ALIAS = re.compile(r"alias/([\w/-]{1,250})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed. What it is not stays empty; `text` is always there."""

    text: str
    change: int = 0
    batch: int = 0
    access: int = 0
    review: int = 0
    account_id: str = ""  # alone, or named by an ARN
    key_id: str = ""
    starts: str = ""  # of a shortened key id
    ends: str = ""
    alias: str = ""  # with its alias/
    regions: tuple[str, ...] = ()  # by code, or all that people call so

    @property
    def names_a_key(self) -> bool:
        """Whether it can be nothing but the name of a key."""
        return bool(self.key_id or self.starts or self.alias)


def read_term(text: str) -> Term:
    text = text.strip()
    return _arn(text) or _id(text) or _reference(text) or Term(text, regions=_regions(text))


def read_terms(text: str) -> tuple[Term, ...]:
    """Of a filter, which keeps what has every one: a Region's name of several words is one of them."""
    text = text.strip()
    if regions := _regions(text):
        return (Term(text, regions=regions),)
    return tuple(map(read_term, _IN_GROUPS.sub(r"\1-\2-\3", text).split()))


def _arn(text: str) -> Term | None:
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    account_id, kind, name = found.groups()
    if kind == "key":
        return Term(text, account_id=account_id, key_id=name)
    return Term(text, account_id=account_id, alias=f"alias/{name}")


def _id(text: str) -> Term | None:
    if _ACCOUNT.fullmatch(text):
        return Term(text, account_id=re.sub("[ -]", "", text))
    if _KEY_ID.fullmatch(text):
        return Term(text, key_id=text.lower())
    if shortened := _SHORTENED.fullmatch(text):
        return Term(text, starts=shortened[1].lower(), ends=shortened[2].lower())
    return Term(text, alias=text) if _ALIAS.fullmatch(text) else None


def _reference(text: str) -> Term | None:
    term = Term(
        text,
        change=number_of(CHANGE, text.upper()),
        batch=number_of(BATCH, text.upper()),
        access=number_of(ACCESS, text.upper()),
        review=number_of(REVIEW, text.upper()),
    )
    return term if term != Term(text) else None


def _regions(text: str) -> tuple[str, ...]:
    code = text.lower()
    return (code,) if place(code).name else regions_called(text)
