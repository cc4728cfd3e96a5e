#!/usr/bin/env python3
"""Times `reconcile match` and its peers on the same files. See README.md."""

import argparse
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = ["polars", "duckdb", "datafusion", "pandas"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000, help="rows a side")
    arguments.add_argument("--times", type=int, default=3, help="runs of each")
    arguments.add_argument("--only", nargs="*", help="of the names in the first column")
    options = arguments.parse_args()
    command = build()
    python = environment()
    corpus = make_corpus(options.rows)
    print(f"\n{options.rows:,} rows a side, {os.cpu_count()} processors\n")
    print("| | CPU | clock | memory |")
    print("|---|---|---|---|")
    for name, line, out in lines(command, python, corpus):
        if options.only is None or name in options.only:
            cpu, clock, memory = min(measure(line, out) for _ in range(options.times))
            print(f"| {name} | {cpu:.2f} s | {clock:.2f} s | {memory:,.0f} MB |", flush=True)


def build():
    """Builds the command and what makes the corpus."""
    cargo = ["cargo", "build", "--release", "--quiet"]
    subprocess.run([*cargo, "-p", "reconcile-cli"], cwd=ROOT, check=True)
    corpus = ["-p", "reconcile-engine", "--example", "keyed_corpus"]
    subprocess.run([*cargo, *corpus], cwd=ROOT, check=True)
    return TARGET / "release" / "reconcile"


def environment():
    """Installs the peers, and gives the interpreter that knows them."""
    directory = TARGET / "peers"
    if not directory.exists():
        venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"]
    subprocess.run(install, check=True)
    return python


def make_corpus(rows):
    directory = TARGET / "corpus" / str(rows)
    if not (directory / "records.csv").exists():
        corpus = TARGET / "release" / "examples" / "keyed_corpus"
        options = ["--rows", str(rows), "--seed", "1"]
        subprocess.run([corpus, *options, directory], check=True, stdout=subprocess.DEVNULL)
    return directory


def lines(command, python, corpus):
    """What is run, by name, and the folder it writes to."""

    def files(extension):
        return [corpus / f"{side}.{extension}" for side in ("ledger", "records")]

    def match(extension):
        ledger, records = files(extension)
        out = corpus / f"reconcile-{extension}"
        inputs = ["--ledger", ledger, "--records", records]
        return [command, "match", *inputs, "--out", out, "--quiet"], out

    yield "reconcile match", *match("csv")
    for name in PEERS:
        out = corpus / name
        yield name, [python, HERE / f"with_{name}.py", *files("csv"), out], out
    for source, target in zip(files("csv"), files("parquet")):
        if not target.exists():
            subprocess.run([python, HERE / "parquet.py", source, target], check=True)
    yield "reconcile match, Parquet", *match("parquet")


def measure(line, out):
    """Seconds of processor time and on the clock, and megabytes, into an empty folder:
    what deleting the files of the run before takes is not the run's."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    begun = time.monotonic()
    process = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    clock = time.monotonic() - begun
    # Breaks are what `reconcile match` is to find: it exits with 1 then.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"failed: {' '.join(map(str, line))}")
    return used.ru_utime + used.ru_stime, clock, used.ru_maxrss * 1024 / 1_000_000


if __name__ == "__main__":
    main()
