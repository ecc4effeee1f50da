//! Keys: in no environment, in no argument, in nobody's reach, and led astray by no variable.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustls::pki_types::PrivateKeyDer;

use crate::support::machine::{Machine, Program, Running};
use crate::support::model::{self, FakeModel, Say};

/// No vendor's keys begin like these.
const KEY: &str = "made-up-key-4f1c9e";
const TOKEN: &str = "made-up-token-77ab02";
const MADE_UP: &str = "made-up-";

/// Far more than a start takes on two busy cores.
const STARTED_SECONDS_MAX: u64 = 60;

/// Between the moment the kernel shows a process and its second start lie some hundred microseconds; this many starts
/// are looked at without a pause.
const STARTS: usize = 30;

/// `nobody`, who owns nothing but what a test gives him.
const NOBODY: u32 = 65_534;

#[test]
fn t3_the_key_is_in_no_environ_and_no_argv_of_any_process_of_ours() {
    let machine = Machine::new();
    let (started, enough) = (machine.folder().join("started"), machine.folder().join("enough"));
    // A child that stays and a shell that waits: nobody comes or goes while they are looked at.
    let (start, wait) = (started.display(), enough.display());
    let waits = format!("sleep 600 & mkfifo {wait}; : > {start}; read -r line < {wait}; kill $!");
    let mut run = keyed(machine.self_heal(["run", "--", "sh", "-c", &waits])).directory(workspace(&machine)).start();
    wait_for(&started, &mut run);

    let children = descendants(run.id());
    assert!(children.len() >= 2, "the shell and its child are not there");
    for id in children.iter().copied().chain([run.id()]) {
        let arguments = fs::read(process(id, "cmdline")).expect("read the arguments of a process");
        assert!(!shows_a_key(&arguments), "{id} shows a key in its arguments");
        match fs::read(process(id, "environ")) {
            Ok(variables) => assert!(!shows_a_key(&variables), "{id} shows a key in its environment"),
            Err(error) => assert_eq!((id, error.kind()), (run.id(), ErrorKind::PermissionDenied)),
        }
    }
    if let Some(pipe) = variable(run.id(), "SELF_HEAL_KEYS_FD") {
        for id in children {
            let inherited = fs::read_link(process(id, "fd").join(&pipe)).unwrap_or_default();
            let is_pipe = inherited.to_string_lossy().starts_with("pipe:");
            assert!(!is_pipe, "{id} has inherited {inherited:?}, which the keys came over");
        }
    }
    // Opened for both, a pipe with a name waits for nobody.
    let mut pipe = fs::File::options().read(true).write(true).open(enough).expect("open the pipe");
    pipe.write_all(b"\n").expect("let the command end");
    assert_eq!(end(&mut run), 0);
}

#[test]
fn t3_started_again_it_never_shows_the_key() {
    let machine = Machine::new();
    let mut clean = 0;
    for _ in 0..STARTS {
        let mut run = keyed(machine.self_heal(["--version"])).start();
        let mut again = false;
        loop {
            // First look, then ask: once it is known to have ended, its number is anybody's.
            match look(run.id()) {
                Sight::Key => assert!(!again, "a key was shown after the second start"),
                Sight::NoKey => (again, clean) = (true, clean + 1),
                Sight::Nothing => {}
            }
            if let Some(code) = run.ended() {
                assert_eq!(code, 0);
                break;
            }
        }
    }
    assert!(clean > 0, "the second start was never seen");
}

