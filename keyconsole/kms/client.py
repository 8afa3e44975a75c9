"""The calls to AWS KMS that KeyConsole makes, one method each, in one Region of one account.

Answers are facts, failures are KmsErrors. Never retries a write, never reaches into another Region than its
own: the bare `mrk-` id resolves in every Region of its set, so keys are named by their full ARN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from keyconsole.kms.facts import AliasFacts, KeyArn, ListedKey, MoveAnswer, RegionKeyFacts, RotationFacts
from keyconsole.kms.mapping import aws_errors

KEYS_A_PAGE = 1000
ALIASES_A_PAGE = 100
TAGS_A_PAGE = 50


class Kms:
    """`client` reads and may retry; `write_client` gives, when first needed, the client that sends once."""

    def __init__(self, client: Any, *, account_id: str, region: str, write_client: Callable[[], Any]) -> None:
        self._client = client
        self._write_client = write_client
        self.account_id = account_id
        self.region = region

    def list_keys(self) -> list[ListedKey]:
        """The account's own keys. Those that other accounts share with it carry their owner's ARN."""
        with aws_errors("ListKeys", region=self.region):
            entries = _every(self._client.list_keys, "Keys", Limit=KEYS_A_PAGE)
            keys = [ListedKey.from_entry(entry) for entry in entries]
            return [key for key in keys if key.arn.account_id == self.account_id]

    def may_list_keys(self) -> None:
        """One key at most: raise where ListKeys would, and read nothing."""
        with aws_errors("ListKeys", region=self.region):
            self._client.list_keys(Limit=1)

    def describe_key(self, arn: KeyArn) -> RegionKeyFacts:
        """Raise NotMultiRegion for a single-Region key."""
        with self._asking("DescribeKey", arn):
            return RegionKeyFacts.from_metadata(self._client.describe_key(KeyId=str(arn))["KeyMetadata"])

    def list_aliases(self) -> list[AliasFacts]:
        """Every alias of the Region that points to a key; one call a hundred is cheaper than one a key."""
        with aws_errors("ListAliases", region=self.region):
            entries = _every(self._client.list_aliases, "Aliases", Limit=ALIASES_A_PAGE)
            return [alias for entry in entries if (alias := AliasFacts.from_entry(entry))]

    def aliases_of(self, arn: KeyArn) -> tuple[str, ...]:
        with self._asking("ListAliases", arn):
            entries = _every(self._client.list_aliases, "Aliases", KeyId=str(arn), Limit=ALIASES_A_PAGE)
            return tuple(sorted(alias.name for entry in entries if (alias := AliasFacts.from_entry(entry))))

    def get_key_policy(self, arn: KeyArn) -> str:
        """The policy's JSON text. `default` is the only policy that a key can have."""
        with self._asking("GetKeyPolicy", arn):
            return str(self._client.get_key_policy(KeyId=str(arn), PolicyName="default")["Policy"])

    def list_resource_tags(self, arn: KeyArn) -> dict[str, str]:
        with self._asking("ListResourceTags", arn):
            tags = _every(self._client.list_resource_tags, "Tags", KeyId=str(arn), Limit=TAGS_A_PAGE)
            return {str(tag["TagKey"]): str(tag["TagValue"]) for tag in tags}

    def get_key_rotation_status(self, arn: KeyArn) -> RotationFacts:
        with self._asking("GetKeyRotationStatus", arn):
            return RotationFacts.from_answer(self._client.get_key_rotation_status(KeyId=str(arn)))

    def update_primary_region(self, arn: KeyArn, *, primary_region: str) -> MoveAnswer:
        """Send once. Raise OutcomeUnknown when KMS may have acted without our seeing its answer."""
        with self._asking("UpdatePrimaryRegion", arn):
            client = self._write_client()
        with self._asking("UpdatePrimaryRegion", arn, write=True):
            answer = client.update_primary_region(KeyId=str(arn), PrimaryRegion=primary_region)
            return MoveAnswer(
                request_id=str(answer["ResponseMetadata"].get("RequestId", "")),
                already_primary=arn.region == primary_region,
            )

    def _asking(self, operation: str, arn: KeyArn, *, write: bool = False) -> AbstractContextManager[None]:
        if (arn.account_id, arn.region) != (self.account_id, self.region):
            raise ValueError(f"{arn} is not in {self.region} of account {self.account_id}.")
        return aws_errors(operation, region=self.region, key=arn, write=write)


def _every(call: Callable[..., dict[str, Any]], items: str, **request: Any) -> Iterator[dict[str, Any]]:
    """Follow the markers to the end: a page may be short, or empty, while more follow."""
    marker = ""
    while True:
        answer = call(**request, **({"Marker": marker} if marker else {}))
        yield from answer[items]
        if not answer.get("Truncated"):
            return
        if answer["NextMarker"] in ("", marker):
            raise ValueError("AWS gave the same page marker twice")
        marker = answer["NextMarker"]
