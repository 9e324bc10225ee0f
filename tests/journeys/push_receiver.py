"""An app's backend: a receiver of pushes with responses that a test chooses."""
import base64
import contextlib
import dataclasses
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time

from patience import PATIENCE


@dataclasses.dataclass
class Push:
    """One POST that arrived."""
    path: str
    headers: dict  # Names in lower case.
    raw: bytes
    at: float

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def id(self):
        return self.headers.get("webhook-id")


def signature(secret, push):
    """The value of `webhook-signature`, computed as Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{push.id}.{push.headers['webhook-timestamp']}.".encode() + push.raw
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Receiver:
    """An app's backend. By default it answers verifications and accepts every push.

    `receiver.behave` is called for every push (not for verifications). It is a function of the Push
    and returns (status, body bytes, headers), or None to accept the push. It raises Hang to answer
    only when the receiver is closed, or Drop to close without a response. `tls`: an ssl.SSLContext.
    """

    class Hang(Exception):
        pass

    class Drop(Exception):
        pass

    def __init__(self, tls=None):
        receiver = self

        class Reception(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver._answer(self)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass  # Peers that close the connection are part of the tests.

        self.pushes = []
        self.verifications = []
        self.behave = None
        self.echo = lambda echostr: {"code": 0, "result": echostr}
        self._closed = threading.Event()
        self._news = threading.Condition()
        self._listener = Listener(("127.0.0.1", 0), Reception)
        if tls:
            self._listener.socket = tls.wrap_socket(self._listener.socket, server_side=True)
        self.port = self._listener.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/push"
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._closed.set()
        self._listener.shutdown()
        self._listener.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _answer(self, exchange):
        length = int(exchange.headers.get("Content-Length", 0))
        raw = exchange.rfile.read(length)
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        push = Push(exchange.path, headers, raw, time.time())
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if isinstance(body, dict) and set(body) == {"echostr"}:
            with self._news:
                self.verifications.append(push)
                self._news.notify_all()
            self._send(exchange, 200, json.dumps(self.echo(body["echostr"])).encode(), {})
            return
        with self._news:
            self.pushes.append(push)
            self._news.notify_all()
        try:
            told = self.behave(push) if self.behave else None
        except Receiver.Hang:
            self._closed.wait()
            exchange.close_connection = True
            return
        except Receiver.Drop:
            exchange.close_connection = True
            with contextlib.suppress(OSError):
                exchange.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(exchange, *(told or (200, b'{"code":0}', {})))

    @staticmethod
    def _send(exchange, status, body, headers):
        exchange.send_response(status)
        for name, value in headers.items():
            exchange.send_header(name, value)
        if status != 204 and not any(name.lower() == "content-length" for name in headers):
            exchange.send_header("Content-Length", str(len(body)))
        exchange.end_headers()
        if status != 204:
            exchange.wfile.write(body)

    def bodies(self, msg_type=None, did=None):
        """The bodies that arrived so far, in order of arrival."""
        with self._news:
            pushes = list(self.pushes)
        bodies = [push.body for push in pushes]
        return [body for body in bodies
                if (msg_type is None or body.get("msgType") == msg_type)
                and (did is None or body.get("did") == did)]

    def wait_for(self, predicate, count=1, what=None, patience=PATIENCE):
        """Waits until `count` pushes match; returns them. `predicate` takes a Push."""
        deadline = time.monotonic() + patience
        with self._news:
            while True:
                found = [push for push in self.pushes if predicate(push)]
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"{len(found)} of {count} pushes arrived ({what or 'see the predicate'}); "
                        f"all: {[push.raw for push in self.pushes][-20:]}")
                self._news.wait(left)

    def wait_for_type(self, msg_type, did=None, count=1):
        """The same, by msgType and did."""
        def fits(push):
            body = push.body
            return body.get("msgType") == msg_type and did in (None, body.get("did"))
        return self.wait_for(fits, count, f"{msg_type} of {did or 'any device'}")

    def wait_for_verification(self, count=1, patience=PATIENCE):
        with self._news:
            if not self._news.wait_for(lambda: len(self.verifications) >= count, patience):
                raise AssertionError("the push URL was never verified")
            return list(self.verifications)
