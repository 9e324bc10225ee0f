"""Helpers for every journey: the real binary, its clients, a device and a push receiver.

It uses only the standard library. No test sleeps to synchronise: `wait_until` and `Receiver.wait_for`
wait for an event, with a deadline that only a failing test reaches.
"""
import contextlib
import dataclasses
import functools
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import urllib.parse

# Tests use all of this as `stage.NAME`.
from child_process import Process
from patience import PATIENCE, wait_until
from push_receiver import Push, Receiver, signature  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def binary():
    return os.environ.get("UPDRAFT_BINARY") or str(ROOT / "build" / "release" / "updraft")


# ---------------------------------------------------------------------------------------------
# Plain HTTP


@dataclasses.dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    def expect(self, *statuses):
        assert self.status in (statuses or (200,)), f"HTTP {self.status}: {self.body[:2000]!r}"
        return self


address_numbers = itertools.count()


@functools.lru_cache
def sanitized():
    """True when the program was built with AddressSanitizer or ThreadSanitizer; False before it is built."""
    file = pathlib.Path(binary())
    program = file.read_bytes() if file.exists() else b""
    return b"__asan_init" in program or b"__tsan_init" in program


def next_binary():
    """The program with one more version and one more migration (tests/next)."""
    return binary() + "-next"


def own_address():
    """A loopback address that no other call has. Many refusals of one address are slowed down."""
    number = next(address_numbers)
    return f"127.1.{number // 250 % 250}.{number % 250 + 1}"


def request(url, method, path, body=None, headers=None, timeout=PATIENCE, trust=None, source=None):
    """One request on a connection of its own. `body`: bytes, or anything that becomes JSON.

    `trust`: the ssl.SSLContext for an https URL. `source`: the address of the client.
    """
    parts = urllib.parse.urlsplit(url)
    headers = dict(headers or {})
    if body is not None and not isinstance(body, (bytes, bytearray)):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    source = (source, 0) if source else None
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout,
                                                 source_address=source, context=trust)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout,
                                                source_address=source)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def raw_exchange(url, data, timeout=PATIENCE):
    """Sends the bytes unchanged and returns all bytes that arrive until the peer closes."""
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=timeout) as link:
        link.sendall(data)
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := link.recv(65536):
                received += piece
        return received


# ---------------------------------------------------------------------------------------------
# The server

DEFAULTS = {
    "server": {"listen": ["127.0.0.1:0"], "drain_timeout": "5s"},
    "push": {
        "allow_http": True,
        "allow_networks": ["127.0.0.0/8", "::1/128"],
        "progress_interval": "20ms",
        "retry_schedule": ["200ms", "400ms", "800ms", "1s"],
        "probe_after": "300ms",
    },
    "ddi": {"polling": "00:00:01"},
    # Tests poll and report far more often than a device does.
    "limits": {"requests_per_second_per_app": 0, "requests_per_minute_per_device": 0},
}


def merged(base, more):
    """`base`, where the sections and keys of `more` are added or replaced."""
    sections = {name: dict(keys) for name, keys in base.items()}
    for name, keys in (more or {}).items():
        sections.setdefault(name, {}).update(keys)
    return sections


def toml(sections):
    lines = []
    for name, keys in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


# The PostgreSQL on which each server gets its own database. None: each server has SQLite in its folder.
cluster = None
numbers = itertools.count(1)


