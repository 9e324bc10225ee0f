"""The commands for a server's data: backup, restore, check and copy (docs/operating.md)."""
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading

import pytest
import stage

pytestmark = pytest.mark.embedded
MODEL = "lumen-a19"
DEVICES = 8


def run(*arguments):
    """Runs a command of the binary until it ends."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UPDRAFT_")}
    return subprocess.run([stage.binary(), *map(str, arguments)], text=True, capture_output=True,
                          timeout=120, env=environment, stdin=subprocess.DEVNULL)


def done(*arguments):
    answer = run(*arguments)
    assert answer.returncode == 0, answer
    return answer.stdout


def serve_on(start_server, data):
    """A server on a data directory that was put in place before."""
    server = start_server(config={"store": {"url": f"sqlite:{data}/updraft.db"}}, start=False)
    server.data = pathlib.Path(data)
    return server.start()


def everything(server):
    """The parts of a store that operators see, without those that change automatically."""
    seen = {path: server.admin.every(path) for path in ("/apps", "/devices", "/firmware",
                                                        "/upgrades", "/pushes")}
    for device in seen["/devices"]:
        device.pop("lastSeen")
    for app in seen["/apps"]:
        app.pop("pushState")
    return seen


class Load:
    """Orders again and again; remembers the acknowledged orders, in order."""

    def __init__(self, user, dids):
        self.user, self.dids = user, dids
        self.acknowledged = []
        self.odd = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        chance = random.Random(7)
        while not self._stop.is_set():
            did = chance.choice(self.dids)
            try:
                code, result = self.user.upgrade_one(did)
            except Exception as error:  # noqa: BLE001  (any failure is one of the server's)
                self.odd.append(repr(error))
                return
            if code == 0:
                self.acknowledged.append((did, result))
            elif code != 901:
                self.odd.append((code, result))
            self._stop.wait(0.005)

    def end(self):
        self._stop.set()
        self._thread.join(stage.PATIENCE)


def test_a_backup_under_load_has_all_that_was_acknowledged_before(start_server, receiver,
                                                                  tmp_path):
    server = start_server()
    user = server.app("app", pushUrl=receiver.url).grant("alice")
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", server.url, "--devices", DEVICES, "--create",
         "--model", MODEL, "--open-id", "alice", "--polling", "0.1", "--install-seconds", "0.2",
         "--ramp", "0", "--did-prefix", "d-"], tmp_path / "fleet.log",
        {"UPDRAFT_ADMIN_TOKEN": server.admin.token})
    try:
        stage.wait_until(lambda: len(server.admin.every("/devices")) == DEVICES, "the devices")
        load = Load(user, [device["did"] for device in server.admin.every("/devices")])
        backups = []
        try:
            for number in range(3):
                server.publish(MODEL, f"2.{number}", os.urandom(300_000))
                enough = (number + 1) * 6
                stage.wait_until(lambda: len({order for _, order in load.acknowledged}) >= enough,
                                 "orders")
                before = set(load.acknowledged)
                backup = tmp_path / f"backup{number}"
                done("backup", "--data", server.data, "--to", backup)
                assert "; 0 findings" in done("check", "--data", server.data)
                backups.append((backup, before))
        finally:
            load.end()
        fleet.signal(signal.SIGTERM)
        assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
    finally:
        fleet.kill()
    assert load.odd == []
    server.stop()

    for number, (backup, before) in enumerate(backups):
        data = tmp_path / f"restored{number}"
        done("restore", "--from", backup, "--data", data)
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert "; 0 findings" in done("check", "--deep", "--data", data)
    restored = serve_on(start_server, tmp_path / "restored2")
    stored = {(one["did"], one["orderId"]) for one in restored.admin.every("/upgrades")}
    assert backups[-1][1] - stored == set()
    assert len(restored.admin.every("/firmware")) == 3
    assert restored.admin.token == server.admin.token


def test_a_restored_server_goes_on_where_the_backup_stood(start_server, receiver, tmp_path):
    server = start_server()
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    content = os.urandom(50_000)
    device = server.device("d1", open_id="alice")
    server.publish("sensor-a", "2.0", content)
    assert user.upgrade_one("d1")[0] == 0
    deployment = device.wait_for_deployment()
    done("backup", "--data", server.data, "--to", tmp_path / "backup", "--without-key")
    server.kill()

    data = tmp_path / "data"
    said = done("restore", "--from", tmp_path / "backup", "--data", data)
    assert "no key" in said
    refused = run("serve", "--data", data, "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "secret.key is missing" in refused.stderr
    for name in ("secret.key", "admin-token"):
        shutil.copy(server.data / name, data / name)
    restored = serve_on(start_server, data)
    device.server = restored
    again = stage.Device(restored, "d1", device.token)
    assert again.install() == content
    assert again.deployment() is None
    result = receiver.wait_for_type("ota_upgrade_result", "d1")[0]
    assert result.body["upgradeResult"] == "1"
    assert result.headers["appkey"] == app.appkey
    assert deployment["deployment"]["chunks"][0]["version"] == "2.0"


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The data of a stopped server: an app, two devices, a release, a finished and a queued upgrade."""
    folder = tmp_path_factory.mktemp("stopped")
    config = {"store": {"url": f"sqlite:{folder}/data/updraft.db"}}
    with stage.Server(folder, config) as server:
        user = server.app("app").grant("alice")
        server.device("d1", open_id="alice")
        server.device("d2", open_id="alice")
        server.publish("sensor-a", "2.0", b"sound bytes" * 1000)
        user.upgrade_one("d1")
        stage.Device(server, "d1", server.admin.post("/devices/d1/token").json()["deviceToken"]
                     ).install()
        user.upgrade_one("d2")
        return server.data


