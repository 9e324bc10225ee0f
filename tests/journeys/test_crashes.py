"""Kills under load: acknowledged data is there, and apps get every message once and in order.

`UPDRAFT_KILLS` sets how often the server is killed; `UPDRAFT_SEED` repeats one sequence of kills.
"""
import os
import random
import time

import stage
from load_stage import Orders, check_kept, rest

KILLS = int(os.environ.get("UPDRAFT_KILLS", "12"))
DEVICES = 12
MODEL = "lumen-a19"
CONTENT = os.urandom(200_000)


def run_and_kill(server, chance, acknowledged):
    """Publishes a newer release, and kills and restarts the server, KILLS times. Every second kill comes after
    a new order was acknowledged, however slow the machine is; the others may come before any."""
    published = 1
    for kill in range(KILLS):
        published += 1
        server.publish(MODEL, f"1.0.{published}", CONTENT)
        before = len(acknowledged)
        if kill % 2:
            stage.wait_until(lambda: len(acknowledged) > before, "an acknowledged order")
        time.sleep(chance.uniform(0.01, 0.5))  # This test is about kills at random times, so it sleeps.
        server.kill()
        server.start()


def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice_or_late(start_server, receiver,
                                                                        tmp_path, seed):
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
            run_and_kill(server, chance, orders.acknowledged)
        finally:
            orders.end()
        rest(server, user, fleet)
    finally:
        fleet.kill()

    assert len(orders.acknowledged) >= KILLS // 2
    upgrades = check_kept(server, orders, receiver.pushes)
    newest = {device["did"]: device["firmwareVersion"] for device in server.admin.every("/devices")}
    for upgrade in upgrades:
        number = int(upgrade["firmwareVersion"].rsplit(".", 1)[1])
        assert int(newest[upgrade["did"]].rsplit(".", 1)[1]) >= number
