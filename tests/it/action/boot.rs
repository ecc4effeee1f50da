//! The boot script alone: what it downloads, what it refuses, what it says is missing, and what an earlier step cannot do to it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::assets::{Action, Answer, Assets, script};
use crate::support::machine::{Ended, Machine, wait_until};

/// A released binary that tells how it was started; with -p for the real one asks its environment for no functions either.
const BINARY: &str = "#!/bin/bash -p\necho \"ran $* with path $PATH, libraries ${LD_LIBRARY_PATH-none}, key ${SELF_HEAL_API_KEY-none}\"\n";

/// What the boot script needs of a machine beside bash.
const PROGRAMS: [&str; 10] = ["env", "uname", "sha256sum", "mktemp", "mkdir", "cp", "mv", "rm", "chmod", "touch"];

/// An action whose release is on the server.
fn released(machine: &Machine) -> (Action<'_>, Assets) {
    let (action, assets) = (Action::copy(machine), Assets::start());
    action.release(BINARY.as_bytes());
    assets.put(&Action::asset_path(), Answer::Whole(BINARY.into()));
    (action, assets)
}

fn boot(action: &Action<'_>, assets: &Assets) -> Ended {
    action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url()).run()
}

/// It ended with this code and one line, which is the runner's command for an error.
#[track_caller]
fn refused(ended: Ended, code: i32) -> String {
    let ended = ended.must_end_with(code);
    let said = ended.stdout() + &ended.stderr();
    let line = said.strip_prefix("::error title=self-heal::").unwrap_or_else(|| panic!("no error: {said}"));
    assert_eq!(line.lines().count(), 1, "{said}");
    line.trim_end().to_owned()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("list the folder"));
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// A folder with the system's own programs, but for those that are left out.
fn system_without(machine: &Machine, missing: &[&str]) -> PathBuf {
    let folder = machine.folder().join("system");
    fs::create_dir_all(&folder).expect("make the folder");
    for program in PROGRAMS.into_iter().chain(["curl"]).filter(|program| !missing.contains(program)) {
        let of_system = ["/usr/bin", "/bin"].map(|bin| Path::new(bin).join(program));
        let real = of_system.into_iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{program} is not there"));
        symlink(real, folder.join(program)).expect("link the program");
    }
    folder
}

#[test]
fn the_first_start_downloads_and_the_next_one_takes_the_tool_cache() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let cold = boot(&action, &assets).must_end_with(0).stdout();
    assert!(cold.contains(&format!("downloaded from {}{};", assets.url(), Action::asset_path())), "{cold}");
    assert!(cold.contains("\nran heal with path "), "{cold}");
    assert_eq!(assets.requests().len(), 1);
    assert!(assets.requests()[0].starts_with(&format!("GET {} ", Action::asset_path())));
    assert_eq!(files(&action.runner_temp()), Vec::<PathBuf>::new());
    let warm = boot(&action, &assets).must_end_with(0).stdout();
    assert!(warm.contains(", from the tool cache\nran heal "), "{warm}");
    assert_eq!(assets.requests().len(), 1);
}

#[test]
fn the_tool_cache_is_laid_out_as_the_runner_s_tools_do() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    boot(&action, &assets).must_end_with(0);
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let version = action.tool_cache().join("self-heal").join(env!("CARGO_PKG_VERSION"));
    let mut found = files(&action.tool_cache());
    found.sort();
    assert_eq!(found, [version.join(architecture).join("self-heal"), version.join(format!("{architecture}.complete"))]);
}

#[test]
fn a_wrong_hash_is_refused_and_nothing_is_left_behind() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    assets.put(&Action::asset_path(), Answer::Whole(b"#!/bin/bash\necho stolen\n".to_vec()));
    let line = refused(boot(&action, &assets), 1);
    assert!(line.contains("is not the released binary: it has SHA-256 "), "{line}");
    assert_eq!(files(machine.folder()).iter().filter(|path| path.ends_with(Action::asset())).count(), 0);
    assert_eq!(files(&action.tool_cache()), Vec::<PathBuf>::new());
}