def artifact_in(data):
    return next(path for path in (data / "firmware").glob("??/*") if len(path.name) == 64)


def change_artifact(data):
    path = artifact_in(data)
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def change_rows(sql):
    def change(data):
        database = sqlite3.connect(data / "updraft.db")
        database.executescript(sql)
        database.close()
    return change


def spoil_page(data):
    database = sqlite3.connect(data / "updraft.db")
    page = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'devices_by_user'")
    page = page.fetchone()[0]
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    with open(data / "updraft.db", "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x5a" * 4096)


def other_key(data):
    (data / "secret.key").write_text("0123456789abcdef" * 4 + "\n")


@pytest.mark.parametrize("harm, deep, finding", [
    (change_artifact, True, "another digest"),
    (lambda data: artifact_in(data).unlink(), False, "is not in"),
    (lambda data: artifact_in(data).write_bytes(b"short"), False, "has 5 bytes instead of 11000"),
    (change_rows("UPDATE upgrades SET state = 'flying' WHERE did = 'd2'"), False,
     "a state that nobody knows"),
    (change_rows("DELETE FROM users"), False, "a device of a user that is not there: d1"),
    (change_rows("UPDATE devices SET created_at = 'noon'"), True, "cannot be read"),
    (spoil_page, False, "the database is damaged"),
    (other_key, False, "is not the one that this store was made with"),
    (lambda data: (data / "secret.key").unlink(), False, "secret.key is missing"),
], ids=["changed byte", "deleted artifact", "short artifact", "unknown state", "lost user",
        "wrong type", "spoilt page", "other key", "no key"])
def test_check_finds_planted_damage(stopped, tmp_path, harm, deep, finding):
    data = tmp_path / "data"
    shutil.copytree(stopped, data)
    flags = ["--deep"] if deep else []
    assert "; 0 findings" in done("check", "--data", data, *flags)
    harm(data)
    answer = run("check", "--data", data, *flags)
    assert answer.returncode == 1, answer
    assert finding in answer.stdout


def test_check_of_nothing_says_so(tmp_path):
    answer = run("check", "--data", tmp_path)
    assert answer.returncode == 1
    assert "there is no store at" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_copied_store_serves_the_same(start_server, stopped, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(stopped, source)
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    told = done("store", "copy", "--from", f"sqlite:{source}/updraft.db",
                "--to", f"sqlite:{target}/updraft.db")
    assert "devices  2\n" in told
    again = run("store", "copy", "--from", f"sqlite:{source}/updraft.db",
                "--to", f"sqlite:{target}/updraft.db")
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    for name in ("secret.key", "admin-token"):
        shutil.copy(source / name, target / name)
    shutil.copytree(source / "firmware", target / "firmware")
    assert "; 0 findings" in done("check", "--deep", "--data", target)
    before, after = serve_on(start_server, source), serve_on(start_server, target)
    assert everything(before) == everything(after)


def test_a_store_in_use_is_not_copied(server, tmp_path):
    answer = run("store", "copy", "--from", f"sqlite:{server.data}/updraft.db",
                 "--to", f"sqlite:{tmp_path}/copy.db")
    assert answer.returncode == 1
    assert "another server is using" in answer.stderr
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("arguments", [
    ["backup"], ["restore", "--from", "x"], ["store"], ["store", "copy", "--from", "sqlite:a"],
    ["store", "copy", "--from", "mysql:a", "--to", "sqlite:b"], ["check", "--fast"],
], ids=" ".join)
def test_wrong_usage_exits_with_2(arguments):
    assert run(*arguments).returncode == 2


def test_nothing_leaves_no_folder(stopped, tmp_path):
    for target in (tmp_path / "new", tmp_path / "new" / "below"):
        assert run("backup", "--data", tmp_path / "none", "--to", target).returncode == 1
        assert run("restore", "--from", tmp_path / "none", "--data", target).returncode == 1
        assert not (tmp_path / "new").exists()
    done("backup", "--data", stopped, "--to", tmp_path / "backup")
    (tmp_path / "backup" / "updraft.db").write_bytes(b"damaged")
    assert run("restore", "--from", tmp_path / "backup", "--data", tmp_path / "new").returncode == 1
    assert not (tmp_path / "new").exists()
    (tmp_path / "mine").mkdir()
    assert run("restore", "--from", tmp_path / "none", "--data", tmp_path / "mine").returncode == 1
    assert (tmp_path / "mine").is_dir()


def test_a_backup_goes_into_an_empty_folder_and_out_into_one(server, stopped, tmp_path):
    done("backup", "--data", server.data, "--to", tmp_path / "backup")
    answer = run("backup", "--data", server.data, "--to", tmp_path / "backup")
    assert answer.returncode == 1
    assert "is not empty" in answer.stderr
    answer = run("restore", "--from", tmp_path / "backup", "--data", server.data)
    assert answer.returncode == 1
    assert "another server is running" in answer.stderr
    answer = run("restore", "--from", tmp_path / "backup", "--data", stopped)
    assert answer.returncode == 1
    assert "is not empty" in answer.stderr
