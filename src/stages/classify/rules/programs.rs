//! Programs, libraries and versions that the machine has not.

use super::super::rule::Rule;
use crate::domain::failure::Kind::DependencyIssue;

pub const RULES: &[Rule] = &[
    // POSIX shells: 127; bash, dash, zsh, busybox; cmd.exe; PowerShell; Go `os/exec` ErrNotFound; @actions/exec.
    Rule::environment(
        "tool.missing",
        &["command not found", ": not found", "is not recognized as", "executable file not found", "unable to locate executable", "exit code 127", "spawn ", "no such file or directory (os error 2)"],
        r": command not found|^\S*sh: (line )?\d+: \S+: not found|\.sh: (line )?\d+: \S+: not found|^/\S+: \d+: \S+: not found|is not recognized as an internal or external command|is not recognized as (the )?(a )?name of a cmdlet|executable file not found in (\$PATH|%PATH%)|unable to locate executable file|process completed with exit code 127|spawn \S+ ENOENT|could not execute process .{1,200}no such file",
        0.85,
        "a command is not installed",
    ),
    // ld.so(8): elf/dl-load.c; dyld; Windows' loader by way of CPython; glibc symbol versions.
    Rule::environment(
        "library.missing",
        &["cannot open shared object file", "error while loading shared libraries", "library not loaded:", "dll load failed", "' not found (required by", "0xc0000135", "image not found", "the specified module could not be found"],
        r"cannot open shared object file|error while loading shared libraries|library not loaded: |DLL load failed|version `\w+_[\d.]+' not found \(required by|0xC0000135|the specified module could not be found",
        0.88,
        "a shared library is not on the machine",
    )
    .its_message(),
    // Linux fs/binfmt: ENOEXEC.
    Rule::environment(
        "tool.wrong-architecture",
        &["exec format error", "bad cpu type", "cannot execute binary file"],
        r"exec format error|bad CPU type in executable|cannot execute binary file",
        0.85,
        "a program was made for another processor or system",
    ),
    // pip `Requires-Python`; npm EBADENGINE, yarn and pnpm engines; cargo `rust-version`; go `toolchain`; javac, HotSpot
    // `UnsupportedClassVersionError`; NETSDK1045; Bundler; Composer platform checks; CMake `cmake_minimum_required`.
    Rule::environment(
        "toolchain.version",
        &[
            "requires python",
            "requires a different python",
            "requires-python",
            "is incompatible with",
            "ebadengine",
            "err_pnpm_unsupported_engine",
            "unsupported class file major version",
            "unsupportedclassversionerror",
            "recent version of the java runtime",
            "requires rustc",
            "is not supported by the following package",
            "gotoolchain=local",
            "invalid source release",
            "invalid target release",
            "release version ",
            "netsdk1045",
            "does not support targeting",
            "compatible .net sdk was not found",
            "your ruby version is",
            "your php version",
            "or higher is required",
            "node.js version",
            "node version",
            "does not satisfy that requirement",
            "could not find the required jdk tools",
        ],
        r"requires a different python|(package|project)?.{0,80}requires python ?['\x22]?[<>=~^]|requires-python.{0,80}(not|incompatible)|the engine .{1,20}is incompatible with this|npm (err!|error) (code )?EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE|unsupported class file major version|UnsupportedClassVersionError|more recent version of the java runtime|requires rustc \d|rustc [\d.]+\S* is not supported by|requires go >= [\d.]+ \(running go|invalid (source|target) release: \d|error: release version \d+ not supported|NETSDK1045|does not support targeting \.NET|compatible \.NET SDK was not found|your ruby version is .{1,30} but your gemfile|your php version \(.{1,30}\) does not satisfy|CMake [\d.]+ or higher is required|(requires|unsupported) node(\.js)? version|requires node(\.js)? ?[<>=~^v]|could not find the required JDK tools in the Java installation",
        0.82,
        "the machine's compiler or interpreter is another version than the project asks for",
    )
    .of(DependencyIssue)
    .its_message(),
    // actions/setup-python, setup-node, setup-go, setup-java: versions that their manifest has not.
    Rule::environment(
        "toolchain.unavailable",
        &["was not found for", "unable to find node version", "unable to find go version", "could not find satisfied version", "could not find satisfied", "version with arch", "no matching version"],
        r"the version '.{1,40}' with architecture '.{1,20}' was not found for|unable to find (node|go|ruby|dart|deno|bun) version|could not find satisfied version for|unable to find version matching",
        0.88,
        "the version that the workflow asks for is not offered for this machine",
    )
    .of(DependencyIssue),
    // Playwright `registry/index.ts`, Puppeteer, Selenium Manager, Cypress.
    Rule::environment(
        "browser.missing",
        &["executable doesn't exist at", "could not find chrome", "host system is missing dependencies", "cannot find chrome binary", "no version of cypress is installed", "chrome failed to start", "unable to obtain driver"],
        r"executable doesn't exist at |could not find chrome \(ver|host system is missing dependencies|cannot find chrome binary|no version of cypress is installed|cypress executable not found|unable to obtain (browser )?driver",
        0.85,
        "a browser is not installed on the machine",
    ),
    // Headers and libraries that come with a system package: CPython's, OpenSSL's, PostgreSQL's, pkg-config's own words.
    Rule::environment(
        "library.headers-missing",
        &["python.h: no such file", "python.h' file not found", "ssl.h: no such file", "pg_config executable not found", "was not found in the pkg-config", "could not find directory of openssl", "mysql_config not found", "required by 'virtual:world', not found"],
        r"Python\.h(: No such file|' file not found)|openssl/\w+\.h: No such file|pg_config executable not found|was not found in the pkg-config search path|could not find directory of OpenSSL|mysql_config not found",
        0.78,
        "a system package with headers is not on the machine",
    )
    .of(DependencyIssue),
];
