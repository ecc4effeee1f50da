#!/bin/bash
# Starts self-heal in the action: finds the released binary for this machine, checks it, and becomes it. Started by
# action.yml alone, with the inputs in SELF_HEAL_*; needs bash, curl and the usual small programs, and no other language.
#
# An earlier step of the job may have put whatever it likes into the environment and the search path ($GITHUB_ENV,
# $GITHUB_PATH). So bash is started with -p, which takes no functions, options or files from its environment, programs are
# found in the system's own folders, and each is started with an environment of its own, without keys and tokens.
#
# checksums.json beside this script holds one line for each released binary, `"NAME": "SHA-256"`. A commit that is no
# release has no line for its version, and so nothing to download.
set -euo pipefail
shopt -s execfail

modes="heal, classify, propose, validate or publish"
releases="https://github.com/org/self-heal-action/releases/download"
system_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# The binary has less than 8 MB (the design's limit), so whatever is much larger is something else.
download_bytes_max=33554432

# Ends the step with one line, which is kept from being more than one command to the runner.
fail() {
  local code="$1" text="$2"
  text="${text//%/%25}"
  text="${text//$'\r'/%0D}"
  printf '::error title=self-heal::%s\n' "${text//$'\n'/%0A}"
  exit "$code"
}

# Runs a program with nothing of our environment but the way to the network, where it may need one.
alone() {
  local kept=(LC_ALL=C "PATH=$PATH") name
  for name in https_proxy HTTPS_PROXY http_proxy all_proxy ALL_PROXY no_proxy NO_PROXY SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE; do
    if [ -n "${!name:-}" ]; then kept+=("$name=${!name}"); fi
  done
  env -i "${kept[@]}" "$@"
}

need() {
  command -v "$1" >/dev/null || fail 1 "$1 is missing on this machine: install it in an earlier step (such as \`apt-get install $2\` or \`apk add $2\`), or give \`binary-path\`"
}

sha256() {
  local sum
  sum="$(alone sha256sum <"$1")"
  printf '%s' "${sum%% *}"
}

# The value of the first line of a file that is written so.
first_match() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ "$line" =~ $2 ]]; then
      printf '%s' "${BASH_REMATCH[1]}"
      return
    fi
  done <"$1"
}

# Becomes the binary: whatever the runner signals is signalled to it and not to a shell that waits.
become() {
  export PATH="$given_path"
  unset LD_LIBRARY_PATH
  if [ -n "${SELF_HEAL_LD_LIBRARY_PATH:-}" ]; then export LD_LIBRARY_PATH="$SELF_HEAL_LD_LIBRARY_PATH"; fi
  unset SELF_HEAL_LD_LIBRARY_PATH
  exec "$1" "$mode" || fail 1 "$1 cannot be started on this machine: give another \`binary-path\`"
}

given_path="$PATH"
PATH="$system_path"
root="${BASH_SOURCE[0]%/*}/.."

case "$-" in
  *p*) ;;
  *) fail 1 "boot.sh trusts its environment when it is started without -p: start it as action.yml does" ;;
esac

mode="${SELF_HEAL_MODE:-heal}"
case "$mode" in
  heal | classify | propose | validate | publish) ;;
  watch | report | check) fail 2 "the mode \`$mode\` is not there yet: give $modes" ;;
  *) fail 2 "the mode \`$mode\` is not known: give $modes" ;;
esac

