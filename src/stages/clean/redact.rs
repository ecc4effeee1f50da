//! Secrets out: what looks like a credential becomes `***`, in log lines and in anything a model may see.
//!
//! The runner masks the secrets it knows; this does not lean on it (P16). Vendors' keys are known by their documented
//! shape, other values by the name they are assigned to and by how random they look.
use std::sync::{LazyLock, OnceLock};

use regex::{Captures, Regex};
use watch::Watch;

use crate::domain::secret::Redacted;

/// The text with everything that looks like a credential replaced by `***`.
pub fn redact(text: &str) -> Redacted {
    let mut redactor = Redactor::default();
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        clean.push_str(redactor.line(body).as_deref().unwrap_or(body));
        clean.push_str(end);
    }
    Redacted::by_redaction(clean)
}

/// Literals that must reach the redactor even when nobody else wants their line: the text after them is secret too.
pub const WAKES: &[&str] = &["-----begin"];

/// A PEM block of the largest key in use has about a hundred lines; a log that never says END must not stay hidden.
const PEM_LINES_MAX: u32 = 200;

/// Below this many bits a character, a value looks like a word rather than like a key.
const ENTROPY_BITS_MIN: f64 = 3.0;

/// What is assigned and shorter than this is no key.
const VALUE_BYTES_MIN: usize = 8;

const MASK: &str = "***";

/// Redacts line by line; it remembers only whether a PEM block is open.
#[derive(Debug, Default)]
pub struct Redactor {
    pem_lines_left: u32,
    hits: Vec<usize>,
}

