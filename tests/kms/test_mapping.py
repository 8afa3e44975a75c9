from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import pytest
from botocore import exceptions as sdk

from keyconsole.kms import errors
from keyconsole.kms.codes import KIND_BY_CODE
from keyconsole.kms.facts import KeyArn, KeyState, NotMultiRegion
from keyconsole.kms.mapping import aws_errors

PRIMARY = KeyArn.parse("arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")
REPLICA = replace(PRIMARY, region="us-west-2")

# Each class that the SDK can raise, by what a READ and a WRITE become. A class new upstream fails the walk.
SDK_ERRORS: dict[tuple[type[errors.KmsError], type[errors.KmsError]], str] = {
    (errors.CredentialsRefused, errors.CredentialsRefused): """
        NoCredentialsError PartialCredentialsError CredentialRetrievalError UnknownCredentialError
        NoAuthTokenError TokenRetrievalError UnknownTokenProviderError ProfileNotFound ConfigNotFound
        ConfigParseError InvalidConfigError InfiniteLoopConfigError RefreshWithMFAUnsupportedError
        MetadataRetrievalError InvalidIMDSEndpointError InvalidIMDSEndpointModeError SSOError
        SSOTokenLoadError UnauthorizedSSOTokenError LoginError LoginRefreshRequired
        LoginInsufficientPermissions
        LoginTokenLoadError LoginAuthorizationCodeError MissingDependencyException""",
    (errors.InvalidRequest, errors.InvalidRequest): """
        ParamValidationError ValidationError MissingParametersError UnknownParameterError UnknownKeyError
        RangeError AliasConflictParameterError NoRegionError InvalidRegionError BaseEndpointResolverError
        UnknownEndpointError EndpointVariantError UnknownFIPSEndpointError EndpointProviderError
        EndpointResolutionError UnknownEndpointResolutionBuiltInName InvalidEndpointConfigurationError
        InvalidHostLabelError InvalidDNSNameError InvalidProxiesConfigError UnknownServiceError
        UnknownRegionError
        InvalidRetryConfigurationError InvalidMaxRetryAttemptsError InvalidRetryModeError
        InvalidDefaultsMode InvalidSTSRegionalEndpointsConfigError""",
    (errors.Throttled, errors.Throttled): "CapacityNotAvailableError",
    (
        errors.Unreachable,
        errors.Unreachable,
    ): "EndpointConnectionError ConnectTimeoutError ProxyConnectionError",
    (errors.Unreachable, errors.OutcomeUnknown): """
        HTTPClientError ConnectionError SSLError ConnectionClosedError ReadTimeoutError ResponseStreamingError
        IncompleteReadError""",
    (errors.UnknownAnswer, errors.OutcomeUnknown): """
        BotoCoreError DataNotFoundError ApiVersionNotFoundError UnknownSignatureVersionError
        ServiceNotInRegionError PaginationError OperationNotPageableError ChecksumError UnseekableStreamError
        WaiterError InvalidExpressionError WaiterConfigError UnknownClientMethodError
        UnsupportedSignatureVersionError InvalidS3AddressingStyleError UnsupportedS3ArnError
        UnsupportedS3ControlArnError UnsupportedOutpostResourceError UnsupportedS3ConfigurationError
        UnsupportedS3AccesspointConfigurationError InvalidEndpointDiscoveryConfigurationError
        UnsupportedS3ControlConfigurationError InvalidS3UsEast1RegionalEndpointConfigError StubResponseError
        StubAssertionError UnStubbedResponseError MD5UnavailableError AwsChunkedWrapperError
        FlexibleChecksumError InvalidChecksumConfigError UnsupportedServiceProtocolsError
        UndefinedModelAttributeError MissingServiceIdError UnknownServiceStyle""",
}
EXPECTED = {name: kinds for kinds, names in SDK_ERRORS.items() for name in names.split()}

NOT_IN_THE_MODEL = {
    errors.AccessDenied: "AccessDenied AccessDeniedException UnauthorizedOperation",
    errors.InvalidRequest: "ValidationException ValidationError",
    errors.Throttled: """
        Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException
        TooManyRequestsException RequestLimitExceeded ProvisionedThroughputExceededException SlowDown
        BandwidthLimitExceeded PriorRequestNotComplete""",
    errors.CredentialsRefused: """
        ExpiredToken ExpiredTokenException UnrecognizedClientException InvalidClientTokenId
        InvalidSignatureException IncompleteSignature MissingAuthenticationToken SignatureDoesNotMatch
        RequestExpired AuthFailure InvalidIdentityToken IDPRejectedClaim""",
    errors.RegionNotEnabled: "OptInRequired RegionDisabledException",
    errors.ServiceFault: "InternalFailure InternalError ServiceUnavailable ServiceUnavailableException",
}


