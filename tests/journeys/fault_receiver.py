"""A push receiver that misbehaves in one way, until relent() is called.

It answers verifications correctly, because otherwise no messages are sent to it. A function of the
socket decides what it does with a message. With a TLS context it uses TLS; the context can be
changed.
"""
import contextlib
import gzip
import json
import socket
import ssl
import struct
import threading
import time

import stage

JSON = "Content-Type: application/json\r\n"
ACCEPTED = b'{"code":0}'


def answer(status, body=b"", fields="", length=True):
    """The bytes of a response; the connection is closed after it."""
    size = f"Content-Length: {len(body)}\r\n" if length else ""
    return f"HTTP/1.1 {status} X\r\nConnection: close\r\n{size}{fields}\r\n".encode() + body


def says(data):
    """A fault that consists only of the bytes of the response."""
    def fault(link, _):
        link.sendall(data)
    return fault


def hangs(link, closed):
    closed.wait()


def closes(*_):
    pass


def resets(link, _):
    # With a linger time of 0, close() sends RST.
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def drips(data, pause):
    """Sends one byte at a time."""
    def fault(link, closed):
        for byte in data:
            link.sendall(bytes([byte]))
            if closed.wait(pause):
                return
    return fault


def drips_for_ever(link, closed):
    link.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not closed.wait(0.05):
        link.sendall(b"x")


def never_ends(head, piece):
    """Sends `piece` again and again, until the peer closes the connection."""
    def fault(link, closed):
        link.sendall(head)
        while not closed.is_set():
            link.sendall(piece)
    return fault


def answers_late(link, closed):
    closed.wait(0.5)
    link.sendall(answer(200, ACCEPTED, JSON))


def retry_after(value):
    return says(answer(429, b"later", f"Retry-After: {value}\r\n"))


GZIPPED = answer(200, gzip.compress(ACCEPTED), JSON + "Content-Encoding: gzip\r\n")
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class FaultReceiver:
    """Misbehaves as `fault(link, closed)` does, with every message, until relent()."""

    def __init__(self, fault, context=None):
        self.fault = fault
        self.context = context
        self.pushes = []          # Every message that was read, with or without a fault.
        self.verifications = 0
        self._relented = False
        self._closed = threading.Event()
        self._news = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/push"
        self._listen()

    def relent(self, context=None):
        """From now on the receiver behaves correctly."""
        self._relented = True
        if context:
            self.context = context

    def die(self):
        """Closes the listening socket."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def rise(self):
        """Listens again, on the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._listen()

    def close(self):
        self._closed.set()
        self.die()

    def wait_for(self, count):
        """Waits until `count` messages were read; returns them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.pushes) >= count, stage.PATIENCE), \
                f"{len(self.pushes)} of {count} messages came"
            return list(self.pushes)

    def _listen(self):
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        # A failure of the peer ends only this connection.
        with contextlib.suppress(OSError, ValueError, IndexError), contextlib.closing(link):
            link.settimeout(stage.PATIENCE)
            if self.context:
                link = self.context.wrap_socket(link, server_side=True)
            self._answer(link)
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def _answer(self, link):
        with link.makefile("rb") as reader:
            path = reader.readline(8192).split(b" ")[1].decode()
            headers = {}
            while line := reader.readline(8192).strip():
                name, value = line.decode().split(":", 1)
                headers[name.lower()] = value.strip()
            raw = reader.read(int(headers.get("content-length", 0)))
        body = json.loads(raw)
        if set(body) == {"echostr"}:
            self.verifications += 1
            echo = json.dumps({"code": 0, "result": body["echostr"]}).encode()
            link.sendall(answer(200, echo, JSON))
            return
        misbehaves = not self._relented
        with self._news:
            self.pushes.append(stage.Push(path, headers, raw, time.time()))
            self._news.notify_all()
        if misbehaves:
            self.fault(link, self._closed)
        else:
            link.sendall(answer(200, ACCEPTED, JSON))


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
