# SPDX-License-Identifier: Apache-2.0
"""What an open rollout costs those whom it does not reach, a preview, and the pace of hand-outs."""
import json
import os
import pathlib
import random
import subprocess
import threading
import time

from busy import least_disturbed
from fleet import DEVICES_PER_USER, MODEL
from large_order import STALL_MS_MAX, others_requests, slowest
from load import compare, raw_request

USERS = 40  # Of each of the two models that are compared.
PREVIEW_S_MAX = 3
STEP_PAUSE_S = 2  # The longest pause between two steps.
STEPS = 15
STEP_MS_MAX = 50
PACE = 1000  # Hand-outs in a minute.
PACE_DEVICES = 4000
PACE_MINUTES = 3
# Its times are so long that no wave passes while something is measured.
QUIET = {"settleTime": "30d", "silentAfter": "1d", "window": "any"}


def release(server, model, version, rollout=None):
    made = server.call("POST", "/admin/v1/firmware", {"deviceModel": model, "firmwareVersion": version})
    server.call("PUT", f"/admin/v1/firmware/{made['id']}/file", body=b"x" * 4096)
    server.call("POST", f"/admin/v1/firmware/{made['id']}/release", {"rollout": rollout} if rollout else {})
    return made["id"]


def import_model(server, model):
    lines = [json.dumps({"did": f"{model}-{number:06d}", "deviceModel": model, "firmwareVersion": "1.0.0",
                         "openId": f"{model}-user-{number // DEVICES_PER_USER:03d}"})
             for number in range(USERS * DEVICES_PER_USER)]
    server.call("POST", "/admin/v1/devices/import", body="\n".join(lines).encode(), expect=(200,))


def idle_polls(server, model):
    """The polls of those devices that have nothing to do; each polled once before, to take a place."""
    polls = []
    for number in random.Random(3).sample(range(USERS * DEVICES_PER_USER), 1000):
        did = f"{model}-{number:06d}"
        token = server.call("POST", f"/admin/v1/devices/{did}/token")["deviceToken"]
        headers = {"Authorization": "TargetToken " + token, "Accept": "application/hal+json"}
        base = server.call("GET", f"/DEFAULT/controller/v1/{did}", headers=headers)
        if "deploymentBase" not in base.get("_links", {}):
            polls.append(raw_request("GET", f"/DEFAULT/controller/v1/{did}", headers))
    if len(polls) < 900:
        raise SystemExit(f"only {len(polls)} devices of {model} are idle")
    return polls


def list_queries(fleet, model):
    path = "/open/ota/query/firmware"
    return [raw_request("POST", path, fleet.headers(f"{model}-user-{user:03d}"), b"{}")
            for user in range(USERS)]


def bench_beside_others(build, folder, table, fleet, seconds, size):
    """The same calls for two models: one has an open rollout, the other a release for everyone."""
    server = fleet.server
    for model in ("bench.free", "bench.install", "bench.offer"):
        import_model(server, model)
    release(server, "bench.free", "2.0.0")
    release(server, "bench.install", "2.0.0", {"mode": "install", "plan": {
        **QUIET, "waves": [{"percent": 1}, {"percent": 100}]}})
    release(server, "bench.offer", "2.0.0", {"mode": "offer", "plan": {**QUIET, "waves": [{"percent": 100}]}})

    covered, free = (idle_polls(server, model) for model in ("bench.install", "bench.free"))
    pair = (server.port, server.pid, covered), (server.port, server.pid, free)
    measured = least_disturbed(lambda _: compare(build, folder, *pair, seconds))
    ours, theirs, ratio = measured.value
    table.add(f"idle poll under an open rollout, {size}", f"{ours:.1f} µs", f"{theirs:.1f} µs without",
              f"{ratio:.2f}", "≤ 1.1", ratio <= 1.1, measured.text())

    covered, free = (list_queries(fleet, model) for model in ("bench.offer", "bench.free"))
    pair = (server.port, server.pid, covered), (server.port, server.pid, free)
    measured = least_disturbed(lambda _: compare(build, folder, *pair, seconds))
    ours, theirs, _ = measured.value
    table.add(f"query/firmware, 50 devices under an open rollout, {size}", f"{ours:.1f} µs",
              f"{theirs:.1f} µs without", f"+{ours - theirs:.1f} µs", "≤ +60 µs", ours - theirs <= 60,
              measured.text())


