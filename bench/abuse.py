# SPDX-License-Identifier: Apache-2.0
"""./dev bench abuse: one misbehaving client at full speed beside honest ones.

Each attack runs on a server with default limits. The honest clients (abuse_world.py) run once without
and once with the attacker: their p99 may double at most and stays below 250 ms, none of them is
refused, and the server's memory stays bounded. The attacker's processes get the processor time that
the others leave, as if it had a machine of its own.
"""
import contextlib
import json
import socket
import subprocess
import threading
import time

from abuse_world import (BIG_ARTIFACT, MODEL, REPORTS_PER_SECOND, World, measure_honest, start_load,
                         stopping)
from load import raw_request
from processes import Server, resident_bytes

P99_MS_MAX = 250
RATIO_MAX = 2.0
# Below this a p99 is a matter of a few wake-ups of the scheduler, and its ratio says nothing.
P99_MS_FLOOR = 10
MEMORY_MB_MAX = 400
KINDS = ("polls", "queries", "orders", "reports", "pushes")


# Default limits, but for the address checks of pushes: the receivers are on this machine.
CONFIG = """[server]
listen = ["127.0.0.1:0"]
threads = {threads}
[push]
allow_http = true
allow_networks = ["127.0.0.0/8"]
[log]
level = "error"
"""


def device_under_attack(world, did):
    """A device with an upgrade that it has taken: its headers, and the path of its deployment."""
    headers = {"Authorization": "TargetToken " + world.device(did, "user-000")}
    world.order(did, world.orderers[0])
    return headers, world.take(did, headers)


def report(path, headers, text):
    return raw_request("POST", path + "/feedback", headers, json.dumps(
        {"status": {"execution": "proceeding", "result": {"finished": "none"}, "details": [text]}}).encode())


@contextlib.contextmanager
def flood(world, build, folder, seconds, requests, connections=8):
    """Sends the requests as fast as the server answers."""
    with stopping(start_load(build, folder, world.server.port, requests, seconds + 30,
                             connections=connections)):
        yield


@contextlib.contextmanager
def repeating(*acts):
    """Calls each of them again and again, on a thread of its own: `act(ended)`; the event ends its waits."""
    ended = threading.Event()

    def run(act):
        while not ended.is_set():
            act(ended)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def connections_that(world, count, act):
    """`count` connections that wait; `act(sockets)` is called again and again by a thread."""
    sockets = [socket.create_connection(("127.0.0.1", world.server.port)) for _ in range(count)]

    def step(ended):
        act(sockets)
        ended.wait(0.2)

    try:
        with repeating(step):
            yield
    finally:
        for link in sockets:
            link.close()


def sender_of(first, rest):
    """Sends `first` on every connection, and then `rest` each time. One that was cut off stays closed."""
    begun = set()

    def act(sockets):
        for number, link in enumerate(sockets):
            with contextlib.suppress(OSError):
                link.sendall(rest if number in begun else first)
                begun.add(number)
    return act


def fill_a_timeline(world, build, folder, seconds):
    headers, path = device_under_attack(world, "bad-timeline")
    reports = [report(path, headers, f"{n} " + "t" * 8000) for n in range(1000)]
    return flood(world, build, folder, seconds, reports)


def read_a_timeline(world, build, folder, seconds):
    headers, path = device_under_attack(world, "bad-reader")
    for n in range(60):
        with socket.create_connection(("127.0.0.1", world.server.port)) as link:
            link.sendall(report(path, headers, f"{n} " + "t" * 4000))
            link.recv(4096)
    return flood(world, build, folder, seconds,
                 [raw_request("GET", path + "?actionHistory=-1", headers)])


def alternate_versions(world, build, folder, seconds):
    headers, path = device_under_attack(world, "bad-versions")
    base = path.split("/deploymentBase")[0]
    return flood(world, build, folder, seconds, [
        raw_request("PUT", base + "/configData", headers,
                    json.dumps({"data": {"firmwareVersion": version}}).encode()) for version in ("7", "8")])


