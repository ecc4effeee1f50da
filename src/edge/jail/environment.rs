//! The variables that repository code sees: an allow-list, with a fresh home and the user's tool caches named.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Kept as they are: where programs are found, how text is written, and what a build is told by its user.
const KEPT: &[&str] = &[
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "LD_LIBRARY_PATH",
    "PKG_CONFIG_PATH",
    // C, Rust, Go
    "CC",
    "CXX",
    "AR",
    "CFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "RUST_BACKTRACE",
    "RUSTUP_TOOLCHAIN",
    "CARGO_BUILD_TARGET",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "CARGO_NET_OFFLINE",
    "GOROOT",
    "GOFLAGS",
    "GOTOOLCHAIN",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GONOSUMCHECK",
    "GONOPROXY",
    "GOPRIVATE",
    "CGO_ENABLED",
    // Node, Python
    "NODE_ENV",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PYTHONPATH",
    "PYTHONWARNINGS",
    "PYTHONHASHSEED",
    "PYENV_VERSION",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "MYPYPATH",
    "PYTEST_ADDOPTS",
    "DJANGO_SETTINGS_MODULE",
    "pythonLocation",
    // Java and others
    "JAVA_TOOL_OPTIONS",
    "MAVEN_OPTS",
    "MAVEN_ARGS",
    "MAVEN_HOME",
    "M2_HOME",
    "GRADLE_OPTS",
    "DOTNET_ROOT",
    "ANDROID_HOME",
    "GEM_HOME",
    "GEM_PATH",
    "BUNDLE_PATH",
    "RBENV_ROOT",
    // Whose certificates a build believes when it fetches: files, and no secret
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "CARGO_HTTP_CAINFO",
    "GIT_SSL_CAINFO",
    "npm_config_cafile",
];

/// Kept with whatever follows: `LC_ALL`, `JAVA_HOME_17_X64`.
const KEPT_PREFIXES: &[&str] = &["LC_", "JAVA_HOME"];

/// Where tools keep what they have fetched. `HOME` is fresh, so each is named; below the user's home where it is not set.
const TOOL_HOMES: &[(&str, &str)] = &[
    ("CARGO_HOME", ".cargo"),
    ("RUSTUP_HOME", ".rustup"),
    ("GOPATH", "go"),
    ("GOMODCACHE", "go/pkg/mod"),
    ("GOCACHE", ".cache/go-build"),
    ("PYENV_ROOT", ".pyenv"),
    ("PYTHONUSERBASE", ".local"),
    ("UV_CACHE_DIR", ".cache/uv"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python"),
    ("PIP_CACHE_DIR", ".cache/pip"),
    ("NVM_DIR", ".nvm"),
    ("VOLTA_HOME", ".volta"),
    ("npm_config_cache", ".npm"),
    ("COREPACK_HOME", ".cache/node/corepack"),
    ("PNPM_HOME", ".local/share/pnpm"),
    ("GRADLE_USER_HOME", ".gradle"),
    ("SDKMAN_DIR", ".sdkman"),
    ("ASDF_DATA_DIR", ".asdf"),
];

/// Whatever the lists above say: a name of this sort is a secret, or ours, or the runner's.
const NEVER_PREFIXES: &[&str] = &["GITHUB_", "ACTIONS_", "RUNNER_", "INPUT_", "SELF_HEAL_"];
const NEVER_SUFFIXES: &[&str] = &["_TOKEN", "_KEY", "_SECRET", "_PASSWORD", "_CREDENTIALS"];

/// The environment of a command that runs in a copy of `workspace` at `tree`.
pub fn scrubbed(
    ours: impl IntoIterator<Item = (OsString, OsString)>,
    workspace: &Path,
    tree: &Path,
    home: &Path,
    temporary: &Path,
) -> BTreeMap<OsString, OsString> {
    let ours: BTreeMap<_, _> = ours.into_iter().collect();
    let real_home = ours.get(OsStr::new("HOME")).map(PathBuf::from);
    let mut environment: BTreeMap<OsString, OsString> = ours
        .iter()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.clone(), moved(value, workspace, tree)))
        .collect();
    for (name, below_home) in TOOL_HOMES {
        let by_default = || Some(real_home.as_ref()?.join(below_home)).filter(|path| path.exists()).map(OsString::from);
        if let Some(value) = ours.get(OsStr::new(name)).cloned().or_else(by_default) {
            environment.insert((*name).into(), moved(&value, workspace, tree));
        }
    }
    environment.insert("HOME".into(), home.into());
    environment.insert("TMPDIR".into(), temporary.into());
    environment.insert("CI".into(), "true".into());
    environment
}

