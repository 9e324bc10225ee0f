"""One version in several spellings: devices report it as they like, and it stays one version (contract 4)."""
import subprocess

import pytest

import stage
from ddi_stage import CONTENT, World
from test_images import ZIGBEE


@pytest.fixture
def world(server):
    """A world whose model proves success by the version, and whose release is 2.0.0 or "build 7"."""
    made = World.__new__(World)
    made.server = server
    made.release = server.publish("lamp", "2.0.0", CONTENT, reportedAs=["build 7"])
    server.admin.put("/models/lamp", {"successCriterion": "version"}).expect(200, 201, 204)
    return made


@pytest.mark.parametrize("reported", ["2.0.0", "v2.0.0", "V2.0.0", " 2.0.0\r\n", "\tv2.0.0 ", "build 7"])
def test_a_device_reports_its_version_in_any_spelling(world, reported):
    server = world.server
    user = server.app("app").grant("alice")
    device, deployment = world.ordered()
    device.install(deployment)
    assert world.state() == "verifying"
    device.tell(firmwareVersion="v1.0.0").expect(200)
    assert world.state() == "verifying"
    device.tell(firmwareVersion=reported).expect(200)
    assert world.state() == "succeeded"
    device.tell(firmwareVersion=reported).expect(200)
    timeline = world.upgrade("lamp-1")["timeline"]
    assert timeline[-1]["state"] == "succeeded" and "fell back" not in str(timeline)
    shown = server.admin.get("/devices/lamp-1").json()
    assert shown["firmwareVersion"] == reported.strip()
    assert "allback" not in str({k: v for k, v in shown.items() if v})
    assert user.query() == (0, [])
    assert user.query_one("lamp-1") == (0, [])
    assert user.upgrade_one("lamp-1")[0] == 901
    server.publish("lamp", "3.0.0", b"three", requiresVersion=["v2.0.0"])
    offers = user.query()[1]
    assert [(one["firmwareVersion"], one["upgradeFirmware"]["firmwareVersion"]) for one in offers] == [
        (reported.strip(), "3.0.0")]


@pytest.mark.parametrize("reported", ["0x10023701", "10023701", "268580609"])
def test_a_version_may_be_what_the_file_says(server, reported):
    server.publish("bulb", "2.0.0-zigbee", ZIGBEE)
    device = server.device("bulb-1", "bulb", "1.0.0", "alice")
    server.admin.post("/orders", {"dids": ["bulb-1"]}).expect(201)
    device.wait_for_deployment()
    device.tell(firmwareVersion=reported).expect(200)
    items = server.admin.get("/upgrades?did=bulb-1").json()["items"]
    assert [one["state"] for one in items] == ["succeeded"]
    refused = server.admin.post("/orders", {"dids": ["bulb-1"]}).expect(201).json()["refused"]
    assert [one["code"] for one in refused] == [901]


def test_a_version_belongs_to_one_firmware_of_a_model(world):
    admin = world.server.admin

    def draft(version, **fields):
        return admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": version, **fields})
    for version, others in [("v2.0.0", []), (" 2.0.0", []), ("build 7", []), ("2.1", ["V2.0.0"]),
                            ("2.1", ["b8", "build 7 "])]:
        detail = draft(version, reportedAs=others).expect(409).json()["detail"]
        assert "another firmware" in detail
    made = draft("2.1", reportedAs=["v2.1", "b8"]).expect(201).json()
    assert made["reportedAs"] == ["v2.1", "b8"]
    path = f"/firmware/{world.release['id']}"
    assert "reportedAs" in admin.patch(path, {"reportedAs": ["v2.1"]}).expect(409).json()["detail"]
    assert admin.get(path).json()["reportedAs"] == ["build 7"]
    admin.delete(f"/firmware/{made['id']}").expect(204)
    assert admin.patch(path, {"reportedAs": ["v2.1"]}).expect(200).json()["reportedAs"] == ["v2.1"]


def test_what_devices_call_a_firmware_may_be_said_after_its_release(world):
    admin = world.server.admin
    device, deployment = world.ordered()
    device.tell(firmwareVersion="2021-07-01").expect(200)
    assert world.state() == "offered"
    path = f"/firmware/{world.release['id']}"
    changed = admin.patch(path, {"reportedAs": ["2021-07-01"], "updateLog": "Better."}).expect(200).json()
    assert (changed["reportedAs"], changed["updateLog"], changed["state"]) == (
        ["2021-07-01"], "Better.", "released")
    device.tell(firmwareVersion="2021-07-01").expect(200)
    assert world.state() == "succeeded"
    cleared = admin.patch(path, {"reportedAs": None}).expect(200).json()
    assert (cleared["reportedAs"], cleared["updateLog"]) == ([], "Better.")
    for wrong in ["2.0", [1], [""], ["x" * 65], [f"b{i}" for i in range(101)]]:
        assert "reportedAs" in admin.patch(path, {"reportedAs": wrong}).expect(422).json()["detail"]
    assert "updateLog" in admin.patch(path, {"updateLog": "x" * 8193}).expect(422).json()["detail"]
    admin.post(path + "/withdraw").expect(200)
    admin.patch(path, {"updateLog": "Worse."}).expect(409)
    admin.patch("/firmware/99", {}).expect(404)


def test_a_file_may_say_a_version_that_was_declared(server):
    admin = server.admin
    made = admin.post("/firmware", {"deviceModel": "bulb", "firmwareVersion": "7"}).expect(201).json()
    path = f"/firmware/{made['id']}"
    admin.put(path + "/file", ZIGBEE).expect(200)
    assert "acceptMismatch" in admin.post(path + "/release").expect(422).json()["detail"]
    admin.patch(path, {"reportedAs": ["268580609"]}).expect(200)
    admin.post(path + "/release").expect(200)


def test_a_version_that_looks_older_than_the_newest_one_is_released_with_a_warning(server):
    server.publish("lamp", "2.10.0")
    for version, warned in ("2.9.0", True), ("2.11", False), ("build 7", False):
        draft = server.admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": version}).expect(201)
        path = f"/firmware/{draft.json()['id']}"
        server.admin.put(f"{path}/file", CONTENT).expect(200)
        released = server.admin.post(f"{path}/release").expect(200).json()
        assert released["state"] == "released"
        assert ("warnings" in released) == warned
        if warned:
            assert released["warnings"] == ["Its version 2.9.0 looks older than 2.10.0, which was released before."]


def test_the_command_line_declares_versions(server, tmp_path):
    (tmp_path / "lamp.bin").write_bytes(b"lamp")

    def run(*words):
        done = subprocess.run([stage.binary(), "firmware", *words, "--url", server.url, "--token",
                               server.admin.token], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return server.admin.get("/firmware").json()["items"][0]
    made = run("publish", tmp_path / "lamp.bin", "--model", "lamp", "--firmware-version", "2.0",
               "--reported-as", "b7,b8")
    assert made["reportedAs"] == ["b7", "b8"]
    changed = run("set", made["id"], "--reported-as", "b9", "--update-log", "Better.")
    assert (changed["reportedAs"], changed["updateLog"]) == (["b9"], "Better.")
    cleared = run("set", made["id"], "--no-reported-as")
    assert (cleared["reportedAs"], cleared["updateLog"]) == ([], "Better.")
