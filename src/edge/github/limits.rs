//! Rate limits as GitHub tells them: what an answer asks to wait, before the same may be asked again.

use chrono::DateTime;
use http::HeaderMap;

/// From GitHub's documentation: without a header that says how long, wait at least a minute, and longer each time.
const SECONDS_UNTOLD_MIN: u64 = 60;

/// GitHub's hourly limit begins again by then; nothing it asks for is longer.
const SECONDS_MAX: u64 = 3_600;

/// A clock that is a little behind must not ask one second too early.
const RESET_SLACK_SECONDS: i64 = 1;

/// Seconds to wait before the `tries`th try is followed by another; `None` where the answer is about no rate limit.
///
/// `now` is seconds since 1970, for an answer that does not say its own time.
pub fn wait(status: u16, headers: &HeaderMap, message: &str, tries: u32, now: i64) -> Option<u64> {
    if !matches!(status, 403 | 429) {
        return None;
    }
    let number = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.trim().parse::<i64>().ok());
    let bounded = |seconds: i64| u64::try_from(seconds).unwrap_or(0).clamp(1, SECONDS_MAX);
    if let Some(seconds) = number("retry-after") {
        return Some(bounded(seconds));
    }
    if number("x-ratelimit-remaining") == Some(0) {
        let now = told_time(headers).unwrap_or(now);
        return Some(match number("x-ratelimit-reset") {
            Some(reset) => bounded(reset.saturating_sub(now).saturating_add(RESET_SLACK_SECONDS)),
            None => untold(tries),
        });
    }
    (status == 429 || is_secondary(message)).then(|| untold(tries))
}

fn untold(tries: u32) -> u64 {
    let doubled = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
    SECONDS_UNTOLD_MIN.saturating_mul(doubled).min(SECONDS_MAX)
}

/// A secondary limit may come as a bare 403; only its words tell it from a missing permission.
fn is_secondary(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["secondary rate limit", "abuse detection", "rate limit exceeded"].iter().any(|words| message.contains(words))
}

/// When the answer was given, by GitHub's own clock: a runner's may be wrong.
fn told_time(headers: &HeaderMap) -> Option<i64> {
    let date = headers.get("date")?.to_str().ok()?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{SECONDS_MAX, wait};

    const NOW: i64 = 1_795_000_000;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        pairs.iter().map(pair).collect()
    }

    fn asked(status: u16, pairs: &[(&'static str, &str)], message: &str, tries: u32) -> Option<u64> {
        wait(status, &headers(pairs), message, tries, NOW)
    }

    #[test]
    fn retry_after_comes_first() {
        let both = [("retry-after", "7"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795000900")];
        assert_eq!(asked(403, &both, "", 1), Some(7));
        assert_eq!(asked(429, &both, "", 3), Some(7));
    }

    #[test]
    fn an_empty_primary_limit_is_waited_for_by_githubs_own_clock() {
        let told = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795000900")];
        assert_eq!(asked(403, &told, "", 1), Some(901));
        let by_date = [told[0], told[1], ("date", "Wed, 18 Nov 2026 11:01:40 GMT")];
        assert_eq!(asked(403, &by_date, "", 1), Some(1_201), "300 s before our own clock");
        assert_eq!(asked(403, &[told[0]], "", 1), Some(60));
    }

    #[test]
    fn a_secondary_limit_without_headers_is_a_minute_and_doubles() {
        let said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        for (tries, seconds) in [(1, 60), (2, 120), (3, 240), (30, SECONDS_MAX), (500, SECONDS_MAX)] {
            assert_eq!(asked(403, &[], said, tries), Some(seconds));
            assert_eq!(asked(429, &[], "", tries), Some(seconds));
        }
    }

    #[test]
    fn a_missing_permission_is_no_rate_limit() {
        let left = [("x-ratelimit-remaining", "4999"), ("x-ratelimit-reset", "1795000900")];
        assert_eq!(asked(403, &left, "Resource not accessible by integration", 1), None);
        assert_eq!(asked(404, &[("retry-after", "7")], "", 1), None);
        assert_eq!(asked(500, &[], "secondary rate limit", 1), None);
    }

    #[test]
    fn numbers_that_make_no_sense_are_bounded() {
        assert_eq!(asked(429, &[("retry-after", "-5")], "", 1), Some(1));
        assert_eq!(asked(429, &[("retry-after", "99999999999")], "", 1), Some(SECONDS_MAX));
        assert_eq!(asked(429, &[("retry-after", "soon")], "", 1), Some(60));
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "0")];
        assert_eq!(asked(403, &past, "", 1), Some(1));
    }
}
