"""Behind PgBouncer, which gives each transaction another session (deploy/pgbouncer.ini)."""
import os
import random
import signal
import subprocess

import postgres
import pytest
import stage
from bouncer_stage import Bouncer, needs_pgbouncer
from load_stage import Orders, check_told, wait_for_quiet

pytestmark = [needs_pgbouncer, pytest.mark.once]
MODEL = "lumen-a19"
DEVICES = 6
# Few, so that every transaction waits for its turn, and all of them can be looked at.
SESSIONS = 4


@pytest.fixture
def bouncer(cluster):
    name = "bounced_" + os.urandom(4).hex()
    cluster.create(name)
    with Bouncer(cluster, name, {"default_pool_size": SESSIONS}) as made:
        yield made
    cluster.drop(name)


def through(bouncer, **more):
    return {"store": {"url": bouncer.url, "prepare": False, **more}}


def test_a_whole_upgrade_on_two_instances(bouncer, start_server, receiver):
    one = start_server(config=through(bouncer))
    two = start_server(beside=one)
    user = one.app(pushUrl=receiver.url).grant("u-1")
    one.publish("sensor-a", "2.0.0")
    device = two.device("d-1", open_id="u-1")
    code, order = user.upgrade_one("d-1")
    assert code == 0
    device.install()
    result, = receiver.wait_for_type("ota_upgrade_result", "d-1")
    assert result.body["upgradeResult"] == "1"
    user.app.server = two
    code, history = user.history()
    assert (code, [one["orderId"] for one in history]) == (0, [order])


def settings_of(bouncer):
    """What each of its sessions with PostgreSQL has of the settings that our transactions change."""
    ask = ("SELECT pg_backend_pid(), current_setting('statement_timeout'), "
           "current_setting('enable_seqscan'), current_setting('plan_cache_mode'), "
           "current_setting('synchronous_commit');\n")
    asking = [subprocess.Popen([postgres.programs() / "psql", "-qAtX", bouncer.url], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
              for _ in range(SESSIONS)]
    try:
        # Each keeps its session until all have one.
        for one in asking:
            one.stdin.write("BEGIN;\n" + ask)
            one.stdin.flush()
        told = [one.stdout.readline().strip().split("|", 1) for one in asking]
    finally:
        for one in asking:
            one.communicate("COMMIT;\n", timeout=stage.PATIENCE)
    assert len({session for session, _ in told}) == SESSIONS
    return {settings for _, settings in told}


def test_it_dies_again_and_again_and_nothing_is_lost_or_left_behind(
        bouncer, start_server, receiver, tmp_path):
    seed = int(os.environ.get("UPDRAFT_SEED", random.randrange(1 << 30)))
    print(f"UPDRAFT_SEED={seed}")
    before = settings_of(bouncer)
    assert before == {"0|on|auto|on"}
    servers = [start_server(config=through(bouncer))]
    servers.append(start_server(beside=servers[0]))
    first = servers[0]
    user = first.app("app", pushUrl=receiver.url).grant("alice")
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", first.url, "--devices", DEVICES, "--create", "--model",
         MODEL, "--open-id", "alice", "--polling", "0.1", "--install-seconds", "0.2", "--ramp", "0",
         "--did-prefix", "d-"], tmp_path / "fleet.log", {"UPDRAFT_ADMIN_TOKEN": first.admin.token})
    try:
        stage.wait_until(lambda: len(first.admin.every("/devices")) == DEVICES, "the devices")
        dids = [device["did"] for device in first.admin.every("/devices")]
        # While PgBouncer is away, 503 is the right answer.
        user.app.server = servers[1]
        orders = Orders(user, dids, random.Random(seed), not_now=(503,))
        try:
            for version in range(2, 7):
                stage.wait_until(lambda: all(ready(server) for server in servers), "the servers")
                told = len(orders.acknowledged)
                first.publish(MODEL, f"1.0.{version}", os.urandom(20_000))
                stage.wait_until(lambda: len(orders.acknowledged) > told, "orders")
                bouncer.kill()
                stage.wait_until(lambda: not ready(first), "/readyz to say so")
                bouncer.start()
            stage.wait_until(lambda: all(ready(server) for server in servers), "the servers")
        finally:
            orders.end()
        user.app.server = first
        wait_for_quiet(first, user)
        fleet.signal(signal.SIGTERM)
        assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
    finally:
        fleet.kill()
    assert orders.odd == []
    upgrades = first.admin.every("/upgrades")
    stored = {(upgrade["did"], upgrade["orderId"]) for upgrade in upgrades}
    assert orders.acknowledged - stored == set()
    check_told(upgrades, receiver.pushes)
    assert settings_of(bouncer) == before


def ready(server):
    return stage.request(server.url, "GET", "/readyz").status == 200


def test_a_database_behind_it_goes_away_and_comes_back(start_server):
    cluster = postgres.Cluster()
    try:
        cluster.create("bounced")
        with Bouncer(cluster, "bounced") as bouncer:
            server = start_server(config=through(bouncer))
            cluster.halt()
            stage.wait_until(lambda: not ready(server), "/readyz to say that the database is away")
            assert server.admin.post("/apps", {"name": "x"}).status == 503
            cluster.start()
            stage.wait_until(lambda: ready(server), "/readyz to say that the database is back")
            server.app()
            server.stop()
    finally:
        cluster.stop()


def test_with_prepared_statements_it_is_refused_and_told_what_to_set(bouncer, tmp_path):
    process = stage.Process(
        [stage.binary(), "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--store",
         bouncer.url], tmp_path / "log")
    assert process.wait() == 1
    assert "set prepare = false" in process.errors()


def test_commands_leave_nothing_behind(bouncer, start_server, tmp_path):
    before = settings_of(bouncer)
    server = start_server(config=through(bouncer))
    server.device("d-1")
    config = server.directory / "updraft.toml"
    places = ["--config", config, "--data", server.data]
    for command in (["check", "--deep", *places], ["backup", *places, "--to", tmp_path / "backup"]):
        done = subprocess.run([stage.binary(), *command], text=True, capture_output=True,
                              timeout=stage.PATIENCE, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, done
    assert settings_of(bouncer) == before
