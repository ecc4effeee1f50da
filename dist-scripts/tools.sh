#!/usr/bin/env bash
# Installs what the tests need: into target/tools what packages can give, and by apt what a machine must have itself.
# What is there already is left as it is, so a second run takes a second. `tools.sh build` is what build.sh needs alone.
set -euo pipefail
cd "$(dirname "$0")/.."

tools="$PWD/target/tools"
projects="$PWD/fixtures/projects"
mkdir -p "$tools/bin"

say() { printf '\n== %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# Runs the rest of its arguments unless the files named first are what they were when it last ended well.
once() {
  local name="$1" files="$2"
  shift 2
  local now
  # shellcheck disable=SC2086
  now="$(cat $files | sha256sum)"
  if [ "$(cat "$tools/$name.done" 2>/dev/null)" = "$now" ]; then return; fi
  say "$name"
  "$@"
  echo "$now" >"$tools/$name.done"
}

# Installs Debian packages when one of the programs is missing; without apt it says what to install.
need() {
  local programs="$1" missing=""
  shift
  for program in $programs; do has "$program" || missing="$missing $program"; done
  if [ -z "$missing" ]; then return; fi
  if ! has apt-get; then
    echo "missing:$missing. Install them (Debian's packages: $*) and start again." >&2
    exit 1
  fi
  say "apt-get install $*"
  local root=""
  [ "$(id -u)" = 0 ] || root=sudo
  [ -n "${apt_updated:-}" ] || { $root apt-get update -qq && apt_updated=yes; }
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Installs what a list of requirements names into an environment of its own; the programs that are asked for by name
# stand in the one folder that the search path needs.
install_python() {
  local requirements="$1" to="$tools/$2"
  shift 2
  rm -rf "$to"
  # Debian keeps the module that makes environments in a package of its own.
  python3 -c 'import ensurepip' 2>/dev/null || need "" python3-venv
  python3 -m venv "$to"
  "$to/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  for program in "$@"; do ln -sf "$to/bin/$program" "$tools/bin/$program"; done
}

# Installs what one package.json and its lock name into a folder of target/tools.
install_node() {
  local from="$1" to="$tools/$2"
  rm -rf "$to"
  mkdir -p "$to"
  cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$to/"
  (cd "$to" && npm ci --silent --no-audit --no-fund)
}

# Node 20 does not load the JSON files that these libraries import: they are bundled into one file.
install_actions() {
  install_node fixtures/tools/actions actions
  cp fixtures/tools/actions/bundle.js "$tools/actions/"
  (cd "$tools/actions" && node_modules/.bin/esbuild bundle.js --bundle --platform=node --format=cjs \
    --outfile=actions.cjs --log-level=warning)
}

install_go() { GOBIN="$tools/bin" go install -ldflags="-s -w" "$@"; }

# Each Java project is run once as it is, and once with its right answer, so that Maven keeps what either needs: a proof
# has no network. What the commands say is for the tests to judge.
warm_maven() {
  local copy
  copy="$(mktemp -d)"
  for project in "$projects"/java-*; do
    cp -r "$project/project" "$copy/work"
    (cd "$copy/work" && mvn -B -q dependency:go-offline >/dev/null 2>&1 || true; bash -ec "$(command_of "$project")" >/dev/null 2>&1 || true)
    rm -rf "$copy/work"
  done
  rm -rf "$copy"
}

command_of() { sed -n 's/^command *= *"\(.*\)"$/\1/p' "$1/case.toml"; }

# Unoptimised and without its own network code it is there in a minute; checking this project takes it a second anyway.
install_deny() {
  if has cargo-deny; then return; fi
  CARGO_TARGET_DIR="$tools/cargo-deny-build" CARGO_PROFILE_DEV_DEBUG=false \
    cargo install --quiet --locked --debug --no-default-features --root "$tools" cargo-deny@0.20.2
  rm -rf "$tools/cargo-deny-build"
}

if ! has cargo; then
  echo "cargo is missing: install Rust (rustup.rs) and start again." >&2
  exit 1
fi
need "git python3 cc" git python3 python3-venv gcc libc6-dev
if has rustup; then
  for machine in x86_64 aarch64; do
    rustup target list --installed | grep -qx "$machine-unknown-linux-musl" || rustup target add "$machine-unknown-linux-musl"
  done
fi
need "readelf" binutils
need "qemu-aarch64-static qemu-x86_64-static" qemu-user-static
once zig "fixtures/tools/zig/requirements.txt" install_python fixtures/tools/zig/requirements.txt zig
if [ "${1:-}" = build ]; then exit; fi

cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt

need "node npm curl" nodejs npm curl ca-certificates
need "go" golang-go
need "javac mvn" default-jdk-headless maven
once python "fixtures/tools/requirements.txt" install_python fixtures/tools/requirements.txt python
once lint "fixtures/tools/lint/requirements.txt" \
  install_python fixtures/tools/lint/requirements.txt lint shellcheck zizmor
once node "fixtures/tools/package.json fixtures/tools/package-lock.json" install_node fixtures/tools node
once contracts "fixtures/tools/contracts/package.json fixtures/tools/contracts/package-lock.json" \
  install_node fixtures/tools/contracts contracts
once actions "dist-scripts/tools.sh fixtures/tools/actions/package.json fixtures/tools/actions/package-lock.json fixtures/tools/actions/bundle.js" \
  install_actions
once actionlint "dist-scripts/tools.sh" install_go github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
once act "dist-scripts/tools.sh" install_go github.com/nektos/act@v0.2.89
once cargo-deny "dist-scripts/tools.sh" install_deny
once maven "$(echo "$projects"/java-*/project/pom.xml)" warm_maven
