"""Behind PgBouncer, which gives each transaction another session (deploy/pgbouncer.ini)."""
import contextlib
import os
import subprocess

import postgres
import pytest
import stage
from bouncer_stage import Bouncer, needs_pgbouncer
from load_stage import MODEL, under_load

pytestmark = [needs_pgbouncer, pytest.mark.once]
# Few sessions, so that every transaction waits for its turn, and the test can look at all sessions.
SESSIONS = 4


@contextlib.contextmanager
def bounced(cluster, sessions):
    name = "bounced_" + os.urandom(4).hex()
    cluster.create(name)
    with Bouncer(cluster, name, {"default_pool_size": sessions}) as made:
        yield made
    cluster.drop(name)


@pytest.fixture
def bouncer(cluster):
    with bounced(cluster, SESSIONS) as made:
        yield made


def through(bouncer, **more):
    return {"store": {"url": bouncer.url, "prepare": False, **more}}


# With one session, a transaction that needed a second session would wait for ever.
@pytest.mark.parametrize("sessions", [SESSIONS, 1])
def test_a_whole_upgrade_on_two_instances(cluster, start_server, receiver, sessions):
    with bounced(cluster, sessions) as bouncer:
        upgrade_on_two_instances(bouncer, start_server, receiver)


def upgrade_on_two_instances(bouncer, start_server, receiver):
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
    """The values, in each session with PostgreSQL, of the settings that our transactions change."""
    ask = ("SELECT pg_backend_pid(), current_setting('statement_timeout'), "
           "current_setting('enable_seqscan'), current_setting('plan_cache_mode'), "
           "current_setting('synchronous_commit');\n")
    asking = [subprocess.Popen([postgres.programs() / "psql", "-qAtX", bouncer.url], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
              for _ in range(SESSIONS)]
    try:
        # Each connection keeps its session until all have one.
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
        bouncer, start_server, receiver, tmp_path, seed):
    before = settings_of(bouncer)
    assert before == {"0|on|auto|on"}
    first = start_server(config=through(bouncer))
    second = start_server(beside=first)
    # While PgBouncer does not run, 503 is the right response.
    with under_load(second, first, receiver, tmp_path, seed, not_now=(503,)) as orders:
        for version in range(2, 7):
            told = len(orders.acknowledged)
            first.publish(MODEL, f"1.0.{version}", os.urandom(20_000))
            stage.wait_until(lambda: len(orders.acknowledged) > told, "orders")
            bouncer.kill()
            stage.wait_until(lambda: not ready(first), "/readyz to say so")
            bouncer.start()
            stage.wait_until(lambda: ready(first) and ready(second), "the servers")
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
