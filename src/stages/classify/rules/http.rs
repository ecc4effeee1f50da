//! What servers answer: status codes, as clients put them (RFC 9110 section 15, RFC 6585 section 4).
//!
//! A bare number means nothing; a client says `HTTP/1.1 503`, `status code: 503`, `returned error: 503`, `code E503`,
//! `ERR_PNPM_FETCH_503`, `got 503`, `(503)` or the number with its phrase.

use super::super::rule::Rule;

/// A status code in the mouth of a client, and its phrase.
macro_rules! status {
    ($codes:literal, $phrases:literal) => {
        concat!(
            r"\b(HTTP(/[\d.]+)?( error| status| response)?|(status|response|error)([ _]?code)?|returned|responded with|answered|got|received|npm (err!|error)( code)?|Return code is|http_status)\)?[ :='",
            "\"",
            r"(]{1,3}E?(",
            $codes,
            r")\b|ERR_PNPM_FETCH_(",
            $codes,
            r")|\b(",
            $codes,
            r")[ :]{1,3}\(?(",
            $phrases,
            r"|server error|client error)|(",
            $phrases,
            r")[ (:]{1,3}(",
            $codes,
            r")\b"
        )
    };
}

pub const RULES: &[Rule] = &[
    // GitHub REST "Rate limits", Docker Hub `toomanyrequests`, AWS `Throttling*`, `RequestLimitExceeded`, S3 `SlowDown`.
    Rule::transient(
        "http.too-many-requests",
        &[
            "too many requests",
            "toomanyrequests",
            "rate limit",
            "ratelimit",
            "rate exceeded",
            " 429",
            "e429",
            "_429",
            "(429",
            "throttlingexception",
            "throttled",
            "requestlimitexceeded",
            "slowdown",
            "abuse detection",
        ],
        concat!(
            status!("429", "too many requests"),
            r"|too many requests|toomanyrequests|\brate[ -]?limit(ed|s)?\b.{0,20}(exceeded|reached|hit)|exceeded.{0,40}\brate[ -]?limit|(secondary|pull|api) rate limit|ThrottlingException|Throttling: |request was throttled|rate exceeded|RequestLimitExceeded|SlowDown: |abuse detection mechanism"
        ),
        0.85,
        "a server asked for fewer requests",
    ),
    // RFC 9110 section 15.6; 520 to 524 are Cloudflare's.
    Rule::transient(
        "http.server-error",
        &[
            "internal server error",
            "bad gateway",
            "service unavailable",
            "service temporarily unavailable",
            "gateway timeout",
            "gateway time-out",
            "server error",
            " 500",
            "e500",
            "_500",
            "(500",
            " 502",
            "e502",
            "_502",
            "(502",
            " 503",
            "e503",
            "_503",
            "(503",
            " 504",
            "e504",
            "_504",
            "(504",
            " 520",
            " 521",
            " 522",
            " 524",
        ],
        concat!(
            status!(
                "500|502|503|504|52[0124]",
                "internal server error|bad gateway|service (temporarily )?unavailable|gateway time-?out"
            ),
            r"|\bstatus.{0,30}: (500|502|503|504)\b|bad gateway|gateway time-?out|service (temporarily )?unavailable \[IP"
        ),
        0.8,
        "a server failed on its own side",
    ),
    // RFC 9110 section 15.5.2.
    Rule::environment(
        "http.unauthorized",
        &[" 401", "e401", "_401", "(401", "unauthorized", "unauthenticated"],
        concat!(
            status!("401", "unauthorized"),
            r"|unauthorized: (authentication|access|incorrect|invalid|bad|HTTP Basic)|not authorized , ReasonPhrase|requires authentication|\bUnauthenticated: "
        ),
        0.85,
        "a credential is missing, wrong or expired",
    ),
    // RFC 9110 section 15.5.4. GitHub also says 403 for a rate limit; that line meets the other rule too.
    Rule::environment(
        "http.forbidden",
        &[" 403", "e403", "_403", "(403", "forbidden"],
        concat!(status!("403", "forbidden"), r"|\bis forbidden: user|forbidden: (authentication|access)"),
        0.8,
        "whoever runs this may not do it",
    ),
    // RFC 9110 section 15.5.8 and 15.5.3.
    Rule::environment(
        "http.proxy-or-payment",
        &[" 407", "(407", " 402", "(402", "payment required", "proxy authentication required"],
        concat!(
            status!("407|402", "proxy authentication required|payment required"),
            r"|proxy authentication required"
        ),
        0.8,
        "a proxy or an account stands in the way",
    ),
];
