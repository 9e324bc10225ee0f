# SPDX-License-Identifier: Apache-2.0
"""Pushes for ./dev bench: runs bench_pushes, which measures, and reads its output."""
import shutil
import subprocess

from busy import least_disturbed

MESSAGES = 50_000
APPS = 10
DEVICES = 1_000_000
QUEUED = 1_000_000


def figures(build, folder):
    """What bench_pushes printed: name -> number."""
    data = folder / "pushes"
    data.mkdir()
    try:
        done = subprocess.run([build / "bench" / "bench_pushes", data, *map(str, (
            MESSAGES, APPS, DEVICES, QUEUED))], capture_output=True, text=True, check=True,
            timeout=1800)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}


def bench_pushes(build, folder, table):
    """All three figures are of one run, and so is the processor time that others used meanwhile."""
    measured = least_disturbed(lambda _: figures(build, folder))
    found, others = measured.value, measured.text()
    for name, value in found.items():
        print(f"  {name} {value:g}")
    ratio = found["durable_per_second"] / found["bare_per_second"]
    table.add("results delivered and recorded", f"{found['durable_per_second']:,.0f}/s",
              f"{found['bare_per_second']:,.0f}/s, the same posts without a store", f"{ratio:.2f}",
              "≥ 0.3", ratio >= 0.3, others)
    late = found["commit_to_arrival_p99_ms"]
    table.add("commit of a result to its arrival, p99 at 200/s, beside the announcement of a release "
              f"for {DEVICES:,} devices and a dead receiver's 100,000 messages",
              f"{late:.0f} ms", "", "", "< 100 ms", late < 100,
              others)
    assert found["announcing_was_over"] == 0, "the announcement ended too early to be of use"
    grown = found["resident_grown_kib"] / 1024
    table.add(f"resident memory for {QUEUED:,} queued messages", f"+{grown:.1f} MB", "", "",
              "< 64 MB", grown < 64, others)
