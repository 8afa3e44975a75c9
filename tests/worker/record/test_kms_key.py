"""Signing by a key of AWS KMS. The sandbox has no Ed25519 keys: a small double speaks KMS's JSON here."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keyconsole.audit.models import SignedCheckpoint
from keyconsole.audit.verifier import Key, signed
from keyconsole.worker.record import signer
from tests.worker.record.given import ORIGIN, happen, sign

pytestmark = pytest.mark.django_db
ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Kms:
    def __init__(self):
        self.private = Ed25519PrivateKey.generate()
        self.spec, self.refuses, self.calls = "ECC_NIST_EDWARDS25519", False, []

    def answer(self, operation, body):
        self.calls.append((operation, body))
        if self.refuses:
            return 400, {"__type": "AccessDeniedException", "message": "not you"}
        if operation == "GetPublicKey":
            der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return 200, {"KeyId": ARN, "KeySpec": self.spec, "PublicKey": base64.b64encode(der).decode()}
        message = base64.b64decode(body["Message"])
        return 200, {"KeyId": ARN, "Signature": base64.b64encode(self.private.sign(message)).decode()}


@pytest.fixture
def kms(settings, monkeypatch):
    double = Kms()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = double.answer(self.headers["X-Amz-Target"].partition(".")[2], body)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "double")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "double")
    settings.KEYCONSOLE_CHECKPOINT_KMS_KEY = ARN
    signer._held_by_kms.cache_clear()
    yield double
    signer._held_by_kms.cache_clear()
    server.shutdown()
    server.server_close()


def test_kms_signs_what_a_file_would_and_is_asked_for_its_public_half_once(kms):
    for _ in range(2):
        happen(1)
        assert sign().problem == ""
    last = SignedCheckpoint.objects.latest("size")
    key = Key.of(ORIGIN, kms.private.public_key().public_bytes_raw())
    assert signed(last.note, key).size == 2
    assert [operation for operation, _ in kms.calls] == ["GetPublicKey", "Sign", "Sign"]
    said = kms.calls[-1][1]
    assert (said["KeyId"], said["MessageType"], said["SigningAlgorithm"]) == (ARN, "RAW", "ED25519_SHA_512")


def test_what_kms_refuses_is_said_and_is_no_alarm(kms):
    kms.refuses = True
    happen(1)
    duty = sign()
    assert "GetPublicKey" in duty.problem
    assert not duty.is_break
    kms.refuses = False
    assert sign().problem == ""


def test_a_key_of_another_kind_is_refused(kms):
    kms.spec = "ECC_NIST_P256"
    happen(1)
    assert "is of the spec ECC_NIST_P256, and not ECC_NIST_EDWARDS25519" in sign().problem


@pytest.mark.parametrize("arn", ["alias/record", "arn:aws:kms:eu-central-1:111122223333:alias/record"])
def test_what_is_no_arn_of_a_key_is_refused(arn, settings):
    settings.KEYCONSOLE_CHECKPOINT_KMS_KEY = arn
    happen(1)
    assert "is not the ARN of a KMS key" in sign().problem