binary="${SELF_HEAL_BINARY_PATH:-}"
if [ -n "$binary" ]; then
  case "$binary" in
    /*) ;;
    *) binary="$PWD/$binary" ;;
  esac
  if [ ! -f "$binary" ]; then fail 2 "binary-path names $binary, and there is no such file: put self-heal there in an earlier step"; fi
  if [ ! -x "$binary" ]; then fail 2 "binary-path names $binary, and it may not be executed: chmod +x it in an earlier step"; fi
  become "$binary"
fi

for program in env uname; do need "$program" coreutils; done
case "$(alone uname -s) $(alone uname -m)" in
  "Linux x86_64") machine=x86_64 cached_as=x64 ;;
  "Linux aarch64" | "Linux arm64") machine=aarch64 cached_as=arm64 ;;
  *) fail 1 "this machine is $(alone uname -s) $(alone uname -m): self-heal runs on Linux, x86_64 and aarch64; use another runner for this job (another system's log is read there too)" ;;
esac

version="$(first_match "$root/Cargo.toml" '^version = "([0-9A-Za-z.+-]+)"')"
asset="self-heal-$version-$machine-unknown-linux-musl"
wanted="$(first_match "$root/dist-scripts/checksums.json" "^ *\"${asset//./\\.}\": *\"([0-9a-f]{64})\",?\$")"
if [ -z "$wanted" ]; then
  fail 1 "checksums.json of this action knows no $asset: use the commit of a release, or build the binary yourself and give \`binary-path\`"
fi

for program in sha256sum mktemp mkdir cp mv rm chmod touch; do need "$program" coreutils; done
if [ -z "${RUNNER_TEMP:-}" ]; then fail 1 "RUNNER_TEMP is not set: this script is started by a GitHub Actions runner"; fi
# As the runner's own tools lay it out, so that an administrator can fill it beforehand.
cache="${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/self-heal/$version"
binary="$cache/$cached_as/self-heal"
if [ -f "$cache/$cached_as.complete" ] && [ -f "$binary" ]; then
  if [ "$(sha256 "$binary")" = "$wanted" ]; then
    echo "self-heal $version for $machine, from the tool cache"
    become "$binary"
  fi
  echo "::warning title=self-heal::the self-heal in the tool cache is not the released one: it is downloaded anew"
fi

need curl curl
base="${SELF_HEAL_DOWNLOAD_BASE_URL:-$releases}"
base="${base%/}"
protocol="=https"
direct=()
if [[ "$base" =~ ^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/[^[:space:]]*)?$ ]]; then
  protocol="=http"
  direct=(--noproxy "*")
elif ! [[ "$base" =~ ^https://[^[:space:]/@]+(/[^[:space:]]*)?$ ]]; then
  fail 2 "download-base-url is no address to download from: give one that begins with https:// and holds no user name or password"
fi
url="$base/v$version/$asset"

work="$(alone mktemp -d "$RUNNER_TEMP/self-heal-boot.XXXXXXXX")"
trap 'alone rm -rf "$work"' EXIT
# -q comes first: no configuration of curl's is read. No token goes with it: on a server of one's own it would be that
# server's, and github.com refuses it.
said="$(alone curl -q --fail --silent --show-error --location --proto "$protocol" --proto-redir "$protocol" ${direct[@]+"${direct[@]}"} \
  --connect-timeout 20 --max-time 300 --retry 3 --max-redirs 5 --max-filesize "$download_bytes_max" --output "$work/$asset" "$url" 2>&1)" ||
  fail 1 "cannot download $url: ${said//$'\n'/; }: give \`download-base-url\` or \`binary-path\` where this machine does not reach it"

found="$(sha256 "$work/$asset")"
if [ "$found" != "$wanted" ]; then
  fail 1 "$url is not the released binary: it has SHA-256 $found, and checksums.json says $wanted; it was deleted and not run"
fi
alone chmod 755 "$work/$asset"

# Moved within its folder, so that a job beside this one never starts half a file. A tool cache that belongs to somebody
# else is left alone.
placed="$cache/$cached_as/.self-heal.$$"
if { alone mkdir -p "$cache/$cached_as" && alone cp "$work/$asset" "$placed" && alone mv -f "$placed" "$binary" &&
  alone touch "$cache/$cached_as.complete"; } 2>/dev/null; then
  alone rm -rf "$work"
else
  alone rm -f "$placed" 2>/dev/null || true
  binary="$work/$asset"
fi
trap - EXIT
echo "self-heal $version for $machine, downloaded from $url; its SHA-256 is the one that checksums.json holds"
become "$binary"