#[test]
fn t3_a_program_of_the_same_user_reads_neither_its_memory_nor_its_environment() {
    let machine = Machine::new();
    // Opening is where the kernel decides: reading the first byte of `mem` fails for everybody. A program of one's own
    // that is not closed shows that the question can be answered with yes.
    let asks = "sleep 60 & \
        for id in $PPID $!; do for file in environ mem maps fd/0; do \
        if ( : < /proc/$id/$file ) 2>/dev/null; then echo \"$file open\"; else echo \"$file closed\"; fi; \
        done; done; kill $!";
    let command = ["run", "--", "sh", "-c", asks];
    let program = if rustix::process::getuid().is_root() {
        let binary = give_to_nobody(&machine);
        let nobody = NOBODY.to_string();
        let becomes = ["--reuid", &nobody, "--regid", &nobody, "--clear-groups", binary.to_str().expect("a path")];
        machine.program("setpriv", becomes.into_iter().chain(command))
    } else {
        machine.self_heal(command)
    };
    let ended = keyed(program).directory(workspace(&machine)).outputs_together().run().must_end_with(0);
    let said = ended.stdout();
    let answers: Vec<_> = said.lines().filter(|line| line.ends_with(" open") || line.ends_with(" closed")).collect();
    let ours = ["environ closed", "mem closed", "maps closed", "fd/0 closed"];
    let its_own = ["environ open", "mem open", "maps open", "fd/0 open"];
    assert_eq!(answers, [ours, its_own].concat(), "all it said:\n{said}");
}

#[test]
fn t4_no_variable_leads_a_call_elsewhere() {
    let machine = Machine::new();
    let (trap, model) = (Trap::of_bytes(), FakeModel::saying([Say::anthropic_error(401, "authentication_error")]));
    let ended = asking(&machine, &model.base_url(), &trap).variable("SELF_HEAL_API_KEY", model::KEY).run();
    let asked = model.asked();
    assert_eq!(asked.len(), 1, "{}", ended.stderr());
    let key = asked[0].headers.iter().find(|(name, _)| name == "x-api-key").map(|(_, key)| key.as_str());
    assert_eq!(key, Some(model::KEY));
    assert_eq!(trap.caught(), [] as [&[u8]; 0]);
}

#[test]
fn t4_no_variable_says_whose_certificates_are_believed() {
    let machine = Machine::new();
    let (trap, liar) = (Trap::of_bytes(), Trap::of_https(&machine));
    let base_url = format!("https://localhost:{}", liar.address.port());
    let ended = asking(&machine, &base_url, &trap).variable("SELF_HEAL_API_KEY", model::KEY).run();
    let caught = liar.caught();
    assert!(!caught.is_empty(), "it did not call: {}", ended.stderr());
    assert!(caught.iter().all(Vec::is_empty), "it told {:?}", String::from_utf8_lossy(&caught.concat()));
    assert_eq!(trap.caught(), [] as [&[u8]; 0]);
}

#[test]
fn p16_an_empty_key_is_not_sent_and_is_told_missing() {
    let machine = Machine::new();
    let mut run = machine.self_heal(["run", "--model", "anthropic", "--", "python3", "app.py"]);
    for name in ["SELF_HEAL_API_KEY", "ANTHROPIC_API_KEY"] {
        run = run.variable(name, " ");
    }
    let ended = run.directory(broken_program(&machine)).run();
    assert!(ended.stderr().contains("set ANTHROPIC_API_KEY"), "{}", ended.stderr());
}

#[test]
fn what_happens_is_traced_when_asked_for_and_without_the_key() {
    let machine = Machine::new();
    let script = [Say::anthropic_error(529, "overloaded_error"), Say::anthropic_error(401, "authentication_error")];
    let (trap, model) = (Trap::of_bytes(), FakeModel::saying(script));
    let run = asking(&machine, &model.base_url(), &trap).variable("SELF_HEAL_API_KEY", model::KEY);
    let ended = run.variable("SELF_HEAL_TRACE", "trace").outputs_together().run();
    let said = ended.stdout();
    assert!(said.contains(" self_heal::") && said.contains("the model is asked again"), "{said}");
    assert!(!said.contains(model::KEY) && !said.contains("hyper"), "{said}");
}