#[test]
fn a_commit_that_is_no_release_downloads_nothing_and_names_binary_path() {
    let machine = Machine::new();
    let (action, assets) = (Action::copy(&machine), Assets::start());
    let line = refused(boot(&action, &assets), 1);
    assert!(line.contains(&format!("knows no {}", Action::asset())) && line.contains("`binary-path`"), "{line}");
    assert_eq!(assets.requests(), Vec::<String>::new());
}

#[test]
fn a_download_that_is_cut_or_not_there_is_refused_with_its_address() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    assets.put(&Action::asset_path(), Answer::Cut(BINARY.into()));
    let cut = refused(boot(&action, &assets), 1);
    assert!(cut.contains("cannot download http://127.0.0.1:") && cut.contains("remaining to read"), "{cut}");
    let elsewhere = format!("{}/mirror/", assets.url());
    let missing = action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", elsewhere).run();
    let missing = refused(missing, 1);
    assert!(missing.contains("/mirror/v") && missing.contains("error: 404"), "{missing}");
    assert_eq!(files(&action.runner_temp()), Vec::<PathBuf>::new());
    assert_eq!(files(&action.tool_cache()), Vec::<PathBuf>::new());
}

#[test]
fn a_tool_cache_that_was_tampered_with_is_said_and_filled_anew() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    boot(&action, &assets).must_end_with(0);
    let kept = files(&action.tool_cache()).into_iter().find(|path| path.ends_with("self-heal")).expect("a binary");
    script(&kept, "echo stolen\n");
    let ended = boot(&action, &assets).must_end_with(0).stdout();
    assert!(
        ended.starts_with("::warning title=self-heal::the self-heal in the tool cache is not the released one"),
        "{ended}"
    );
    assert!(ended.contains("\nran heal ") && !ended.contains("stolen"), "{ended}");
    assert_eq!(fs::read_to_string(&kept).expect("read it"), BINARY);
    fs::remove_file(&kept).expect("remove it");
    let ended = boot(&action, &assets).must_end_with(0).stdout();
    assert!(ended.contains("\nran heal ") && !ended.contains("::warning"), "{ended}");
    assert_eq!(assets.requests().len(), 3);
}

#[test]
fn a_tool_cache_that_cannot_be_written_is_left_alone() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let file = machine.folder().join("a file");
    fs::write(&file, "").expect("write a file");
    let ended = action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url());
    let ended = ended.variable("RUNNER_TOOL_CACHE", &file).run().must_end_with(0);
    assert!(ended.stdout().contains("\nran heal "), "{}", ended.stdout());
    assert_eq!(ended.stderr(), "");
}

#[test]
fn an_earlier_step_s_variables_functions_and_search_path_run_nothing() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let (evil, marker) = (machine.folder().join("evil"), machine.folder().join("it ran"));
    let mark = format!("touch '{}'\n", marker.display());
    for program in PROGRAMS.into_iter().chain(["curl", "bash", "printf"]) {
        script(&evil.join(program), &mark);
    }
    fs::write(machine.home().join(".curlrc"), format!("output = \"{}\"\n", marker.display())).expect("write .curlrc");
    fs::write(evil.join("library"), "no library").expect("write a library");
    let path = format!("{}:/usr/bin:/bin", evil.display());
    let mut program = action
        .boot("heal")
        .variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url())
        .variable("PATH", &path)
        .variable("BASH_ENV", evil.join("curl"))
        .variable("ENV", evil.join("curl"))
        .variable("CURL_HOME", machine.home())
        .variable("SHELLOPTS", "xtrace")
        .variable("PS4", "$(touch \"$HOME/../it ran\")")
        .variable("CDPATH", &evil)
        .variable("OPENSSL_CONF", evil.join("library"))
        .variable("POSIXLY_CORRECT", "1");
    for function in ["curl", "env", "printf", "exec", "export", "alone", "command", "become"] {
        program = program.variable(&format!("BASH_FUNC_{function}%%"), format!("() {{ {mark} }}"));
    }
    let ended = program.run().must_end_with(0);
    // The path is the binary's again: what it starts for the repository is found where the job's steps found it.
    assert!(ended.stdout().contains(&format!("\nran heal with path {path}, ")), "{}", ended.stdout());
    assert_eq!(ended.stderr(), "");
    assert!(!marker.exists());
}

