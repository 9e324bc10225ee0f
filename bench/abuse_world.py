# SPDX-License-Identifier: Apache-2.0
"""The honest clients of ./dev bench abuse: devices that poll and report, apps that query, order and
get pushes.

Each kind of client has a fixed rate and its own latency figures. A request counts from the time when it
was due, so a server that stands still shows in every figure.
"""
import contextlib
import http.client
import http.server
import json
import subprocess
import tempfile
import threading
import time

from load import raw_request

MODEL = "bench.abuse.v1"
USERS = 100
DEVICES_OF_A_USER = 40
REPORTS_PER_SECOND = 20
RATES = {"polls": 500, "queries": 200, "orders": 50}
ARTIFACT = b"x" * 4096
BIG_ARTIFACT = b"y" * (16 << 20)


def p99(values):
    """In ms, from seconds; 0 without a value."""
    return 1000 * sorted(values)[int(0.99 * (len(values) - 1))] if values else 0.0


class Receiver(http.server.ThreadingHTTPServer):
    """Acknowledges all pushes, and remembers when the result of each device came."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiving)
        self.results = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Receiving(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body.get("msgType") == "ota_upgrade_result":
            self.server.results.setdefault(body["did"], time.monotonic())
        answer = json.dumps({"code": 0, "result": body.get("echostr", "ok")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class World:
    """A server with users, their devices, two apps and a release; some devices are upgrading."""

    def __init__(self, server):
        self.server = server
        self.receiver = Receiver()
        self.apps = [self._app("queries"), self._app("orders", self.receiver.url)]
        self._publish("2.0.0", ARTIFACT)
        self.tokens = self._import_devices()
        self.users = [self.grant(self.apps[0], f"user-{n:03d}") for n in range(USERS)]
        self.orderers = [self.grant(self.apps[1], f"user-{n:03d}") for n in range(USERS)]
        self.orders_given = 0
        self.reports_given = 0

    def _app(self, name, url=None):
        return self.server.call("POST", "/admin/v1/apps", {"name": name, **({"pushUrl": url} if url else {})})

    def _publish(self, version, content):
        release = self.server.call("POST", "/admin/v1/firmware", {
            "deviceModel": MODEL, "firmwareVersion": version})
        self.server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=content)
        self.server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
        return release["id"]

    def _import_devices(self):
        dids = [(f"d-{user:03d}-{n:02d}", f"user-{user:03d}")
                for n in range(DEVICES_OF_A_USER) for user in range(USERS)]
        lines = "\n".join(json.dumps({"did": did, "deviceModel": MODEL, "firmwareVersion": "1.0.0",
                                      "openId": user}) for did, user in dids)
        self.server.call("POST", "/admin/v1/devices/import", body=lines.encode())
        self.dids = [did for did, _ in dids]
        polling = self.dids[:1000]
        return {did: self.token(did) for did in polling}

    def token(self, did):
        return self.server.call("POST", f"/admin/v1/devices/{did}/token")["deviceToken"]

    def device(self, did, open_id=None, model=MODEL):
        """Enrolls a device; returns its token."""
        return self.server.call("PUT", f"/admin/v1/devices/{did}", {
            "deviceModel": model, "firmwareVersion": "1.0.0", **({"openId": open_id} if open_id else {})
        })["deviceToken"]

    def grant(self, app, open_id):
        granted = self.server.call("POST", f"/admin/v1/apps/{app['appid']}/grants", {"openId": open_id})
        return {"Appid": app["appid"], "Appkey": app["appkey"], "Access-Token": granted["accessToken"]}

    def polls(self):
        return [raw_request("GET", f"/DEFAULT/controller/v1/{did}", {"Authorization": "TargetToken " + token})
                for did, token in self.tokens.items()]

    def queries(self):
        return [raw_request("POST", "/open/ota/query/firmware/selected", self.users[int(did[2:5])],
                            json.dumps({"did": did}).encode()) for did in self.tokens]

    def orders(self, count):
        """Orders of devices that were not ordered before. The first thousand devices poll, and get none."""
        first = 1000 + self.orders_given
        self.orders_given += count
        chosen = self.dids[first:first + count]
        if len(chosen) < count:
            raise SystemExit("there are too few devices to order")
        return [raw_request("POST", "/open/ota/upgrade/firmware/selected", self.orderers[int(did[2:5])],
                            json.dumps({"did": did}).encode()) for did in chosen]

    def prepared_reports(self, count):
        """Devices that have taken an upgrade: (did, path of the feedback, headers) of each."""
        first = self.reports_given
        self.reports_given += count
        prepared = []
        for number in range(first, first + count):
            did = f"r-{number:05d}"
            headers = {"Authorization": "TargetToken " + self.device(did, f"user-{number % USERS:03d}")}
            self.order(did, self.orderers[number % USERS])
            prepared.append((did, self.take(did, headers) + "/feedback", headers))
        return prepared

    def order(self, did, headers):
        answer = self.server.call("POST", "/open/ota/upgrade/firmware/selected", {"did": did}, headers)
        if answer["code"] != 0:
            raise SystemExit(f"an order was refused: {answer}")

    def take(self, did, headers):
        """Fetches the deployment of a device that was ordered; returns its path."""
        base = f"/DEFAULT/controller/v1/{did}"
        link = self.server.call("GET", base, headers=headers)["_links"]["deploymentBase"]["href"]
        path = "/" + link.split("/", 3)[3].split("?")[0]
        self.server.call("GET", path, headers=headers)
        return path


class Reporter(threading.Thread):
    """Devices that report success at a fixed rate; the app gets each result."""

    def __init__(self, world, prepared):
        super().__init__(daemon=True)
        self.world, self.prepared = world, prepared
        self.took, self.done, self.refused = [], {}, 0

    def run(self):
        link = http.client.HTTPConnection("127.0.0.1", self.world.server.port, timeout=60)
        body = json.dumps({"status": {"execution": "closed", "result": {"finished": "success"}}})
        began = time.monotonic()
        for number, (did, path, headers) in enumerate(self.prepared):
            due = began + number / REPORTS_PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            link.request("POST", path, body, {**headers, "Content-Type": "application/json"})
            response = link.getresponse()
            response.read()
            self.took.append(time.monotonic() - due)
            self.done[did] = time.monotonic()
            self.refused += response.status != 200
        link.close()

    def push_delays(self):
        """Seconds from the answer to a report until the app has the result, when all have come."""
        deadline = time.monotonic() + 60
        results = self.world.receiver.results
        while not all(did in results for did in self.done):
            if time.monotonic() > deadline:
                raise SystemExit("results were not pushed within a minute")
            time.sleep(0.02)
        return [max(0.0, results[did] - at) for did, at in self.done.items()]


def start_load(build, folder, port, requests, seconds, rate=None, connections=16, once=False):
    """The load generator as a process of its own, so that it does not wait for Python."""
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)
    words = [build / "bench/bench_load", *(["--once"] if once else []),
             *(["--rate", str(rate)] if rate else []),
             f"127.0.0.1:{port}", str(connections), str(seconds), file.name]
    # An attacker has a machine of its own, so here it gets what the others leave.
    nice = [] if rate else ["nice", "-n", "19"]
    return subprocess.Popen([*nice, *words], stdout=subprocess.PIPE, text=True)


def measure_honest(world, build, folder, seconds, reports):
    """Runs all honest clients for that many seconds: {kind: p99 in ms}, and how many were refused."""
    reporter = Reporter(world, reports)
    port = world.server.port
    loads = {"polls": start_load(build, folder, port, world.polls(), seconds, RATES["polls"]),
             "queries": start_load(build, folder, port, world.queries(), seconds, RATES["queries"]),
             "orders": start_load(build, folder, port, world.orders(int(seconds * RATES["orders"]) + 1),
                                  seconds, RATES["orders"])}
    reporter.start()
    figures, refused = {}, 0
    for kind, process in loads.items():
        text = process.communicate()[0]
        if process.returncode != 0:
            raise SystemExit(f"the load of {kind} failed")
        answered = json.loads(text)
        figures[kind] = answered["p99_us"] / 1000
        refused += answered["refused"] + answered["closed"]
        refused += sum(count for status, count in answered["status"].items() if status != "2xx")
    reporter.join()
    figures["reports"] = p99(reporter.took)
    figures["pushes"] = p99(reporter.push_delays())
    return figures, refused + reporter.refused


@contextlib.contextmanager
def stopping(*processes):
    """Ends those processes at the end of the block."""
    try:
        yield processes
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
