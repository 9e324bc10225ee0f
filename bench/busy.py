# SPDX-License-Identifier: Apache-2.0
"""How much processor time other processes used while a figure was measured, and the repeat rule.

Others' time is the time that all cores spent in processes, less the time of the bench's own ones:
this process, its descendants, and servers that left the tree (`counts_as_own`). Time that the host
of a virtual machine gave to other machines counts as others' time. Interrupts do not count: they
belong to no process. Kernel threads that write to the disk count as others.
"""
import os
import pathlib
import time
from typing import NamedTuple

DISTURBED_PERCENT = 10  # Of all cores: a figure is measured again if others used more than this.
ATTEMPTS_MAX = 3        # How often a figure is measured at most.

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
own_roots = {os.getpid()}


class Reading(NamedTuple):
    """Seconds: of a steady clock, of all processes on all cores, and of the bench's processes."""

    clock: float
    processes: float
    own: float


class Measured(NamedTuple):
    """The attempt that is kept: its value, the percentage of others, and the number of attempts."""

    value: object
    percent: float
    attempts: int

    def text(self):
        least = f", least of {self.attempts}" if self.attempts > 1 else ""
        return f"{self.percent:.0f} %{least}"


def counts_as_own(pid):
    """Counts this process as one of the bench's: a server that the bench started, but not as a child."""
    own_roots.add(pid)


def others_percent(before, after, cores):
    """The processor time that others used between two readings, in percent of all cores."""
    capacity = (after.clock - before.clock) * cores
    if capacity <= 0:
        return 0.0
    others = (after.processes - before.processes) - (after.own - before.own)
    return min(max(100 * others / capacity, 0.0), 100.0)


def all_processes_ticks(proc_stat):
    """The ticks of all processes, from the text of /proc/stat (the order is proc(5)'s)."""
    user, nice, system, _idle, _iowait, _irq, _softirq, steal = map(
        int, proc_stat.split("\n", 1)[0].split()[1:9])
    return user + nice + system + steal


def tree_ticks(processes, roots):
    """The ticks of those roots and their descendants, of {pid: (parent, ticks)}."""
    children = {}
    for pid, (parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    seen, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid in processes and pid not in seen:
            seen.add(pid)
            waiting += children.get(pid, [])
    return sum(processes[pid][1] for pid in seen)


def running_processes():
    """{pid: (parent, ticks)}, where the ticks include those of children that ended."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It has ended.
        found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found


def read():
    own = tree_ticks(running_processes(), own_roots)
    every = all_processes_ticks(pathlib.Path("/proc/stat").read_text())
    return Reading(time.monotonic(), every / TICKS_PER_SECOND, own / TICKS_PER_SECOND)


def watched(measure):
    """The value of `measure`, and the percentage that others used meanwhile."""
    before = read()
    value = measure()
    return value, others_percent(before, read(), os.cpu_count())


def least_disturbed(measure, prepare=lambda attempt: None, watch=watched):
    """Measures until others disturb it little, ATTEMPTS_MAX times at most; keeps the best attempt.

    `prepare` gets the attempt's number and is not watched; `measure` gets what it answers.
    """
    kept = None
    for attempt in range(1, ATTEMPTS_MAX + 1):
        prepared = prepare(attempt)
        value, percent = watch(lambda prepared=prepared: measure(prepared))
        if kept is None or percent < kept.percent:
            kept = Measured(value, percent, attempt)
        if percent <= DISTURBED_PERCENT:
            break
        print(f"  (attempt {attempt} of at most {ATTEMPTS_MAX}: others used {percent:.0f} % of all "
              f"cores)", flush=True)
    return kept._replace(attempts=attempt)
