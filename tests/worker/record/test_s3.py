"""A bucket that locks what is put into it, over real HTTP: kept, given back, not forgotten when deleted."""

from __future__ import annotations

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from keyconsole.audit.models import Receipt, SignedCheckpoint
from keyconsole.audit.state import record_state
from keyconsole.worker.record import seen
from tests.audit.tampering import with_the_schemas_rights
from tests.patience import PATIENCE
from tests.worker.record.given import carry_out, happen, make_anew, rewrite, sign

pytestmark = pytest.mark.django_db
KEPT = "anchor: s3"


@pytest.fixture
def s3(settings, monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    requests.post(f"http://127.0.0.1:{port}/moto-api/reset", timeout=PATIENCE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings.KEYCONSOLE_ANCHOR_S3 = "evidence/keyconsole"
    yield boto3.client("s3")
    server.stop()


@pytest.fixture
def locked(s3):
    s3.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    s3.put_object_lock_configuration(Bucket="evidence", ObjectLockConfiguration=lock)
    return s3


def signed_and_kept():
    assert sign().problem == ""
    assert carry_out(KEPT).problem == ""


def test_each_checkpoint_is_kept_locked_and_the_newest_is_found_first(locked):
    for count in (3, 9):
        happen(count)
        signed_and_kept()
    assert [each.behind for each in record_state().kept] == [0]
    last = Receipt.objects.latest("pk")
    assert last.where.startswith(
        "s3://evidence/keyconsole/keys.example.org_record/999999999988-12.checkpoint?"
    )
    found = locked.get_object(Bucket="evidence", Key=last.where.partition("evidence/")[2].partition("?")[0])
    assert (found["Body"].read().decode(), found["ObjectLockMode"]) == (last.checkpoint.note, "COMPLIANCE")


@pytest.mark.parametrize("deleted", [False, True])
def test_who_holds_database_data_folder_and_key_is_found_by_it(locked, deleted):
    happen(3)
    signed_and_kept()
    if deleted:
        for each in locked.list_objects_v2(Bucket="evidence")["Contents"]:
            locked.delete_object(Bucket="evidence", Key=each["Key"])
    with with_the_schemas_rights():
        rewrite(2, actor="eve")
        make_anew(2)
        Receipt.objects.all().delete()
        SignedCheckpoint.objects.all().delete()
    seen.file().unlink()
    assert "the checkpoint in s3://evidence/keyconsole/" in sign().problem


def test_a_bucket_that_locks_nothing_is_no_anchor(s3):
    s3.create_bucket(Bucket="evidence")
    happen(1)
    sign()
    assert "does not lock what is put into it" in carry_out(KEPT).problem
    assert [each.behind for each in record_state().kept] == [1]


def test_a_bucket_that_is_not_there_is_lag(s3):
    happen(1)
    assert sign().problem == ""
    duty = carry_out(KEPT)
    assert "PutObject" in duty.problem
    assert not duty.is_break
