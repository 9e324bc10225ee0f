"""The server on PostgreSQL: an outage of the database, and several instances."""
import os
import re
import shutil
import signal
import subprocess

import pytest

import postgres
import stage

pytestmark = pytest.mark.once


@pytest.fixture
def own_cluster():
    """A PostgreSQL that only this test uses and stops."""
    made = postgres.Cluster()
    yield made
    made.stop()


def ready(server):
    return stage.request(server.url, "GET", "/readyz").status == 200


def on(url, **sections):
    return {"store": {"url": url}, **sections}


def test_a_database_that_goes_away_is_told_of_and_comes_back_by_itself(own_cluster, start_server):
    server = start_server(config=on(own_cluster.create("updraft")))
    app = server.app()
    user = app.grant("u-1")
    server.publish("sensor-a", "2.0.0")
    device = server.device("d-1", open_id="u-1")
    assert ready(server)

    own_cluster.halt()
    answer = user.raw("/open/ota/upgrade/firmware/selected", {"did": "d-1"})
    assert (answer.status, answer.json()["code"]) == (503, 104)
    stage.wait_until(lambda: not ready(server), "/readyz to say that the database is away")
    assert stage.request(server.url, "GET", "/healthz").status == 200
    assert device.call("GET", "").status == 503

    own_cluster.start()
    stage.wait_until(lambda: ready(server), "/readyz to say that the database is back")
    code, _ = user.upgrade_one("d-1")
    assert code == 0
    assert "deploymentBase" in device.poll()["_links"]


def test_a_server_beside_a_database_that_is_frozen_ends_with_0(own_cluster, start_server):
    server = start_server(config=on(own_cluster.create("updraft"), server={"drain_timeout": "1s"}))
    server.device("d-1").poll()
    own_cluster.freeze()
    try:
        server.process.signal(signal.SIGTERM)
        # Without an end of its patience it would wait 75 s for each answer.
        assert server.process.wait(50) == 0
        assert "stopped" in server.process.errors()
    finally:
        own_cluster.thaw()


# What libpq, PostgreSQL and our SQL say, and where the database is.
INSIDE = re.compile(r"(?i)sql|libpq|connection to server|refused|socket|/var/|/tmp/|select |insert ")


def test_no_answer_says_what_the_database_said(own_cluster, start_server, receiver):
    """While the database is away and afterwards, answers hold our own words, and the log the reason."""
    url = own_cluster.create("updraft")
    server = start_server(config=on(url))
    app = server.app(pushUrl=receiver.url)
    user = app.grant("u-1")
    server.publish("sensor-a", "2.0.0")
    device = server.device("d-1", open_id="u-1")
    draft = server.admin.post("/firmware", {"deviceModel": "m", "firmwareVersion": "1"}).json()["id"]
    own_cluster.halt()
    stage.wait_until(lambda: not ready(server), "/readyz to say that the database is away")
    answers = [
        stage.request(server.url, "GET", "/readyz"),
        server.admin.get("/devices"), server.admin.get("/pushes"), server.admin.get("/devices/d-1"),
        server.admin.put("/devices/d-2", {"deviceModel": "m", "firmwareVersion": "1"}),
        server.admin.post("/devices/import", b'{"did":"d-3","deviceModel":"m","firmwareVersion":"1"}'),
        server.admin.put(f"/firmware/{draft}/file", b"x"),
        server.admin.post("/orders", {"dids": ["d-1"]}),
        server.admin.post(f"/apps/{app.appid}/push/verify"),
        user.raw("/open/ota/query/firmware"), user.raw("/open/ota/upgrade/firmware"),
        user.raw("/open/ota/query/firmware/upgrade/history"),
        stage.request(server.url, "POST", "/open/account/access/get", {"accountId": "a"},
                      {"Appid": app.appid, "Appkey": app.appkey}),
        device.call("GET", ""), device.call("PUT", "/configData", {"data": {"a": "b"}}),
    ]
    for answer in answers:
        assert answer.status == 503, (answer.status, answer.body)
        assert not INSIDE.search(answer.body.decode()), answer.body
        line = f"request failed.*{answer.headers['X-Request-Id']}"
        stage.wait_until(lambda line=line: re.search(line, server.process.errors()), line)
    assert "PGSQL" in server.process.errors(), "libpq names the socket"

    own_cluster.start()
    stage.wait_until(lambda: ready(server), "/readyz to say that the database is back")
    # Bytes that are no UTF-8, in the places where they are not refused before the store sees them.
    for path in ("/devices?openId=%FF", "/devices?cursor=ZGV2aWNlczr_", "/upgrades?did=%FF%FE",
                 "/pushes?did=%FF", "/devices/%FF", "/pushes/%FF"):
        answer = server.admin.get(path)
        assert answer.status < 500 and not INSIDE.search(answer.body.decode()), (path, answer.body)