#[test]
fn a_runner_is_told_what_to_mask_beside_the_output_that_may_go_into_a_file() {
    let machine = Machine::new();
    let program = keyed(machine.self_heal(["classify", "-"])).variable("GITHUB_ACTIONS", "true");
    let ended = program.input("nothing failed\n").run().must_end_with(0);
    assert!(ended.stdout().starts_with('{') && !shows_a_key(&ended.stdout), "{}", ended.stdout());
    let masks = [KEY, "bWFkZS11cC1rZXktNGYxYzll", TOKEN, "bWFkZS11cC10b2tlbi03N2FiMDI="];
    let told: String = masks.iter().map(|mask| format!("::add-mask::{mask}\n")).collect();
    assert_eq!(ended.stderr(), told);
}

#[test]
fn a_key_too_large_for_any_is_bad_input_and_not_shown() {
    let machine = Machine::new();
    let program = machine.self_heal(["--version"]).variable("GITHUB_TOKEN", MADE_UP.repeat(5_000));
    let ended = program.outputs_together().run().must_end_with(2);
    assert_eq!(
        ended.stdout(),
        "self-heal: start again without the keys in the environment: \
         GITHUB_TOKEN is too large for a key: all keys together may have 32768 bytes\n"
    );
}

#[test]
fn the_typed_command_has_its_environment_but_for_our_keys_and_its_input_is_not_ours() {
    let machine = Machine::new();
    let run = keyed(machine.self_heal(["run", "--", "sh", "-c", "env; cat"])).directory(workspace(&machine));
    let proxied = run.variable("HTTPS_PROXY", "http://proxy.example").variable("NPM_TOKEN", "theirs");
    let ended = proxied.input("typed").outputs_together().run().must_end_with(0);
    let said = ended.stdout();
    assert!(said.contains("HTTPS_PROXY=http://proxy.example\n") && said.contains("NPM_TOKEN=theirs\n"), "{said}");
    assert!(!said.contains(MADE_UP) && !said.contains("SELF_HEAL") && !said.contains("typed"), "{said}");
}

/// A run whose model is asked at `base_url`, with every variable set that leads other programs to `trap`.
fn asking(machine: &Machine, base_url: &str, trap: &Trap) -> Program {
    let mut run = machine.self_heal(["run", "--model", "anthropic", "--base-url", base_url, "--", "python3", "app.py"]);
    let elsewhere = format!("http://{}", trap.address);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"] {
        run = run.variable(name, &elsewhere);
    }
    for name in ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE"] {
        run = run.variable(name, &elsewhere);
    }
    let authority = machine.folder().join(AUTHORITY);
    for name in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        run = run.variable(name, &authority);
    }
    run.directory(broken_program(machine))
}

/// Broken in a way that no tool has a suggestion for.
fn broken_program(machine: &Machine) -> PathBuf {
    let folder = workspace(machine);
    let text = "def total(prices):\n    return \"total: \" + sum(prices)\n\n\nprint(total([1, 2]))\n";
    fs::write(folder.join("app.py"), text).expect("write the program");
    folder
}

/// The certificate of the authority that the variables name.
const AUTHORITY: &str = "authority.pem";

/// A server that nobody should tell anything.
struct Trap {
    address: SocketAddr,
    caught: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Trap {
    /// Keeps what it is sent.
    fn of_bytes() -> Self {
        Self::start(|mut stream, bytes| stream.read_to_end(bytes))
    }

    /// Keeps what it is sent once its certificate was believed, which an authority of its own has signed.
    fn of_https(machine: &Machine) -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("make a certificate");
        fs::write(machine.folder().join(AUTHORITY), own.cert.pem()).expect("write the authority's certificate");
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a private key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions of TLS").with_no_client_auth();
        let config = Arc::new(config.with_single_cert(vec![own.cert.der().clone()], key).expect("a certificate"));
        Self::start(move |stream, bytes| {
            let connection = rustls::ServerConnection::new(config.clone()).expect("a connection");
            rustls::StreamOwned::new(connection, stream).read_to_end(bytes)
        })
    }

