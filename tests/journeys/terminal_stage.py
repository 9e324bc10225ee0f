"""The command line as a person uses it: on a pseudo terminal, and against a server that the test plays."""
import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import unicodedata

import stage


def surroundings(**variables):
    """The environment without variables of Updraft, and without the login of whoever runs the tests."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("UPDRAFT_")}
    return {**env, "XDG_CONFIG_HOME": "/nowhere", **variables}


class Terminal:
    """A command whose standard streams are a pseudo terminal, which is also its controlling one."""

    def __init__(self, *words, env, columns=80, **streams):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs, **streams}
        self.process = subprocess.Popen(
            [stage.binary(), *map(str, words)], env=env, start_new_session=True,
            preexec_fn=lambda: self._take(theirs), **streams)
        os.close(theirs)
        self.shown = ""

    @staticmethod
    def _take(terminal):
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        # A shell that starts the tests in the background lets them ignore Ctrl C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def _read(self):
        ready, _, _ = select.select([self.ours], [], [], stage.PATIENCE)
        assert ready, f"nothing more came after {self.shown!r}"
        try:
            part = os.read(self.ours, 65536)
        except OSError:  # The other end is closed.
            part = b""
        self.shown += part.decode().replace("\r\n", "\n")
        return bool(part)

    def wait_for(self, pattern):
        while not re.search(pattern, self.shown):
            assert self._read(), f"{pattern} is not in {self.shown!r}"

    def wait_for_secret(self, prompt):
        """The prompt comes first; what is typed before the terminal's echo is off would be shown."""
        self.wait_for(prompt)
        stage.wait_until(lambda: not termios.tcgetattr(self.ours)[3] & termios.ECHO, "a hidden input")

    def type(self, text):
        os.write(self.ours, text.encode())

    def end(self, status=0):
        """What was shown until the command ended."""
        while self._read():
            pass
        assert self.process.wait(stage.PATIENCE) == status, self.shown
        os.close(self.ours)
        return self.shown


def columns_of(line):
    """The columns that a line takes, by Python's own tables of Unicode."""
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
               else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class PlayedServer:
    """A server whose every answer is made by `answer(method, path, body)`: a status and a body, which
    is bytes or an object for JSON; None closes the connection instead. `calls` has what was asked."""

    def __init__(self, answer):
        self.calls = []
        played = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                played.calls.append((self.command, self.path, dict(self.headers), body))
                made = answer(self.command, self.path, body)
                if made is None:
                    self.close_connection = True
                    return
                status, content = made
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    @property
    def asked(self):
        return [f"{method} {path}" for method, path, _, _ in self.calls]

    @property
    def tokens(self):
        return [headers.get("Authorization", "").removeprefix("Bearer ") for _, _, headers, _ in self.calls]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()
