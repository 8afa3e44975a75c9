"""Checkpoints in a bucket that locks them. Names count down, so that the newest is the first of the list."""

from __future__ import annotations

from keyconsole.audit.anchors.anchor import AnchorError, Kept
from keyconsole.audit.anchors.directory import folder_name
from keyconsole.audit.checkpoints import Known
from keyconsole.audit.models import SignedCheckpoint
from keyconsole.kms.errors import KmsError
from keyconsole.kms.locked_bucket import LockedBucket, NotLockedError

_BEYOND = 10**12


class S3:
    name = "s3"

    def __init__(self, place: str) -> None:
        """`place`: the bucket, and after a slash what its names begin with."""
        bucket, _, prefix = place.partition("/")
        self._bucket, self._prefix = LockedBucket(bucket), prefix.strip("/")

    def keep(self, checkpoint: SignedCheckpoint) -> Kept:
        name = f"{_BEYOND - checkpoint.size:012}-{checkpoint.size}.checkpoint"
        content = checkpoint.note.encode()
        try:
            return Kept(self._bucket.put(self._within(checkpoint.origin) + name, content), content)
        except (KmsError, NotLockedError) as error:
            raise AnchorError(str(error)) from None

    def newest(self, origin: str) -> Known | None:
        try:
            found = self._bucket.first(self._within(origin))
        except KmsError as error:
            raise AnchorError(str(error)) from None
        return Known(f"in {found[0]}", found[1].decode("utf-8", "replace")) if found else None

    def _within(self, origin: str) -> str:
        return "/".join(part for part in (self._prefix, folder_name(origin)) if part) + "/"
