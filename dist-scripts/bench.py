#!/usr/bin/env python3
"""Prints how fast and how small self-heal is, as ratios taken in one run. Needs rg and the release binary.

    dist-scripts/build.sh && dist-scripts/bench.py [--bin PATH] [LOG...]

Makes its own logs; logs that are given are repeated to the same size and read too.
"""

import argparse
import hashlib
import http.server
import itertools
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / "target/x86_64-unknown-linux-musl/release/self-heal"

# The sizes that the limits of the design are given for.
SPEED_BYTES = 256 << 20
MEMORY_BYTES = 1 << 30
HEAL_BYTES = 10_000_000

# The least of several runs is the one that other programs disturbed least.
SPEED_RUNS = 5
GREEN_RUNS = 2
START_RUNS = 200
HEAL_RUNS = 5
ACTION_RUNS = 10

# Tools that stand for a self-heal which knows only so many.
TOOLS_FEW = 10

PATTERN = "error|fail|exception|fatal|panic"

# Lines as job logs have them, with how often they come. The share that the pattern hits is printed with the result.
QUIET = [
    ("test {word}::{word}::tests::{word}_{word} ... ok", 30),
    ("   Compiling {word}-{word} v{n}.{n}.{n}", 8),
    ("{word}/{word}_{word}.py::test_{word} \x1b[32mPASSED\x1b[0m [ {n}%]", 20),
    ("ok  \texample.com/{word}/{word}\t0.{n}{n}s", 6),
    ("[INFO] Downloaded from central: /org/{word}/{word}/{n}.{n}/{word}-{n}.{n}.pom (2.{n} kB at {n}{n} kB/s)", 10),
    ("  adding: build/{word}/{word}/{word}.{word}.js (deflated {n}{n}%)", 10),
    ("", 3),
    ("\x1b[90m  ✓ {word} {word} {word} ({n} ms)\x1b[0m", 10),
]
LOUD = [
    ("   Compiling {word}-error v{n}.{n}.{n}", 2),
    ("test {word}::{word}_fails_on_{word} ... ok", 2),
    ("[WARN] {word} failed once, {word} again: {word}Exception swallowed", 1),
]
WORDS = "order cart price parse store route token frame queue batch shard merge table index cache login widget".split()


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--bin", type=Path, default=BINARY)
    ask.add_argument("logs", nargs="*", type=Path, metavar="LOG")
    given = ask.parse_args()
    binary = given.bin.resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there: run dist-scripts/build.sh first")
    if not shutil.which("rg"):
        sys.exit("rg is not there: apt-get install ripgrep")
    with tempfile.TemporaryDirectory(prefix="self-heal-bench-") as folder:
        folder = Path(folder)
        made = folder / "made.log"
        hits = write_log(made, SPEED_BYTES)
        rows = [size(binary), start(binary), *speed(binary, made, f"{hits:.1%} of its lines hit")]
        rows += [beside_green(binary, made), *tools(binary, made, folder)]
        made.unlink()
        if given.logs:
            repeated = folder / "given.log"
            repeat(given.logs, repeated, SPEED_BYTES)
            rows += speed(binary, repeated, "the given logs")
            repeated.unlink()
        rows += [*memory(binary, folder), heal(binary, folder), *action(binary, folder)]
    width = max(len(row[0]) for row in rows)
    for name, value, limit in rows:
        print(f"{name:<{width}}  {value:<44}  {limit}")


def size(binary):
    return "release binary", f"{binary.stat().st_size:,} bytes", "under 8,000,000"


def start(binary):
    """Both started by the same code, taking turns."""
    ours, theirs = [], []
    for _ in range(START_RUNS):
        theirs.append(seconds(["/bin/true"]))
        ours.append(seconds([binary, "--version"]))
    ours, theirs = min(ours), min(theirs)
    return "start: --version beside /bin/true", f"{ours * 1e3:.2f} ms, {theirs * 1e3:.2f} ms: {ours / theirs:.1f} times", ""


def speed(binary, log, what):
    rg, ours = [], []
    for _ in range(SPEED_RUNS):
        rg.append(seconds(["rg", "-j1", "-ci", PATTERN, log]))
        ours.append(seconds([binary, "classify", log]))
    rg, ours = min(rg), min(ours)
    mb = SPEED_BYTES / 1e6
    yield (
        f"classify, 256 MB ({what})",
        f"{mb / ours:,.0f} MB/s, rg {mb / rg:,.0f} MB/s: {rg / ours:.2f} of rg",
        "at least 0.25",
    )
    yield "the same beside a line-by-line regex, 20 MB/s", f"{mb / ours / 20:.0f} times", "over 25"


