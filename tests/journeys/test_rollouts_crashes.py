"""Rollouts when the server is killed, is away for long, or its clock jumps.

`UPDRAFT_KILLS` sets how often the server is killed; `UPDRAFT_SEED` repeats one sequence of kills.
"""
import glob
import os
import random
import threading
import time

import pytest

import stage
from rollout_stage import (fleet, installing, members, offers, plan, reach, recount, released, shown, started)
from test_clock_jumps import LIBRARY, Clock

KILLS = int(os.environ.get("UPDRAFT_KILLS", "8"))
DEVICES = 30


class Crowd:
    """Devices that poll and install as fast as they can, whether or not the server is there."""

    def __init__(self, devices):
        self.stopped = threading.Event()
        self.installed = {device.did: 0 for device in devices}
        self.threads = [threading.Thread(target=self.live, args=(devices[n::6],)) for n in range(6)]
        for thread in self.threads:
            thread.start()

    def live(self, devices):
        while not self.stopped.wait(0.02):
            for device in devices:
                try:
                    deployment = device.deployment()
                    if deployment:
                        device.install(deployment, percents=())
                        self.installed[device.did] += 1
                except (OSError, AssertionError):
                    continue  # The server was killed meanwhile.

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def test_no_kill_hands_out_more_than_there_are_places(server, seed):
    chance = random.Random(seed)
    devices = fleet(server, DEVICES)
    waves = [{"devices": 5, "soak": "1s"}, {"devices": 15, "soak": "1s"}, {"percent": 100}]
    rollout = started(server, released(server), plan=plan(waves=waves, firstUnproven=5))["id"]
    crowd = Crowd(devices)
    try:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 1.5))
            server.kill()
            server.start()
            check_places(shown(server, rollout))
        done = reach(server, rollout, lambda now: now["state"] == "finished")
    finally:
        crowd.stop()
    check_places(done)
    # No device twice, and the sums are what a recount gives.
    assert all(count <= 1 for count in crowd.installed.values()), crowd.installed
    counted = recount(server, rollout)
    assert sum(counted.values()) == len(members(server, rollout)) == DEVICES
    for word in ("good", "failed", "silent", "unreached", "neutral"):
        assert done["counts"][word] == counted.get(word, 0), (done["counts"], counted)


def check_places(rollout):
    handed_out = 0
    for wave in rollout["waves"]:
        handed_out += wave["handedOut"]
        if wave["target"] is not None:
            assert handed_out <= wave["target"], rollout["waves"]
    assert rollout["counts"]["unproven"] <= max(5, rollout["counts"]["good"]), rollout["counts"]


@pytest.fixture
def clock(tmp_path):
    found = glob.glob(LIBRARY)
    if not found:
        pytest.skip("libfaketime is not installed")
    if stage.sanitized():
        pytest.skip("a sanitizer's runtime has to be loaded first, and so has libfaketime")
    return Clock(tmp_path, found[0])


@pytest.mark.parametrize("stall_timeout", ["1000d", "24h"])
def test_days_without_serving_silence_nobody_and_pass_no_wave(start_server, clock, stall_timeout):
    server = start_server(config={"upgrade": {"stall_timeout": stall_timeout, "progress_timeout": "1000d"}},
                          env=clock.environment)
    devices = fleet(server, 2)
    waves = [{"devices": 2, "soak": "1h"}, {"percent": 100}]
    rollout = started(server, released(server), plan=plan(waves=waves, silentAfter="20s"))["id"]
    for device, deployment in offers(devices, 2):
        installing(device, deployment)
    clock.set(2)
    check_calm(server, rollout)
    server.kill()
    clock.set(4)
    server.start()
    check_calm(server, rollout)


def check_calm(server, rollout):
    """Nobody is bad and no wave has passed when a few steps were taken, two seconds each at most."""
    began = time.monotonic()
    while time.monotonic() - began < 5:
        now = shown(server, rollout)
        assert now["state"] == "running" and now["wave"] == 1, now
        assert now["counts"]["silent"] == now["counts"]["failed"] == 0, now
        time.sleep(0.1)
