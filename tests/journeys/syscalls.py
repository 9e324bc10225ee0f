"""Faults at the N-th system call of a running process, by strace: the process dies there, or the call fails.

strace counts for each thread separately, from the moment when it is attached. So N does not count the
calls of the start.
"""
import functools
import shutil
import subprocess
import sys

import stage

KILL = "signal=KILL"


def error(name):
    return f"error={name}"


class Trace:
    """strace, attached to the process from the beginning of `with` to its end."""

    def __init__(self, process, calls, fault, when):
        self.arguments = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
                          f"inject={calls}:{fault}:when={when}", "-p", str(process)]
        self.fault = fault
        self.child = None

    def __enter__(self):
        self.child = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.child.stderr.readline()
        if " attached" not in line:
            self.child.kill()
            raise AssertionError(f"strace: {line}{self.child.stderr.read()}")
        return self

    def __exit__(self, *_):
        # When strace is asked to end while a process with many threads dies, it may wait for
        # ever. When it is killed, it detaches at once, but a call may be half replaced by a
        # fault.
        if self.fault != KILL:
            self.child.terminate()
        else:
            self.child.kill()
        try:
            self.child.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.communicate()


@functools.lru_cache
def hindrance():
    """The reason why no fault can be injected here; None when it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    if stage.sanitized():
        return "a sanitizer's allocator and leak check do not go with a tracer"
    idle = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with Trace(idle.pid, "fsync", KILL, 1):
            return None
    except AssertionError as refusal:
        return f"this machine allows no ptrace: {refusal}"
    finally:
        idle.kill()
        idle.communicate()
