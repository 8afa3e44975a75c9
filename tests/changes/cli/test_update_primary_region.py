"""The command line: the same workflow, the documented exit statuses, and every parameter of the cmdlet."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.policies.document.rules import Rule, Rules
from tests.cast import hold
from tests.changes.approvals.teams import agree, hold_for_payments
from tests.changes.conftest import PRIMARY, REPLICA, moves_sent

pytestmark = pytest.mark.django_db
DONE, REFUSED, USAGE, NOT_KNOWN_YET = 0, 1, 2, 3


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def update(capsys, key, monkeypatch):
    """Runs the command; gives its exit status, standard output and standard error."""

    def run(*arguments, stdin="", tty=False, **over):
        options = {
            "primary_region": REPLICA,
            "reason": "Closer to its users.",
            "username": "ana",
            "force": True,
            **over,
        }
        monkeypatch.setattr("sys.stdin", Terminal(stdin) if tty else io.StringIO(stdin))
        try:
            call_command("update_primary_region", *arguments, **options)
            status = DONE
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        except CommandError as error:
            status = error.returncode
            return status, "", str(error)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.mark.every_database
def test_it_waits_until_it_has_settled_and_exits_0(update, key, kms):
    kms.settle_seconds(1)
    status, out, err = update(key.key_id)
    assert (status, out) == (DONE, "")
    assert "CR-1 done." in err
    assert moves_sent(kms) == 1


@pytest.mark.parametrize("form", ["id", "arn"])
def test_key_id_or_arn(update, key, form):
    name = key.key_id if form == "id" else key.arn_in(PRIMARY)
    assert update(name)[0] == DONE


def test_keys_from_standard_input(update, key):
    assert update(stdin=f"{key.key_id}\n")[0] == DONE


def test_keys_from_standard_input_leave_nobody_to_ask(update, key):
    status, _, err = update(stdin=key.key_id, force=False)
    assert status == USAGE
    assert "--force" in err


def test_no_key_at_all_is_a_usage_error(update):
    assert update()[0] == USAGE


def test_an_alias_is_refused_in_awss_words(update, kms):
    status, _, err = update("alias/card-vault")
    assert status == REFUSED
    assert "Key Aliases are not supported for this operation." in err
    assert kms.calls()["total"] == 0


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("us-west-2", "does not have a replica key in the specified Region"),
        ("mars-north-1", "is not a valid Region"),
        ("cn-north-1", "must be in the same AWS partition"),
    ],
)
def test_an_impossible_region_is_refused_before_aws_is_asked(update, key, kms, region, words):
    status, _, err = update(key.key_id, primary_region=region)
    assert status == REFUSED
    assert words in err
    assert kms.calls()["total"] == 0
    assert not Change.objects.exists()


def test_the_arn_of_a_replica_is_refused_and_names_the_primary(update, key):
    status, _, err = update(key.arn_in(REPLICA))
    assert status == REFUSED
    assert "is not a multi-Region primary key" in err
    assert PRIMARY in err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("arn:aws:s3:::bucket", "belongs to the service 's3', not to KMS"),
        ("arn:aws:kms:us-east-1:12:key/mrk-1", "12 digits"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "not the id of a multi-Region key"),
        ("mrk-unknown", "is not known"),
        ("arn:aws:kms:us-east-1:999999999999:key/mrk-1", "is not known in account 999999999999"),
        ("mrk-" + "x" * 5000, "is not known"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_a_sentence(update, name, words):
    status, _, err = update(name)
    assert status == REFUSED
    assert words in err
    assert len(err) < 600


def test_already_the_primary_is_recognised_and_no_failure(update, key, kms):
    status, out, err = update(key.key_id, primary_region=PRIMARY, output="json")
    assert status == DONE
    assert "already is the primary" in err
    assert json.loads(out)["state"] == "already-primary"
    assert moves_sent(kms) == 0


def test_it_looks_first_so_that_an_old_inventory_misleads_nobody(update, key, kms, aws):
    aws.move(key, to=REPLICA)
    kms.reset_calls()
    status, _, err = update(key.key_id, primary_region=REPLICA)
    assert status == DONE
    assert "already is the primary" in err
    assert moves_sent(kms) == 0


def test_force_skips_the_question_never_the_checks(update, key, kms):
    kms.set_state("111122223333", REPLICA, key.key_id, "Disabled")
    status, _, err = update(key.key_id, force=True)
    assert status == REFUSED
    assert f"The key in {REPLICA} is Disabled. Enable it first." in err
    assert moves_sent(kms) == 0


@pytest.mark.parametrize(
    ("typed", "status"), [("card-vault", DONE), ("something else", REFUSED), ("", REFUSED)]
)
def test_without_force_the_key_is_typed_to_confirm(update, key, kms, monkeypatch, typed, status):
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert update(key.key_id, force=False, tty=True)[0] == status
    assert moves_sent(kms) == (1 if status == DONE else 0)


def test_without_a_terminal_and_without_force_it_is_a_usage_error(update, key):
    assert update(key.key_id, force=False)[0] == USAGE


def test_output_json_is_the_answer(update, key):
    _, out, _ = update(key.key_id, output="json")
    answer = json.loads(out)
    assert (answer["state"], answer["answer"], answer["to_region"]) == ("done", "success", REPLICA)
    assert answer["key_arn"] == key.arn_in(REPLICA)
    assert answer["request_id"]


def test_output_key_id_passes_the_key_on(update, key):
    assert update(key.key_id, output="key-id")[1] == f"{key.key_id}\n"


def test_no_wait_sends_and_exits_3(update, key, kms):
    kms.settle_seconds(60)
    assert update(key.key_id, no_wait=True)[0] == NOT_KNOWN_YET
    assert Change.objects.get().state == "settling"
    assert moves_sent(kms) == 1


def test_a_refusal_of_aws_exits_1_with_its_words(update, key, kms):
    kms.fault("deny", operation="UpdatePrimaryRegion")
    status, out, err = update(key.key_id, output="json")
    assert status == REFUSED
    assert json.loads(out)["error_code"] == "AccessDeniedException"
    assert "did not let KeyConsole's role move this key" in err


def test_a_person_without_the_role_is_refused(update, key):
    status, _, err = update(key.key_id, username="cleo")
    assert status == REFUSED
    assert "Your roles do not let you" in err


def test_an_unknown_person_proves_nothing(update, key):
    assert update(key.key_id, username="nobody")[0] == REFUSED


def test_the_login_name_is_the_person_where_none_is_named(update, key, monkeypatch):
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "ana")
    assert update(key.key_id, username="")[0] == DONE


def test_the_record_is_the_pages_record_and_says_which_way_it_came(update, key):
    update(key.key_id)
    assert Entry.objects.get(event="change.requested").data["via"] == (
        "at the terminal of keys-1, as OS user root, proved by password"
    )
    assert Entry.objects.filter(event="change.done").count() == 1


def test_one_refused_among_many_stops_nothing_and_exits_1(update, key, kms):
    status, out, err = update("mrk-unknown", key.key_id, output="key-id")
    assert status == REFUSED
    assert out == f"{key.key_id}\n"
    assert "mrk-unknown is not known" in err


def test_an_account_is_named_by_number_or_name(update, key):
    assert update(key.key_id, account="payments")[0] == DONE


def test_a_key_of_another_account_than_named_is_refused(update, key):
    status, _, err = update(key.key_id, account="research")
    assert status == REFUSED
    assert "is not known in account 222233334444" in err


def test_where_others_must_approve_it_says_who_is_asked_and_exits_3(update, key, cast, kms):
    hold_for_payments(cast)
    status, out, err = update(key.key_id, output="json")
    assert status == NOT_KNOWN_YET
    assert "CR-1 pending. It waits for 1 more of platform: ben. 1 more of security: bea." in err
    assert json.loads(out)["state"] == "pending"
    assert moves_sent(kms) == 0


def test_asked_again_after_the_approvals_the_open_change_is_named(update, key, cast, kms):
    hold_for_payments(cast)
    update(key.key_id)
    agree(Change.objects.get(), cast.ben, cast.bea, now=timezone.now())
    status, _, err = update(key.key_id)
    assert status == REFUSED
    assert "CR-1 is already under way for this key." in err
    assert Change.objects.count() == 1


def test_a_frozen_policy_holds_it_back_and_says_why(update, key, cast, kms):
    hold(Rules(name="alone", rule=Rule.CONFIRM, frozen="Audit week."))
    status, _, err = update(key.key_id)
    assert status == NOT_KNOWN_YET
    assert "CR-1 approved. The policy alone is frozen: Audit week." in err
    assert moves_sent(kms) == 0