impl Redactor {
    /// The line without its secrets; `None` when there is none in it.
    pub fn line(&mut self, text: &str) -> Option<String> {
        if self.is_open() {
            self.pem_lines_left -= 1;
            if text.contains("-----END") {
                self.pem_lines_left = 0;
                return None;
            }
            return Some(MASK.to_owned());
        }
        let rules = &*RULES;
        rules.watch.hits(text, &mut self.hits);
        let owners = self.hits.iter().filter_map(|hit| rules.owners.get(*hit));
        let woken = owners.fold(0_u64, |set, owner| set | 1 << owner);
        if woken == 0 {
            return None;
        }
        let mut clean: Option<String> = None;
        for (index, (rule, pattern)) in SHAPES.iter().zip(&rules.patterns).enumerate() {
            if woken & (1 << index) == 0 {
                continue;
            }
            let pattern = pattern.get_or_init(|| Regex::new(rule.pattern).expect("the patterns above compile"));
            let now = clean.as_deref().unwrap_or(text);
            if let std::borrow::Cow::Owned(changed) = pattern.replace_all(now, |found: &Captures<'_>| mask(rule, found))
            {
                clean = Some(changed);
            }
        }
        if opens_pem(text) {
            self.pem_lines_left = PEM_LINES_MAX;
        }
        clean.filter(|clean| clean != text)
    }

    /// Whether the next line is inside a private key, whatever stands in it.
    pub fn is_open(&self) -> bool {
        self.pem_lines_left > 0
    }
}

fn opens_pem(text: &str) -> bool {
    text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") && !text.contains("-----END")
}

/// What a match becomes: its `secret` group is masked, if the rule's doubt about it is answered.
fn mask(rule: &Shape, found: &Captures<'_>) -> String {
    let whole = found.get(0).map_or("", |whole| whole.as_str());
    let (Some(all), Some(secret)) = (found.get(0), found.name("secret")) else {
        return MASK.to_owned();
    };
    let sure = match rule.doubt {
        Doubt::None => true,
        Doubt::LooksLikeAWord => looks_random(secret.as_str()),
    };
    if !sure {
        return whole.to_owned();
    }
    let head = whole.get(..secret.start() - all.start()).unwrap_or_default();
    let tail = whole.get(secret.end() - all.start()..).unwrap_or_default();
    format!("{head}{MASK}{tail}")
}

/// A value that nobody would type as a word: long, of several sorts of characters, without a pattern.
fn looks_random(value: &str) -> bool {
    let digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    value.len() >= VALUE_BYTES_MIN && digit && letter && entropy_bits(value) >= ENTROPY_BITS_MIN
}

/// Shannon entropy in bits a character.
fn entropy_bits(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len().max(1) as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

/// What speaks against a match.
enum Doubt {
    None,
    LooksLikeAWord,
}

struct Shape {
    /// Lower case; one of these must be in the line before the pattern is tried.
    literals: &'static [&'static str],
    /// The group `secret` is what is replaced.
    pattern: &'static str,
    doubt: Doubt,
}

const SHAPES: &[Shape] = &[
    // Vendors' documented formats.
    Shape {
        literals: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        pattern: r"\b(?<secret>gh[pousr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,})",
        doubt: Doubt::None,
    },
    Shape {
        literals: &["glpat-", "gldt-", "glrt-", "glcbt-"],
        pattern: r"\b(?<secret>gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_.-]{15,})",
        doubt: Doubt::None,
    },
    Shape {
        literals: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-", "hooks.slack.com/"],
        pattern: r"(?<secret>\bxox[abprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]+)",
        doubt: Doubt::None,
    },
    Shape { literals: &["akia", "asia"], pattern: r"\b(?<secret>A(?:KIA|SIA)[A-Z0-9]{16})\b", doubt: Doubt::None },
    Shape {
        literals: &["aiza", "ya29."],
        pattern: r"\b(?<secret>AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,})",
        doubt: Doubt::None,
    },
    Shape {
        literals: &["sk-", "sk_live_", "sk_test_", "rk_live_", "whsec_"],
        pattern: r"\b(?<secret>sk-[A-Za-z0-9_-]{20,}|(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{16,})",
        doubt: Doubt::LooksLikeAWord,
    },
    Shape {
        literals: &["npm_", "pypi-", "dckr_pat_", "hf_", "cio"],
        pattern: r"\b(?<secret>npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{40,}|dckr_pat_[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|cio[A-Za-z0-9]{32})",
        doubt: Doubt::None,
    },
    Shape {
        literals: &["sg."],
        pattern: r"\b(?<secret>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
        doubt: Doubt::None,
    },
    // A signed token: three base64 parts, the first of which starts with `{"`.
    Shape {
        literals: &["eyj"],
        pattern: r"\b(?<secret>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)",
        doubt: Doubt::None,
    },
    // A private key written on one line, `\n` and all; one of many lines is followed by the redactor.
    Shape {
        literals: &["-----begin"],
        pattern: r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>.+?)(?:-----END|$)",
        doubt: Doubt::None,
    },
    // Headers.
    Shape {
        literals: &["authorization", "bearer "],
        pattern: r#"(?i)(?:\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?|\bbearer\s+)(?<secret>[A-Za-z0-9+/=_.~:-]{8,})"#,
        doubt: Doubt::LooksLikeAWord,
    },
    // `https://user:password@host`, and `https://token@host`.
    Shape { literals: &["://"], pattern: r#"://[^\s/:@'"`<>]*:(?<secret>[^\s/@'"`<>]+)@"#, doubt: Doubt::None },
    Shape { literals: &["://"], pattern: r#"://(?<secret>[^\s/:@'"`<>]{8,})@"#, doubt: Doubt::LooksLikeAWord },
    // `export DB_PASSWORD=…`, `"client_secret": "…"`, `--token=…`, `?sig=…`.
    Shape {
        literals: &[
            "passw",
            "pwd",
            "secret",
            "token",
            "apikey",
            "api_key",
            "api-key",
            "access_key",
            "accesskey",
            "accountkey",
            "private_key",
            "credential",
            "sig=",
            "signature=",
        ],
        pattern: r#"(?i)(?:passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey|private[_-]?key|credentials?|\bsig|signature)[A-Za-z0-9_]*["']?\s*(?:=>|[:=])\s*["']?(?<secret>[A-Za-z0-9+/=_~!@#%^*-]{8,})(?:["',;\s&)]|$)"#,
        doubt: Doubt::LooksLikeAWord,
    },
    // The step says itself that this is secret; the runner has masked it, a terminal has not.
    Shape { literals: &["::add-mask::"], pattern: r"(?i)::add-mask::(?<secret>.+)", doubt: Doubt::None },
];

struct Rules {
    watch: Watch,
    /// Of each of its literals, the index of its shape.
    owners: Vec<usize>,
    /// Compiled when they are first needed: most logs need none.
    patterns: Vec<OnceLock<Regex>>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let literals: Vec<(usize, &str)> = SHAPES
        .iter()
        .enumerate()
        .flat_map(|(index, shape)| shape.literals.iter().map(move |literal| (index, *literal)))
        .collect();
    Rules {
        watch: Watch::new(literals.iter().map(|(_, literal)| *literal)),
        owners: literals.iter().map(|(index, _)| *index).collect(),
        patterns: SHAPES.iter().map(|_| OnceLock::new()).collect(),
    }
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use watch::LITERAL_BYTES_MIN;

    /// Made up at run time, so that no key of a live format stands in this file.
    fn made_up(prefix: &[&str], length: usize) -> String {
        let alphabet = b"a7Kd0Qz3Xw9Rm2Lp5Vt8Hs1Gn6Bf4Yc";
        let body = (0..length).map(|at| char::from(alphabet[at * 7 % alphabet.len()]));
        prefix.concat() + &body.collect::<String>()
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(redact(text).as_str(), expected);
    }

    #[test]
    fn every_literal_can_be_watched_for() {
        let mut literals = SHAPES.iter().flat_map(|shape| shape.literals);
        assert!(literals.all(|literal| literal.len() >= LITERAL_BYTES_MIN));
    }

    #[test]
    fn keys_of_known_vendors_are_taken_out_wherever_they_stand() {
        let keys = [
            made_up(&["gh", "p_"], 36),
            made_up(&["github", "_pat_"], 60),
            made_up(&["gl", "pat-"], 20),
            made_up(&["xo", "xb-"], 40),
            format!("{}{}", ["AK", "IA"].concat(), "Q2W3E4R5T6Y7U8I9"),
            made_up(&["AI", "za"], 35),
            made_up(&["sk", "-ant-", "api03-"], 80),
            made_up(&["sk_", "live_"], 24),
            made_up(&["np", "m_"], 36),
            made_up(&["py", "pi-"], 60),
            made_up(&["h", "f_"], 34),
            format!("{}.{}", made_up(&["SG", "."], 22), made_up(&[], 43)),
            format!("{}.{}.{}", made_up(&["ey", "J"], 20), made_up(&["ey", "J"], 40), made_up(&[], 43)),
        ];
        for key in keys {
            let clean = redact(&format!("curl -H 'X: {key}' says {key}, no"));
            assert!(!clean.as_str().contains(&key[..key.len() / 2]), "{key} is still in {}", clean.as_str());
        }
    }

    #[test]
    fn a_private_key_is_taken_out_line_by_line() {
        let begin = ["-----BEGIN RSA PRIVATE", " KEY-----"].concat();
        let end = ["-----END RSA PRIVATE", " KEY-----"].concat();
        check(&format!("{begin}\nMIIEabc\nxyz=\n{end}\nafter"), &format!("{begin}\n***\n***\n{end}\nafter"));
        check(&format!("key = \"{begin}\\nMIIEabc\\n{end}\""), &format!("key = \"{begin}***{end}\""));
    }

    #[test]
    fn a_private_key_that_never_ends_hides_two_hundred_lines_and_no_more() {
        let begin = ["-----BEGIN PRIVATE", " KEY-----"].concat();
        let text = format!("{begin}\n{}", "line\n".repeat(PEM_LINES_MAX as usize + 1));
        let clean = redact(&text);
        assert_eq!(clean.as_str().matches("***").count(), PEM_LINES_MAX as usize);
        assert!(clean.as_str().ends_with("***\nline\n"));
    }

    #[test]
    fn a_certificate_is_no_secret() {
        let text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        check(text, text);
    }

    #[test]
    fn headers_urls_and_assignments_lose_their_values() {
        let value = made_up(&[], 24);
        check(&format!("Authorization: Bearer {value}"), "Authorization: Bearer ***");
        check(&format!("authorization: basic {value}=="), "authorization: basic ***");
        check("git clone https://bob:hunter2@git.example/x", "git clone https://bob:***@git.example/x");
        check(&format!("https://{value}@git.example/x"), "https://***@git.example/x");
        check(&format!("DB_PASSWORD={value}"), "DB_PASSWORD=***");
        check(&format!("  \"client_secret\": \"{value}\","), "  \"client_secret\": \"***\",");
        check(&format!("tool --token={value} --verbose"), "tool --token=*** --verbose");
        check(&format!("https://x.example/b?sv=1&sig={value}&e=2"), "https://x.example/b?sv=1&sig=***&e=2");
        check("::add-mask::swordfish", "::add-mask::***");
    }

    #[test]
    fn code_and_messages_that_only_speak_of_secrets_stay_as_they_are() {
        for text in [
            "password = get_password(user)",
            "token = self.token",
            "SyntaxError: unexpected token: identifier",
            "assert response.json()[\"token\"] == expected_token",
            "api_key=os.environ[\"API_KEY\"]",
            "secret: ${{ secrets.DEPLOY_KEY }}",
            "PASSWORD=***",
            "the sk-learn-compatible-estimator-interface is here",
            "https://github.example/a/b@v4",
            "error: Bearer authentication failed",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_value_shorter_than_a_key_stays_and_one_as_long_goes() {
        check("token=a1b2c3d", "token=a1b2c3d");
        check("token=a1b2c3d4", "token=***");
    }

    proptest! {
        #[test]
        fn redaction_keeps_the_number_of_lines(text in "[ -~\n]{0,300}") {
            prop_assert_eq!(redact(&text).as_str().matches('\n').count(), text.matches('\n').count());
        }

        #[test]
        fn what_was_redacted_once_stays_as_it_is(text in "(token|password)[:=] ?[a-zA-Z0-9]{4,30}[ -~]{0,40}") {
            let once = redact(&text);
            prop_assert_eq!(redact(once.as_str()), once);
        }
    }
}
