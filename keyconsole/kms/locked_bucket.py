"""A bucket of S3 with object lock, in which what was put stays: best in another account.

The worker's own credentials need there: s3:PutObject, s3:GetObject, s3:GetObjectVersion,
s3:GetObjectRetention and s3:ListBucketVersions.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from botocore.config import Config

from keyconsole.kms.mapping import aws_errors
from keyconsole.kms.sdk import SDK_LOCK, make_session

_WAITS = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})
_LOOKED_AT = 20


class NotLockedError(RuntimeError):
    """The bucket took an object and does not lock it."""


class LockedBucket:
    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> str:
        """Where it stands now, with its version. Raises NotLockedError, KmsError."""
        with aws_errors("PutObject"):
            put = self._client.put_object(
                Bucket=self._bucket, Key=name, Body=content, ChecksumAlgorithm="SHA256"
            )
            version = str(put.get("VersionId", ""))
            seen = self._client.head_object(Bucket=self._bucket, Key=name)
        if not version or not seen.get("ObjectLockRetainUntilDate"):
            raise NotLockedError(
                f"The bucket {self._bucket} does not lock what is put into it: give it object lock with a "
                "default retention."
            )
        return f"s3://{self._bucket}/{name}?versionId={version}"

    def first(self, prefix: str) -> tuple[str, bytes] | None:
        """The first by name: where it stands, and its bytes as first put, also where it was deleted since."""
        with aws_errors("ListObjectVersions"):
            listed = self._client.list_object_versions(Bucket=self._bucket, Prefix=prefix, MaxKeys=_LOOKED_AT)
        versions = listed.get("Versions", [])
        if not versions:
            return None
        name = versions[0]["Key"]
        version = [each["VersionId"] for each in versions if each["Key"] == name][-1]
        with aws_errors("GetObject"):
            got = self._client.get_object(Bucket=self._bucket, Key=name, VersionId=version)
            return f"s3://{self._bucket}/{name}?versionId={version}", got["Body"].read()

    @cached_property
    def _client(self) -> Any:
        with SDK_LOCK:
            return make_session().create_client("s3", config=_WAITS)
