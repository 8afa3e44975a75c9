"""The sandbox as an object: starts a server in a thread of this process, seeds keys, switches faults.

`with Sandbox(settle_seconds=0.5) as kms:` gives `kms.url` for any AWS SDK. The state is moto's, which is one
per process: several sandboxes in turn, never two at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Self

from keyconsole.sandbox.aws import Aws
from keyconsole.sandbox.control_api import Control, Story
from keyconsole.sandbox.faults import ANY, Fault
from keyconsole.sandbox.http_server import Request, Response, Server
from keyconsole.sandbox.key_specs import ENCRYPT, SYMMETRIC
from keyconsole.sandbox.seeding import seed_key, seed_set, set_state, share_key
from keyconsole.sandbox.state import Desk, Picture


class Sandbox:
    def __init__(
        self,
        *,
        settle_seconds: float = 2.0,
        picture: Picture = "swapped",
        port: int = 0,
        story: Story | None = None,
    ) -> None:
        self.desk = Desk(settle_seconds=settle_seconds, picture=picture)
        self._server = Server(_application(self.desk, story), port=port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.stop()
        self._thread.join()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    def fault(
        self,
        name: str,
        *,
        operation: str = ANY,
        account: str = ANY,
        region: str = ANY,
        times: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self.desk.faults.add(Fault(name, operation, account, region, times, seconds))

    def clear(self) -> None:
        """Back to an empty desk; settings and counts stay."""
        self.desk.clear()

    def clear_faults(self, name: str | None = None) -> None:
        self.desk.faults.clear(name)

    def calls(self) -> dict[str, Any]:
        return self.desk.calls.as_dict()

    def reset_calls(self) -> None:
        self.desk.calls.reset()

    def settle_seconds(self, seconds: float) -> None:
        """Also for moves under way: 0 ends them at the next look."""
        self.desk.settings.settle_seconds = seconds

    def picture(self, picture: Picture) -> None:
        self.desk.settings.picture = picture

    def seed_set(
        self,
        account_id: str,
        key_id: str | None = None,
        *,
        primary: str = "us-east-1",
        replicas: Sequence[str] = ("eu-west-1",),
        alias: str | None = "card-vault",
        policy: str | None = None,
        tags: dict[str, str] | None = None,
        description: str = "",
        origin: str = "AWS_KMS",
        key_spec: str = SYMMETRIC,
        key_usage: str = ENCRYPT,
    ) -> str:
        """A settled multi-Region key, alike in every Region; returns its key id."""
        return seed_set(
            self.desk,
            account_id,
            key_id,
            primary=primary,
            replicas=replicas,
            alias=alias,
            policy=policy,
            tags=tags,
            description=description,
            origin=origin,
            key_spec=key_spec,
            key_usage=key_usage,
        )

    def seed_key(self, account_id: str, *, region: str = "us-east-1", alias: str | None = None) -> str:
        """A single-Region key; returns its key id."""
        return seed_key(self.desk, account_id, region=region, alias=alias)

    def share_key(self, account_id: str, region: str, key_id: str, *, with_account: str) -> None:
        """As Resource Access Manager does; a key policy must allow the other account besides."""
        share_key(self.desk, account_id, region, key_id, with_account=with_account)

    def set_state(self, account_id: str, region: str, key_id: str, state: str) -> None:
        set_state(self.desk, account_id, region, key_id, state)

    def set_policy(self, account_id: str, region: str, key_id: str, policy: str) -> None:
        self.desk.keys(account_id, region)[key_id].policy = policy


def _application(desk: Desk, story: Story | None) -> Any:
    aws, control = Aws(desk), Control(desk, story=story)

    def application(request: Request) -> Response:
        return control(request) if request.path.startswith("/sandbox/") else aws(request)

    return application
