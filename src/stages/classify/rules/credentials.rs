//! Secrets that are missing, wrong or expired, and rights that nobody gave.

use super::super::rule::Rule;
use crate::domain::failure::Kind::WorkflowError;

pub const RULES: &[Rule] = &[
    // GitHub REST 401 `Bad credentials`; OAuth 2.0 `invalid_grant`; npm `ENEEDAUTH`; cargo `login`; AWS `ExpiredToken`;
    // Docker `no basic auth credentials`; twine; Vault.
    Rule::environment(
        "credentials.refused",
        &[
            "bad credentials",
            "eneedauth",
            "token expired",
            "token has expired",
            "token is expired",
            "expired token",
            "expiredtoken",
            "token is invalid",
            "invalid token",
            "no basic auth credentials",
            "authentication required",
            "invalid or non-existent authentication",
            "no token found, please run",
            "invalid_grant",
            "incorrect username or password",
            "authentication failure",
            "invalid credentials",
            "credentials are invalid",
            "login failed",
        ],
        r"bad credentials|ENEEDAUTH|token (has |is )?expired|expired ?token|(provided|access|api|auth\w*) token is invalid|invalid (api |auth\w* |access )?token\b|no basic auth credentials|authentication required|invalid or non-existent authentication|no token found, please run|invalid_grant|incorrect username or password|invalid credentials|credentials are invalid|login failed with error",
        0.8,
        "a credential is missing, wrong or expired",
    ),
    // actions/toolkit `core.getInput({ required: true })`; docker/login-action; octokit; `gh`; codecov.
    Rule::environment(
        "credentials.input-missing",
        &[
            "input required and not supplied",
            "username and password required",
            "parameter token or opts.auth",
            "set the gh_token",
            "token required",
            "username required",
            "password required",
        ],
        r"input required and not supplied|(username and )?(username|password) required|parameter token or opts\.auth is required|set the GH_TOKEN environment variable|token required - not valid",
        0.92,
        "an action's required input is empty: a secret is not set, or not given to this run",
    )
    .of(WorkflowError),
    // POSIX shells (`parameter null or not set`, `unbound variable` under `set -u`) and programs that name the variable they want.
    Rule::environment(
        "credentials.variable-missing",
        &[
            "_token",
            "_secret",
            "_passw",
            "api_key",
            "apikey",
            "_credential",
            "access_key",
            "private_key",
        ],
        r"\b[A-Z][A-Z0-9_]*(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)[A-Z0-9_]*\b['`\x22]?:? ?(environment variable |env var |secret )?(unbound variable|parameter (null or )?not set|(is |was )?(required|missing)|must be (set|given|provided))|\b(error|fatal|fail\w*|missing|please (set|provide))\b.{0,60}\b[A-Z][A-Z0-9_]*_(TOKEN|SECRET|PASSWORD|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)\b",
        0.8,
        "a secret is not set, or not given to this run",
    )
    .beside(&["unbound variable", "not set", "required", "missing", "must be ", "please set", "please provide"]),
    // The same said in passing: many programs only mention it, so alone it is hardly enough.
    Rule::environment(
        "credentials.variable-empty",
        &["token is not set", "token not set", "secret is not set", "secret not set", "password is not set", "key is not set", "key not set", "token is empty", "credentials not found"],
        r"\b(token|secret|password|(api|access|private)[ _]?key|credentials?)['`\x22]? (is |are )?(not (set|found|provided|defined)|unset|empty)\b",
        0.52,
        "a secret seems not to be set",
    ),
    // git `credential.c`, `http.c`; GitHub's `remote:` lines; GitLab's.
    Rule::environment(
        "git.authentication",
        &[
            "authentication failed for",
            "could not read username",
            "could not read password",
            "invalid username or",
            "repository not found",
            "fatal: repository '",
            "write access to repository not granted",
            "denied to",
            "remote: http basic: access denied",
            "password authentication was removed",
            "not allowed to push",
            "access denied or repository not exported",
        ],
        r"authentication failed for|could not read (username|password) for|invalid username or (password|token)|remote: repository not found|fatal: repository '.{1,300}' not found|write access to repository not granted|permission to \S+ denied to|remote: HTTP Basic: Access denied|password authentication was removed|not allowed to push (code|to)|access denied or repository not exported",
        0.88,
        "git may not read or write this repository with the credential it was given",
    ),
    // OpenSSH sshconnect.c, sshconnect2.c, authfile.c.
    Rule::environment(
        "ssh.keys",
        &["permission denied (publickey", "host key verification failed", "remote host identification has changed", "error in libcrypto", "load key \"", "too many authentication failures", "key is invalid"],
        r"permission denied \((publickey|password|keyboard)|host key verification failed|remote host identification has changed|load key .{1,120}: (error in libcrypto|invalid format)|too many authentication failures",
        0.9,
        "ssh has no key that the other side takes, or does not know the other side's",
    ),
    // GitHub REST: "Resource not accessible by integration"; GitHub's refusals of what an App may change.
    Rule::environment(
        "token.permissions",
        &[
            "resource not accessible by",
            "not permitted to create or approve",
            "refusing to allow",
            "saml enforcement",
            "must have admin rights",
            "must have push access",
            "insufficient scopes",
            "required scopes",
            "insufficient permission",
            "missing permission",
        ],
        r"resource not accessible by (integration|personal access token)|not permitted to create or approve pull requests|refusing to allow an? (github app|oauth app|personal access token|integration)|SAML enforcement|must have (admin rights|push access)|insufficient (scopes|permissions?\b)|(has not been granted|needs|requires|required|missing) the required scopes|missing permissions?:",
        0.92,
        "the token has not the permissions that this asks for",
    ),
    // Docker distribution `errcode` DENIED, in push and pull.
    Rule::environment(
        "registry.denied",
        &["requested access to the resource is denied", "pull access denied", "denied: permission_denied", "permission_denied:", "insufficient_scope"],
        r"requested access to the resource is denied|pull access denied for|denied: permission_denied|\bPERMISSION_DENIED\b|insufficient_scope: ",
        0.88,
        "the registry denies access: no login, or no right to this name",
    ),
    // GnuPG.
    Rule::environment(
        "gpg.key",
        &["gpg: signing failed", "no secret key", "gpg: no default secret key", "gpg failed to sign"],
        r"gpg: (signing failed|no default secret key|decryption failed)|: no secret key|gpg failed to sign the data",
        0.85,
        "the key to sign with is not there",
    ),
    // Xcode's build system on code signing (Apple, "Resolving code signing issues").
    Rule::environment(
        "xcode.signing",
        &["development team", "signing certificate", "provisioning profile", "no profiles for '"],
        r"requires a development team|no (signing )?certificate .{0,80}found|no signing certificate|requires a provisioning profile|no profiles for '|provisioning profile .{0,120}(doesn't|does not|has expired|isn't|not found)",
        0.9,
        "Xcode has no team, certificate or profile to sign with",
    ),
];
