"""The page of a batch and the list of them: lines, who is needed, what people decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Batch, Change
from tests.cast import Cast, Member, make_key, make_person
from tests.changes.batches.given import ask_for, lines_of, make_keys, one_approver, states_of
from tests.conftest import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/batches/BR-1/"


@pytest.fixture
def batch(cast: Cast) -> Batch:
    one_approver()
    return ask_for(make_keys(cast.payments, 3), cast, now=timezone.now(), ticket="SEC-7")


def text(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_shows_every_line_the_plan_and_who_is_needed(batch: Batch, as_ana: Client) -> None:
    content = text(as_ana)
    for line in lines_of(batch):
        assert f'href="/changes/{line.ref}/"' in content
    assert batch.plan_sha256 in content
    assert "3 keys (payments) still need 1 of the approvers: bea, ben may approve." in content
    assert "stops at the first failure" in content
    assert "0 of 3 ended" in content


def test_what_one_cannot_do_is_not_drawn_and_one_line_opens_why(
    batch: Batch, as_ana: Client, as_cleo: Client
) -> None:
    assert "Who asks for a change never decides about it." in text(as_ana)
    assert "You are not one of those" in text(as_cleo)
    for client in (as_ana, as_cleo):
        content = text(client)
        assert "Why can I not approve" in content
        assert "disabled" not in content
        assert "approve/" not in content
        assert "Put back" not in content


@pytest.mark.parametrize("state", ["executing", "settling"])
def test_a_batch_in_flight_shows_no_dead_button(batch: Batch, as_ben: Client, state: str) -> None:
    Change.objects.filter(batch=batch).update(state=state)
    content = text(as_ben)
    assert "disabled" not in content
    assert "decision-bar" not in content
    assert 'data-state="moving"' in content


def test_who_approves_reads_every_key_region_and_account_grouped_by_move(cast: Cast, as_ben: Client) -> None:
    one_approver()
    genome = make_key(cast.research, "mrk-" + "d" * 32, Member("us-east-1"), Member("eu-west-1"))
    keys = [*make_keys(cast.payments, 2), genome]
    there = make_key(cast.payments, "mrk-" + "e" * 32, Member("us-west-2"), Member("eu-west-1"))
    ask_for([*keys, there], cast, now=timezone.now())
    response = as_ben.get(f"{URL}approve/")
    groups = response.context["groups"]
    assert [(group.account.name, group.from_region, len(group.lines)) for group in groups] == [
        ("payments", "us-east-1", 2),
        ("payments", "us-west-2", 1),
        ("research", "us-east-1", 1),
    ]
    content = " ".join(response.content.decode().split())
    for key in (*keys, there):
        assert key.name in content
        assert key.key_id in content
    for words in ("111122223333", "222233334444", "us-east-1", "us-west-2", "eu-west-1"):
        assert words in content
    assert content.index("Approve all keys</button>") < content.index(keys[0].key_id)


@pytest.mark.parametrize(
    ("states", "fields", "stands"),
    [
        (["pending"] * 3, {}, "pending"),
        (["approved"] * 3, {}, "approved"),
        (["settling", "approved", "approved"], {}, "moving"),
        (["done", "done", "approved"], {}, "moving"),
        (["done"] * 3, {"ended_at": True}, "done"),
        (["done", "stale", "done"], {"ended_at": True}, "ended"),
        (["not_applied", "cancelled", "settling"], {"stopped_at": True}, "stopped"),
        (["rejected"] * 3, {"stopped_at": True, "ended_at": True}, "stopped"),
    ],
)
def test_the_tab_the_steps_and_the_page_say_how_it_stands(
    batch: Batch, as_cleo: Client, states: list[str], fields: dict[str, bool], stands: str
) -> None:
    for line, state in zip(lines_of(batch), states, strict=True):
        Change.objects.filter(pk=line.pk).update(state=state)
    Batch.objects.update(**dict.fromkeys(fields, timezone.now()))
    response = as_cleo.get(URL)
    content = response.content.decode()
    assert f'data-state="{stands}"' in content
    assert f"<title>BR-1 · {stands.capitalize()}" in content
    current = [step for step in response.context["standing"].steps if step.is_current]
    assert len(current) == 1
    assert ("hx-trigger" in content) == ("ended_at" not in fields)


def test_an_approver_approves_every_line_by_the_hash(batch: Batch, as_ben: Client) -> None:
    content = text(as_ben, f"{URL}approve/")
    assert f'value="{batch.plan_sha256}"' in content
    response = as_ben.post(f"{URL}approve/", {"plan_sha256": batch.plan_sha256, "comment": "Seen."})
    assert response.headers["Location"] == URL
    assert states_of(batch) == ["approved"] * 3


def test_a_page_of_another_plan_is_refused_and_nothing_typed_is_lost(batch: Batch, as_ben: Client) -> None:
    content = as_ben.post(f"{URL}approve/", {"plan_sha256": "0" * 64, "comment": "Mine."}).content.decode()
    assert "The plan that you looked at is not the plan of BR-1. Read it again." in content
    assert "Mine." in content
    assert states_of(batch) == ["pending"] * 3


def test_a_second_click_is_told_that_it_counts_already(batch: Batch, as_ben: Client) -> None:
    agreed = {"plan_sha256": batch.plan_sha256}
    as_ben.post(f"{URL}approve/", agreed)
    again = as_ben.post(f"{URL}approve/", agreed, follow=True)
    assert again.redirect_chain == [(URL, 302)]
    assert "You approved BR-1. Sent twice, it counts once." in again.content.decode()


def test_a_no_with_other_words_after_the_end_is_refused_and_keeps_what_was_typed(
    batch: Batch, as_bea: Client
) -> None:
    as_bea.post(f"{URL}reject/", {"reason": "Wrong week."})
    content = as_bea.post(f"{URL}reject/", {"reason": "Wrong Region."}).content.decode()
    assert "No change of BR-1 can still be rejected." in content
    assert "Wrong Region." in content


def test_a_rejection_needs_its_reason(batch: Batch, as_bea: Client) -> None:
    assert "Say why" in as_bea.post(f"{URL}reject/", {"reason": ""}).content.decode()
    as_bea.post(f"{URL}reject/", {"reason": "Wrong week."})
    assert states_of(batch) == ["rejected"] * 3
    said = text(as_bea)
    assert "Stopped</span> <time" in said
    assert "<p>Rejected by bea: Wrong week.</p>" in said


def test_the_requester_cancels_the_rest(batch: Batch, as_ana: Client, as_bea: Client) -> None:
    assert "Only who asked for a change, or an administrator" in text(as_bea, f"{URL}cancel/")
    as_ana.post(f"{URL}cancel/", {"reason": "Not today."})
    assert states_of(batch) == ["cancelled"] * 3


def test_an_ended_batch_offers_only_the_way_back(batch: Batch, as_ana: Client) -> None:
    Change.objects.filter(batch=batch).update(state="done")
    Batch.objects.update(ended_at=timezone.now())
    content = text(as_ana)
    assert 'href="/keys/move/?put_back=BR-1"' in content
    assert "Approve all keys" not in content
    assert "hx-get" not in content.partition('<section id="batch"')[2].partition(">")[0]


@pytest.mark.parametrize(("state", "every"), [("pending", "5s"), ("approved", "2s"), ("settling", "2s")])
def test_it_polls_as_often_as_something_may_happen(
    batch: Batch, as_ana: Client, state: str, every: str
) -> None:
    Change.objects.filter(batch=batch).update(state=state)
    assert f'hx-trigger="every {every}"' in text(as_ana)


def test_a_poll_that_knows_it_gets_nothing_and_else_the_fragment(batch: Batch, as_ana: Client) -> None:
    version = as_ana.get(URL).context["version"]
    assert as_ana.get(f"{URL}?seen={version}", headers=HTMX).status_code == 204
    line = lines_of(batch)[0]
    Change.objects.filter(pk=line.pk).update(version=line.version + 1)
    response = as_ana.get(f"{URL}?seen={version}", headers=HTMX)
    assert response.status_code == 200
    assert '<section id="batch"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_lines_in_other_accounts_do_not_exist_and_theirs_are_approved_by_their_hash(
    cast: Cast, as_ben: Client
) -> None:
    hidden = make_key(
        cast.archive, "mrk-" + "f" * 32, Member("us-east-1"), Member("eu-west-1"), alias="alias/secret"
    )
    one_approver()
    make_person("pat", Role.APPROVER, accounts=(cast.archive,))
    cast.ana.role_grants.all().delete()
    cast.ana.role_grants.create(role="requester", granted_by="ada", granted_at=timezone.now())
    ask_for([*make_keys(cast.payments, 2), hidden], cast, now=timezone.now())
    content = text(as_ben)
    assert "secret" not in content
    assert hidden.key_id not in content
    assert "BR-1: 2 keys in one request" in content
    batch = Batch.objects.get()
    part = part_seen_by(cast.ben, batch).plan_sha256
    assert part in content
    assert batch.plan_sha256 not in content
    asked = as_ben.get(f"{URL}approve/").content.decode()
    assert f'value="{part}"' in asked
    assert batch.plan_sha256 not in asked
    assert "2 keys" in asked


@pytest.mark.parametrize("ref", ["BR-2", "CR-1", "BR-", "BR-01", "BR-%00", "BR-" + "9" * 40])
def test_batches_that_are_not_there_are_404(batch: Batch, as_ana: Client, ref: str) -> None:
    assert as_ana.get(f"/batches/{ref}/").status_code == 404
    assert as_ana.post(f"/batches/{ref}/approve/").status_code == 404


def test_a_batch_outside_ones_accounts_is_not_there(batch: Batch, cast: Cast, as_ben: Client) -> None:
    cast.payments.role_grants.filter(person=cast.ben).delete()
    assert as_ben.get(URL).status_code == 404
    assert as_ben.post(f"{URL}approve/", {"plan_sha256": batch.plan_sha256}).status_code == 404


def test_the_list_shows_the_newest_first_and_says_what_to_do_without_any(cast: Cast, as_ana: Client) -> None:
    assert "Go to the keys" in text(as_ana, "/batches/")
    keys = make_keys(cast.payments, 4)
    for part in (keys[:2], keys[2:]):
        ask_for(part, cast, now=timezone.now())
    assert [batch.ref for batch in as_ana.get("/batches/").context["page_obj"]] == ["BR-2", "BR-1"]


def test_people_without_a_role_may_not_open_it(batch: Batch, as_dan: Client, anonymous: Client) -> None:
    for url in (URL, "/batches/", f"{URL}approve/"):
        assert as_dan.get(url).status_code == 403
        assert anonymous.get(url).headers["Location"].startswith("/sign-in/")


def test_other_methods_are_refused(batch: Batch, as_ana: Client, as_ben: Client) -> None:
    assert as_ana.post(URL).status_code == 405
    assert as_ana.post("/batches/").status_code == 405
    for verb in ("approve", "reject", "cancel", "run"):
        assert as_ben.put(f"{URL}{verb}/").status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_lines(
    batch: Batch, cast: Cast, as_ben: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    more = [
        make_key(cast.payments, f"mrk-{number + 100:032x}", Member("us-east-1"), Member("eu-west-1"))
        for number in range(20)
    ]
    ask_for(more, cast, now=timezone.now() + timedelta(seconds=1))
    as_ben.get(URL)
    for ref in ("BR-1", "BR-2"):
        with django_assert_num_queries(52):
            as_ben.get(f"/batches/{ref}/")
