from __future__ import annotations

import pytest
from django.utils import timezone

from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.inventory.models import RegionKey
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.groups import join
from keyconsole.people.models import AccessReview
from keyconsole.web.search.find import named_by
from tests.cast import CARD_VAULT, LEDGER, OLD_VAULT, Member, make_key
from tests.web.stories import ask

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
PAYMENTS = "111122223333"
CARDS = f"/keys/{PAYMENTS}/{CARD_VAULT}/"


def search(client, text):
    return client.get("/search/", {"q": text})


def titles(response):
    return {kind.kind: [hit.title for hit in kind.hits] for kind in response.context["found"].kinds}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("card-vault", CARDS),
        ("alias/card-vault", CARDS),
        ("ALIAS/card-vault".lower(), CARDS),
        (CARD_VAULT, CARDS),
        ("mrk-1111…dddd", CARDS),
        ("mrk-1111...dddd", CARDS),
        (f"arn:aws:kms:us-east-1:{PAYMENTS}:key/{CARD_VAULT}", CARDS),
        (f"arn:aws:kms:sa-east-1:{PAYMENTS}:key/{CARD_VAULT}", CARDS),
        (f"arn:aws:kms:eu-west-1:{PAYMENTS}:alias/card-vault", CARDS),
        (PAYMENTS, f"/accounts/{PAYMENTS}/"),
        ("payments", f"/accounts/{PAYMENTS}/"),
        ("eu-west-1", "/keys/?primary=eu-west-1"),
        ("Ireland", "/keys/?primary=eu-west-1"),
        ("oregon", "/keys/?primary=us-west-2"),
        ("1111-2222-3333", f"/accounts/{PAYMENTS}/"),
        ("1111 2222 3333", f"/accounts/{PAYMENTS}/"),
        ("alone", "/policies/alone/"),
        ("card-v", CARDS),
    ],
)
def test_one_clear_match_leads_there(as_ana, inventory, text, address):
    response = search(as_ana, text)
    assert (response.status_code, response.headers.get("Location")) == (302, address)


def test_a_change_and_a_batch_by_their_references(as_ana, cast, inventory):
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    for text in (change.ref, change.ref.lower()):
        assert search(as_ana, text).headers["Location"] == f"/changes/{change.ref}/"
    assert search(as_ana, "BR-7").status_code == 200


def test_a_proposal_and_a_review_of_access_by_their_references(as_ada, as_cleo, as_ana, cast):
    now = timezone.now()
    facts = grant_role.facts_of(cast.dan, Role.VIEWER, None, ends_at=None)
    proposal = propose(grant_role.NAME, facts, by=cast.ada, now=now, why="Joins.")
    AccessReview.objects.create(number=4, started_by="ada", started_at=now, due_at=now)
    for text in (proposal.ref, proposal.ref.lower()):
        assert search(as_ada, text).headers["Location"] == f"/proposals/{proposal.ref}/"
    assert search(as_cleo, "rv-4").headers["Location"] == "/access-review/RV-4/"
    for text in (proposal.ref, "RV-4"):
        assert not search(as_ana, text).context["found"].kinds, text


def test_a_group_is_found_by_who_sees_it(as_ada, as_ana, as_dan, cast):
    join(cast.ben, "platform", by="ada", now=timezone.now())
    assert search(as_ada, "platform").headers["Location"] == "/groups/"
    for client in (as_ana, as_dan):
        assert not search(client, "platform").context["found"].kinds


def test_the_region_of_a_key_narrows_the_list_by_code_and_by_name(as_ana, inventory):
    for text in ("eu-central-1", "Frankfurt", "frankfurt"):
        rows = as_ana.get("/keys/", {"q": text}).context["rows"]
        assert [row.key.name for row in rows] == ["ledger"], text


def test_the_list_of_changes_is_narrowed_by_region_batch_and_account(as_ana, cast, inventory):
    change = ask(cast.ana, inventory.card_vault, at=timezone.now(), to_region="eu-west-1")
    ask(cast.ana, inventory.genome, at=timezone.now(), to_region="us-east-1")
    for text in ("Ireland", "eu-west-1", "1111 2222 3333", "1111-2222-3333"):
        changes = as_ana.get("/changes/", {"q": text, "tab": "open"}).context["changes_page"].object_list
        assert [each.ref for each in changes] == [change.ref], text
    assert not as_ana.get("/changes/", {"q": "BR-9", "tab": "open"}).context["changes_page"].object_list