def mapped(error: Exception, *, write: bool = False) -> errors.KmsError:
    with (
        pytest.raises(errors.KmsError) as caught,
        aws_errors("DescribeKey", region="us-east-1", key=PRIMARY, write=write),
    ):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def answered(
    code: str, message: str = "", *, status: int | None = 400, write: bool = False
) -> errors.KmsError:
    metadata = {"RequestId": "r-1"} | ({} if status is None else {"HTTPStatusCode": status})
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
    return mapped(sdk.ClientError(response, "DescribeKey"), write=write)


def foreign_errors() -> list[type[Exception]]:
    return [
        kind
        for _, kind in inspect.getmembers(sdk, inspect.isclass)
        if issubclass(kind, Exception)
        and kind.__module__ == sdk.__name__
        and not issubclass(kind, Warning)
        and not issubclass(kind, sdk.ClientError)
    ]


@pytest.mark.parametrize("kind", foreign_errors(), ids=lambda kind: kind.__name__)
def test_every_class_that_the_sdk_can_raise_has_its_place(kind: type[Exception]):
    read, write = (mapped(kind.__new__(kind, "words"), write=write) for write in (False, True))
    assert (type(read), type(write)) == EXPECTED[kind.__name__]


def test_every_error_of_the_kms_model_has_its_place(kms_model: Any):
    modelled = {shape.name for shape in kms_model.error_shapes}
    assert len(modelled) > 40
    assert modelled <= set(KIND_BY_CODE)
    assert all(type(answered(code)) is not errors.UnknownAnswer for code in modelled)


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in NOT_IN_THE_MODEL.items() for code in codes.split()]
)
def test_the_real_codes_that_the_model_lacks_have_their_place(code: str, kind: type[errors.KmsError]):
    assert type(answered(code)) is kind


RECORDED = [
    ("ValidationException", f"{PRIMARY.key_id} does not have a replica key in the specified Region.",
     errors.NoReplicaThere, None, None),
    ("KMSInvalidStateException", f"{REPLICA} is not a multi-Region primary key.",
     errors.NotPrimary, REPLICA, None),
    ("InvalidArnException", "Key Aliases are not supported for this operation.",
     errors.InvalidRequest, None, None),
    ("DisabledException", f"{PRIMARY} is disabled.", errors.KeyDisabled, PRIMARY, KeyState.DISABLED),
    ("DisabledException", f"{REPLICA} is disabled.", errors.KeyDisabled, REPLICA, KeyState.DISABLED),
    ("KMSInvalidStateException", f"{REPLICA} is pending deletion.", errors.WrongState, REPLICA,
     KeyState.PENDING_DELETION),
    ("KMSInvalidStateException", f"{PRIMARY} is pending replica deletion.", errors.WrongState, PRIMARY,
     KeyState.PENDING_REPLICA_DELETION),
    ("KMSInvalidStateException", f"{REPLICA} is pending import.", errors.WrongState, REPLICA,
     KeyState.PENDING_IMPORT),
    ("KMSInvalidStateException", f"{REPLICA} is creating.", errors.WrongState, REPLICA, KeyState.CREATING),
    ("KMSInvalidStateException", f"{PRIMARY} is updating.", errors.WrongState, PRIMARY, KeyState.UPDATING),
    ("NotFoundException", f"Key '{PRIMARY}' does not exist", errors.NotFound, None, None),
    ("NotFoundException", "Invalid arn eu-west-1", errors.NotFound, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "kind", "culprit", "state"), RECORDED)
def test_each_recorded_refusal_names_the_key_at_fault_and_its_state(
    code: str,
    message: str,
    kind: type[errors.KmsError],
    culprit: KeyArn | None,
    state: KeyState | None,
):
    error = answered(code, message, write=True)
    assert type(error) is kind
    assert (error.code, error.message, error.request_id) == (code, message, "r-1")
    if isinstance(error, errors.WrongState):
        assert (error.culprit, error.state) == (culprit, state)
    else:
        assert (culprit, state) == (None, None)


def test_a_state_that_we_have_no_word_for_still_names_the_culprit():
    error = answered("KMSInvalidStateException", f"{REPLICA} is archived.")
    assert type(error) is errors.WrongState
    assert (error.culprit, error.state) == (REPLICA, None)


