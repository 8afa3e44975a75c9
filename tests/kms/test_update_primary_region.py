"""A write goes out once, whatever happens; a read is repeated within a bound. Counted at the other end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import botocore.endpoint
import pytest

from keyconsole.kms import errors, sessions
from keyconsole.kms.facts import KeyArn, MoveAnswer
from keyconsole.kms.sessions import AccountSession, CredentialSource, Source, connect
from tests.kms.stub import ACCOUNT, Answer, StubAws, drops, grants, hangs, refuses, says
from tests.patience import PATIENCE, wait_until

KEY = KeyArn.parse(f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab")
WAY_IN = CredentialSource(source=Source.ENV_KEYS, env_prefix="PAY")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts are noted instead of slept; time-outs are long, but for what never answers."""
    pauses: list[float] = []
    monkeypatch.setattr(sessions, "READ_SECONDS", PATIENCE)
    monkeypatch.setattr(sessions, "CONNECT_SECONDS", PATIENCE)
    monkeypatch.setattr(botocore.endpoint.time, "sleep", pauses.append)
    monkeypatch.setenv("PAY_ACCESS_KEY_ID", "AKIASTATIC")
    monkeypatch.setenv("PAY_SECRET_ACCESS_KEY", "secret")
    return pauses


@pytest.fixture
def session(stub: StubAws) -> Iterator[AccountSession]:
    with connect(replace(WAY_IN, endpoint_url=stub.url), account_id=ACCOUNT) as session:
        yield session


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Wait a moment only for the answer of clients made from now on, where none will come."""

    def shorten(answer: Answer) -> None:
        if answer is hangs:
            monkeypatch.setattr(sessions, "READ_SECONDS", 0.15)

    return shorten


def arrived(stub: StubAws, operation: str) -> int:
    """How many calls the other end has read, which may be after we stopped waiting for an answer."""
    wait_until(lambda: stub.counts[operation] > 0, what=f"{operation} has arrived")
    return stub.counts[operation]


def move(session: AccountSession, to: str = "us-west-2") -> MoveAnswer:
    return session.kms("us-east-1").update_primary_region(KEY, primary_region=to)


LOST = [
    pytest.param(hangs, id="read time-out"),
    pytest.param(drops, id="dropped connection"),
    pytest.param(refuses(500, "KMSInternalException"), id="KMSInternalException"),
    pytest.param(refuses(503, "ServiceUnavailable"), id="503"),
    pytest.param(refuses(503, "ThrottlingException"), id="throttled with 503"),
]


@pytest.mark.parametrize("answer", LOST)
def test_a_move_whose_answer_is_lost_was_sent_once_and_is_unknown(
    stub: StubAws, session: AccountSession, answer: Answer, hurry: Callable[[Answer], None]
):
    hurry(answer)
    stub.answers["UpdatePrimaryRegion"] = answer
    with pytest.raises(errors.OutcomeUnknown) as caught:
        move(session)
    assert arrived(stub, "UpdatePrimaryRegion") == 1
    assert session.calls.count("UpdatePrimaryRegion", "us-east-1") == 1
    assert (caught.value.operation, caught.value.region, caught.value.key) == (
        "UpdatePrimaryRegion",
        "us-east-1",
        KEY,
    )


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(400, "ThrottlingException", "Reduce the frequency of your calls."), errors.Throttled),
        (refuses(400, "LimitExceededException"), errors.QuotaReached),
        (refuses(400, "AccessDeniedException"), errors.AccessDenied),
        (refuses(400, "KMSInvalidStateException", f"{KEY} is updating."), errors.WrongState),
    ],
)
def test_a_move_that_is_refused_was_sent_once(
    stub: StubAws, session: AccountSession, answer: Answer, kind: type[errors.KmsError]
):
    stub.answers["UpdatePrimaryRegion"] = answer
    with pytest.raises(errors.KmsError) as caught:
        move(session)
    assert type(caught.value) is kind
    assert stub.counts["UpdatePrimaryRegion"] == 1
    assert caught.value.request_id == "stub-request"


def test_a_move_names_the_full_arn_and_the_region_and_is_answered(stub: StubAws, session: AccountSession):
    stub.answers["UpdatePrimaryRegion"] = says(200, {})
    assert move(session) == MoveAnswer(request_id="stub-request", already_primary=False)
    (request,) = stub.sent("UpdatePrimaryRegion")
    assert (request["KeyId"], request["PrimaryRegion"]) == (str(KEY), "us-west-2")
    assert "/us-east-1/kms/aws4_request" in request["authorization"]


def test_success_where_it_already_was_is_recognised(stub: StubAws, session: AccountSession):
    """KMS answers success to a move to where the primary is (observed 2026-09-12)."""
    stub.answers["UpdatePrimaryRegion"] = says(200, {})
    assert move(session, to="us-east-1").already_primary is True


def test_a_move_that_found_no_connection_was_never_sent(session: AccountSession, stub: StubAws):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        session._clients._credential_source = replace(
            session._clients._credential_source, endpoint_url=nobody
        )
        with pytest.raises(errors.Unreachable):
            move(session)
    assert stub.counts["UpdatePrimaryRegion"] == 0


def test_a_move_is_not_sent_when_its_credentials_cannot_be_renewed(
    stub: StubAws, monkeypatch: pytest.MonkeyPatch
):
    """An STS that keeps silent is unreachable; the move itself is not in doubt, since it never left."""
    monkeypatch.setattr(sessions, "READ_SECONDS", 0.5)
    stub.answers["AssumeRole"] = grants()
    role = f"arn:aws:iam::{ACCOUNT}:role/KeyConsole"
    with connect(replace(WAY_IN, endpoint_url=stub.url, role_arn=role), account_id=ACCOUNT) as session:
        kms = session.kms("us-east-1")
        stub.answers["AssumeRole"] = hangs
        session._clients._credentials._frozen_credentials = None
        with pytest.raises(errors.Unreachable) as caught:
            kms.update_primary_region(KEY, primary_region="us-west-2")
    assert caught.value.operation == "AssumeRole"
    assert stub.counts["UpdatePrimaryRegion"] == 0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (hangs, errors.Unreachable),
        (drops, errors.Unreachable),
        (refuses(500, "KMSInternalException"), errors.ServiceFault),
        (refuses(400, "ThrottlingException"), errors.Throttled),
    ],
)
def test_a_read_is_repeated_within_a_bound(
    stub: StubAws,
    session: AccountSession,
    short_waits: list[float],
    answer: Answer,
    kind: type[errors.KmsError],
    hurry: Callable[[Answer], None],
):
    hurry(answer)
    stub.answers["ListKeys"] = answer
    with pytest.raises(errors.KmsError) as caught:
        session.kms("us-east-1").list_keys()
    assert type(caught.value) is kind
    wait_until(lambda: stub.counts["ListKeys"] >= 4, what="every attempt has arrived")
    assert stub.counts["ListKeys"] == sessions.READ_ATTEMPTS == 4
    assert session.calls.snapshot()["ListKeys", "us-east-1"] == 4
    assert len(short_waits) == 3
    assert all(0 <= pause <= 20 for pause in short_waits)


def test_a_read_that_is_throttled_once_succeeds(stub: StubAws, session: AccountSession):
    stub.answers["ListKeys"] = [refuses(400, "ThrottlingException"), says(200, {"Keys": []})]
    assert session.kms("us-east-1").list_keys() == []
    assert stub.counts["ListKeys"] == 2


def test_a_refused_read_is_not_repeated(stub: StubAws, session: AccountSession):
    stub.answers["ListKeys"] = refuses(400, "AccessDeniedException")
    with pytest.raises(errors.AccessDenied):
        session.kms("us-east-1").list_keys()
    assert stub.counts["ListKeys"] == 1


def test_a_key_of_another_region_or_account_never_leaves_the_house(stub: StubAws, session: AccountSession):
    kms = session.kms("us-east-1")
    foreign = replace(KEY, account_id="222233334444")
    for arn in (replace(KEY, region="us-west-2"), foreign):
        for ask in (
            kms.describe_key,
            kms.get_key_policy,
            kms.list_resource_tags,
            kms.get_key_rotation_status,
        ):
            with pytest.raises(ValueError, match="is not in us-east-1 of account 111122223333"):
                ask(arn)
        with pytest.raises(ValueError, match="is not in us-east-1"):
            kms.update_primary_region(arn, primary_region="us-east-1")
    assert set(stub.counts) == {"GetCallerIdentity"}
