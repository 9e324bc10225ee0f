#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What ./dev bench measures: each figure beside its baseline from the same run.

    bench/run.py --build DIR [--devices N,N] [--seconds S] [--write FILE] [NAME...]

NAMEs: constant, idle, downloads, upload, pushes, reads, orders, start; all when none is given. CPU figures
are the processor time of the server's process by the kernel's count, divided by the requests
answered; baselines run interleaved with what they are compared to, and medians are shown.
"""
import argparse
import atexit
import contextlib
import http.client
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import pushes

ROUNDS = 5
CONNECTIONS = 32
MODEL = "bench.lamp.v1"
DEVICES_PER_USER = 50


class Row:
    """One line of the table: a figure, its baseline, the ratio and what it must reach."""

    def __init__(self, name, figure, baseline, ratio, target, reached):
        self.cells = [name, figure, baseline, ratio, target, "yes" if reached else "NO"]
        self.reached = reached


class Table:
    def __init__(self):
        self.rows = []

    def add(self, *cells):
        row = Row(*cells)
        self.rows.append(row)
        print("  " + " | ".join(row.cells), flush=True)

    def markdown(self):
        head = ["what", "figure", "baseline", "ratio", "must be", "reached"]
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(row.cells) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"


def say(text):
    print(f"== {text}", flush=True)


# ---------------------------------------------------------------------------------------------
# Processes


@contextlib.contextmanager
def answering(build, body, method, path):
    """Our listener with a constant answer; yields (port, pid)."""
    with subprocess.Popen([build / "bench/bench_answer", "0", "1", body, method, path],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        port = int(child.stdout.readline().rsplit(":", 1)[1])
        try:
            yield port, child.pid
        finally:
            child.stdin.close()
            child.wait()


NGINX = """daemon off; master_process off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; sendfile on; sendfile_max_chunk 1m;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; default_type application/json; root {dir};
    location /files/ {{ }}
    location / {{ return 200 '{body}'; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(folder, body="ok"):
    """Debian's nginx with one worker; yields (port, pid). `folder`/files is served as /files."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(dir=folder, port=port, body=body))
    with subprocess.Popen(["/usr/sbin/nginx", "-e", folder / "error.log", "-c", config]) as child:
        try:
            wait_for_port(port)
            yield port, child.pid
        finally:
            child.terminate()
            child.wait()


def wait_for_port(port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    """`updraft serve` on a data directory of its own."""

    CONFIG = """[server]
listen = ["127.0.0.1:0"]
threads = {threads}
[limits]
requests_per_second_per_app = 0
idle_timeout = "10m"
[ddi]
polling = "00:05:00"
[log]
level = "warn"
"""

    def __init__(self, build, data, threads=1):
        self.data = data
        config = data.with_suffix(".toml")
        config.write_text(self.CONFIG.format(threads=threads))
        began = time.monotonic()
        atexit.register(self.stop)  # Also when a measurement fails.
        self.child = subprocess.Popen(
            [build / "updraft", "serve", "--config", config, "--data", data],
            stdout=subprocess.PIPE, stderr=open(data.with_suffix(".log"), "ab"), text=True)
        line = self.child.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the server did not start; see {data.with_suffix('.log')}")
        self.start_seconds = time.monotonic() - began
        self.port = int(line.rsplit(":", 1)[1])
        self.pid = self.child.pid
        self.token = (data / "admin-token").read_text().strip()

    def stop(self):
        atexit.unregister(self.stop)
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(60)

    def call(self, method, path, body=None, headers=None, expect=(200, 201, 202, 204)):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Authorization": "Bearer " + self.token, **(headers or {})}
        if isinstance(body, dict):
            body = json.dumps(body)
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status not in expect:
            raise SystemExit(f"{method} {path}: HTTP {response.status}: {text[:500]!r}")
        return json.loads(text) if text[:1] in (b"{", b"[") else text


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("the server is gone")


# ---------------------------------------------------------------------------------------------
# Requests and load


def raw_request(method, path, headers=None, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8080"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def load(build, port, pid, requests, seconds, connections=CONNECTIONS, folder=None):
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)
        file.flush()
        ran = subprocess.run([build / "bench/bench_load", f"127.0.0.1:{port}", str(connections),
                              str(seconds), file.name, str(pid)], capture_output=True, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.stderr)
    figures = json.loads(ran.stdout)
    if set(figures["status"]) != {"2xx"}:
        raise SystemExit(f"not every answer was 2xx: {figures['status']}")
    return figures


def compare(build, folder, one, other, seconds, connections=CONNECTIONS):
    """CPU per request of two (port, pid, requests), interleaved: the medians, and of the ratios."""
    ones, others = [], []
    for _ in range(ROUNDS):
        ones.append(load(build, one[0], one[1], one[2], seconds, connections, folder)["cpu_us"])
        others.append(load(build, other[0], other[1], other[2], seconds, connections, folder)["cpu_us"])
    ratios = [a / b for a, b in zip(ones, others)]
    return statistics.median(ones), statistics.median(others), statistics.median(ratios)


# ---------------------------------------------------------------------------------------------
# The fleet


def did_of(number):
    return f"device-{number:07d}"


class Fleet:
    """Devices in a store: users with fifty each, and half of the devices one bulk user's."""

    def __init__(self, server, count):
        self.server = server
        self.count = count
        self.users = count // 2 // DEVICES_PER_USER
        self.app = server.call("POST", "/admin/v1/apps", {"name": "bench"})
        release = server.call("POST", "/admin/v1/firmware", {
            "deviceModel": MODEL, "firmwareVersion": "2.0.0", "updateLog": "Fixes and more."})
        server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=b"x" * 4096)
        server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
        began = time.monotonic()
        imported = server.call("POST", "/admin/v1/devices/import", body=self.lines(), expect=(200,))
        self.import_seconds = time.monotonic() - began
        if imported["imported"] != count:
            raise SystemExit(f"imported {imported}")

    def lines(self):
        batch = []
        for number in range(self.count):
            user = number // DEVICES_PER_USER
            owner = f"user-{user:06d}" if user < self.users else "bulk"
            batch.append(json.dumps({"did": did_of(number), "name": f"Lamp {number}",
                                     "deviceModel": MODEL, "firmwareVersion": "1.0.0",
                                     "openId": owner}))
            if len(batch) == 2000:
                yield ("\n".join(batch) + "\n").encode()
                batch = []
        if batch:
            yield ("\n".join(batch) + "\n").encode()

    def headers(self, open_id):
        granted = self.server.call("POST", f"/admin/v1/apps/{self.app['appid']}/grants",
                                   {"openId": open_id})
        return {"Appid": self.app["appid"], "Appkey": self.app["appkey"],
                "Access-Token": granted["accessToken"]}

    def some_users(self, count):
        chosen = random.Random(1).sample(range(self.users), min(count, self.users))
        return {user: self.headers(f"user-{user:06d}") for user in chosen}

    def devices_of(self, user):
        return [did_of(n) for n in range(user * DEVICES_PER_USER, (user + 1) * DEVICES_PER_USER)]

    def bulk_devices(self):
        return [did_of(n) for n in range(self.users * DEVICES_PER_USER, self.count)]


def answer_to(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(request)
        response = http.client.HTTPResponse(link)
        response.begin()
        return response.read().decode()


# ---------------------------------------------------------------------------------------------
# What is measured


def bench_constant(build, folder, table, seconds):
    say("a constant answer: our listener and nginx")
    body = '{"code":0,"result":[{"did":"device-0000001","name":"Lamp 1","deviceModel":"' + MODEL + \
           '","firmwareVersion":"1.0.0","upgradeFirmware":{"firmwareVersion":"2.0.0",' \
           '"fileSize":"4096","updateLog":"Fixes and more.","releaseDate":"2026-11-23"}}]}'
    headers = {"Appid": "0" * 24, "Appkey": "0" * 32, "Access-Token": "0" * 43}
    path = "/open/ota/query/firmware/selected"
    requests = [raw_request("POST", path, headers, b'{"did":"device-0000001"}')]
    with answering(build, body, "POST", path) as (port, pid), nginx(folder, body) as (other, worker):
        ours, theirs, ratio = compare(build, folder, (port, pid, requests),
                                      (other, worker, requests), seconds)
    table.add("constant answer", f"{ours:.1f} µs", f"{theirs:.1f} µs nginx `return 200`",
              f"{ratio:.2f}", "≤ 1.2", ratio <= 1.2)


def bench_reads(build, folder, table, fleet, seconds, size):
    server = fleet.server
    users = fleet.some_users(200)
    rng = random.Random(2)

    path = "/open/ota/query/firmware/selected"
    requests = []
    for user, headers in users.items():
        for did in rng.sample(fleet.devices_of(user), 10):
            requests.append(raw_request("POST", path, headers, json.dumps({"did": did}).encode()))
    rng.shuffle(requests)
    body = answer_to(server.port, requests[0])
    with answering(build, body, "POST", path) as (port, pid):
        ours, constant, ratio = compare(build, folder, (server.port, server.pid, requests),
                                        (port, pid, requests), seconds)
    table.add(f"query/firmware/selected, {size}", f"{ours:.1f} µs", f"{constant:.1f} µs constant",
              f"{ratio:.2f}", "≤ 2.0", ratio <= 2.0)

    requests = []
    for number in rng.sample(range(fleet.count), 1000):
        did = did_of(number)
        token = server.call("POST", f"/admin/v1/devices/{did}/token")["deviceToken"]
        requests.append(raw_request("GET", f"/DEFAULT/controller/v1/{did}",
                                    {"Authorization": "TargetToken " + token,
                                     "Accept": "application/hal+json"}))
    body = answer_to(server.port, requests[0])
    with answering(build, body, "GET", "/{tenant}/controller/v1/{did}") as (port, pid):
        ours, constant, ratio = compare(build, folder, (server.port, server.pid, requests),
                                        (port, pid, requests), seconds)
    table.add(f"DDI poll, {size}", f"{ours:.1f} µs", f"{constant:.1f} µs constant", f"{ratio:.2f}",
              "≤ 2.0", ratio <= 2.0)

    path = "/open/ota/query/firmware"
    requests = [raw_request("POST", path, headers, b"{}") for headers in users.values()]
    body = answer_to(server.port, requests[0])
    if body.count('"upgradeFirmware"') != DEVICES_PER_USER:
        raise SystemExit("the list is not of fifty devices: " + body[:300])
    with answering(build, body, "POST", path) as (port, pid):
        ours, constant, _ = compare(build, folder, (server.port, server.pid, requests),
                                    (port, pid, requests), seconds)
    table.add(f"query/firmware, 50 devices, {size}", f"{ours:.1f} µs",
              f"{constant:.1f} µs constant of the same size", f"+{ours - constant:.1f} µs",
              "≤ +60 µs", ours - constant <= 60)


def bench_orders(build, folder, table, fleet, seconds, size):
    server = fleet.server
    headers = fleet.headers("bulk")
    dids = fleet.bulk_devices()
    random.Random(3).shuffle(dids)
    path = "/open/ota/upgrade/firmware/selected"
    copy = folder / "copy.db"
    subprocess.run(["sqlite3", server.data / "updraft.db", f".backup {copy}"], check=True)
    span = min(seconds, 2.0)

    def order(some, callers):
        requests = [raw_request("POST", path, headers, json.dumps({"did": did}).encode())
                    for did in some]
        figures = load(build, server.port, server.pid, requests, span, callers, folder)
        if figures["requests"] * 1.15 > len(some):
            print(f"  (the {len(some)} devices were nearly used up)")
        return figures["rate"]

    singles = dids[:len(dids) // 20]
    shares = [dids[len(dids) // 20:][part::3] for part in range(3)]
    alone = order(singles, 1)
    rates, bares = [], []
    for share in shares:
        rates.append(order(share, 64))
        bare = subprocess.run([build / "bench/bench_rows", copy, str(span), "bulk", "64"],
                              capture_output=True, text=True, check=True)
        bares.append(json.loads(bare.stdout)["rate"])
    for name in ("copy.db", "copy.db-wal", "copy.db-shm"):
        (folder / name).unlink(missing_ok=True)
    rate = statistics.median(rates)
    bare = statistics.median(bares)
    ratio = statistics.median(a / b for a, b in zip(rates, bares))
    table.add(f"durable orders, 64 callers, {size}", f"{rate:,.0f}/s", f"{bare:,.0f}/s bare SQLite",
              f"{ratio:.2f}", "≥ 0.5", ratio >= 0.5)
    table.add(f"the same beside one caller, {size}", f"{rate:,.0f}/s", f"{alone:,.0f}/s one caller",
              f"{rate / alone:.1f}", "≥ 2", rate / alone >= 2)


def bench_start(build, table, data, size):
    times, sizes = [], []
    for _ in range(3):
        server = Server(build, data)
        server.call("GET", "/readyz")
        times.append(server.start_seconds)
        sizes.append(resident_bytes(server.pid) / 1e6)
        server.stop()
    took, resident = statistics.median(times), statistics.median(sizes)
    table.add(f"start-up, {size}", f"{took:.2f} s", "", "", "< 1 s", took < 1)
    table.add(f"resident memory then, {size}", f"{resident:.0f} MB", "", "", "< 200 MB",
              resident < 200)


def bench_idle(build, folder, table):
    say("10,000 idle keep-alive connections")
    server = Server(build, folder / "idle", threads=0)
    request = raw_request("GET", "/healthz")
    before = resident_bytes(server.pid)
    links = []
    for _ in range(10_000 if resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 10_500 else 500):
        link = socket.create_connection(("127.0.0.1", server.port))
        link.sendall(request)
        links.append(link)
    for link in links:
        link.recv(65536)
    grown = (resident_bytes(server.pid) - before) / len(links) / 1024
    for link in links:
        link.close()
    server.stop()
    table.add(f"an idle connection ({len(links):,} of them)", f"{grown:.1f} KB", "", "", "< 16 KB",
              grown < 16)


def median_per_gb(build, folder, one, other, seconds):
    """CPU seconds per GB sent by two (port, pid, requests), interleaved."""
    costs = [[], []]
    for _ in range(ROUNDS):
        for cost, (port, pid, requests) in zip(costs, (one, other)):
            figures = load(build, port, pid, requests, seconds, 4, folder)
            cost.append(figures["cpu_total_us"] / 1e6 / (figures["bytes"] / 1e9))
    ratios = [a / b for a, b in zip(*costs)]
    return statistics.median(costs[0]), statistics.median(costs[1]), statistics.median(ratios)


def offered_file(server, model, mebibytes, folder):
    """The request by which a device fetches a file of that size; the same file for nginx."""
    path = folder / "files" / f"{mebibytes}.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(os.urandom(1 << 20) * mebibytes)
    release = server.call("POST", "/admin/v1/firmware",
                          {"deviceModel": model, "firmwareVersion": "2"})
    with open(path, "rb") as file:
        server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=file,
                    headers={"Content-Length": str(path.stat().st_size)})
    server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
    device = server.call("PUT", f"/admin/v1/devices/{model}",
                         {"deviceModel": model, "firmwareVersion": "1"})
    headers = {"Authorization": "TargetToken " + device["deviceToken"]}
    server.call("POST", "/admin/v1/orders", {"dids": [model]})
    base = server.call("GET", f"/DEFAULT/controller/v1/{model}", headers=headers)
    link = base["_links"]["deploymentBase"]["href"].split("/", 3)[3]
    deployment = server.call("GET", "/" + link, headers=headers)
    artifact = deployment["deployment"]["chunks"][0]["artifacts"][0]
    href = artifact["_links"]["download-http"]["href"].split("/", 3)[3]
    return raw_request("GET", "/" + href, headers), raw_request("GET", f"/files/{path.name}")


def bench_downloads(build, folder, table, seconds):
    say("downloads")
    server = Server(build, folder / "downloads")
    with nginx(folder) as (port, worker):
        for mebibytes in (1, 64):
            ours, theirs = offered_file(server, f"model-{mebibytes}", mebibytes, folder)
            cost, other, ratio = median_per_gb(build, folder, (server.port, server.pid, [ours]),
                                               (port, worker, [theirs]), seconds)
            table.add(f"download of {mebibytes} MiB", f"{cost:.2f} CPU s/GB",
                      f"{other:.2f} CPU s/GB nginx", f"{ratio:.2f}", "≤ 1.3", ratio <= 1.3)
    server.stop()


def bench_upload(build, folder, table):
    say("an upload of 1 GiB")
    server = Server(build, folder / "upload")
    server.call("GET", "/admin/v1/firmware")
    release = server.call("POST", "/admin/v1/firmware",
                          {"deviceModel": MODEL, "firmwareVersion": "1"})
    before = resident_bytes(server.pid)
    most = [before]
    piece = os.urandom(1 << 20)

    def pieces():
        for _ in range(1024):
            yield piece
            most.append(resident_bytes(server.pid))

    server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=pieces(),
                headers={"Content-Length": str(1 << 30)})
    grown = (max(most) - before) / 1e6
    server.stop()
    table.add("resident memory for an upload of 1 GiB", f"+{grown:.1f} MB", "", "", "< 16 MB",
              grown < 16)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--devices", default="100000,1000000")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--write", type=pathlib.Path, help="put the table into this file, too")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    wanted = set(arguments.names)
    known = {"constant", "idle", "downloads", "upload", "pushes", "reads", "orders", "start"}
    if wanted - known:
        parser.error(f"unknown: {', '.join(sorted(wanted - known))}")
    wanted = wanted or known

    table = Table()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=build))
    try:
        if "constant" in wanted:
            bench_constant(build, folder, table, arguments.seconds)
        if "idle" in wanted:
            bench_idle(build, folder, table)
        if "downloads" in wanted:
            bench_downloads(build, folder, table, arguments.seconds)
        if "upload" in wanted:
            bench_upload(build, folder, table)
        if "pushes" in wanted:
            say("pushes")
            pushes.bench_pushes(build, folder, table)
        for count in map(int, arguments.devices.split(",")):
            if not wanted & {"reads", "orders", "start"}:
                break
            size = f"{count:,} devices"
            say(f"{size}: importing")
            data = folder / f"devices-{count}"
            server = Server(build, data)
            fleet = Fleet(server, count)
            print(f"  imported {count / fleet.import_seconds:,.0f} devices/s")
            if "reads" in wanted:
                bench_reads(build, folder, table, fleet, arguments.seconds, size)
            if "orders" in wanted:
                bench_orders(build, folder, table, fleet, arguments.seconds, size)
            server.stop()
            if "start" in wanted:
                bench_start(build, table, data, size)
            shutil.rmtree(data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + table.markdown())
    if arguments.write:
        arguments.write.write_text(table.markdown())
    return 0 if all(row.reached for row in table.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