def large_bodies(world, build, folder, seconds):
    wrong = {"Authorization": "Bearer " + "0" * 43}
    body = b'{"name":"' + b"n" * (1 << 20) + b'"}'
    body = body[:1 << 20]
    return flood(world, build, folder, seconds, [raw_request("POST", "/admin/v1/apps", wrong, body)], 200)


def drip(world, build, folder, seconds):
    head = (b"POST /open/ota/query/firmware HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
    return connections_that(world, 1000, sender_of(head, b" "))


def all_downloads(world, build, folder, seconds):
    model = MODEL + ".big"
    release = world.server.call("POST", "/admin/v1/firmware", {
        "deviceModel": model, "firmwareVersion": "2.0.0"})
    world.server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=BIG_ARTIFACT)
    world.server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
    headers = {"Authorization": "TargetToken " + world.device("bad-downloads", "user-000", model)}
    world.order("bad-downloads", world.orderers[0])
    path = world.take("bad-downloads", headers)
    chunk = world.server.call("GET", path, headers=headers)["deployment"]["chunks"][0]
    href = chunk["artifacts"][0]["_links"]["download-http"]["href"]
    request = raw_request("GET", "/" + href.split("/", 3)[3], headers)
    return connections_that(world, 1200, sender_of(request, b""))


def unread_lists(world, build, folder, seconds):
    lines = "\n".join(json.dumps({"did": f"l-{n:05d}", "name": "n" * 100, "deviceModel": MODEL,
                                  "firmwareVersion": "1.0.0", "openId": "hoarder"}) for n in range(50_000))
    world.server.call("POST", "/admin/v1/devices/import", body=lines.encode())
    headers = world.grant(world.apps[0], "hoarder")
    request = raw_request("POST", "/open/ota/query/firmware", headers)
    return connections_that(world, 100, sender_of(request, b""))


def guess(world, build, folder, seconds):
    keys = {"Appid": world.apps[0]["appid"], "Appkey": "0" * 32, "Access-Token": "0" * 43}
    requests = []
    for n in range(1000):
        token = {"Authorization": f"TargetToken {n:032d}"}
        requests += [raw_request("GET", f"/DEFAULT/controller/v1/{world.dids[n]}", token),
                     raw_request("GET", "/admin/v1/apps", {"Authorization": f"Bearer {n:043d}"}),
                     raw_request("POST", "/open/ota/query/firmware", keys)]
    return flood(world, build, folder, seconds, requests, 100)


def probe_dids(world, build, folder, seconds):
    app = world.server.call("POST", "/admin/v1/apps", {"name": "prober"})
    headers = world.grant(app, "prober")
    requests = [raw_request("POST", "/open/ota/query/firmware/selected", headers,
                            json.dumps({"did": did}).encode()) for did in world.dids[:1000]]
    return flood(world, build, folder, seconds, requests, 50)


def take_back_grants(world, build, folder, seconds):
    """An app orders all of 20,000 devices again and again; each time the grant is deleted meanwhile."""
    lines = "\n".join(json.dumps({"did": f"g-{n:05d}", "deviceModel": MODEL, "firmwareVersion": "1.0.0",
                                  "openId": "fickle"}) for n in range(20_000))
    world.server.call("POST", "/admin/v1/devices/import", body=lines.encode())
    app = world.server.call("POST", "/admin/v1/apps", {"name": "fickle"})

    def order_and_revoke(ended):
        headers = world.grant(app, "fickle")
        order = threading.Thread(target=world.server.call, daemon=True, args=(
            "POST", "/open/ota/upgrade/firmware", {}, headers))
        order.start()
        ended.wait(0.05)
        world.server.call("DELETE", f"/admin/v1/apps/{app['appid']}/grants/fickle")
        order.join()

    return repeating(order_and_revoke)