#[test]
fn a_shell_that_trusts_its_environment_is_refused() {
    let machine = Machine::new();
    let action = Action::copy(&machine);
    let boot = action.folder().join("dist-scripts/boot.sh");
    assert!(refused(machine.program("/bin/bash", [boot]).run(), 1).contains("without -p"));
}

#[test]
fn t3_a_program_that_boot_starts_is_given_no_key_and_a_download_no_token() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let (system, seen) = (system_without(&machine, &["curl"]), machine.folder().join("seen"));
    script(&system.join("curl"), &format!("/usr/bin/env >'{}'\nexec /usr/bin/curl \"$@\"\n", seen.display()));
    action.find_programs_in(&system);
    let ended = action
        .boot("heal")
        .variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url())
        .variable("SELF_HEAL_API_KEY", "made-up-key")
        .variable("SELF_HEAL_GITHUB_TOKEN", "made-up-token")
        .variable("ACTIONS_RUNTIME_TOKEN", "made-up-power")
        .variable("NO_PROXY", "example.com")
        .run()
        .must_end_with(0);
    assert!(ended.stdout().contains(", key made-up-key\n"), "{}", ended.stdout());
    let seen = fs::read_to_string(seen).expect("what curl saw");
    assert!(seen.contains("NO_PROXY=example.com\n") && !seen.contains("made-up"), "{seen}");
    let request = assets.requests().concat().to_lowercase();
    assert!(!request.contains("authorization") && !request.contains("made-up"), "{request}");
}

#[test]
fn what_the_tests_of_a_repository_need_to_find_their_libraries_is_put_back() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let program = action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url());
    let ended = program.variable("LD_LIBRARY_PATH", "").variable("SELF_HEAL_LD_LIBRARY_PATH", "/opt/python/lib").run();
    assert!(ended.stdout().contains(", libraries /opt/python/lib, "), "{}", ended.stdout());
    let without = boot(&action, &assets).stdout();
    assert!(without.contains(", libraries none, "), "{without}");
}

#[test]
fn p22_a_missing_program_is_said_in_one_line() {
    for missing in ["curl", "sha256sum", "mktemp"] {
        let machine = Machine::new();
        let (action, assets) = released(&machine);
        action.find_programs_in(&system_without(&machine, &[missing]));
        let line = refused(boot(&action, &assets), 1);
        assert!(line.starts_with(&format!("{missing} is missing on this machine: install it")), "{line}");
        assert!(line.contains("apk add") && line.contains("`binary-path`"), "{line}");
    }
}

#[test]
fn p22_another_system_or_processor_is_said_in_one_line() {
    for (system, processor) in [("Darwin", "arm64"), ("MINGW64_NT-10.0-26100", "x86_64"), ("Linux", "riscv64")] {
        let machine = Machine::new();
        let (action, assets) = released(&machine);
        let folder = system_without(&machine, &["uname"]);
        let uname = format!("case $1 in -s) echo {system} ;; -m) echo {processor} ;; esac\n");
        script(&folder.join("uname"), &uname);
        action.find_programs_in(&folder);
        let line = refused(boot(&action, &assets), 1);
        assert!(line.starts_with(&format!("this machine is {system} {processor}: self-heal runs on Linux")), "{line}");
    }
}

