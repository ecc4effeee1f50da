//! AWS, Google Cloud and Azure: credentials, rights, quotas and capacity.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // aws-actions/configure-aws-credentials; AWS SDK for JavaScript v3 `CredentialsProviderError`; botocore
    // `NoCredentialsError`; Google Application Default Credentials; @actions/core `getIDToken`.
    Rule::environment(
        "cloud.no-credentials",
        &[
            "could not load credentials",
            "credentials could not be loaded",
            "unable to locate credentials",
            "nocredentialproviders",
            "no valid credential sources",
            "could not find default credentials",
            "default credentials were not found",
            "actions_id_token_request",
            "id token",
            "no openidconnect provider",
            "run 'az login'",
            "please run az login",
            "no subscription",
            "failed to generate google cloud",
        ],
        r"could not load credentials from any providers|credentials could not be loaded|unable to locate credentials|NoCredentialProviders|no valid credential sources|(could not find|your) default credentials( were not found)?|unable to get ACTIONS_ID_TOKEN_REQUEST|failed to get id ?token|no OpenIDConnect provider found|run 'az login'|please run az login|no subscriptions? found|failed to generate google cloud",
        0.92,
        "the cloud's credentials are not there: a secret, or the right to ask for an identity token",
    ),
    // AWS IAM "Troubleshoot access denied error messages"; S3 `AccessDenied`; EC2 `UnauthorizedOperation`; Azure
    // `AuthorizationFailed`; Google `IAM_PERMISSION_DENIED`.
    Rule::environment(
        "cloud.access-denied",
        &[
            "is not authorized to perform",
            "not authorized to perform",
            "accessdenied",
            "access denied",
            "unauthorizedoperation",
            "authorizationfailed",
            "does not have authorization to perform",
            "iam_permission_denied",
            "does not have permission to",
            "permission '",
        ],
        r"not authorized to perform:? |\bAccessDenied(Exception|Error)?\b|\(AccessDenied\)|Access ?Denied\W+(status code: 403|when calling)|UnauthorizedOperation|\bAuthorizationFailed\b|does not have authorization to perform|IAM_PERMISSION_DENIED|permission '[\w.]+' denied",
        0.88,
        "the cloud's role may not do this",
    ),
    // AWS STS, IAM "Common errors"; Microsoft Entra `AADSTS` codes.
    Rule::environment(
        "cloud.credentials-refused",
        &[
            "security token included in the request",
            "invalidclienttokenid",
            "signaturedoesnotmatch",
            "unrecognizedclient",
            "expiredtoken",
            "aadsts",
            "invalidaccesskeyid",
            "invalididentitytoken",
            "requestexpired",
        ],
        r"security token included in the request is (invalid|expired)|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|ExpiredToken(Exception)?\b|\bAADSTS\d{4,}|InvalidAccessKeyId|InvalidIdentityToken|\bRequestExpired\b",
        0.92,
        "the cloud refuses the credential: it is wrong or expired",
    ),
    // EC2 "Error codes": `InsufficientInstanceCapacity`; Compute Engine `ZONE_RESOURCE_POOL_EXHAUSTED`; Azure
    // `AllocationFailed`, `SkuNotAvailable`.
    Rule::transient(
        "cloud.capacity",
        &[
            "insufficientinstancecapacity",
            "resource_pool_exhausted",
            "allocationfailed",
            "zonalallocationfailed",
            "insufficient capacity",
            "spot instance",
            "spot interruption",
        ],
        r"InsufficientInstanceCapacity|RESOURCE_POOL_EXHAUSTED|\b(Zonal|OverconstrainedZonal)?AllocationFailed\b|insufficient capacity|spot (instance )?(interruption|termination)",
        0.82,
        "the cloud had no machine to give, or took one back",
    ),
    // AWS Service Quotas, EC2 `VcpuLimitExceeded`; Google `Quota '…' exceeded`; Azure `QuotaExceeded`.
    Rule::environment(
        "cloud.quota",
        &[
            "limitexceeded",
            "quota exceeded",
            "quotaexceeded",
            "' exceeded",
            "exceeded quota",
            "quota_exceeded",
            "resource_exhausted",
        ],
        r"(Vcpu|Instance|Service(Quota)?|Bucket|Address)LimitExceeded|ServiceQuotaExceeded|quota exceeded for|\bQuotaExceeded\b|quota '[\w-]+' exceeded|exceeded quota: |QUOTA_EXCEEDED|RESOURCE_EXHAUSTED",
        0.85,
        "an account's quota is used up",
    ),
    // Terraform `internal/command/clistate`: another run holds the state.
    Rule::transient(
        "terraform.state-lock",
        &["error acquiring the state lock", "error locking state"],
        r"error (acquiring the state lock|locking state)",
        0.7,
        "another run holds the lock on the state",
    ),
];
