#!/usr/bin/env bash
# Builds the release binaries, static for musl, and checks that they are static, small, and that they run.
#
#   dist-scripts/build.sh [--checksums] [x86_64] [aarch64]      both, when none is named
#
# Of one commit and one version of Rust every folder and every machine makes the same bytes: C is compiled by a zig of a
# fixed version, what links is the linker of the Rust toolchain, and no path of this machine is written into the binary.
# `--checksums` writes dist-scripts/checksums.json, as the commit of a release has it (release.yml).
set -euo pipefail
cd "$(dirname "$0")/.."

# From the design: 8 MB, so that a runner has it in under a second.
size_bytes_max=8000000

checksums=""
if [ "${1:-}" = --checksums ]; then
  checksums=yes
  shift
fi
if [ $# -eq 0 ]; then set -- x86_64 aarch64; fi

root="$PWD"
target="${CARGO_TARGET_DIR:-$root/target}"
tools="$root/target/tools"
if [ ! -x "$tools/zig/bin/python-zig" ]; then dist-scripts/tools.sh build; fi

# What a compiler could write a path, a time or a locale from.
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1
export ZIG_GLOBAL_CACHE_DIR="$tools/zig/cache" ZIG_LOCAL_CACHE_DIR="$tools/zig/cache"
unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CFLAGS CRATE_CC_NO_DEFAULTS
while IFS= read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(CARGO_PROFILE_RELEASE|CFLAGS|TARGET_CFLAGS|HOST_CFLAGS)_' || true)

# The longer path comes later: of several that fit, rustc takes the last.
cargo_home="${CARGO_HOME:-$HOME/.cargo}"
flags=(--remap-path-prefix="$cargo_home=/cargo" --remap-path-prefix="$root=/self-heal" --remap-path-prefix="$target=/self-heal/target")
for registry in "$cargo_home"/registry/src/*; do flags+=(--remap-path-prefix="$registry=/crates"); done

# The toolchain's own linker with the musl it brings. Its relative relocations are packed (RELR, musl 1.2.4), which
# saves 0.4 MB of a static program that is loaded anywhere.
flags+=(-Clinker=rust-lld -Clinker-flavor=ld.lld -Clink-self-contained=yes -Clink-arg=-z -Clink-arg=pack-relative-relocs)
flags+=(-Clink-arg=--build-id=none)
export CARGO_ENCODED_RUSTFLAGS
CARGO_ENCODED_RUSTFLAGS="$(printf '%s\037' "${flags[@]}")"
CARGO_ENCODED_RUSTFLAGS="${CARGO_ENCODED_RUSTFLAGS%$'\037'}"

# zig does not know the target by the name that crates give it, and names it itself.
compiler() {
  local machine="$1" wrapper="$tools/zig/cc-$1"
  cat >"$wrapper" <<SCRIPT
#!/usr/bin/env bash
arguments=()
for argument in "\$@"; do case "\$argument" in --target=*) ;; *) arguments+=("\$argument") ;; esac; done
exec "$tools/zig/bin/python-zig" cc -target $machine-linux-musl "-ffile-prefix-map=$cargo_home=/cargo" "-ffile-prefix-map=$root=/self-heal" "\${arguments[@]}"
SCRIPT
  chmod +x "$wrapper"
  export "CC_${machine}_unknown_linux_musl=$wrapper"
}

# A machine runs its own binaries; the other kind runs under qemu.
run() {
  local machine="$1"
  shift
  if [ "$machine" = "$(uname -m)" ]; then
    "$@"
  else
    "qemu-$machine-static" "$@"
  fi
}

# All at once: the last and longest part of each build keeps one core busy.
triples=()
for machine in "$@"; do
  compiler "$machine"
  triples+=(--target "$machine-unknown-linux-musl")
done
cargo build --release --locked "${triples[@]}"

lines=()
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
for machine in "$@"; do
  triple="$machine-unknown-linux-musl"
  binary="$target/$triple/release/self-heal"

  if readelf --dynamic --program-headers "$binary" | grep -E 'NEEDED|INTERP'; then
    echo "$binary is not static" >&2
    exit 1
  fi
  if grep -aqF -e "$root" -e "$cargo_home" "$binary"; then
    echo "$binary holds a path of this machine: $(grep -aoE "($root|$cargo_home)[[:graph:]]{0,80}" "$binary" | head -n 1)" >&2
    exit 1
  fi
  size_bytes="$(stat -c %s "$binary")"
  if [ "$size_bytes" -gt "$size_bytes_max" ]; then
    echo "$binary has $size_bytes bytes, more than $size_bytes_max" >&2
    exit 1
  fi
  [ "$(run "$machine" "$binary" --version)" = "self-heal $version" ]
  log=fixtures/logs/go-1.26-test.txt
  run "$machine" "$binary" classify "$log" | grep '"class": "deterministic_code"' >/dev/null

  sha256="$(sha256sum <"$binary")"
  lines+=("  \"self-heal-$version-$triple\": \"${sha256%% *}\"")
  echo "$binary: static, $size_bytes bytes (at most $size_bytes_max), it runs, SHA-256 ${sha256%% *}"
done

if [ -n "$checksums" ]; then
  { echo "{"; printf '%s\n' "${lines[@]}" | sed '$!s/$/,/'; echo "}"; } >dist-scripts/checksums.json
  echo "dist-scripts/checksums.json holds the hashes of self-heal $version"
fi
