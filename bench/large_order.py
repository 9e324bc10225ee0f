# SPDX-License-Identifier: Apache-2.0
"""One order of very many devices, and how long other calls wait meanwhile."""
import http.client
import json
import threading
import time

from busy import least_disturbed

DEVICES = 100_000
STALL_MS_MAX = 250


def import_fleet(server, open_id, model):
    """A user with all those devices, which can be upgraded."""
    release = server.call("POST", "/admin/v1/firmware",
                          {"deviceModel": model, "firmwareVersion": "2.0.0"})
    server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=b"x" * 4096)
    server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
    lines = "\n".join(json.dumps({"did": f"{open_id}-{number:06d}", "deviceModel": model,
                                  "firmwareVersion": "1.0.0", "openId": open_id})
                      for number in range(DEVICES))
    server.call("POST", "/admin/v1/devices/import", body=lines.encode(), expect=(200,))


def slowest(port, request, over):
    """Calls one after the other until `over` is set; answers the slowest, in ms, and how many."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    worst = calls = 0
    method, path, headers, body = request
    while not over.is_set():
        began = time.monotonic()
        link.request(method, path, body=body, headers=headers)
        answer = link.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: HTTP {answer.status}")
        worst = max(worst, (time.monotonic() - began) * 1000)
        calls += 1
    link.close()
    return worst, calls


def others_requests(fleet):
    """The other calls that are made meanwhile: name -> request."""
    own = {**fleet.headers("user-000000"), "Content-Type": "application/json"}
    did = fleet.devices_of(0)[0]
    token = fleet.server.call("POST", f"/admin/v1/devices/{did}/token")["deviceToken"]
    selected = json.dumps({"did": did}).encode()
    return {
        "a query": ("POST", "/open/ota/query/firmware/selected", own, selected),
        "an order": ("POST", "/open/ota/upgrade/firmware/selected", own, selected),
        "a cancelled order": ("POST", "/open/ota/upgrade/cancel", own, selected),
        "a poll": ("GET", f"/DEFAULT/controller/v1/{did}",
                   {"Authorization": "TargetToken " + token}, None),
    }


def order_beside_others(fleet, open_id, others):
    """Orders all devices of that user; answers the seconds, and how long the other calls waited."""
    server = fleet.server
    headers = {**fleet.headers(open_id), "Content-Type": "application/json"}
    over = threading.Event()
    worst = {}

    def watch(name, request):
        worst[name] = slowest(server.port, request, over)

    threads = [threading.Thread(target=watch, args=item) for item in others.items()]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    answer = server.call("POST", "/open/ota/upgrade/firmware", b"{}", headers)
    took = time.monotonic() - began
    over.set()
    for thread in threads:
        thread.join()
    if answer["code"] != 0:
        raise SystemExit(f"the large order: {answer}")
    return took, worst


def bench_large_order(table, fleet, store, target_s):
    """The order, beside others that order one device each, query one, and poll."""
    others = others_requests(fleet)

    def crowd(attempt):
        open_id = f"crowd{attempt}"
        import_fleet(fleet.server, open_id, f"bench.{open_id}")
        return open_id

    measured = least_disturbed(lambda open_id: order_beside_others(fleet, open_id, others), crowd)
    took, worst = measured.value
    table.add(f"one order of {DEVICES:,} devices on {store}", f"{took:.2f} s", "", "",
              f"< {target_s} s", took < target_s, measured.text())
    stall = max(ms for ms, _ in worst.values())
    print("  meanwhile: " + ", ".join(f"{name} {ms:.0f} ms at most of {calls}"
                                      for name, (ms, calls) in worst.items()))
    table.add(f"the longest that another call waited meanwhile, on {store}", f"{stall:.0f} ms", "",
              "", f"< {STALL_MS_MAX} ms", stall < STALL_MS_MAX, measured.text())
