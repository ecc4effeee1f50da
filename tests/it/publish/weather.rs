//! `publish` under bad weather: what breaks, comes twice or is refused leaves nothing half-written, and a second run ends it.

use std::time::{Duration, Instant};

use super::{FIX, MENDED, Stage, must_end, told};
use crate::support::bundle::{Bundle, FINGERPRINT};
use crate::support::machine::Machine;

fn published_once(stage: &Stage<'_>) {
    let state = stage.github.state();
    assert_eq!(state.pulls.len(), 1, "{:?}", state.pulls);
    let tip = state.objects.resolve(&format!("refs/heads/{FIX}")).expect("the fix's branch");
    assert_eq!(state.objects.commit(&tip).expect("a commit").parents, [stage.repository.head()], "one commit");
}

#[test]
fn whatever_answer_is_lost_the_fix_is_published_once() {
    for (method, path) in [
        ("POST", "/git/blobs"),
        ("POST", "/git/trees"),
        ("POST", "/git/commits"),
        ("POST", "/git/refs"),
        ("POST", "/pulls"),
        ("POST", "/labels"),
    ] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.github.lose(method, path);
        let bundle = stage.write(stage.healed());
        must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
        published_once(&stage);
    }
}

#[test]
fn a_write_that_broke_is_tried_again_once_it_is_known_not_to_have_happened() {
    for path in ["/git/refs", "/pulls"] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.github.fail("POST", path, 502, "Bad Gateway", 1);
        let bundle = stage.write(stage.healed());
        must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
        published_once(&stage);
        // What breaks twice is our own failure, told as that; a later run goes on from there.
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.github.fail("POST", path, 502, "Bad Gateway", 2);
        let bundle = stage.write(stage.healed());
        let ended = stage.publish(&bundle, &[]).must_end_with(1);
        assert!(ended.stderr().contains("GitHub has a problem of its own (502)"), "{}", ended.stderr());
        must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
        published_once(&stage);
    }
}

#[test]
fn a_branch_that_another_run_makes_meanwhile_is_taken_as_ours_where_the_fix_is_the_same() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    // Its branch and pull request are there, and were not when this run looked.
    stage.github.fail("GET", "/git/ref/heads/self-heal", 404, "Not Found", 1);
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.unchanged");
    assert_eq!(told["acted"], "false");
    published_once(&stage);
}

#[test]
fn a_branch_that_another_run_makes_meanwhile_with_another_fix_is_left_alone() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let proven = stage.repository.head();
    let bundle = stage.write(stage.healed());
    stage.github.before("POST", "/git/refs", move |state| {
        let blob = state.objects.store_blob(b"# another fix\n");
        let change = ("100644".to_owned(), Some(blob), "app.py".to_owned());
        let tree = state.objects.store_tree(Some(&proven), &[change]).expect("a tree");
        let message = format!("fix: another\n\nSelf-heal-fingerprint: {FINGERPRINT}");
        let commit = state.objects.store_commit(&tree, &[proven], &message).expect("a commit");
        assert!(state.objects.create_ref(&format!("refs/heads/{FIX}"), &commit));
    });
    must_end(&stage.publish(&bundle, &[]), 18, "skipped", "branch.raced");
    assert_eq!(stage.github.file(FIX, "app.py").as_deref(), Some(&b"# another fix\n"[..]));
    assert_eq!(stage.github.state().pulls.len(), 0);
}

#[test]
fn a_pull_request_that_another_run_opens_meanwhile_is_not_opened_twice() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let pull = {
        let other = Machine::new();
        let stage = Stage::new(&other);
        stage.approve("self-heal-low");
        must_end(&stage.publish(&stage.write(stage.healed()), &[]), 0, "published", "pull-request.opened");
        stage.github.state().pulls[0].clone()
    };
    stage.github.before("POST", "/pulls", move |state| state.pulls.push(pull));
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.unchanged");
    published_once(&stage);
}

#[test]
fn two_runs_at_once_open_one_pull_request() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let (first, second) = std::thread::scope(|scope| {
        let one = scope.spawn(|| stage.publish(&bundle, &[]));
        let other = scope.spawn(|| stage.publish(&bundle, &[]));
        (one.join().expect("a run"), other.join().expect("a run"))
    });
    for ended in [&first, &second] {
        let (told, code) = told(ended);
        assert_eq!((code, told["outcome"].as_str()), (0, Some("published")), "{told:#}");
        assert_eq!(told["pr-number"], "100");
    }
    published_once(&stage);
}

#[test]
fn a_run_that_is_cancelled_between_branch_and_pull_request_is_ended_by_the_next() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.github.hang("POST", "/pulls");
    let bundle = stage.write(stage.healed());
    let mut running = stage.program(&bundle, &bundle.sha256, &[]).start();
    let begun = Instant::now();
    while !stage.github.all_hang() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no pull request was asked for");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = rustix::process::Pid::from_raw(running.id().cast_signed()).expect("a process");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("cancel it");
    while running.ended().is_none() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
        if !std::path::Path::new(&format!("/proc/{}", running.id())).exists() {
            break;
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "it ends when it is told to");
    assert!(stage.github.file(FIX, "app.py").is_some(), "the branch is there");
    assert_eq!(stage.github.state().pulls.len(), 0);
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    published_once(&stage);
}