def test_a_server_that_starts_before_its_database_waits_for_it(own_cluster, tmp_path):
    url = own_cluster.create("updraft")
    own_cluster.halt()
    server = stage.Server(tmp_path / "early", on(url))
    config = tmp_path / "early" / "updraft.toml"
    config.write_text(stage.toml(server.config))
    process = stage.Process([stage.binary(), "serve", "--config", config, "--data", server.data],
                            tmp_path / "early.log")
    stage.wait_until(lambda: "not there yet" in process.errors(), "a complaint")
    own_cluster.start()
    process.wait_for_line(r"listening on (https?://\S+)")
    process.signal(signal.SIGTERM)
    assert process.wait() == 0


@pytest.mark.parametrize("host, told", [("/ush@localhost", "is not percent-encoded"),
                                        ("ush@[localhost", "postgresql://USER:PASSWORD@HOST")])
def test_what_is_no_postgresql_is_refused_in_plain_words(tmp_path, host, told):
    process = stage.Process(
        [stage.binary(), "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
         "--store", f"postgresql://updraft:h{host}/updraft"], tmp_path / "log")
    assert process.wait() == 2
    assert told in process.errors()
    assert "ush@" not in process.errors()


def test_a_password_stands_in_no_log(own_cluster, start_server):
    url = own_cluster.create("updraft").replace("updraft@", "updraft:very-secret@")
    server = start_server(config=on(url, log={"level": "debug"}))
    server.app()
    own_cluster.halt()
    stage.wait_until(lambda: not ready(server), "/readyz to say that the database is away")
    assert server.admin.post("/apps", {"name": "x"}).status == 503
    server.stop()
    assert "very-secret" not in server.process.errors()


# ---------------------------------------------------------------------------------------------
# Several instances


def test_any_instance_answers_what_another_one_did(database, start_server):
    one = start_server(config=on(database))
    two = start_server(beside=one)
    app = one.app()
    user = app.grant("u-1")
    one.publish("sensor-a", "2.0.0")
    device = two.device("d-1", open_id="u-1")
    user.app.server = two
    code, _ = user.upgrade_one("d-1")
    assert code == 0
    device.server = one
    assert "deploymentBase" in device.poll()["_links"]
    # A change on one instance takes effect on the other at once: no old cached data is used.
    one.admin.patch(f"/apps/{app.appid}", {"disabled": True}).expect(200)
    assert user.upgrade_one("d-1")[0] != 0


def test_an_instance_with_another_key_refuses_to_start(database, start_server, tmp_path):
    start_server(config=on(database))
    stranger = stage.Server(tmp_path / "stranger", on(database))
    process = stage.Process(
        [stage.binary(), "serve", "--data", stranger.data, "--listen", "127.0.0.1:0", "--store",
         database], tmp_path / "log")
    assert process.wait() == 1
    assert "secret.key is missing" in process.errors()
    os.makedirs(stranger.data, exist_ok=True)
    other = start_server()
    shutil.copy(other.data / "secret.key", stranger.data / "secret.key")
    process = stage.Process(
        [stage.binary(), "serve", "--data", stranger.data, "--listen", "127.0.0.1:0", "--store",
         database], tmp_path / "log2")
    assert process.wait() == 1
    assert "not the one that this store was made with" in process.errors()


# ---------------------------------------------------------------------------------------------
# Migration from SQLite


def test_a_store_is_copied_from_a_file_to_a_server_and_goes_on_there(database, start_server):
    server = start_server()
    app = server.app()
    user = app.grant("u-1")
    server.publish("sensor-a", "2.0.0", b"the bytes")
    for nth in range(3):
        server.device(f"d-{nth}", open_id="u-1", name="灯 'quoted' \\")
    assert user.upgrade_one("d-0")[0] == 0
    before = {path: server.admin.every(path) for path in ("/devices", "/upgrades", "/firmware", "/apps")}
    server.stop()

    file = server.data / "updraft.db"
    copy = [stage.binary(), "store", "copy", "--from", f"sqlite:{file}", "--to", database]
    told = subprocess.run(copy, text=True, capture_output=True, timeout=stage.PATIENCE, check=True)
    assert "devices  3\n" in told.stdout
    again = subprocess.run(copy, text=True, capture_output=True, timeout=stage.PATIENCE, check=False)
    assert again.returncode == 1 and "is not empty" in again.stderr

    server.config["store"] = {"url": database}
    server.start()
    assert before == {path: server.admin.every(path) for path in before}
    assert user.upgrade_one("d-1")[0] == 0
    server.stop()
    check = subprocess.run(
        [stage.binary(), "check", "--deep", "--data", str(server.data), "--store", database],
        text=True, capture_output=True, timeout=stage.PATIENCE, check=False)
    assert check.returncode == 0 and "; 0 findings" in check.stdout, check
