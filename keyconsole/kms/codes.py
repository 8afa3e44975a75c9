"""AWS's error codes and what each is to us: the KMS model's, those that it lacks, and other services'.

A table and nothing else. The KMS model's names are from botocore; of the others, ValidationException and
UnrecognizedClientException were observed, the rest are in AWS's documents on common errors.
"""

from __future__ import annotations

from keyconsole.kms import errors

_CODES: dict[type[errors.KmsError], str] = {
    errors.AccessDenied: """
        AccessDenied AccessDeniedException NotAuthorized UnauthorizedOperation UnauthorizedAccess
        """,
    errors.NotFound: """
        NotFoundException CustomKeyStoreNotFoundException CloudHsmClusterNotFoundException
        XksKeyNotFoundException XksProxyVpcEndpointServiceNotFoundException
        """,
    errors.Throttled: """
        Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException
        TooManyRequestsException RequestLimitExceeded ProvisionedThroughputExceededException
        SlowDown BandwidthLimitExceeded PriorRequestNotComplete EC2ThrottledException
        TransactionInProgressException
        """,
    errors.KeyDisabled: "DisabledException",
    errors.WrongState: """
        KMSInvalidStateException KeyUnavailableException ConflictException
        CloudHsmClusterNotActiveException CloudHsmClusterInUseException
        CustomKeyStoreInvalidStateException CustomKeyStoreHasCMKsException
        """,
    errors.InvalidRequest: """
        ValidationException ValidationError InvalidArnException UnsupportedOperationException
        InvalidParameterValue InvalidParameterCombination InvalidParameterException MissingParameter
        InvalidAction UnknownOperationException MissingAction MalformedQueryString
        SerializationException InvalidMarkerException InvalidAliasNameException
        InvalidGrantIdException InvalidGrantTokenException InvalidKeyUsageException
        InvalidCiphertextException InvalidImportTokenException ExpiredImportTokenException
        IncorrectKeyException IncorrectKeyMaterialException IncorrectTrustAnchorException
        KMSInvalidMacException KMSInvalidSignatureException MalformedPolicyDocumentException
        MalformedPolicyDocument PackedPolicyTooLarge TagException AlreadyExistsException
        DryRunOperationException CloudHsmClusterInvalidConfigurationException
        CloudHsmClusterNotRelatedException CustomKeyStoreNameInUseException
        XksKeyAlreadyInUseException XksKeyInvalidConfigurationException
        XksProxyIncorrectAuthenticationCredentialException XksProxyInvalidConfigurationException
        XksProxyInvalidResponseException XksProxyUriEndpointInUseException XksProxyUriInUseException
        XksProxyUriUnreachableException XksProxyVpcEndpointServiceInUseException
        XksProxyVpcEndpointServiceInvalidConfigurationException
        """,
    errors.CredentialsRefused: """
        ExpiredToken ExpiredTokenException TokenRefreshRequired UnrecognizedClientException
        InvalidClientTokenId InvalidAccessKeyId InvalidToken InvalidSignatureException
        IncompleteSignature IncompleteSignatureException MissingAuthenticationToken
        MissingAuthenticationTokenException SignatureDoesNotMatch RequestExpired AuthFailure
        InvalidIdentityToken IDPRejectedClaim IDPCommunicationError
        InvalidAuthorizationMessageException NotSignedUp InvalidSecurityToken UnauthorizedException
        """,
    errors.RegionNotEnabled: "OptInRequired RegionDisabledException SubscriptionRequiredException",
    errors.QuotaReached: "LimitExceededException LimitExceeded",
    errors.ServiceFault: """
        KMSInternalException DependencyTimeoutException InternalFailure InternalError
        InternalServerError InternalServerException ServiceUnavailable ServiceUnavailableException
        Unavailable RequestTimeout RequestTimeoutException
        """,
}

KIND_BY_CODE: dict[str, type[errors.KmsError]] = {
    code: kind for kind, codes in _CODES.items() for code in codes.split()
}
