"""A program that a journey starts, and what it prints."""
import os
import pathlib
import re
import subprocess
import threading
import time

from patience import PATIENCE


class Process:
    """A child whose stdout lines can be waited for; its stderr goes to a file beside its data."""

    def __init__(self, arguments, log, env=None):
        self.arguments = [str(argument) for argument in arguments]
        self.log = pathlib.Path(log)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("UPDRAFT_")}
        environment.update(env or {})
        with open(self.log, "ab") as errors:
            self.child = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=errors, env=environment)
        self.lines = []
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stdout:
            with self._news:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def errors(self):
        return self.log.read_text(errors="replace")

    def wait_for_line(self, pattern, patience=PATIENCE):
        """The match of the first line of stdout that `pattern` is found in."""
        deadline = time.monotonic() + patience
        seen = 0
        with self._news:
            while True:
                for line in self.lines[seen:]:
                    if match := re.search(pattern, line):
                        return match
                seen = len(self.lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise AssertionError(
                        f"no line like {pattern!r} from {' '.join(self.arguments)}\n"
                        + "\n".join(self.lines[-50:]) + "\n" + self.errors()[-4000:])
                self._news.wait(left)

    def wait(self, patience=PATIENCE):
        """The exit status."""
        status = self.child.wait(patience)
        self._reader.join(patience)
        return status

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        """Kills the process at once, as a power cut does."""
        if self.child.poll() is None:
            self.child.kill()
        return self.wait()