def test_the_question_which_policy_governs_takes_what_the_search_takes(as_ana, inventory):
    for text in (
        "card-vault",
        "alias/card-vault",
        CARD_VAULT,
        "mrk-1111…dddd",
        f"arn:aws:kms:eu-west-1:{PAYMENTS}:alias/card-vault",
    ):
        assert as_ana.get("/policies/explain/", {"key": text}).context["keys"] == [inventory.card_vault], text


def test_what_a_text_names_is_told_with_the_name_that_the_record_has_for_it(cast, inventory):
    [kind] = named_by(cast.cleo, "card-vault").kinds
    assert [(hit.title, hit.url, hit.recorded_as) for hit in kind.hits] == [("card-vault", CARDS, CARD_VAULT)]
    assert named_by(cast.cleo, "card-va").kinds == ()
    assert named_by(cast.ana, "card-vault").kinds == ()
    [seen] = named_by(cast.ana, "card-vault", where=Permission.VIEW).kinds
    assert seen.kind == "Keys"


def test_an_alias_of_another_region_finds_the_key(as_ana, inventory):
    replica = RegionKey.objects.get(key=inventory.card_vault, region="eu-west-1")
    replica.aliases = ["alias/card-vault-eu"]
    replica.save()
    assert search(as_ana, "alias/card-vault-eu").headers["Location"] == CARDS


def test_the_alias_of_two_accounts_lists_both(as_ana, cast, inventory):
    make_key(cast.research, "mrk-" + "7" * 32, Member("us-east-1"), alias="alias/card-vault")
    assert titles(search(as_ana, "alias/card-vault")) == {"Keys": ["card-vault", "card-vault"]}
    one = f"arn:aws:kms:eu-west-1:{PAYMENTS}:alias/card-vault"
    assert search(as_ana, one).headers["Location"] == CARDS


def test_several_are_listed_by_kind(as_ana, cast, inventory):
    change = ask(cast.ana, inventory.card_vault, at=timezone.now(), reason="The ledger moves, too.")
    found = titles(search(as_ana, "e"))
    assert found["Keys"] == ["card-vault", "genome", "ledger"]
    assert found["Changes"] == [f"{change.ref}: card-vault to {change.to_region}"]
    assert "eu-west-1" in found["Regions"]


def test_a_person_is_found_where_roles_are_seen(as_ana, as_cleo, as_ada, inventory):
    assert search(as_ana, "ben").headers["Location"] == "/changes/?q=ben"
    assert search(as_cleo, "ben").headers["Location"] == "/audit/?actor=ben"
    assert search(as_ada, "ben").headers["Location"] == "/people/ben/"
    assert search(as_ana, "dan").status_code == 200


def test_what_one_may_not_see_is_not_found(as_ana, as_dan, inventory):
    for text in (OLD_VAULT, "old-vault", "333344445555", "archive", "ca-central-1"):
        assert not search(as_ana, text).context["found"].kinds, text
    for text in ("card-vault", LEDGER, "payments", "eu-west-1", "alone", "ben"):
        assert not search(as_dan, text).context["found"].kinds, text


def test_nothing_found_says_what_would_be(as_ana, inventory):
    page = search(as_ana, "nothing-is-called-so").content.decode()
    assert "Nothing that you may see is called “nothing-is-called-so”." in page
    assert "its alias, its id whole or shortened, its ARN" in page


def test_an_empty_search_tells_what_can_be_found(as_ana):
    assert "What can be found" in search(as_ana, "").content.decode()


def test_every_page_has_the_box(as_ana, inventory):
    for address in ("/", "/keys/", "/changes/", CARDS, "/help/"):
        assert 'action="/search/"' in as_ana.get(address).content.decode()


def test_a_search_costs_few_queries(as_ana, inventory, django_assert_max_num_queries):
    search(as_ana, "e")
    with django_assert_max_num_queries(38):
        search(as_ana, "e")


@pytest.mark.parametrize(
    "name", ["alias/card-vault", "mrk-1111…dddd", f"arn:aws:kms:eu-west-1:{PAYMENTS}:key/{CARD_VAULT}"]
)
def test_the_filters_take_what_the_search_takes(as_ana, cast, inventory, name):
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    ask(cast.ana, inventory.genome, at=timezone.now(), to_region="us-east-1")
    rows = as_ana.get("/keys/", {"q": name}).context["rows"]
    assert [row.key.key_id for row in rows] == [CARD_VAULT]
    changes = as_ana.get("/changes/", {"q": name, "tab": "open"}).context["changes_page"].object_list
    assert [each.ref for each in changes] == [change.ref]
