"""The sandbox that both sides of the benchmark read: a process of its own, seeded, counting its calls."""

from __future__ import annotations

import json
import multiprocessing
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

ALL_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "ap-northeast-1",
)
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "only-for-the-sandbox"}


@dataclass(frozen=True)
class Size:
    accounts: int
    regions: int
    single_keys: int
    sets: int
    pairs: int  # sets with two members; the others have three

    @property
    def account_ids(self) -> list[str]:
        return [str(111122223333 + number) for number in range(self.accounts)]

    @property
    def region_names(self) -> tuple[str, ...]:
        return ALL_REGIONS[: self.regions]

    @property
    def region_keys(self) -> int:
        return 3 * self.sets - self.pairs


FULL = Size(accounts=5, regions=8, single_keys=1000, sets=200, pairs=5)
SMALL = Size(accounts=2, regions=4, single_keys=80, sets=20, pairs=5)


@contextmanager
def seeded_desk(size: Size) -> Iterator[str]:
    """The address of a sandbox in another process, so that it does not slow the readers down."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(size, theirs), daemon=True)
    process.start()
    try:
        yield str(ours.recv())
    finally:
        ours.send("end")
        process.join()


def calls_since_reset(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/sandbox/calls") as answer:  # noqa: S310 - our own sandbox
        counted: dict[str, int] = json.load(answer)["by_operation"]
        return counted


def reset_calls(url: str) -> None:
    request = urllib.request.Request(f"{url}/sandbox/calls", method="DELETE")  # noqa: S310 - our own sandbox
    urllib.request.urlopen(request).close()  # noqa: S310 - our own sandbox


def _serve(size: Size, pipe: Connection) -> None:
    from keyconsole.sandbox.server import Sandbox  # noqa: PLC0415 - only this process needs moto

    with Sandbox(settle_seconds=0) as kms:
        regions, accounts = size.region_names, size.account_ids
        for number in range(size.single_keys):
            place = {"region": regions[number % len(regions)], "alias": f"plain-{number}"}
            kms.seed_key(accounts[number // len(regions) % len(accounts)], **place)
        for number in range(size.sets):
            members = [
                regions[(number + step) % len(regions)] for step in range(2 if number < size.pairs else 3)
            ]
            account = accounts[number // len(regions) % len(accounts)]
            kms.seed_set(account, primary=members[0], replicas=members[1:], alias=f"vault-{number}")
        pipe.send(kms.url)
        pipe.recv()