def preview_beside_others(fleet, draft, others):
    """The seconds of a preview of the whole fleet, and how long other calls waited meanwhile."""
    over = threading.Event()
    worst = {}

    def watch(name, request):
        worst[name] = slowest(fleet.server.port, request, over)

    threads = [threading.Thread(target=watch, args=item) for item in others.items()]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    shown = fleet.server.call("POST", "/admin/v1/rollouts/preview", {
        "firmwareId": draft, "mode": "install", "plan": {"preset": "standard", "window": "any"}})
    took = time.monotonic() - began
    over.set()
    for thread in threads:
        thread.join()
    if shown["audience"] < fleet.count:
        raise SystemExit(f"the preview saw {shown['audience']} devices")
    return took, max(ms for ms, _ in worst.values())


def bench_preview(table, fleet, size):
    others = others_requests(fleet)
    # A draft each time: an answer that is kept for a while would be measured else.
    measured = least_disturbed(
        lambda draft: preview_beside_others(fleet, draft, others),
        prepare=lambda attempt: fleet.server.call(
            "POST", "/admin/v1/firmware",
            {"deviceModel": MODEL, "firmwareVersion": f"3.0.{attempt}"})["id"])
    took, stall = measured.value
    table.add(f"preview of a rollout, {size}", f"{took:.2f} s", "", "", f"< {PREVIEW_S_MAX} s",
              took < PREVIEW_S_MAX, measured.text())
    table.add(f"the longest that another call waited meanwhile, {size}", f"{stall:.0f} ms", "", "",
              f"< {STALL_MS_MAX} ms", stall < STALL_MS_MAX, measured.text())


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def idle_ms(server):
    """The processor time of a step's pause while nobody calls, in ms."""
    before = cpu_ms(server.pid)
    time.sleep(STEPS * STEP_PAUSE_S)
    return (cpu_ms(server.pid) - before) / STEPS


def bench_step(table, fleet, size):
    """What a rollout to the whole fleet costs in one step while nothing happens in it."""
    server = fleet.server
    without = least_disturbed(lambda _: idle_ms(server))
    firmware = release(server, MODEL, "4.0.0", {"mode": "install", "plan": {**QUIET, "preset": "standard"}})
    found = server.call("GET", "/admin/v1/rollouts?firmwareId=" + firmware)["items"]
    path = "/admin/v1/rollouts/" + found[0]["id"]
    while server.call("GET", path)["counts"]["audience"] is None:
        time.sleep(1)
    measured = least_disturbed(lambda _: idle_ms(server))
    cost = max(measured.value - without.value, 0)
    table.add(f"a step of a rollout, {size}", f"{cost:.1f} ms", f"{without.value:.1f} ms without", "",
              f"< {STEP_MS_MAX} ms", cost < STEP_MS_MAX, measured.text())


def bench_pace(build, table, fleet, size):
    """A rollout that may hand out PACE in a minute, and more devices than that, which poll often."""
    server = fleet.server
    with subprocess.Popen(
            [build / "updraft", "simulate", "--url", f"http://127.0.0.1:{server.port}", "--create",
             "--admin-token", server.token, "--model", "bench.pace", "--devices", str(PACE_DEVICES),
             "--did-prefix", "pace-", "--polling", "5", "--install-seconds", "3600", "--quiet"]) as devices:
        try:
            while server.call("GET", "/admin/v1/devices?model=bench.pace&limit=1&q=pace-"
                              + str(PACE_DEVICES))["items"] == []:
                time.sleep(1)
            firmware = release(server, "bench.pace", "2.0.0", {"mode": "install", "plan": {
                **QUIET, "waves": [{"percent": 100}], "firstUnproven": 100_000, "maxPerMinute": PACE}})
            rollout = server.call("GET", "/admin/v1/rollouts?firmwareId=" + firmware)["items"][0]["id"]
            counts = []
            for _ in range(PACE_MINUTES + 1):
                counts.append(server.call("GET", f"/admin/v1/rollouts/{rollout}")["counts"]["handedOut"])
                time.sleep(60)
        finally:
            devices.terminate()
    minutes = [after - before for before, after in zip(counts[1:], counts[2:])]
    off = max(abs(one - PACE) for one in minutes) * 100 / PACE
    table.add(f"hand-outs in a minute, {size}", ", ".join(map(str, minutes)), f"{PACE} allowed",
              f"{off:.1f} % off", "≤ 5 %", off <= 5, "")


def bench_rollouts(build, folder, table, fleet, seconds, size):
    bench_beside_others(build, folder, table, fleet, seconds, size)
    bench_preview(table, fleet, size)
    bench_step(table, fleet, size)
    bench_pace(build, table, fleet, size)
