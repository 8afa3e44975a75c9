"""The one mapping from the SDK's errors to ours; a test walks it against everything that the SDK can raise.

Answers are told apart by their code, since KMS sends codes that its own model lacks (ValidationException,
observed 2026-09-12). Never decides what to do next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from keyconsole.kms import errors, wording
from keyconsole.kms.codes import KIND_BY_CODE
from keyconsole.kms.facts import KeyArn, KeyState, NotMultiRegion

logger = logging.getLogger("keyconsole.kms")

# Finding credentials on the server, before AWS is asked for anything.
CREDENTIALS = "Credentials"

_NOTHING_WAS_SENT = (sdk.EndpointConnectionError, sdk.ConnectTimeoutError, sdk.ProxyConnectionError)
_CONNECTION_BROKE = (sdk.HTTPClientError, sdk.ConnectionError, sdk.IncompleteReadError)
_NO_CREDENTIALS = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.UnknownCredentialError,
    sdk.NoAuthTokenError,
    sdk.TokenRetrievalError,
    sdk.UnknownTokenProviderError,
    sdk.ProfileNotFound,
    sdk.ConfigNotFound,
    sdk.ConfigParseError,
    sdk.InvalidConfigError,
    sdk.RefreshWithMFAUnsupportedError,
    sdk.MetadataRetrievalError,
    sdk.InvalidIMDSEndpointError,
    sdk.InvalidIMDSEndpointModeError,
    sdk.SSOError,
    sdk.LoginError,
    sdk.MissingDependencyException,
)
_NOT_A_REQUEST = (
    sdk.ParamValidationError,
    sdk.ValidationError,
    sdk.MissingParametersError,
    sdk.NoRegionError,
    sdk.InvalidRegionError,
    sdk.BaseEndpointResolverError,
    sdk.EndpointVariantError,
    sdk.UnknownFIPSEndpointError,
    sdk.EndpointProviderError,
    sdk.InvalidEndpointConfigurationError,
    sdk.InvalidHostLabelError,
    sdk.InvalidDNSNameError,
    sdk.InvalidProxiesConfigError,
    sdk.UnknownServiceError,
    sdk.UnknownRegionError,
    sdk.InvalidDefaultsMode,
    sdk.InvalidMaxRetryAttemptsError,
    sdk.InvalidRetryConfigurationError,
    sdk.InvalidRetryModeError,
    sdk.InvalidSTSRegionalEndpointsConfigError,
)

# The SDK says this with a bare RuntimeError, of credentials that had ended when they came: a clock is wrong.
_STILL_EXPIRED = "refreshed credentials are still expired"


@dataclass(frozen=True, slots=True)
class _Call:
    operation: str
    region: str
    key: KeyArn | None
    write: bool

    def failed(self, kind: type[errors.KmsError], message: str, **facts: Any) -> errors.KmsError:
        known = {"operation": self.operation, "region": self.region, "key": self.key, "message": message}
        return kind(**(known | facts))


@contextmanager
def aws_errors(
    operation: str, *, region: str = "", key: KeyArn | None = None, write: bool = False
) -> Iterator[None]:
    """Turn whatever the SDK raises into a KmsError; `write`: a lost answer leaves the outcome open."""
    call = _Call(operation, region, key, write)
    try:
        yield
    except (errors.KmsError, NotMultiRegion):
        raise
    except sdk.ClientError as error:
        raise _from_answer(error, call) from error
    except Exception as error:
        raise _from_failure(error, call) from error


def _from_answer(error: sdk.ClientError, call: _Call) -> errors.KmsError:
    answer: dict[str, Any] = error.response
    described: dict[str, Any] = answer.get("Error", {})
    metadata: dict[str, Any] = answer.get("ResponseMetadata", {})
    code, status = str(described.get("Code", "")), metadata.get("HTTPStatusCode")
    operation = error.operation_name or call.operation
    kind = KIND_BY_CODE.get(code) or _by_status(status)
    if call.write and operation == call.operation and _may_have_been_done(kind, status):
        kind = errors.OutcomeUnknown
    message = wording.cleaned(
        str(described.get("Message", "")), secretive=issubclass(kind, errors.CredentialsRefused)
    )
    kind, more = _narrowed(kind, message)
    return call.failed(
        kind, message, operation=operation, code=code, request_id=str(metadata.get("RequestId", "")), **more
    )


def _by_status(status: int | None) -> type[errors.KmsError]:
    if status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.ServiceFault
    return errors.UnknownAnswer


def _may_have_been_done(kind: type[errors.KmsError], status: int | None) -> bool:
    """AWS refuses with a 4xx; whatever else comes back may have been carried out before it went wrong."""
    refused = status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return not refused or status == HTTPStatus.REQUEST_TIMEOUT or issubclass(kind, errors.ServiceFault)


def _narrowed(
    kind: type[errors.KmsError], message: str
) -> tuple[type[errors.KmsError], dict[str, KeyArn | KeyState | None]]:
    """What only the sentence tells: the key at fault, its state, and two cases with names of their own."""
    if kind is errors.InvalidRequest and wording.says_no_replica(message):
        return errors.NoReplicaThere, {}
    if kind in (errors.WrongState, errors.InvalidRequest) and wording.says_not_primary(message):
        kind = errors.NotPrimary
    if not issubclass(kind, errors.WrongState):
        return kind, {}
    state = wording.state(message)
    if state is None and issubclass(kind, errors.KeyDisabled):
        state = KeyState.DISABLED
    return kind, {"culprit": wording.culprit(message), "state": state}


def _from_failure(error: Exception, call: _Call) -> errors.KmsError:
    kind = _by_type(error, write=call.write)
    if call.operation == CREDENTIALS and kind is errors.UnknownAnswer:
        kind = errors.CredentialsRefused  # a program that is not there, say: nobody was asked yet
    # The SDK quotes a body that it cannot parse, and STS's holds the credentials.
    words = "The answer is unreadable" if isinstance(error, ResponseParserError) else str(error)
    words = wording.cleaned(words, secretive=True)
    # An OSError that is none of the SDK's is a file or a program of the server.
    of_files = isinstance(error, OSError) and not isinstance(error, sdk.BotoCoreError)
    if call.operation == CREDENTIALS or of_files or isinstance(error, _NO_CREDENTIALS):
        return amiss_here(words, kind=kind, key=call.key, what=type(error).__name__)
    return call.failed(kind, words, code=type(error).__name__)


def amiss_here(
    detail: str,
    *,
    kind: type[errors.KmsError] = errors.CredentialsRefused,
    key: KeyArn | None = None,
    what: str = "Credentials",
) -> errors.KmsError:
    """What the server lacks goes to its log; to people it is one sentence, whatever file it is about."""
    logger.warning("%s: %s", what, detail)
    return kind(operation="The server", key=key, message="its log says why", detail=detail)


def _by_type(error: Exception, *, write: bool) -> type[errors.KmsError]:
    if isinstance(error, _NO_CREDENTIALS) or _STILL_EXPIRED in str(error):
        return errors.CredentialsRefused
    if isinstance(error, _NOT_A_REQUEST):
        return errors.InvalidRequest
    if isinstance(error, sdk.CapacityNotAvailableError):
        return errors.Throttled
    if isinstance(error, _NOTHING_WAS_SENT) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return errors.Unreachable
    if write:
        return errors.OutcomeUnknown
    return errors.Unreachable if isinstance(error, _CONNECTION_BROKE) else errors.UnknownAnswer