def beside_green(binary, log):
    """The same log as its own green log: every line of both is read, hashed and looked up."""
    took = min(seconds([binary, "classify", "--green", log, log]) for _ in range(GREEN_RUNS))
    return "classify beside a green log, 256 MB each", f"{2 * SPEED_BYTES / 1e6 / took:,.0f} MB/s of both", ""


def tools(binary, log, folder):
    """What one tool more costs: the time with all of them against that with a few, by the policy's `logs.tools`."""
    names = sorted({name for source in (ROOT / "src/stages/extract").rglob("*.rs") for name in tools_in(source)})
    few = names[:: len(names) // TOOLS_FEW]

    def read(these):
        policy = folder / "tools.toml"
        policy.write_text(f"[logs]\ntools = {json.dumps(these)}\n")
        return [binary, "classify", "--policy", policy, log]

    least = {}
    for _ in range(SPEED_RUNS):
        for these in (few, names):
            least[len(these)] = min(least.get(len(these), 1e9), seconds(read(these)))
    (some, some_seconds), (every, every_seconds) = sorted(least.items())
    added = (every_seconds - some_seconds) / (every - some)
    for count, took in sorted(least.items()):
        yield f"classify, 256 MB, readers of {count} tools", f"{SPEED_BYTES / 1e6 / took:,.0f} MB/s", ""
    yield "cost per tool added", f"{added / some_seconds:+.2%} of the time with {some}", ""


def tools_in(source):
    text = source.read_text().split("#[cfg(test)]")[0]
    return re.findall(r'^    tool: "([^"]+)",$', text, re.M) + re.findall(
        r'fn tool\(&self\) -> &(?:\'static )?str \{\n\s+"([^"]+)"', text
    )


def memory(binary, folder):
    """The log comes through a pipe, so nothing can be mapped or sought; the green log is a file."""
    block = folder / "block.log"
    write_log(block, 64 << 20)
    blocks = MEMORY_BYTES // (64 << 20)
    green = folder / "green.log"
    subprocess.run(["bash", "-c", f"for i in $(seq {blocks}); do cat {block}; done > {green}"], check=True)
    for what, arguments, limit in (("", "", 64), (" with a green log of its size", f" --green {green}", 128)):
        script = (
            f"for i in $(seq {blocks}); do cat {block}; done | exec /usr/bin/env python3 -c '{PEAK}' {binary} classify{arguments} -"
        )
        peak = int(subprocess.run(["bash", "-c", script], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])
        yield f"peak memory, 1 GiB log from a pipe{what}", f"{peak / 1024:.1f} MiB resident", f"within {limit} MiB"
    block.unlink()
    green.unlink()


# Linux tells the largest resident size of a child that has ended, in KiB.
PEAK = (
    "import resource, subprocess, sys; "
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def heal(binary, folder):
    """A whole heal of a real project by its tool, less the time that the project's own commands took (receipt.json)."""
    project = ROOT / "fixtures/projects/rust-rustfmt-format"
    work = folder / "work"
    shutil.copytree(project / "project", work)
    git = ["git", "-C", work, "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Broken"]):
        subprocess.run([*git, *arguments], check=True)
    command = re.search(r'^command *= *"(.*)"$', (project / "case.toml").read_text(), re.M)[1]
    failed = subprocess.run(["bash", "-c", f"{command} 2>&1"], cwd=work, stdout=subprocess.PIPE).stdout
    log = folder / "heal.log"
    write_log(log, HEAL_BYTES, tail=failed)
    best = None
    for run in range(HEAL_RUNS):
        bundle = folder / f"bundle-{run}"
        arguments = ["heal", "--workspace", work, "--log", log, "--command", command, "--model", "none", "--bundle", bundle]
        took = seconds([binary, *arguments])
        own = took - commands_seconds(bundle / "receipt.json")
        best = own if best is None else min(best, own)
    return "heal of a 10 MB log, without its commands", f"{best:.2f} s", "under 0.5 s"


def action(binary, folder):
    """The whole step of the action, boot script and binary, on a log of one line: downloaded first, then from the cache."""
    version = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    asset = f"self-heal-{version}-{platform.machine()}-unknown-linux-musl"
    release = folder / "releases" / f"v{version}"
    release.mkdir(parents=True)
    shutil.copy(binary, release / asset)
    copy = folder / "action/dist-scripts"
    copy.mkdir(parents=True)
    shutil.copy(ROOT / "Cargo.toml", copy.parent)
    shutil.copy(ROOT / "dist-scripts/boot.sh", copy)
    (copy / "checksums.json").write_text(json.dumps({asset: hashlib.sha256(binary.read_bytes()).hexdigest()}, indent=2))
    (folder / "one.log").write_text("src/main.rs:1:1: error: no\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder / "releases"))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def step(cache):
        return {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(folder),
            "RUNNER_TOOL_CACHE": str(cache),
            "SELF_HEAL_MODE": "heal",
            "SELF_HEAL_LOG": str(folder / "one.log"),
            "SELF_HEAL_BUNDLE": str(cache / "bundle"),
            "SELF_HEAL_DOWNLOAD_BASE_URL": f"http://127.0.0.1:{server.server_port}",
            "GITHUB_ACTIONS": "true",
        }

    boot = ["/bin/bash", "--noprofile", "--norc", "-peuo", "pipefail", copy / "boot.sh"]
    cold, warm = [], []
    for run in range(ACTION_RUNS):
        cache = folder / f"tool-cache-{run}"
        cold.append(seconds(boot, step(cache), folder))
        warm.append(seconds(boot, step(cache), folder))
    server.shutdown()
    yield "action, first start, downloaded from loopback", f"{min(cold) * 1e3:.0f} ms", ""
    yield "action, next start, from the tool cache", f"{min(warm) * 1e3:.0f} ms", ""


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def commands_seconds(receipt):
    """The sum of every duration in a receipt."""
    found = []

    def look(value):
        if isinstance(value, dict):
            found.extend(number for name, number in value.items() if name == "duration_ms")
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(json.loads(receipt.read_text()))
    if not found:
        sys.exit(f"{receipt} names no duration: what heal itself took cannot be told apart")
    return sum(found) / 1000


def seconds(command, environment=None, folder=None):
    began = time.perf_counter()
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=folder)
    took = time.perf_counter() - began
    if ended.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {ended.returncode}: {ended.stderr.decode(errors='replace')}")
    return took


def repeat(logs, path, size_bytes):
    texts = [log.read_bytes().rstrip(b"\n") + b"\n" for log in logs]
    if not any(text.strip() for text in texts):
        sys.exit("the given logs are empty")
    with open(path, "wb") as file:
        for text in itertools.cycle(texts):
            if file.tell() + len(text) > size_bytes and file.tell() > 0:
                return
            file.write(text)


def write_log(path, size_bytes, tail=b""):
    """A job log of this size; gives back the share of its lines that the pattern hits."""
    draw = random.Random(1)
    forms = [form for form, often in QUIET + LOUD for _ in range(often)]
    lines, length, ticks = [], 0, 0
    # One varied stretch is written over and over: making a gibibyte line by line would take longer than all the rest.
    while length < min(size_bytes, 16 << 20):
        form = draw.choice(forms)
        text = re.sub("{word}", lambda _: draw.choice(WORDS), form)
        text = re.sub("{n}", lambda _: str(draw.randrange(10)), text)
        ticks += 13_579
        stamp = f"2026-11-20T{10 + ticks // 36_000_000_000:02}:{ticks // 600_000_000 % 60:02}:{ticks // 10_000_000 % 60:02}.{ticks % 10_000_000:07}Z "
        line = (stamp + text + "\n").encode()
        lines.append(line)
        length += len(line)
    stretch = b"".join(lines)
    hit = re.compile(PATTERN.encode(), re.I)
    with open(path, "wb") as file:
        file.write("\ufeff".encode())
        written = 0
        while written + len(stretch) <= size_bytes:
            written += file.write(stretch)
        file.write(stretch[: size_bytes - written].rpartition(b"\n")[0] + b"\n")
        for line in tail.splitlines():
            file.write(b"2026-11-20T12:00:00.0000000Z " + line + b"\n")
        if tail:
            file.write(b"2026-11-20T12:00:01.0000000Z ##[error]Process completed with exit code 1.\n")
    return sum(1 for line in lines if hit.search(line)) / len(lines)


if __name__ == "__main__":
    main()
