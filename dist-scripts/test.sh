#!/usr/bin/env bash
# Installs what the tests need and runs every check there is. Needs Rust; everything else it gets.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
  printf '\n== %s\n' "$*"
  local began=$SECONDS
  "$@"
  printf -- '-- %s s\n' "$((SECONDS - began))"
}

step dist-scripts/tools.sh
export PATH="$PWD/target/tools/bin:$PATH"

step cargo fmt --all --check
step cargo clippy --locked --all-targets -- -D warnings
step cargo deny check bans licenses sources
step cargo test --locked
step dist-scripts/build.sh

printf '\n== everything passed in %s s\n' "$SECONDS"
