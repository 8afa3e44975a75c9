"""A witness by the words of C2SP tlog-witness, on this machine: it checks, remembers and cosigns."""

from __future__ import annotations

import base64
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyconsole.audit.verifier import Checkpoint
from tests.audit.test_tree import consistent

NAME = "witness.example.net"


class WitnessServer:
    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.seen: dict[str, tuple[int, bytes]] = {}
        self.asked = 0
        raw = b"\x04" + self.private.public_key().public_bytes_raw()
        self.key_id = sha256(NAME.encode() + b"\n" + raw).digest()[:4]
        self.key = f"{NAME}+{self.key_id.hex()}+{base64.b64encode(raw).decode()}"

    def answer(self, text: str) -> tuple[int, str]:
        self.asked += 1
        head, _, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        old, checkpoint = int(first.removeprefix("old ")), Checkpoint.parse(note)
        size, root = self.seen.get(checkpoint.origin, (0, b""))
        if old != size:
            return 409, f"{size}\n"
        proof = [base64.b64decode(line) for line in lines]
        if size and not self._follows(size, root, checkpoint, proof):
            return 422, ""
        self.seen[checkpoint.origin] = (checkpoint.size, checkpoint.root)
        return 200, self.cosignature(checkpoint.body)

    def _follows(self, size: int, root: bytes, checkpoint: Checkpoint, proof: list[bytes]) -> bool:
        if size == checkpoint.size:
            return root == checkpoint.root and not proof
        return bool(proof) and consistent(size, checkpoint.size, root, checkpoint.root, proof)

    def cosignature(self, body: str) -> str:
        at = 1_700_000_000
        signed = self.private.sign(f"cosignature/v1\ntime {at}\n{body}".encode())
        encoded = base64.b64encode(self.key_id + struct.pack(">Q", at) + signed).decode()
        return f"\N{EM DASH} {NAME} {encoded}\n"


@contextmanager
def listening(witness: WitnessServer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/add-checkpoint"
            status, text = witness.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
