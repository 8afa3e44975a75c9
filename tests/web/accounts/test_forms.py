"""Adding an AWS account and changing how it is entered: administrators only, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import TERMINAL_ONLY
from keyconsole.aws_accounts.register import AccountFields
from keyconsole.web.accounts.forms import AccountForm
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ADD = "/accounts/add/"
EDIT = "/accounts/111122223333/edit/"
ENDPOINT = "https://kms.example.org"
ROLE = "arn:aws:iam::444455556666:role/KeyConsole"


def filled_in(**over: Any) -> dict[str, Any]:
    return {
        "account_id": "444455556666",
        "name": "warehouse",
        "regions": "eu-west-1, us-east-1",
        "role_arn": ROLE,
        "session_name": "kc-1",
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
    assert (account.origin, account.source, account.endpoint_url) == ("page", "default", "")
    assert Entry.objects.get(event="account.added").actor == "ada"
    assert (account.test_asked_by, account.due_at is None) == ("ada", False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("account_id", "12345", "exactly 12 digits"),
        ("account_id", "\uff11" * 12, "exactly 12 digits"),
        ("account_id", "111122223333", "already here"),
        ("name", "PAYMENTS", "Another account has this name."),
        ("name", "111122223333", "would be taken for the number of another account."),
        ("name", "a\u202eb", "Control characters"),
        ("name", "x" * 5000, "At most 80 characters"),
        ("regions", "eu-west-1 mars-north-1", "No Region with KMS is called"),
        ("regions", ["eu-west-1", "cn-north-1"], "one partition"),
        ("role_arn", "arn:aws:iam::111122223333:role/Other", "belongs to the account 111122223333"),
        ("role_arn", "arn:aws:s3:::bucket", "not the ARN of an IAM role"),
        ("session_name", "with space", "A session name has"),
    ],
)
def test_what_cannot_stand_is_told_at_its_field_and_nothing_typed_is_lost(
    as_ada: Client, cast: Cast, field: str, value: Any, sentence: str
) -> None:
    response = as_ada.post(ADD, filled_in(**{field: value}))
    assert response.status_code == 200
    form = response.context["form"]
    assert sentence in " ".join(form.errors[field])
    content = response.content.decode()
    assert "error-summary" in content
    assert f'value="{filled_in(**{field: value})["session_name"]}"' in content
    assert AwsAccount.objects.count() == 3
    assert not Entry.objects.filter(event="account.added").exists()


def test_a_number_and_a_name_are_enough(as_ada: Client) -> None:
    as_ada.post(ADD, {"account_id": "4444 5555-6666", "name": "warehouse"})
    account = AwsAccount.objects.get(name="warehouse")
    assert (account.account_id, account.role_arn) == ("444455556666", ROLE)
    assert account.external_id.startswith("keyconsole-")
    assert (account.being_set_up, account.source, account.regions) == (True, "default", [])


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("", "aws")]
)
def test_the_usual_role_is_in_the_partition_of_the_regions(
    as_ada: Client, region: str, partition: str
) -> None:
    as_ada.post(ADD, {"account_id": "444455556666", "name": "warehouse", "regions": region})
    assert AwsAccount.objects.get(name="warehouse").role_arn.split(":")[1] == partition


def test_an_account_that_is_here_already_is_led_to(as_ada: Client, cast: Cast) -> None:
    content = as_ada.post(ADD, filled_in(account_id="1111-2222-3333")).content.decode()
    assert "payments (111122223333) is already here." in content
    assert 'href="/accounts/111122223333/">Open its page' in content
    as_ada.post(ADD, filled_in())
    content = as_ada.post(ADD, filled_in(name="again")).content.decode()
    assert 'href="/accounts/444455556666/">Go on setting it up' in content


def test_an_account_that_a_page_added_keeps_having_a_role(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(origin="page", role_arn=ROLE.replace("4", "1"))
    form = as_ada.post(EDIT, filled_in(name="payments", role_arn="")).context["form"]
    assert "Name the role to assume." in " ".join(form.errors["role_arn"])


@pytest.mark.parametrize("field", ["account_id", "name", "regions", "role_arn", "session_name"])
def test_control_characters_are_no_fault_of_the_server(as_ada: Client, field: str) -> None:
    assert as_ada.post(ADD, filled_in(**{field: "a\x00b"})).status_code == 200


def test_the_form_shows_how_the_account_is_entered_now(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(
        regions=["eu-west-1", "us-east-1"], session_name="desk"
    )
    content = as_ada.get(EDIT).content.decode()
    for region in ("eu-west-1", "us-east-1"):
        assert f'value="{region}" checked>' in content
    assert content.count(" checked>") == 2
    assert 'value="desk"' in content


def test_changing_an_account_keeps_its_number_whatever_is_sent(as_ada: Client, cast: Cast) -> None:
    sent = filled_in(account_id="999988887777", name="payments", role_arn="", session_name="desk")
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


def test_the_form_has_every_field_that_a_page_may_say_and_none_of_the_terminals(
    settings: Settings,
) -> None:
    settings.KEYCONSOLE_ALLOWED_PROFILES, settings.KEYCONSOLE_ALLOWED_ENDPOINTS = ["hub"], [ENDPOINT]
    ours = {"account_id", "identity", "endpoint_url"}
    assert set(AccountForm().fields) - ours == set(AccountFields.__annotations__) - {
        *TERMINAL_ONLY,
        "external_id",
    }


def test_a_choice_is_offered_only_where_the_operator_allowed_one(
    as_ada: Client, cast: Cast, settings: Settings
) -> None:
    content = as_ada.get(ADD).content.decode()
    assert "The server itself assumes the role" in content
    assert not any(f'name="{name}"' in content for name in ("identity", "endpoint_url", "external_id"))
    settings.KEYCONSOLE_ALLOWED_PROFILES = ["hub"]
    settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES = ["HUB"]
    settings.KEYCONSOLE_ALLOWED_ENDPOINTS = [ENDPOINT]
    content = as_ada.get(ADD).content.decode()
    for value in ("profile:hub", "env-keys:HUB", ENDPOINT):
        assert f'<option value="{value}">' in content


@pytest.mark.parametrize(
    ("identity", "stored"),
    [("profile:hub", ("profile", "hub", "")), ("env-keys:HUB", ("env-keys", "", "HUB"))],
)
def test_what_was_chosen_is_stored_and_shown_again(
    as_ada: Client, cast: Cast, settings: Settings, identity: str, stored: tuple[str, str, str]
) -> None:
    settings.KEYCONSOLE_ALLOWED_PROFILES, settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES = ["hub"], ["HUB"]
    settings.KEYCONSOLE_ALLOWED_ENDPOINTS = [ENDPOINT]
    as_ada.post(ADD, filled_in(identity=identity, endpoint_url=ENDPOINT))
    account = AwsAccount.objects.get(account_id="444455556666")
    assert (account.source, account.profile_name, account.env_prefix) == stored
    assert account.endpoint_url == ENDPOINT
    content = as_ada.get("/accounts/444455556666/edit/").content.decode()
    for value in (identity, ENDPOINT):
        assert f'<option value="{value}" selected>' in content
    as_ada.post("/accounts/444455556666/edit/", filled_in(identity="default", endpoint_url=""))
    account.refresh_from_db()
    assert (account.source, account.profile_name, account.env_prefix) == ("default", "", "")
    assert account.endpoint_url == ""


def test_what_the_terminal_said_is_shown_and_has_no_field(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(
        source="env-keys", env_prefix="PAYMENTS", endpoint_url=ENDPOINT
    )
    content = as_ada.get(EDIT).content.decode()
    assert "variables or secret files that begin with PAYMENTS_" in content
    assert ENDPOINT in content
    assert "manage.py change_account 111122223333" in content
    assert not any(f'name="{name}"' in content for name in ("identity", "endpoint_url", "env_prefix"))
    as_ada.post(EDIT, filled_in(name="payments", role_arn="", session_name="desk"))
    cast.payments.refresh_from_db()
    assert (cast.payments.source, cast.payments.env_prefix) == ("env-keys", "PAYMENTS")
    assert (cast.payments.endpoint_url, cast.payments.session_name) == (ENDPOINT, "desk")


def test_the_page_of_a_new_account_shows_the_external_id_that_was_made(as_ada: Client) -> None:
    as_ada.post(ADD, filled_in())
    account = AwsAccount.objects.get(account_id="444455556666")
    content = as_ada.get("/accounts/444455556666/").content.decode()
    assert content.count(account.external_id) >= 2
    assert "on a page" in content
    assert account.external_id not in str(Entry.objects.values_list("data", flat=True))


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
