"""Three instances on one PostgreSQL, one of which dies again and again under load.

`UPDRAFT_KILLS` says how often one dies; `UPDRAFT_SEED` repeats one course of deaths.
"""
import contextlib
import itertools
import os
import random
import signal
import socket
import threading
import time

import pytest

import stage
from load_stage import Orders, check_told, wait_for_quiet

KILLS = int(os.environ.get("UPDRAFT_KILLS", "10"))
DEVICES = 9
MODEL = "lumen-a19"


class Balancer:
    """Gives each connection to the next instance that takes it, as a balancer before them does."""

    def __init__(self, servers):
        self.ports = [int(server.url.rsplit(":", 1)[1]) for server in servers]
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            first = next(self._turn)
            for nth in range(len(self.ports)):
                port = self.ports[(first + nth) % len(self.ports)]
                try:
                    server = socket.create_connection(("127.0.0.1", port), timeout=stage.PATIENCE)
                except OSError:
                    continue
                server.settimeout(None)
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()
                break
            else:
                client.close()

    @staticmethod
    def _pass_on(source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        # However it ended, neither side has anything more to expect of the other.
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def instances(cluster, start_server):
    """Three of them; each comes back on the port that it had."""
    name = "journey_instances_" + os.urandom(4).hex()
    first = start_server(config={"store": {"url": cluster.create(name)}})
    servers = [first, start_server(beside=first), start_server(beside=first)]
    for server in servers:
        server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    yield servers
    for server in servers:
        server.stop()
    cluster.drop(name)


def run_and_kill(servers, chance):
    for version in range(2, KILLS + 2):
        victim = chance.choice(servers)
        other = chance.choice([server for server in servers if server is not victim])
        other.publish(MODEL, f"1.0.{version}", os.urandom(50_000))
        time.sleep(chance.uniform(0.05, 1.0))  # The moment of death is the subject of this test.
        victim.kill()
        victim.start()


def test_the_death_of_one_of_three_loses_nothing_and_doubles_nothing(instances, receiver, tmp_path):
    seed = int(os.environ.get("UPDRAFT_SEED", random.randrange(1 << 30)))
    print(f"UPDRAFT_SEED={seed}")
    chance = random.Random(seed)
    balancer = Balancer(instances)
    first = instances[0]
    app = first.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", balancer.url, "--devices", DEVICES, "--create",
         "--model", MODEL, "--open-id", "alice", "--polling", "0.1", "--install-seconds", "0.3",
         "--cut-rate", "0.2", "--ramp", "0", "--did-prefix", "d-"], tmp_path / "fleet.log",
        {"UPDRAFT_ADMIN_TOKEN": first.admin.token})
    try:
        stage.wait_until(lambda: len(first.admin.every("/devices")) == DEVICES, "the devices")
        dids = [device["did"] for device in first.admin.every("/devices")]
        user.app.server = balancer
        orders = Orders(user, dids, random.Random(seed + 1), asks=2)
        try:
            run_and_kill(instances, chance)
        finally:
            orders.end()
        user.app.server = first
        wait_for_quiet(first, user)
        fleet.signal(signal.SIGTERM)
        assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
    finally:
        fleet.kill()
        balancer.close()

    assert orders.odd == []
    assert len(orders.acknowledged) >= KILLS
    upgrades = first.admin.every("/upgrades")
    stored = {(upgrade["did"], upgrade["orderId"]) for upgrade in upgrades}
    assert orders.acknowledged - stored == set()
    assert {upgrade["state"] for upgrade in upgrades} == {"succeeded"}
    check_told(upgrades, receiver.pushes)
