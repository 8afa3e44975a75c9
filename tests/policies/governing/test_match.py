from __future__ import annotations

import pytest

from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.governing.match import NO_POLICY, Subject, governing
from tests.policies.documents import rules


def subject(**over):
    facts = {
        "account_name": "payments",
        "account_id": "111122223333",
        "unit": "prod/payments/cards",
        "tags": {"tier": "gold", "team": "platform"},
        "aliases": ("alias/card-vault",),
        "from_region": "us-east-1",
        "to_region": "eu-west-1",
    }
    return Subject(**{**facts, **over})


def policy(name, **applies_to):
    return name, rules(name=name, applies_to=applies_to)


def governs(*candidates, **over):
    return governing(candidates, subject(**over)).version


FITS = [
    ({}, True),
    ({"accounts": ["111122223333"]}, True),
    ({"accounts": ["111122223333"]}, True),
    ({"accounts": ["222233334444", "111122223333"]}, True),
    ({"accounts": ["222233334444"]}, False),
    ({"units": ["prod"]}, True),
    ({"units": ["prod/*"]}, True),
    ({"units": ["prod/payments"]}, True),
    ({"units": ["*/payments"]}, True),
    ({"units": ["payments"]}, False),
    ({"units": ["prod/pay"]}, False),
    ({"tags": {"tier": "gold"}}, True),
    ({"tags": {"tier": "g*"}}, True),
    ({"tags": {"tier": "gold", "team": "security"}}, False),
    ({"tags": {"tier": "gold", "team": "*"}}, True),
    ({"tags": {"owner": "*"}}, False),
    ({"tags": {"tier": "GOLD"}}, False),
    ({"aliases": ["card-*"]}, True),
    ({"aliases": ["ledger", "card-vault"]}, True),
    ({"aliases": ["card"]}, False),
    ({"from_regions": ["us-east-1"]}, True),
    ({"from_regions": ["us-west-2"]}, False),
    ({"to_regions": ["eu-west-1", "eu-central-1"]}, True),
    ({"to_regions": ["us-west-2"]}, False),
    ({"accounts": ["111122223333"], "aliases": ["ledger"]}, False),
]


@pytest.mark.parametrize(("applies_to", "fits"), FITS, ids=[str(applies_to) for applies_to, _ in FITS])
def test_a_policy_fits_where_every_kind_that_it_names_fits(applies_to, fits):
    found = governing([policy("some", **applies_to)], subject())
    assert found.version == ("some" if fits else None)
    assert found.rules.name == ("some" if fits else "")


def test_where_no_policy_fits_the_default_holds_and_says_so():
    found = governing([policy("other", accounts=["222233334444"])], subject())
    assert (found.version, found.rules, found.why, found.others) == (None, DEFAULT, NO_POLICY, ())


LADDER = [
    policy("two-tags", tags={"tier": "gold", "team": "platform"}),
    policy("one-tag", tags={"tier": "gold"}),
    policy("alias", aliases=["card-*"]),
    policy("account-and-unit", accounts=["111122223333"], units=["prod/*"]),
    policy("account", accounts=["111122223333"]),
    policy("unit", units=["prod/*"]),
    policy("from", from_regions=["us-east-1"]),
    policy("to", to_regions=["eu-west-1"]),
    policy("all"),
]


@pytest.mark.parametrize("step", range(len(LADDER)))
def test_the_more_specific_kind_wins(step):
    below = LADDER[step:]
    assert governs(*below) == below[0][0]
    assert governs(*reversed(below)) == below[0][0]


def test_more_kinds_below_never_outweigh_one_above():
    account = policy(
        "account", accounts=["111122223333"], from_regions=["us-east-1"], to_regions=["eu-west-1"]
    )
    assert governs(account, policy("alias", aliases=["*"])) == "alias"


def test_among_equals_the_longer_pattern_wins():
    assert governs(policy("wide", aliases=["card-*"]), policy("narrow", aliases=["card-vault"])) == "narrow"
    assert governs(policy("wide", units=["prod/*"]), policy("narrow", units=["prod/payments/*"])) == "narrow"


def test_a_long_pattern_that_does_not_match_adds_nothing():
    padded = policy("padded", aliases=["c*", "a-very-long-other-name"])
    assert governs(padded, policy("plain", aliases=["card-*"])) == "plain"


def test_among_complete_equals_the_older_policy_wins():
    assert governs(policy("older", aliases=["card-*"]), policy("newer", aliases=["*vault"])) == "older"
    assert (
        governs(policy("newer", accounts=["111122223333"]), policy("older", accounts=["111122223333"]))
        == "newer"
    )


def test_it_says_which_policy_governs_and_why():
    found = governing(
        [policy("cards", accounts=["111122223333"], aliases=["card-*"]), policy("all")], subject()
    )
    assert found.why == (
        "cards governs this move: it names the alias card-* and the account 111122223333 (payments). "
        "It is more specific than all."
    )
    assert found.others == ("all",)
    assert governing([policy("all")], subject()).why == "all governs this move: it names every key."


def test_tags_that_were_never_read_leave_a_doubt():
    by_tag = policy("gold", tags={"tier": "gold"})
    found = governing([by_tag, policy("all")], subject(tags=None))
    assert found.version == "all"
    assert found.doubt == (
        "The key's tags were never read, so nobody can tell whether gold governs it. "
        "A scan with details reads them."
    )
    assert governing([by_tag], subject()).doubt == ""
    elsewhere = policy("gold", tags={"tier": "gold"}, accounts=["222233334444"])
    assert governing([elsewhere], subject(tags=None)).doubt == ""


def test_any_alias_of_the_primary_may_fit():
    some = policy("cards", aliases=["card-*"])
    assert governs(some, aliases=("alias/first", "alias/card-2")) == "cards"
    assert governs(some, aliases=()) is None


def test_a_unit_that_was_never_read_leaves_a_doubt():
    by_unit = policy("production", units=["prod/*"])
    found = governing([by_unit, policy("all")], subject(unit=None))
    assert found.version == "all"
    assert "nobody can tell whether production governs its keys." in found.doubt
    assert governing([by_unit, policy("all")], subject(unit="")).doubt == ""
    elsewhere = policy("labs", units=["labs"], accounts=["222233334444"])
    assert governing([elsewhere], subject(unit=None)).doubt == ""


def test_what_could_not_come_first_leaves_no_doubt():
    account = policy("cards", accounts=["111122223333"])
    assert governing([policy("production", units=["prod"]), account], subject(unit=None)).doubt == ""
    both = policy("both", units=["prod"], accounts=["111122223333"])
    assert "both governs" in governing([both, account], subject(unit=None)).doubt
    gold = policy("gold", tags={"tier": "gold"})
    assert "gold governs" in governing([gold, account], subject(tags=None)).doubt


def test_of_patterns_for_an_unknown_unit_the_longest_counts():
    """Two by unit, one of which also names the Region: nobody can tell which is more specific."""
    known = policy("known", aliases=["card-*"])
    long = policy("long", aliases=["card-*"], units=["prod/payments/cards/of/some/length"])
    assert "long governs" in governing([known, long], subject(unit=None)).doubt