def silent_names(world, build, folder, seconds):
    """Twenty apps whose push URLs have a silent name server; each is verified again and again."""
    apps = [world.server.call("POST", "/admin/v1/apps", {
        "name": f"silent-{n}", "pushUrl": f"http://silent-{n}.test/"}) for n in range(20)]

    def verify(appid):
        return lambda _ended: world.server.call("POST", f"/admin/v1/apps/{appid}/push/verify")

    return repeating(*(verify(app["appid"]) for app in apps))


ATTACKS = {
    "a device fills its timeline": fill_a_timeline,
    "a device reads its whole timeline": read_a_timeline,
    "a device alternates its version": alternate_versions,
    "push URLs with silent name servers": silent_names,
    "bodies of 1 MiB with a wrong token": large_bodies,
    "bodies of one byte every 200 ms": drip,
    "a device opens 1,200 downloads": all_downloads,
    "grants are deleted during large orders": take_back_grants,
    "100 lists of 50,000 devices are not read": unread_lists,
    "tokens and keys are guessed": guess,
    "dids are probed": probe_dids,
}


def settle(world, build, folder):
    """A short run of everybody, so that the first measurement finds open connections and warm caches."""
    measure_honest(world, build, folder, 1.0, world.prepared_reports(REPORTS_PER_SECOND))


def peak_memory(pid, act):
    """What `act()` returns, and the most resident bytes of the process meanwhile."""
    ended, most = threading.Event(), [resident_bytes(pid)]

    def watch():
        while not ended.wait(0.1):
            most[0] = max(most[0], resident_bytes(pid))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        return act(), most[0]
    finally:
        ended.set()
        thread.join()


def judged(before, after, refused, grown_mb):
    """The worst kind of client, its ratio, and whether everything is as it must be."""
    ratio = {kind: max(after[kind], P99_MS_FLOOR) / max(before[kind], P99_MS_FLOOR) for kind in KINDS}
    worst = max(KINDS, key=lambda kind: ratio[kind])
    reached = (ratio[worst] <= RATIO_MAX and max(after.values()) <= P99_MS_MAX and refused == 0
               and grown_mb <= MEMORY_MB_MAX)
    return worst, ratio[worst], reached


def asking_nobody(folder):
    """The beginning of a command line: the program after it asks a name server that does not answer. Nothing
    where this is not allowed: it needs the right to mount."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    settings = folder / "resolv.conf"
    try:
        silent.bind(("127.53.53.53", 53))
    except OSError:
        return None, ()
    settings.write_text("nameserver 127.53.53.53\noptions timeout:30 attempts:2\n")
    words = ("unshare", "--mount", "sh", "-c",
             'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', "sh", settings)
    may = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    return silent, words if may else ()


def bench_abuse(build, folder, table, seconds, store=None):
    _name_server, before_server = asking_nobody(folder)
    for number, (name, attack) in enumerate(ATTACKS.items()):
        if attack is silent_names and not before_server:
            print(f"  abuse: {name}: left out, it needs root")
            continue
        data = folder / f"abuse-{number}"
        server = Server(build, data, threads=0, store=store(number) if store else None, config=CONFIG,
                        before=before_server)
        world = World(server)
        settle(world, build, folder)
        reports = int(seconds * REPORTS_PER_SECOND)
        before, refused_before = measure_honest(world, build, folder, seconds,
                                                world.prepared_reports(reports))
        prepared = world.prepared_reports(reports)
        resident = resident_bytes(server.pid)
        with attack(world, build, folder, seconds):
            time.sleep(1)  # The attacker gets to its full speed.
            (after, refused), most = peak_memory(
                server.pid, lambda: measure_honest(world, build, folder, seconds, prepared))
        server.stop()
        grown_mb = (most - resident) / 1e6
        worst, ratio, reached = judged(before, after, refused + refused_before, grown_mb)
        table.add(f"abuse: {name}", " · ".join(f"{after[kind]:.1f}" for kind in KINDS),
                  " · ".join(f"{before[kind]:.1f}" for kind in KINDS), f"{ratio:.2f} ({worst})",
                  f"≤ {RATIO_MAX:g}; refused {refused}, +{grown_mb:.0f} MB", reached, "")
