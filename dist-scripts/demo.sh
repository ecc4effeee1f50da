#!/usr/bin/env bash
# Heals a broken project in a temporary folder and shows the proof. Needs cargo and git: no key, and no network but the
# package registry. Another project of fixtures/projects/ can be named; it needs the tools of its own language.
set -euo pipefail
cd "$(dirname "$0")/.."

project="fixtures/projects/${1:-rust-rustc-did-you-mean}"
if [ ! -f "$project/case.toml" ]; then
  echo "there is no $project; there are: $(cd fixtures/projects && echo *)" >&2
  exit 2
fi
command="$(sed -n 's/^command *= *"\(.*\)"$/\1/p' "$project/case.toml")"

# As a person would type it; what only a shell understands is given to one.
read -ra words <<<"$command"
case "$command" in *[\"\$\|\;\&]*) words=(bash -ec "$command") ;; esac

printf '== building self-heal\n'
cargo build --locked
self_heal="${CARGO_TARGET_DIR:-$PWD/target}/debug/self-heal"

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cp -r "$project/project" "$folder/work"
cd "$folder/work"
git init --quiet
git add --all
git -c user.name=demo -c user.email=demo@example.com commit --quiet --message "A broken project"

printf '\n== self-heal run --yes --model none -- %s\n' "$command"
"$self_heal" run --workspace . --yes --model none --bundle "$folder/bundle" -- "${words[@]}"

printf '\n== what it decided, and why (self-heal why)\n'
"$self_heal" why "$folder/bundle"

printf '\n== the healed tree (git diff)\n'
git --no-pager diff

printf '\n== and the command itself: %s\n' "$command"
bash -ec "$command"