    /// Its thread ends with the test.
    fn start(listen: impl Fn(TcpStream, &mut Vec<u8>) -> std::io::Result<usize> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let trap = Self { address: listener.local_addr().expect("an address"), caught: Arc::default() };
        let caught = trap.caught.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Nobody has more to say than this; a caller that waits for an answer gives up sooner or later.
                stream.set_read_timeout(Some(Duration::from_secs(2))).expect("a limit");
                let mut bytes = Vec::new();
                // How it ends is the caller's matter: what it said before counts.
                let _ended = listen(stream, &mut bytes);
                caught.lock().expect("one thread").push(bytes);
            }
        });
        trap
    }

    /// What each caller said.
    fn caught(&self) -> Vec<Vec<u8>> {
        self.caught.lock().expect("one thread").clone()
    }
}

/// With a key and a token in its environment, as a runner or a laptop has them.
fn keyed(program: Program) -> Program {
    program.variable("SELF_HEAL_API_KEY", KEY).variable("GITHUB_TOKEN", TOKEN).variable("ACTIONS_RUNTIME_TOKEN", TOKEN)
}

fn workspace(machine: &Machine) -> PathBuf {
    let folder = machine.folder().join("work");
    fs::create_dir_all(&folder).expect("make the workspace");
    folder
}

/// Makes everything on the machine `nobody`'s, and gives back a binary that he can reach.
fn give_to_nobody(machine: &Machine) -> PathBuf {
    let binary = machine.folder().join("self-heal");
    fs::copy(env!("CARGO_BIN_EXE_self-heal"), &binary).expect("copy the binary");
    fs::set_permissions(machine.folder(), fs::Permissions::from_mode(0o755)).expect("open the folder");
    workspace(machine);
    for entry in walkdir::WalkDir::new(machine.folder()) {
        let entry = entry.expect("list the folder");
        if !entry.path_is_symlink() {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).expect("give a file away");
        }
    }
    binary
}

enum Sight {
    /// It is not there yet or no more.
    Nothing,
    Key,
    /// It has an environment without a key, or one that is closed to us.
    NoKey,
}

fn look(id: u32) -> Sight {
    match fs::read(process(id, "environ")) {
        Ok(variables) if shows_a_key(&variables) => Sight::Key,
        Ok(variables) if variables.is_empty() => Sight::Nothing,
        Ok(_) => Sight::NoKey,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Sight::NoKey,
        Err(_) => Sight::Nothing,
    }
}

fn shows_a_key(bytes: &[u8]) -> bool {
    bytes.windows(MADE_UP.len()).any(|window| window == MADE_UP.as_bytes())
}

fn process(id: u32, file: &str) -> PathBuf {
    Path::new("/proc").join(id.to_string()).join(file)
}

fn variable(id: u32, name: &str) -> Option<String> {
    let variables = fs::read(process(id, "environ")).ok()?;
    let text = String::from_utf8_lossy(&variables).into_owned();
    text.split('\0').find_map(|entry| entry.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Its children and theirs.
fn descendants(of: u32) -> Vec<u32> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").expect("list the processes") {
        let name = entry.expect("list the processes").file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(status) = fs::read_to_string(process(id, "status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
        parents.insert(id, parent.unwrap_or(0));
    }
    let mut found = vec![of];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|&(_, &of)| of == parent).map(|(&id, _)| id));
        next += 1;
    }
    found.split_off(1)
}

#[track_caller]
fn wait_for(file: &Path, run: &mut Running) {
    let began = Instant::now();
    while !file.exists() {
        assert_eq!(run.ended(), None, "it ended too early");
        assert!(began.elapsed() < Duration::from_secs(STARTED_SECONDS_MAX), "it does not start");
        sleep(Duration::from_millis(5));
    }
}

#[track_caller]
fn end(run: &mut Running) -> i32 {
    let began = Instant::now();
    loop {
        if let Some(code) = run.ended() {
            return code;
        }
        assert!(began.elapsed() < Duration::from_secs(STARTED_SECONDS_MAX), "it does not end");
        sleep(Duration::from_millis(5));
    }
}
