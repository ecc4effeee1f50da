#!/usr/bin/env bash
# Builds the release binary, static for musl, and checks that it is static and small. Prints where it is.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${1:-x86_64-unknown-linux-musl}"

# From the design: 8 MB, so that a runner has it in under a second.
size_bytes_max=8000000

cargo build --release --locked --target "$target"

binary="${CARGO_TARGET_DIR:-target}/$target/release/self-heal"
size_bytes="$(stat -c %s "$binary")"
if readelf --dynamic "$binary" | grep -q NEEDED; then
  echo "$binary is not static: it needs $(readelf --dynamic "$binary" | grep NEEDED)" >&2
  exit 1
fi
if [ "$size_bytes" -gt "$size_bytes_max" ]; then
  echo "$binary has $size_bytes bytes, more than $size_bytes_max" >&2
  exit 1
fi
echo "$binary: static, $size_bytes bytes (at most $size_bytes_max)"
