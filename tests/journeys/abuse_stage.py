"""Helpers for the journeys with one misbehaving client beside honest ones."""
import contextlib
import re
import select
import socket
import threading
import urllib.parse

import stage

METRIC = re.compile(r"^(updraft_\w+(?:\{[^}]*\})?) (\S+)$", re.M)


def metrics_of(server):
    """Every metric with its value. It is also an honest call of an operator."""
    answer = stage.request(server.url, "GET", "/metrics",
                           headers={"Authorization": f"Bearer {server.admin.token}"}).expect(200)
    return {name: float(value) for name, value in METRIC.findall(answer.body.decode())}


def expect_growth_below(bytes_max, server, before):
    """Asserts that the server's resident memory grew by less than that. A sanitizer keeps freed memory for a
    while, so there the size says nothing."""
    grown = resident_bytes(server) - before
    assert stage.sanitized() or grown < bytes_max


def resident_bytes(server):
    return metrics_of(server)["updraft_process_resident_bytes"]


def connect(server, receive_buffer=None):
    """A plain connection. `receive_buffer`: bytes that the kernel keeps of what is not read."""
    parts = urllib.parse.urlsplit(server.url)
    link = socket.socket()
    link.settimeout(stage.PATIENCE)
    if receive_buffer:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    link.connect((parts.hostname, parts.port))
    return link


@contextlib.contextmanager
def connections(server, count, **options):
    with contextlib.ExitStack() as all_of_them:
        yield [all_of_them.enter_context(connect(server, **options)) for _ in range(count)]


def head(method, path, fields, length=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: h"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_of(link):
    """(status, head, body so far) of the next answer on this connection."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = link.recv(65536)
        assert piece, received
        received += piece
    front, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", front)
    while length and len(body) < int(length[1]):
        piece = link.recv(65536)
        assert piece, received
        body += piece
    return int(front.split()[1]), front.decode(), body


def ended(link):
    """Reads to the end; True when the peer has closed the connection."""
    with contextlib.suppress(ConnectionResetError):
        while link.recv(65536):
            pass
    return True


def has_arrived(link):
    return bool(select.select([link], [], [], 0)[0])


class Attack:
    """Repeats a call on each of some threads until it ends. `answered` counts its answers."""

    def __init__(self, call, threads=4):
        self.answered = 0
        self._call = call
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def _run(self):
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                self._call()
                with self._lock:
                    self.answered += 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(stage.PATIENCE)


def overtakes(attack, honest):
    """Whether all honest calls are answered between two answers to the attacker."""
    before = attack.answered
    honest()
    return attack.answered == before
