"""Each real refusal ends in a sentence that names the key and Region at fault and what to do."""

from __future__ import annotations

import pytest

from keyconsole.changes.execution import call, execute
from keyconsole.changes.kinds.update_primary_region.aws_refusals import explain
from keyconsole.changes.models import Attempt
from tests.changes.conftest import PRIMARY, REPLICA, moves_sent, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(ask, clock, monkeypatch):
    """Runs a change in which `disturb` happens between our look and our call."""

    def run_disturbed(disturb):
        send = call.send

        def disturbed(change, session, **times):
            disturb(change)
            return send(change, session, **times)

        monkeypatch.setattr(execute, "send", disturbed)
        return run(ask(), clock)

    return run_disturbed


@pytest.mark.parametrize(
    ("region", "state", "code", "words", "what"),
    [
        (PRIMARY, "Disabled", "DisabledException", f"The key in {PRIMARY} was Disabled.", "Enable it"),
        (REPLICA, "Disabled", "DisabledException", f"The key in {REPLICA} was Disabled.", "Enable it"),
        (
            REPLICA,
            "PendingDeletion",
            "KMSInvalidStateException",
            f"The key in {REPLICA} was waiting to be deleted",
            "Cancel",
        ),
        (
            REPLICA,
            "PendingImport",
            "KMSInvalidStateException",
            f"The key in {REPLICA} had no key material",
            "Import",
        ),
        (
            REPLICA,
            "Creating",
            "KMSInvalidStateException",
            f"The key in {REPLICA} was still being created",
            "Wait",
        ),
    ],
)
def test_a_key_in_the_wrong_state(refused, kms, region, state, code, words, what):
    kms.settle_seconds(60)  # or a key that is being created would be ready by the time of the call
    change = refused(lambda change: kms.set_state("111122223333", region, change.key.key_id, state))
    assert change.state == "not_applied"
    assert change.attempt.error_code == code
    explanation = explain(change.attempt)
    assert words in explanation.sentence
    assert explanation.region == region
    assert what in explanation.what_to_do
    assert words in change.outcome
    assert moves_sent(kms) == 1


@pytest.mark.parametrize(
    ("fault", "code", "what"),
    [
        ("deny", "AccessDeniedException", f"on the key in {PRIMARY} and in {REPLICA}"),
        ("throttle", "ThrottlingException", "Wait a few seconds"),
    ],
)
def test_a_refusal_that_is_not_the_keys_fault(refused, kms, fault, code, what):
    change = refused(lambda _: kms.fault(fault, operation="UpdatePrimaryRegion"))
    assert change.state == "not_applied"
    assert change.attempt.error_code == code
    assert what in explain(change.attempt).what_to_do
    assert moves_sent(kms) == 1


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (
            "ValidationException",
            "mrk-1 does not have a replica key in the specified Region.",
            f"There was no replica in {REPLICA}.",
        ),
        (
            "InvalidArnException",
            "Key Aliases are not supported for this operation.",
            "AWS takes no alias for this.",
        ),
        ("KMSInvalidStateException", "arn is updating.", "in the middle of another change"),
        ("KMSInvalidStateException", "arn is pending replica deletion.", "after its replicas"),
        ("NotFoundException", "Key 'x' does not exist", f"AWS found no such key in {PRIMARY}."),
        ("OptInRequired", "", f"had not enabled the Region {REPLICA}"),
        ("SomethingNewException", "Who knows?", "AWS refused the move."),
    ],
)
def test_refusals_that_the_sandbox_cannot_be_brought_to_here(code, message, words):
    attempt = Attempt(
        key_arn=f"arn:aws:kms:{PRIMARY}:111122223333:key/mrk-1",
        to_region=REPLICA,
        answer="refused",
        error_code=code,
        error_message=message,
    )
    explanation = explain(attempt)
    assert words in explanation.sentence
    assert message in explanation.told
    assert explanation.what_to_do


def test_a_region_down_at_the_moment_of_the_call_sent_nothing_or_is_looked_after(refused, kms):
    change = refused(lambda _: kms.fault("region-down", region=PRIMARY))
    assert change.attempt.answer in {"lost", "not-sent"}
    assert change.state == ("settling" if change.attempt.answer == "lost" else "not_applied")