/// Whether a variable may be seen by the command that a person runs in place: everything but what is ours.
pub fn is_ours(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("SELF_HEAL_") || name.starts_with("INPUT_"))
}

fn kept(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let never = NEVER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || NEVER_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    !never && (KEPT.contains(&name) || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}

/// A path inside the workspace becomes the same path inside the copy: a virtual environment's `bin`, a `src`.
fn moved(value: &OsStr, workspace: &Path, tree: &Path) -> OsString {
    let mut parts = Vec::new();
    for part in value.as_bytes().split(|byte| *byte == b':') {
        let part = OsStr::from_bytes(part);
        match Path::new(part).strip_prefix(workspace) {
            Ok(inside) if inside.as_os_str().is_empty() => parts.push(tree.as_os_str().to_owned()),
            Ok(inside) => parts.push(tree.join(inside).into_os_string()),
            Err(_) => parts.push(part.to_owned()),
        }
    }
    parts.join(OsStr::new(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(ours: &[(&str, &str)]) -> BTreeMap<String, String> {
        let ours = ours.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let paths = ["/ws", "/tmp/x/copy/ws", "/tmp/x/home", "/tmp/x/tmp"].map(Path::new);
        let seen = scrubbed(ours, paths[0], paths[1], paths[2], paths[3]);
        seen.into_iter()
            .map(|(name, value)| (name.into_string().expect("a name"), value.into_string().expect("a value")))
            .collect()
    }

    #[test]
    fn secrets_and_what_belongs_to_the_runner_or_to_us_are_not_seen() {
        let secrets = [
            "GITHUB_TOKEN",
            "GITHUB_ENV",
            "ACTIONS_RUNTIME_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "RUNNER_TEMP",
            "INPUT_API_KEY",
            "SELF_HEAL_API_KEY",
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "NPM_TOKEN",
            "SSH_AUTH_SOCK",
            "DATABASE_URL",
            "LC_SECRET_TOKEN",
            "JAVA_HOME_KEY",
            "HTTPS_PROXY",
            "BASH_ENV",
            "LD_PRELOAD",
            "GIT_DIR",
        ];
        let ours: Vec<_> = secrets.iter().map(|name| (*name, "hush")).collect();
        let seen = seen(&ours);
        assert!(seen.values().all(|value| value != "hush"), "{seen:?}");
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["CI", "HOME", "TMPDIR"]);
    }

    #[test]
    fn a_build_finds_its_tools_and_what_its_user_told_it() {
        let seen = seen(&[
            ("PATH", "/usr/bin"),
            ("LC_ALL", "C.UTF-8"),
            ("RUSTFLAGS", "-D warnings"),
            ("JAVA_HOME_17_X64", "/opt/java"),
            ("CARGO_HOME", "/opt/cargo"),
            ("HOME", "/home/a"),
        ]);
        assert_eq!(seen.get("PATH").map(String::as_str), Some("/usr/bin"));
        assert_eq!(seen.get("CARGO_HOME").map(String::as_str), Some("/opt/cargo"));
        assert_eq!(seen.get("RUSTFLAGS").map(String::as_str), Some("-D warnings"));
        assert_eq!(seen.get("HOME").map(String::as_str), Some("/tmp/x/home"));
        assert!(seen.contains_key("LC_ALL") && seen.contains_key("JAVA_HOME_17_X64"));
    }

    #[test]
    fn a_tools_own_folder_is_named_where_it_is_there() {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join(".cargo")).expect("a folder");
        let seen = seen(&[("HOME", &home.path().to_string_lossy())]);
        assert_eq!(seen.get("CARGO_HOME").map(PathBuf::from), Some(home.path().join(".cargo")));
        assert!(!seen.contains_key("RUSTUP_HOME"));
    }

    #[test]
    fn paths_into_the_workspace_lead_into_the_copy() {
        let seen = seen(&[
            ("PATH", "/ws/.venv/bin:/usr/bin:/wsx/bin:/ws"),
            ("VIRTUAL_ENV", "/ws/.venv"),
            ("PYTHONPATH", "src:/ws/src"),
        ]);
        assert_eq!(
            seen.get("PATH").map(String::as_str),
            Some("/tmp/x/copy/ws/.venv/bin:/usr/bin:/wsx/bin:/tmp/x/copy/ws")
        );
        assert_eq!(seen.get("VIRTUAL_ENV").map(String::as_str), Some("/tmp/x/copy/ws/.venv"));
        assert_eq!(seen.get("PYTHONPATH").map(String::as_str), Some("src:/tmp/x/copy/ws/src"));
    }
}
