"""The sandbox as an object and its own HTTP paths: settings, seeding, several in turn, who may connect."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from keyconsole.demo.keys import KEYS
from keyconsole.sandbox.server import Sandbox
from tests.patience import PATIENCE
from tests.sandbox.conftest import PAYMENTS, ask, described, role


def test_it_listens_on_the_loopback_interface_alone(kms):
    assert urlsplit(kms.url).hostname == "127.0.0.1"


def test_the_state_is_gone_in_the_next_sandbox(client, kms):
    key = kms.seed_set(PAYMENTS)
    assert described(client, "us-east-1", key)["KeyState"] == "Enabled"
    kms.stop()

    with Sandbox() as another:
        assert another.desk.keys(PAYMENTS, "us-east-1") == {}
        assert another.calls()["total"] == 0


def test_a_stopped_sandbox_no_longer_listens():
    with Sandbox() as sandbox:
        address = (urlsplit(sandbox.url).hostname, urlsplit(sandbox.url).port)
        socket.create_connection(address, timeout=PATIENCE).close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=PATIENCE)


def test_a_taken_port_is_an_error(kms):
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=urlsplit(kms.url).port or 0)


def test_settings_change_over_http_while_a_move_is_under_way(kms, client):
    key = kms.seed_set(PAYMENTS)
    ask(kms, "POST", "/sandbox/settings", {"settle_seconds": 60, "picture": "two-replicas"})
    client("us-east-1").update_primary_region(KeyId=key, PrimaryRegion="eu-west-1")

    assert role(client, "eu-west-1", key) == "REPLICA"
    assert ask(kms, "POST", "/sandbox/settings", {"settle_seconds": 0})[1] == {
        "settle_seconds": 0.0,
        "picture": "two-replicas",
    }
    assert role(client, "eu-west-1", key) == "PRIMARY"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sandbox/settings", {"picture": "upside-down"}, 400),
        ("POST", "/sandbox/settings", {"settle_seconds": "long"}, 400),
        ("POST", "/sandbox/sets", {}, 400),
        ("GET", "/sandbox/nothing", None, 404),
    ],
)
def test_nonsense_is_refused_with_a_reason(kms, method, path, body, status):
    answered, answer = ask(kms, method, path, body)

    assert answered == status
    assert answer["error"]


def test_sets_and_states_can_be_made_over_http(kms, client):
    made = {"account_id": PAYMENTS, "primary": "eu-west-1", "replicas": ["us-east-1"], "alias": "ledger"}
    key = ask(kms, "POST", "/sandbox/sets", made)[1]["key_id"]
    state = {"account_id": PAYMENTS, "region": "us-east-1", "key_id": key, "state": "Disabled"}

    assert ask(kms, "POST", "/sandbox/states", state)[0] == 200
    assert described(client, "us-east-1", key)["KeyState"] == "Disabled"
    assert role(client, "eu-west-1", key) == "PRIMARY"


def test_many_single_region_keys_can_be_made_at_once(kms, client):
    made = ask(kms, "POST", "/sandbox/keys", {"account_id": PAYMENTS, "region": "us-east-1", "count": 120})[1]

    listed = client("us-east-1").list_keys(Limit=1000)["Keys"]
    assert {key["KeyId"] for key in listed} == set(made["key_ids"])
    assert len(listed) == 120


def test_the_desk_is_emptied_and_the_story_put_on_it_over_http(kms, client):
    kms.seed_set(PAYMENTS)
    kms.fault("throttle")
    ask(kms, "DELETE", "/sandbox/state")
    assert client("us-east-1").list_keys()["Keys"] == []

    assert ask(kms, "POST", "/sandbox/story")[1] == {"keys": len(KEYS)}
    assert len(client("us-east-1").list_aliases(Limit=100)["Aliases"]) > 20


def test_a_request_that_breaks_the_sandbox_still_gets_an_answer(kms, client, capfd):
    key = kms.seed_set(PAYMENTS)
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={PAYMENTS}/20261123/us-east-1/kms/aws4_request"}
    wrong = json.dumps({"KeyId": key, "PendingWindowInDays": "soon"})
    with closing(HTTPConnection(urlsplit(kms.url).netloc, timeout=PATIENCE)) as connection:
        connection.request("POST", "/", wrong, signed | {"X-Amz-Target": "TrentService.ScheduleKeyDeletion"})

        assert connection.getresponse().status == 500
        assert "TypeError" in capfd.readouterr().err


def test_a_state_that_cannot_be_set_is_refused(kms):
    key = kms.seed_set(PAYMENTS)

    with pytest.raises(ValueError, match="cannot be set"):
        kms.set_state(PAYMENTS, "us-east-1", key, "Updating")
    with pytest.raises(ValueError, match="becomes PendingReplicaDeletion"):
        kms.set_state(PAYMENTS, "us-east-1", key, "PendingDeletion")
