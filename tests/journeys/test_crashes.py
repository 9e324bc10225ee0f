"""Kills under load: what was acknowledged is there, and apps hear everything once and in order.

`UPDRAFT_KILLS` says how often the server dies; `UPDRAFT_SEED` repeats one course of deaths.
"""
import collections
import os
import random
import signal
import threading
import time

import stage

KILLS = int(os.environ.get("UPDRAFT_KILLS", "12"))
DEVICES = 12
MODEL = "lumen-a19"
CONTENT = os.urandom(200_000)


class Orders:
    """Calls upgrade/selected for devices at random, and keeps what was acknowledged."""

    def __init__(self, user, dids, chance):
        self.user, self.dids, self.chance = user, dids, chance
        self.acknowledged = set()  # (did, orderId)
        self.odd = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            did = self.chance.choice(self.dids)
            try:
                code, result = self.user.upgrade_one(did)
            except (OSError, stage.http.client.HTTPException):
                self._stop.wait(0.02)  # The server is dead for the moment.
                continue
            except AssertionError as error:
                self.odd.append(str(error))
                continue
            if code == 0:
                self.acknowledged.add((did, result))
            elif code != 901:
                self.odd.append((code, result))
            self._stop.wait(0.01)

    def end(self):
        self._stop.set()
        self._thread.join(stage.PATIENCE)


def run_and_kill(server, chance):
    """Publishes a newer release now and then, and kills and restarts the server KILLS times."""
    published = 1
    for _ in range(KILLS):
        published += 1
        server.publish(MODEL, f"1.0.{published}", CONTENT)
        time.sleep(chance.uniform(0.01, 0.5))  # The moment of death is the subject of this test.
        server.kill()
        server.start()


def wait_for_quiet(server, user):
    """Until no upgrade runs and no push waits."""
    stage.wait_until(lambda: user.running() == (0, []), "all upgrades to end", patience=120)

    def nothing_waits():
        return server.admin.get("/pushes?state=pending&limit=1").expect(200).json()["items"] == []

    stage.wait_until(nothing_waits, "all pushes to be delivered", patience=120)


def check_told(upgrades, pushes):
    """One result for each upgrade, the same bytes at each attempt, in order, nothing after it."""
    results = collections.defaultdict(list)  # did -> [(version, result)] by first arrival
    by_id, progress, ended = {}, {}, set()
    for push in pushes:
        body = push.body
        known = by_id.setdefault(push.id, push.raw)
        assert known == push.raw, f"{push.id} came with other bytes"
        if body["msgType"] == "ota_new_firmware":
            continue
        key = (body["did"], body["firmwareVersion"])
        if body["msgType"] == "ota_upgrade_progress":
            assert key not in ended, f"progress after the result of {key}"
            assert body["progress"] >= progress.get(key, 0), f"progress of {key} fell"
            progress[key] = body["progress"]
        elif known is push.raw:
            assert key not in ended, f"two results of {key}"
            ended.add(key)
            results[body["did"]].append((body["firmwareVersion"], body["upgradeResult"]))
    for did in {upgrade["did"] for upgrade in upgrades}:
        ran = sorted((upgrade for upgrade in upgrades if upgrade["did"] == did),
                     key=lambda upgrade: upgrade["id"])
        expected = [(upgrade["firmwareVersion"], "1" if upgrade["state"] == "succeeded" else "0")
                    for upgrade in ran]
        assert results[did] == expected, did


def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice_or_late(start_server, receiver,
                                                                        tmp_path):
    seed = int(os.environ.get("UPDRAFT_SEED", random.randrange(1 << 30)))
    print(f"UPDRAFT_SEED={seed}")
    chance = random.Random(seed)
    server = start_server()
    server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    user = server.app("app", pushUrl=receiver.url).grant("alice")
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", server.url, "--devices", DEVICES, "--create", "--model",
         MODEL, "--open-id", "alice", "--polling", "0.1", "--install-seconds", "0.3", "--cut-rate",
         "0.3", "--ramp", "0", "--did-prefix", "d-"], tmp_path / "fleet.log",
        {"UPDRAFT_ADMIN_TOKEN": server.admin.token})
    try:
        stage.wait_until(lambda: len(server.admin.every("/devices")) == DEVICES, "the devices")
        dids = [device["did"] for device in server.admin.every("/devices")]
        orders = Orders(user, dids, random.Random(seed + 1))
        try:
            run_and_kill(server, chance)
        finally:
            orders.end()
        wait_for_quiet(server, user)
        fleet.signal(signal.SIGTERM)
        assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
    finally:
        fleet.kill()

    assert orders.odd == []
    assert len(orders.acknowledged) >= KILLS
    upgrades = server.admin.every("/upgrades")
    stored = {(upgrade["did"], upgrade["orderId"]) for upgrade in upgrades}
    assert orders.acknowledged - stored == set()
    assert {upgrade["state"] for upgrade in upgrades} == {"succeeded"}
    check_told(upgrades, receiver.pushes)
    newest = {device["did"]: device["firmwareVersion"] for device in server.admin.every("/devices")}
    for upgrade in upgrades:
        number = int(upgrade["firmwareVersion"].rsplit(".", 1)[1])
        assert int(newest[upgrade["did"]].rsplit(".", 1)[1]) >= number