def test_the_culprit_may_be_in_another_region_and_partition():
    other = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1"
    error = answered("KMSInvalidStateException", f"{other} is updating.")
    assert isinstance(error, errors.WrongState)
    assert str(error.culprit) == other


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("KMSInternalException", 500, errors.OutcomeUnknown),
        ("KMSInternalException", 400, errors.OutcomeUnknown),
        ("DependencyTimeoutException", 503, errors.OutcomeUnknown),
        ("ThrottlingException", 503, errors.OutcomeUnknown),
        ("Brandnew", 502, errors.OutcomeUnknown),
        ("Brandnew", 302, errors.OutcomeUnknown),
        ("Brandnew", None, errors.OutcomeUnknown),
        ("RequestTimeout", 408, errors.OutcomeUnknown),
        ("ThrottlingException", 400, errors.Throttled),
        ("AccessDeniedException", 400, errors.AccessDenied),
        ("Brandnew", 400, errors.UnknownAnswer),
    ],
)
def test_a_write_is_refused_only_by_a_clear_refusal(
    code: str, status: int | None, kind: type[errors.KmsError]
):
    assert type(answered(code, status=status, write=True)) is kind


@pytest.mark.parametrize(
    ("status", "kind"), [(500, errors.ServiceFault), (503, errors.ServiceFault), (404, errors.UnknownAnswer)]
)
def test_a_read_with_an_unknown_code_is_told_by_its_status(status: int, kind: type[errors.KmsError]):
    assert type(answered("Brandnew", status=status)) is kind


def test_a_fault_on_the_way_to_credentials_leaves_no_write_open():
    response = {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
    error = mapped(sdk.ClientError(response, "AssumeRole"), write=True)
    assert (type(error), error.operation) == (errors.ServiceFault, "AssumeRole")


def test_a_certificate_that_is_refused_means_that_nothing_was_sent():
    error = sdk.SSLError(endpoint_url="https://x", error="[SSL: CERTIFICATE_VERIFY_FAILED]")
    assert type(mapped(error, write=True)) is errors.Unreachable


@pytest.mark.parametrize("error", [KeyError("KeyMetadata"), ValueError("odd"), RuntimeError("odd")])
def test_any_other_failure_is_mapped_too(error: Exception):
    assert type(mapped(error)) is errors.UnknownAnswer
    assert type(mapped(error, write=True)) is errors.OutcomeUnknown


def test_our_own_errors_pass_as_they_are():
    for own in (errors.Throttled(operation="ListKeys"), NotMultiRegion("single")):
        with pytest.raises(type(own)) as caught, aws_errors("DescribeKey"):
            raise own
        assert caught.value is own


def test_an_error_is_one_sentence_with_place_words_and_request():
    error = answered("AccessDeniedException", "User: ana is not authorized.")
    assert str(error) == (
        "DescribeKey in us-east-1 was denied: User: ana is not authorized"
        " (AccessDeniedException, request r-1)."
    )
    assert (error.key, error.region) == (PRIMARY, "us-east-1")


def test_a_refused_signature_gives_away_neither_token_nor_request():
    words = "The signature does not match.\n\nThe Canonical String for this request should have been\n"
    error = answered("InvalidSignatureException", f"{words}x-amz-security-token:SECRETTOKEN")
    assert error.message == "The signature does not match."


def test_what_a_credential_program_says_is_logged_without_its_secrets(caplog: pytest.LogCaptureFixture):
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    failed = sdk.CredentialRetrievalError(provider="custom-process", error_msg=f"vault: bad {secret}\x1b[0m")
    error = mapped(failed)
    assert "vault: bad [hidden]" in error.detail
    assert "vault: bad [hidden]" in caplog.text
    assert secret not in f"{error.detail} {error} {caplog.text}"
    assert error.detail.isprintable()
    assert "vault" not in str(error)


@pytest.mark.parametrize("write", [False, True])
def test_a_file_of_the_server_that_is_amiss_is_told_to_its_log_alone(
    write: bool, caplog: pytest.LogCaptureFixture
):
    error = mapped(FileNotFoundError(2, "No such file or directory", "/etc/keyconsole/ca.pem"), write=write)
    assert type(error) is (errors.OutcomeUnknown if write else errors.UnknownAnswer)
    assert "/etc/keyconsole" not in f"{error} {error.message} {error.code}"
    assert "/etc/keyconsole/ca.pem" in caplog.text


def test_foreign_words_are_bounded_and_a_web_page_is_not_quoted():
    assert len(answered("ValidationException", "x " * 9000).message) <= 1001
    assert answered("502", "<!doctype html><title>Bad gateway</title>", status=502).message == ""