#[test]
fn a_binary_that_is_there_already_is_used_as_it_is() {
    let machine = Machine::new();
    let (action, assets) = (Action::copy(&machine), Assets::start());
    let own = machine.folder().join("my tools/self-heal");
    script(&own, "echo \"mine: $*\"\n");
    for named in [own.to_string_lossy().as_ref(), "my tools/self-heal"] {
        let ended = action.boot("publish").variable("SELF_HEAL_BINARY_PATH", named).run().must_end_with(0);
        assert_eq!(ended.stdout(), "mine: publish\n");
    }
    let missing = refused(action.boot("heal").variable("SELF_HEAL_BINARY_PATH", "/no/such").run(), 2);
    assert_eq!(
        missing,
        "binary-path names /no/such, and there is no such file: put self-heal there in an earlier step"
    );
    let plain = machine.folder().join("plain");
    fs::write(&plain, "#!/bin/bash\n").expect("write a file");
    let plain = refused(action.boot("heal").variable("SELF_HEAL_BINARY_PATH", plain).run(), 2);
    assert!(plain.ends_with("and it may not be executed: chmod +x it in an earlier step"), "{plain}");
    assert_eq!(assets.requests(), Vec::<String>::new());
}

#[test]
fn a_mode_that_is_not_there_is_no_choice() {
    let machine = Machine::new();
    let action = Action::copy(&machine);
    for (mode, told) in [
        ("watch", "the mode `watch` is not there yet: give heal, classify, propose, validate or publish"),
        ("report", "the mode `report` is not there yet: give heal, classify, propose, validate or publish"),
        ("check", "the mode `check` is not there yet: give heal, classify, propose, validate or publish"),
        ("run -- id", "the mode `run -- id` is not known: give heal, classify, propose, validate or publish"),
        (
            "x\n::set-env::y%",
            "the mode `x%0A::set-env::y%25` is not known: give heal, classify, propose, validate or publish",
        ),
    ] {
        assert_eq!(refused(action.boot(mode).run(), 2), told);
    }
}

#[test]
fn a_mirror_is_https_unless_it_is_this_machine_and_never_holds_a_password() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    for address in [
        "http://example.com/mirror",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "https://me:made-up@example.com",
        "ftp://example.com",
        "file:///mnt/mirror",
        "https://example.com/a b",
        "-o/tmp/x",
    ] {
        let line = refused(action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", address).run(), 2);
        assert!(line.starts_with("download-base-url is no address") && !line.contains("made-up"), "{address}: {line}");
    }
    assert_eq!(assets.requests(), Vec::<String>::new());
}

#[test]
fn p17_the_shell_becomes_the_binary_which_then_gets_the_runner_s_signals() {
    let machine = Machine::new();
    let (action, assets) = released(&machine);
    let (process, flushed) = (machine.folder().join("process"), machine.folder().join("flushed"));
    // Of its two signals the one that a shell can always take: INT stays ignored where whoever ran the tests ignored it.
    let text = format!(
        "#!/bin/bash\ntrap 'echo flushed >\"{}\"; exit 7' TERM\necho $$ >'{}'\nwhile :; do read -rt 0.05 <> <(:) || :; done\n",
        flushed.display(),
        process.display()
    );
    action.release(text.as_bytes());
    assets.put(&Action::asset_path(), Answer::Whole(text.into_bytes()));
    let mut running = action.boot("heal").variable("SELF_HEAL_DOWNLOAD_BASE_URL", assets.url()).start();
    wait_until(|| fs::read_to_string(&process).is_ok_and(|text| text.ends_with('\n')));
    assert_eq!(fs::read_to_string(&process).expect("a number").trim(), running.id().to_string());
    let id = i32::try_from(running.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("signal it");
    wait_until(|| running.ended().is_some());
    assert_eq!(running.ended(), Some(7));
    assert_eq!(fs::read_to_string(&flushed).expect("what it flushed"), "flushed\n");
}
