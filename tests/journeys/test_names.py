"""One rule for every new name: no control, format or bidirectional character (docs/admin-api.md)."""
import json
import os
import sqlite3
import subprocess
import urllib.parse

import pytest

import stage
from admin_stage import admin, problem, unique  # noqa: F401

UNSAFE = ["a\nb", "a\x1b[31m", "a\x7f", "a\x85", "a\u00adb", "a\u200b", "\ufeffa", "a\u202eb",
          "a\u2028b", "a\u2066b", "a\U000e0041"]
SHOWN = ["灯 1", "lampe-\u00e9", "\U0001f4a1\ufe0f", " a ", "\u0645\u0635\u0628\u0627\u062d"]


@pytest.mark.parametrize("name", UNSAFE, ids=ascii)
def test_no_new_name_has_a_character_that_hides_or_controls(admin, unique, name):
    path = urllib.parse.quote(name, safe="")
    device = {"deviceModel": unique, "firmwareVersion": "1.0"}
    firmware = {"deviceModel": unique, "firmwareVersion": "1.0"}
    admin.put(f"/devices/{unique}", device).expect(201)
    app = admin.post("/apps", {"name": unique}).expect(201).json()["appid"]
    problem(admin.put(f"/devices/{path}", device), 422, "did")
    for field in ("deviceModel", "firmwareVersion", "name", "openId", "gatewayDid"):
        problem(admin.put(f"/devices/{unique}-new", {**device, field: name}), 422, field)
        problem(admin.patch(f"/devices/{unique}", {field: name}), 422, field)
    problem(admin.put(f"/models/{path}", {}), 422, "deviceModel")
    problem(admin.patch(f"/models/{path}", {"displayName": "x"}), 422, "deviceModel")
    for field in ("displayName", "chunkPart"):
        problem(admin.put(f"/models/{unique}", {field: name}), 422, field)
    for field in ("deviceModel", "firmwareVersion", "fileName"):
        problem(admin.post("/firmware", {**firmware, field: name}), 422, field)
    problem(admin.post("/firmware", {**firmware, "requiresVersion": ["1.0", name]}), 422,
            "requiresVersion")
    problem(admin.post("/apps", {"name": name}), 422, "name")
    problem(admin.patch(f"/apps/{app}", {"name": name}), 422, "name")
    problem(admin.post(f"/apps/{app}/grants", {"openId": name}), 422, "openId")
    assert admin.get(f"/firmware?model={unique}").json()["items"] == []
    assert admin.get(f"/devices/{unique}-new").status == 404
    assert admin.get(f"/apps/{app}").json()["name"] == unique


@pytest.mark.parametrize("name", SHOWN, ids=ascii)
def test_names_of_every_language_are_taken(shared_server, admin, unique, name):
    did = f"{unique}{name}"
    admin.put(f"/models/{urllib.parse.quote(did)}", {"displayName": name}).expect(200)
    shared_server.publish(did, name, fileName=name)
    user = shared_server.app().grant(unique)
    shared_server.device(did, model=did, version="1.0", open_id=unique, name=name)
    [offered] = user.query_one(did)[1]
    assert (offered["did"], offered["name"], offered["deviceModel"]) == (did, name, did)
    assert offered["upgradeFirmware"]["firmwareVersion"] == name


def test_an_import_refuses_the_lines_with_such_names(admin, unique):
    lines = [{"did": f"{unique}-{number}", "deviceModel": unique, "firmwareVersion": "1.0", **more}
             for number, more in enumerate([{}, {"did": "a\u202eb"}, {"name": "a\nb"}, {}])]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    told = admin.post("/devices/import", body).expect(200).json()
    assert told["imported"] == 2
    assert [one["line"] for one in told["rejected"]] == [2, 3]
    assert "did contains U+202E" in told["rejected"][0]["detail"]
    assert "name contains U+000A" in told["rejected"][1]["detail"]


def test_an_import_is_lines_and_no_form(admin, unique):
    line = json.dumps({"did": unique, "deviceModel": unique, "firmwareVersion": "1.0"}).encode()
    wrapped = admin.post("/devices/import", line, {"Content-Type": "multipart/form-data; boundary=x"})
    problem(wrapped, 415, "Content-Type")
    problem(admin.post("/devices/import", line, {"Content-Encoding": "gzip"}), 415)
    assert admin.get(f"/devices/{unique}").status == 404
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # What curl --data-binary says.
    assert admin.post("/devices/import", line, form).expect(200).json()["imported"] == 1


def test_an_app_asks_for_no_such_did(shared_server, unique):
    user = shared_server.app().grant(unique)
    for did in ("a\u202eb", "a\nb", "a\u200b"):
        assert user.query_one(did)[0] == 302
        assert user.upgrade_one(did)[0] == 302
        assert user.history(did=did)[0] == 302
        assert user.running(did=did)[0] == 302
        assert user.cancel(did)[0] == 302
    assert user.query_one("灯")[0] == 604


@pytest.mark.skipif(os.environ.get("UPDRAFT_STORE") == "postgresql", reason="changes a row in SQLite's file")
def test_a_did_from_before_the_rule_stays_usable(start_server):
    server = start_server()
    server.publish("lamp", "2.0", b"new")
    server.device("lamp-1", "lamp", "1.0", "alice")
    user = server.app().grant("alice")
    other = server.app().grant("bob")
    server.stop()
    with sqlite3.connect(server.data / "updraft.db") as rows:
        rows.execute("UPDATE devices SET did = 'a' || char(10) || 'b' WHERE did = 'lamp-1'")
    server.start()
    assert user.query_one("a\nb")[0] == 0
    code, order = user.upgrade_one("a\nb")
    assert code == 0 and user.running(did="a\nb")[1][0]["orderId"] == order
    assert user.cancel("a\nb")[0] == 0
    assert other.query_one("a\nb")[0] == 302


def test_the_command_line_says_which_name_is_wrong(shared_server, unique, tmp_path):
    (tmp_path / "a\u202efw.bin").write_bytes(b"bytes")
    told = subprocess.run(
        [stage.binary(), "firmware", "publish", tmp_path / "a\u202efw.bin", "--model", unique,
         "--firmware-version", "1.0", "--url", shared_server.url, "--token",
         shared_server.admin.token], capture_output=True, text=True, timeout=60)
    assert told.returncode == 1 and "--file-name contains U+202E" in told.stderr
    assert "\u202e" not in told.stderr
    assert shared_server.admin.get(f"/firmware?model={unique}").json()["items"] == []


def test_what_is_named_so_already_is_found(admin, unique):
    """Such a name is answered as unknown, not as malformed, where it is only looked for."""
    name = urllib.parse.quote("a\u202eb")
    assert admin.get(f"/devices/{name}").status == 404
    assert admin.delete(f"/devices/{name}").status == 404
    assert admin.get(f"/devices?model={name}").json()["items"] == []
    order = admin.post("/orders", {"dids": ["a\u202eb"]}).expect(201).json()
    assert [one["code"] for one in order["refused"]] == [604]
