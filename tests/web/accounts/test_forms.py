"""Adding an AWS account and changing how it is entered: administrators only, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.web.accounts.forms import SOURCES, AccountForm
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ADD = "/accounts/add/"
EDIT = "/accounts/111122223333/edit/"
ROLE = "arn:aws:iam::444455556666:role/KeyConsole"


def filled_in(**over: Any) -> dict[str, Any]:
    return {
        "account_id": "444455556666",
        "name": "warehouse",
        "regions": "eu-west-1, us-east-1",
        "source": "profile",
        "profile_name": "warehouse",
        "role_arn": ROLE,
        "external_id": "kc-1",
        **over,
    }


def test_an_administrator_adds_an_account_and_it_is_tested(as_ada: Client) -> None:
    response = as_ada.post(ADD, filled_in())
    assert response.headers["Location"] == "/accounts/444455556666/"
    account = AwsAccount.objects.get(account_id="444455556666")
    assert (account.name, account.regions, account.role_arn) == (
        "warehouse",
        ["eu-west-1", "us-east-1"],
        ROLE,
    )
    assert Entry.objects.get(event="account.added").actor == "ada"
    assert (account.test_asked_by, account.due_at is None) == ("ada", False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("account_id", "12345", "exactly 12 digits"),
        ("account_id", "\uff11" * 12, "exactly 12 digits"),
        ("account_id", "111122223333", "already here"),
        ("name", "PAYMENTS", "Another account has this name."),
        ("name", "a\u202eb", "Control characters"),
        ("name", "x" * 5000, "At most 80 characters"),
        ("regions", "eu-west-1 mars-north-1", "No Region with KMS is called"),
        ("regions", "eu-west-1 cn-north-1", "one partition"),
        ("role_arn", "arn:aws:iam::111122223333:role/Other", "belongs to the account 111122223333"),
        ("role_arn", "arn:aws:s3:::bucket", "not the ARN of an IAM role"),
        ("endpoint_url", "https://user:secret@kms.example.com", "user name or a password"),
        ("endpoint_url", "javascript:alert(1)", "An endpoint is an address"),
        ("profile_name", "", "Name the profile."),
        ("source", "telepathy", "Select a valid choice."),
    ],
)
def test_what_cannot_stand_is_told_at_its_field_and_nothing_typed_is_lost(
    as_ada: Client, cast: Cast, field: str, value: str, sentence: str
) -> None:
    response = as_ada.post(ADD, filled_in(**{field: value}))
    assert response.status_code == 200
    form = response.context["form"]
    assert sentence in " ".join(form.errors[field])
    content = response.content.decode()
    assert "error-summary" in content
    assert 'value="kc-1"' in content
    assert AwsAccount.objects.count() == 3
    assert not Entry.objects.filter(event="account.added").exists()


@pytest.mark.parametrize("field", ["account_id", "name", "regions", "role_arn", "external_id"])
def test_control_characters_are_no_fault_of_the_server(as_ada: Client, field: str) -> None:
    assert as_ada.post(ADD, filled_in(**{field: "a\x00b"})).status_code == 200


def test_the_form_shows_how_the_account_is_entered_now(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(
        regions=["eu-west-1", "us-east-1"], session_name="desk"
    )
    content = as_ada.get(EDIT).content.decode()
    assert 'value="eu-west-1 us-east-1"' in content
    assert 'value="desk"' in content


def test_changing_an_account_keeps_its_number_whatever_is_sent(as_ada: Client, cast: Cast) -> None:
    sent = filled_in(
        account_id="999988887777", name="payments", role_arn="", external_id="", session_name="desk"
    )
    assert as_ada.post(EDIT, sent).headers["Location"] == "/accounts/111122223333/"
    cast.payments.refresh_from_db()
    assert (cast.payments.account_id, cast.payments.session_name) == ("111122223333", "desk")
    changed = Entry.objects.get(event="account.changed")
    assert (changed.actor, changed.data["session_name"]) == ("ada", {"from": "", "to": "desk"})


def test_a_refused_change_leaves_the_account_as_it_was(as_ada: Client, cast: Cast) -> None:
    response = as_ada.post(EDIT, filled_in(name="research"))
    assert "Another account has this name." in response.content.decode()
    cast.payments.refresh_from_db()
    assert cast.payments.name == "payments"


def test_every_way_in_can_be_chosen() -> None:
    field = AwsAccount._meta.get_field("source")
    assert [value for value, _ in SOURCES] == [value for value, _ in field.choices or ()]


def test_the_form_has_every_field_that_registering_takes() -> None:
    from keyconsole.aws_accounts.register import AccountFields

    assert set(AccountForm.base_fields) == {"account_id", *AccountFields.__annotations__}


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dan"])
@pytest.mark.parametrize("path", [ADD, EDIT])
def test_only_administrators_may(client_as: Any, name: str, path: str) -> None:
    client = client_as(name)
    assert client.get(path).status_code == 403
    assert client.post(path, filled_in()).status_code == 403
    assert not Entry.objects.filter(event__startswith="account.").exists()


def test_an_administrator_of_one_account_edits_that_one_only(client_as: Any, cast: Cast) -> None:
    grant = cast.ada.role_grants.get()
    grant.account = cast.payments
    grant.save()
    client = client_as("ada")
    assert client.get(EDIT).status_code == 200
    assert client.get("/accounts/222233334444/edit/").status_code == 404
    assert client.get(ADD).status_code == 403


@pytest.mark.parametrize("path", [ADD, EDIT])
def test_other_methods_are_refused(as_ada: Client, path: str) -> None:
    assert as_ada.put(path).status_code == 405


@pytest.mark.parametrize("path", [ADD, EDIT])
def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, cast: Cast, path: str) -> None:
    assert anonymous.post(path).headers["Location"].startswith("/sign-in/")