class Server:
    """`updraft serve` on its own data directory. kill() and start() simulate a crash.

    `beside` is another server; both share store, key and firmware.
    """

    trust = None

    def __init__(self, directory, config=None, arguments=(), env=None, beside=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.config = merged(DEFAULTS, config)
        self.arguments = list(arguments)
        self.database = None
        self.beside = beside
        if beside:
            self.config = merged(self.config, {
                "store": beside.config["store"],
                "secrets": {"key_file": str(beside.data / "secret.key")},
                "firmware": {"dir": str(beside.data / "firmware")},
            })
        if cluster and "store" not in self.config and "--store" not in self.arguments:
            self.database = cluster.create(f"journey_{next(numbers)}")
            self.config["store"] = {"url": self.database}
        self.env = env
        self.program = None
        self.log = self.directory / "server.log"
        self.process = None
        self.url = None

    def start(self):
        path = self.directory / "updraft.toml"
        path.touch(0o600)  # It may hold a password.
        path.write_text(toml(self.config))
        self.process = Process([self.program or binary(), "serve", "--config", path, "--data", self.data,
                                *self.arguments], self.log, self.env)
        self.url = self.process.wait_for_line(r"listening on (https?://\S+)")[1]
        self.admin_url = self.url
        if "admin" in self.config:
            # The operators' listener comes after those of [server] listen.
            first = len(self.config["server"]["listen"])
            self.admin_url = wait_until(lambda: self.origins()[first:], "the operators' listener")[0]
        token = self.data / "admin-token"
        self.admin = Admin(self.admin_url, self.beside.admin.token if self.beside
                           else token.read_text().strip(), self.trust)
        return self

    def origins(self):
        """The addresses that it has printed so far, in that order."""
        found = (re.match(r"listening on (https?://\S+)", line) for line in list(self.process.lines))
        return [match[1] for match in found if match]

    def stop(self):
        """Sends SIGTERM and asserts that the server ends with 0."""
        if self.process and self.process.child.poll() is None:
            self.process.signal(signal.SIGTERM)
            status = self.process.wait()
            assert status == 0, f"exit status {status}\n{self.process.errors()[-4000:]}"

    def kill(self):
        if self.process:
            self.process.kill()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        # A server that ends with an error must not hide that the test failed before.
        if kind:
            self.kill()
        else:
            self.stop()

    def app(self, name="app", **fields):
        """A new app with its keys and an OpenApi client without a user."""
        made = self.admin.post("/apps", {"name": name, **fields}).expect(201).json()
        return App(self, made)

    def device(self, did, model="sensor-a", version="1.0.0", open_id=None, **fields):
        """Enrols a device and returns its client. A second call with the same did replaces the device."""
        wanted = {"deviceModel": model, "firmwareVersion": version, **fields}
        if open_id:
            wanted["openId"] = open_id
        path = "/devices/" + urllib.parse.quote(did, safe="")
        made = self.admin.put(path, wanted).expect(200, 201).json()
        token = made.get("deviceToken")
        if not token:
            token = self.admin.post(path + "/token").expect(200, 201).json()["deviceToken"]
        return Device(self, did, token)

    def publish(self, model, version, content=b"firmware", accept_mismatch=False, **fields):
        """Creates, uploads and releases a firmware; returns it as the admin API shows it."""
        wanted = {"deviceModel": model, "firmwareVersion": version, **fields}
        made = self.admin.post("/firmware", wanted).expect(201).json()
        path = f"/firmware/{made['id']}"
        self.admin.put(path + "/file", content).expect(200)
        return self.admin.post(path + "/release", {"acceptMismatch": accept_mismatch}).expect(200).json()

    def raw(self, data):
        return raw_exchange(self.url, data)


class Admin:
    """The admin API. Paths start after /admin/v1."""

    def __init__(self, url, token, trust=None):
        self.url = url
        self.token = token
        self.trust = trust

    def call(self, method, path, body=None, headers=None):
        return request(self.url, method, "/admin/v1" + path, body,
                       {"Authorization": f"Bearer {self.token}", **(headers or {})}, trust=self.trust)

    def get(self, path, headers=None):
        return self.call("GET", path, None, headers)

    def post(self, path, body=None, headers=None):
        return self.call("POST", path, body, headers)

    def put(self, path, body=None, headers=None):
        return self.call("PUT", path, body, headers)

    def patch(self, path, body=None, headers=None):
        return self.call("PATCH", path, body, headers)

    def delete(self, path, headers=None):
        return self.call("DELETE", path, None, headers)

    def every(self, path, limit=500):
        """All items of a list, page by page."""
        items, cursor = [], None
        while True:
            ask = {"limit": limit, **({"cursor": cursor} if cursor else {})}
            page = self.get(path + ("&" if "?" in path else "?") + urllib.parse.urlencode(ask))
            page = page.expect(200).json()
            items += page["items"]
            cursor = page["nextCursor"]
            if not cursor:
                return items


class App:
    """A third-party app: its keys, and one OpenApi client for each of its users."""

    def __init__(self, server, made):
        self.server = server
        self.made = made
        self.appid = made["appid"]
        self.appkey = made["appkey"]
        self.push_secret = made["pushSecret"]

    def keys(self):
        return {"Appid": self.appid, "Appkey": self.appkey}

    def grant(self, open_id):
        """The operator grants the user to this app; returns the user's client."""
        path = f"/apps/{self.appid}/grants"
        made = self.server.admin.post(path, {"openId": open_id}).expect(201).json()
        return OpenApi(self, made["openId"], made["accessToken"], made["refreshToken"])

    def sign_in(self, account_id):
        """The app makes the user itself (contract section 2)."""
        answer = request(self.server.url, "POST", "/open/account/access/get",
                         {"accountId": account_id}, self.keys()).expect(200).json()
        assert answer["code"] == 0, answer
        made = answer["result"]
        return OpenApi(self, made["openId"], made["accessToken"], made["refreshToken"])

    def wait_until_verified(self):
        """Waits until the push URL was verified (P7)."""
        path = f"/apps/{self.appid}"
        wait_until(lambda: self.server.admin.get(path).json()["pushState"] == "verified",
                   "the push URL to be verified")


class OpenApi:
    """One user of one app. Each call returns (code, result)."""

    def __init__(self, app, open_id, token, refresh_token=None):
        self.app = app
        self.open_id = open_id
        self.token = token
        self.refresh_token = refresh_token

    def headers(self):
        return {**self.app.keys(), "Openid": self.open_id, "Access-Token": self.token}

    def raw(self, path, payload=None, headers=None, source=None):
        """`headers` are added to the usual ones; a header that is None is left out."""
        sent = {**self.headers(), **(headers or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        return request(self.app.server.url, "POST", path, payload, sent,
                       trust=self.app.server.trust, source=source)

    def call(self, path, **payload):
        answer = self.raw(path, payload).expect(200).json()
        assert list(answer) == ["code", "result"], answer
        return answer["code"], answer["result"]

    def query(self):
        return self.call("/open/ota/query/firmware")

    def query_one(self, did):
        return self.call("/open/ota/query/firmware/selected", did=did)

    def upgrade(self):
        return self.call("/open/ota/upgrade/firmware")

    def upgrade_one(self, did):
        return self.call("/open/ota/upgrade/firmware/selected", did=did)

    def history(self, **filters):
        return self.call("/open/ota/query/firmware/upgrade/history", **filters)

    def running(self, **filters):
        return self.call("/open/ota/query/upgrade", **filters)

    def cancel(self, did):
        return self.call("/open/ota/upgrade/cancel", did=did)


# ---------------------------------------------------------------------------------------------
# A device


class Device:
    """One device that speaks DDI step by step: each step is a separate call."""

    def __init__(self, server, did, token, scheme="TargetToken"):
        self.server = server
        self.did = did
        self.token = token
        self.scheme = scheme
        self.base = "/DEFAULT/controller/v1/" + urllib.parse.quote(did, safe="")

    def call(self, method, path, body=None, headers=None):
        """`path` below the controller, or an absolute link that the server gave."""
        if path.startswith("http"):
            parts = urllib.parse.urlsplit(path)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
        else:
            target = self.base + path
        return request(self.server.url, method, target, body,
                       {"Authorization": f"{self.scheme} {self.token}", **(headers or {})})

    def poll(self):
        return self.call("GET", "").expect(200).json()

    def link(self, name):
        """The link `name` of a poll, or None."""
        return self.poll().get("_links", {}).get(name, {}).get("href")

    def tell(self, **attributes):
        """configData."""
        return self.call("PUT", "/configData", {"mode": "merge", "data": attributes})

    def deployment(self):
        """Polls and fetches the deployment; None when there is none."""
        href = self.link("deploymentBase")
        return self.call("GET", href).expect(200).json() if href else None

    def wait_for_deployment(self):
        return wait_until(self.deployment, f"a deployment for {self.did}")

    def report(self, upgrade_id, execution, finished="none", progress=None, details=(),
               resource="deploymentBase"):
        result = {"finished": finished}
        if progress is not None:
            result["progress"] = {"cnt": progress, "of": 100}
        status = {"execution": execution, "result": result, "details": list(details)}
        return self.call("POST", f"/{resource}/{upgrade_id}/feedback",
                         {"id": str(upgrade_id), "status": status})

    def download(self, deployment, headers=None):
        artifact = deployment["deployment"]["chunks"][0]["artifacts"][0]
        links = artifact["_links"]
        href = (links.get("download") or links["download-http"])["href"]
        return self.call("GET", href, headers=headers)

    def install(self, deployment=None, finished="success", details=(), percents=(25, 75)):
        """Carries out a whole upgrade; returns the bytes that were downloaded."""
        deployment = deployment or self.wait_for_deployment()
        number = deployment["id"]
        artifact = deployment["deployment"]["chunks"][0]["artifacts"][0]
        self.report(number, "download").expect(200)
        content = self.download(deployment).expect(200).body
        assert len(content) == artifact["size"]
        assert hashlib.sha256(content).hexdigest() == artifact["hashes"]["sha256"]
        self.report(number, "downloaded").expect(200)
        for percent in percents:
            self.report(number, "proceeding", progress=percent).expect(200)
        self.report(number, "closed", finished, details=details).expect(200)
        return content