#[test]
fn a_rate_limit_is_waited_for_by_reads_and_by_writes_that_it_refused() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let secondary = "You have exceeded a secondary rate limit; retry-after: 1";
    for (method, path) in [("GET", "/git/ref"), ("POST", "/git/refs"), ("POST", "/pulls")] {
        stage.github.fail(method, path, 403, secondary, 1);
    }
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    published_once(&stage);
}

#[test]
fn a_rate_limit_that_is_too_long_to_wait_for_says_how_long() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let reset = "API rate limit exceeded; x-ratelimit-remaining: 0; retry-after: 1800";
    stage.github.fail("GET", "/pulls", 403, reset, 1);
    let bundle = stage.write(stage.healed());
    let ended = stage.publish(&bundle, &[]).must_end_with(1);
    assert!(ended.stderr().contains("GitHub asks to wait 30 minutes"), "{}", ended.stderr());
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn each_permission_that_is_missing_is_named_with_the_line_to_add() {
    let read = |path: &'static str, line: &'static str| ("GET", path, line);
    for (method, path, line) in [
        read("/actions/runs/", "`actions: read`"),
        read("/approvals", "`actions: read`"),
        read("/git/ref", "`contents: read`"),
        read("/git/trees", "`contents: read`"),
        read("/pulls", "`pull-requests: read`"),
        ("POST", "/git/blobs", "`contents: write`"),
        ("POST", "/git/refs", "`contents: write`"),
        ("POST", "/pulls", "`pull-requests: write`"),
        ("POST", "/labels", "`issues: write`"),
    ] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.github.fail(method, path, 403, "Resource not accessible by integration", 99);
        let bundle = stage.write(stage.healed());
        let ended = stage.publish(&bundle, &[]);
        let said = format!("{}{}", ended.stdout(), ended.stderr());
        assert!(said.contains(line), "{method} {path}: {said}");
        assert!(matches!(ended.code, Some(0 | 1 | 17)), "{method} {path}: {:?}", ended.code);
        assert_eq!(stage.github.state().pulls.len(), usize::from(path == "/labels"));
    }
}

#[test]
fn an_enterprise_server_below_a_path_is_published_to() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let url = stage.github.below("/api/v3");
    let ended = stage
        .program(&bundle, &bundle.sha256, &[])
        .variable("GITHUB_API_URL", url)
        .variable("GITHUB_SERVER_URL", "https://ghes.example")
        .run();
    must_end(&ended, 0, "published", "pull-request.opened");
    published_once(&stage);
}

#[test]
fn an_apps_token_publishes_and_updates_as_well_as_the_jobs_own() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let app = ("octo-heal[bot]".to_owned(), "123+octo-heal[bot]@users.noreply.github.com".to_owned());
    stage.github.state().objects.made_by = app;
    stage.repository.write(".github/workflows/ci.yml", "name: CI\non: pull_request\njobs: {}\n");
    stage.repository.commit("A workflow");
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("main", "unit-test", "Run pytest -q", b"log");
    let with = |answer: &str, folder: &str| {
        stage.repository.write("app.py", MENDED.replace("str(a + b)", answer));
        Bundle::healed(&stage.repository, run).write(&machine.folder().join(folder))
    };
    must_end(&stage.publish(&with("str(a + b)", "first"), &[]), 0, "published", "pull-request.opened");
    assert!(stage.github.state().pulls[0].body.contains("They start by themselves"));
    must_end(&stage.publish(&with("f\"{a + b}\"", "second"), &[]), 0, "published", "pull-request.updated");
    // The job's own token finds an App's branch, and leaves it to the App.
    let bot = crate::support::github::BOT;
    stage.github.state().objects.made_by = (bot.0.to_owned(), bot.1.to_owned());
    must_end(&stage.publish(&with("repr(a + b)", "third"), &[]), 18, "skipped", "branch.foreign");
}

#[test]
fn a_pull_request_of_3_000_files_is_published_for_with_no_more_requests() {
    // GitHub shows no more than that of one pull request, and lists 300 in a comparison.
    const FILES: usize = 3_000;
    let requests_for = |files: usize| {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.repository.git(["checkout", "--quiet", "-b", "wide"]);
        for number in 0..files {
            stage.repository.write(&format!("data/{number:04}.txt"), format!("{number}\n"));
        }
        stage.repository.write("notes.txt", "wide\n");
        stage.repository.commit("Very many files");
        stage.github.push(stage.repository.folder());
        let pull = stage.github.open_pull("wide", "main");
        let run = stage.github.failed_run("wide", "unit-test", "Run pytest -q", b"log");
        stage.github.state().runs.last_mut().expect("the run").pull_requests = vec![pull];
        stage.repository.write("app.py", MENDED);
        let bundle = Bundle::healed(&stage.repository, run).write(&machine.folder().join("bundle"));
        must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
        let fix = stage.github.state().pulls.last().expect("the fix").head.clone();
        assert_eq!(stage.github.changed("wide", &fix), ["M 100644 app.py"]);
        stage.github.state().exchanges.len()
    };
    assert_eq!(requests_for(FILES), requests_for(1));
}
