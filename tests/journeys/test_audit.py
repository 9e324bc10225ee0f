"""The audit: every act of an operator has a name and a row, in the commit of the act."""
import json
import threading

import pytest

import stage
from admin_stage import problem
from operator_stage import Console, audit, client, make_token, operator


def only(admin, **filters):
    rows = audit(admin, **filters)
    assert len(rows) == 1, rows
    return rows[0]


def fields(row):
    return {change["field"]: (change["old"], change["new"]) for change in row["changes"]}


def test_a_row_says_who_did_what_from_where_and_what_followed(server):
    server.publish("lamp", "2.0")
    server.device("d1", "lamp", "1.0", "alice")
    server.admin.post("/orders", {"dids": ["d1"]}).expect(201)
    server.admin.call("PUT", "/devices/d1", {"deviceModel": "lamp", "firmwareVersion": "1.1"},
                      {"X-Request-Id": "my-request"}).expect(200)
    row = audit(server.admin, object="d1", action="putDevice")[0]
    assert list(row) == ["id", "at", "actor", "via", "ip", "requestId", "action", "object", "outcome",
                         "changes", "effect", "note", "times"]
    assert row["actor"] == {"kind": "operator", "name": "admin"}
    assert (row["via"], row["ip"], row["requestId"]) == ("api", "127.0.0.1", "my-request")
    assert row["object"] == {"kind": "device", "id": "d1"}
    assert (row["outcome"], row["note"], row["times"]) == ("done", None, 1)
    assert row["effect"] == "1 active upgrade ended"
    assert fields(row) == {"firmwareVersion": ("1.0", "1.1"), "openId": ("alice", None)}


def every_writing_call(server, receiver):
    """Makes each call that writes once; returns the operations."""
    admin = server.admin
    app = admin.post("/apps", {"name": "shop", "pushUrl": receiver.url}).expect(201).json()["appid"]
    stage.wait_until(lambda: admin.get(f"/apps/{app}").json()["pushState"] == "verified", "the URL")
    admin.patch(f"/apps/{app}", {"name": "store"}).expect(200)
    admin.post(f"/apps/{app}/rotate", {}).expect(200)
    admin.post(f"/apps/{app}/push/verify", {}).expect(200)
    admin.post(f"/apps/{app}/push/test", {"msgType": "ota_upgrade_result"}).expect(200)
    admin.post(f"/apps/{app}/push/replay", {"since": "2020-01-01T00:00:00Z",
                                            "until": "2020-01-02T00:00:00Z"}).expect(202)
    admin.post(f"/apps/{app}/grants", {"openId": "alice"}).expect(201)
    admin.post("/authorizations", {"appid": app, "openId": "alice",
                                   "redirectUri": "https://a.example/"}).expect(201)
    admin.put("/models/lamp", {"displayName": "Lamp"}).expect(200)
    admin.patch("/models/lamp", {"pollingSeconds": 60}).expect(200)
    device = {"deviceModel": "lamp", "firmwareVersion": "1.0", "openId": "alice"}
    admin.put("/devices/d1", device).expect(201)
    admin.patch("/devices/d1", {"name": "Kitchen"}).expect(200)
    admin.post("/devices/d1/token", {}).expect(200)
    admin.post("/devices/d1/refresh", {}).expect(202)
    admin.call("POST", "/devices/import", json.dumps({"did": "d2", **device}).encode()).expect(200)
    made = admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": "2.0"}).expect(201).json()
    path = f"/firmware/{made['id']}"
    admin.patch(path, {"updateLog": "Brighter."}).expect(200)
    admin.put(path + "/file", b"firmware").expect(200)
    admin.post(path + "/release", {}).expect(200)
    spare = admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": "3.0"}).expect(201).json()
    admin.delete(f"/firmware/{spare['id']}").expect(204)
    admin.post("/orders", {"dids": ["d1"]}).expect(201)
    upgrade = admin.get("/devices/d1").json()["activeUpgradeId"]
    admin.post(f"/upgrades/{upgrade}/cancel", {}).expect(200)
    sent = receiver.wait_for_type("ota_upgrade_result", "d1")[0].id
    stage.wait_until(lambda: admin.get(f"/pushes/{sent}").json()["state"] == "delivered", "the push")
    admin.post(f"/pushes/{sent}/replay", {}).expect(202)
    admin.post(path + "/withdraw", {}).expect(200)
    admin.delete(f"/apps/{app}/grants/alice").expect(204)
    admin.delete("/devices/d2").expect(204)
    admin.delete(f"/apps/{app}").expect(204)
    operator(server, "ann", "viewer")
    admin.patch("/operators/ann", {"role": "support"}).expect(200)
    token = make_token(admin, "ann")
    Console(server, token["token"]).call("DELETE", "/session").expect(204)
    admin.delete(f"/operators/ann/tokens/{token['id']}").expect(204)
    admin.delete("/operators/ann").expect(204)
    return {"createApp", "changeApp", "rotateApp", "verifyPushUrl", "testPush", "replayPushes", "createGrant",
            "authorize", "putModel", "changeModel", "putDevice", "changeDevice", "renewDeviceToken",
            "refreshDevice", "importDevices", "draftFirmware", "changeFirmware", "uploadFirmwareFile",
            "releaseFirmware", "discardFirmware", "createOrder", "cancelUpgrade", "replayPush",
            "withdrawFirmware", "removeGrant", "removeDevice", "removeApp", "createOperator",
            "changeOperator", "createOperatorToken", "signIn", "signOut", "removeOperatorToken",
            "removeOperator"}


def test_every_writing_call_leaves_one_row_and_no_secret_in_it(server, receiver):
    made = every_writing_call(server, receiver)
    rows = audit(server.admin)
    actions = [row["action"] for row in rows]
    assert set(actions) == made
    assert all(row["outcome"] == "done" and row["times"] == 1 for row in rows)
    twice = {action for action in made if actions.count(action) > 1}
    assert twice == {"draftFirmware"}
    numbers = [row["id"] for row in rows]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)
    for action, secret in (("createApp", "appkey"), ("rotateApp", "pushSecret"),
                           ("createGrant", "accessToken"), ("authorize", "code"),
                           ("putDevice", "deviceToken"), ("renewDeviceToken", "deviceToken"),
                           ("createOperatorToken", "token"), ("signIn", "session")):
        assert fields(next(row for row in rows if row["action"] == action))[secret][1] == "•"
    # Each is a log line, too.
    lines = stage.wait_until(lambda: (text := server.process.errors()).count(" audit ") >= len(rows)
                             and text, "the lines")
    assert all(f"action={action} " in lines for action in made)


def test_a_call_that_fails_leaves_no_row(server):
    problem(server.admin.put("/devices/d1", {}), 422)
    problem(server.admin.delete("/devices/d1"), 404)
    server.admin.post("/firmware", {"deviceModel": "m", "firmwareVersion": "1"}).expect(201)
    problem(server.admin.post("/firmware", {"deviceModel": "m", "firmwareVersion": "1"}), 409)
    assert server.admin.put("/devices/d1", b"{").status == 400
    assert [row["action"] for row in audit(server.admin)] == ["draftFirmware"]


def test_a_refusal_with_a_known_name_leaves_a_row_at_once_and_a_count_later(server):
    ann = client(server, "ann", "viewer")
    gone = make_token(ann, "ann")
    ann.delete(f"/operators/ann/tokens/{gone['id']}").expect(204)
    before = len(audit(server.admin))
    for _ in range(5):
        problem(ann.delete("/devices/d1"), 403, "releaser")
        problem(stage.Admin(server.url, gone["token"]).get("/devices"), 401)
        problem(stage.Admin(server.url, "wrong").get("/devices"), 401)
    rows = audit(server.admin, actor="ANN")[:2]
    assert len(audit(server.admin)) == before + 2
    assert {(row["action"], row["outcome"], row["times"]) for row in rows} == {
        ("removeDevice", "denied", 1), ("listDevices", "denied", 1)}
    assert all(row["ip"] == "127.0.0.1" and row["effect"] for row in rows)
    # The rest of the minute is written at its end, or when the server stops.
    server.stop()
    server.start()
    rest = audit(server.admin, actor="ann")[:2]
    assert {(row["action"], row["times"]) for row in rest} == {("removeDevice", 4), ("listDevices", 4)}


def test_a_refusal_for_a_part_of_a_request_is_recorded(server):
    ann = client(server, "ann", "releaser")
    problem(ann.post("/operators/admin/tokens", {}), 403)
    row = only(server.admin, actor="ann")
    assert (row["action"], row["outcome"]) == ("createOperatorToken", "denied")


def test_an_import_is_one_row_also_when_it_breaks_off(server):
    line = {"deviceModel": "lamp", "firmwareVersion": "1.0"}
    lines = b"".join(json.dumps({"did": f"d{i}", **line}).encode() + b"\n" for i in range(600))
    answer = server.admin.call("POST", "/devices/import", lines + b"{\n").expect(200).json()
    assert (answer["imported"], answer["rejectedCount"]) == (600, 1)
    row = only(server.admin, action="importDevices")
    assert row["effect"] == "600 enrolled, 0 updated, 1 line rejected"
    head = (f"POST /admin/v1/devices/import HTTP/1.1\r\nHost: x\r\nContent-Length: {len(lines) + 9}\r\n"
            f"Authorization: Bearer {server.admin.token}\r\n\r\n").encode()
    server.raw(head + lines)
    rows = stage.wait_until(lambda: len(found := audit(server.admin, action="importDevices")) == 2
                            and found, "the row of the broken import")
    assert rows[0]["effect"].startswith("broken off: ")
    assert "updated" in rows[0]["effect"]


def test_an_upload_that_breaks_off_leaves_a_row_that_says_how_far(server):
    made = server.admin.post("/firmware", {"deviceModel": "m", "firmwareVersion": "1"}).expect(201).json()
    head = (f"PUT /admin/v1/firmware/{made['id']}/file HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            f"Authorization: Bearer {server.admin.token}\r\n\r\n").encode()
    server.raw(head + b"x" * 60)
    row = stage.wait_until(lambda: audit(server.admin, action="uploadFirmwareFile"), "the row")[0]
    assert row["effect"] == "broken off after 60 bytes: nothing is stored"
    assert row["outcome"] == "done" and row["object"]["id"] == made["id"]


def test_what_the_server_does_by_itself_is_recorded(start_server, receiver):
    server = start_server({"upgrade": {"queue_timeout": "1s"}, "push": {"suspend_after": 2}})
    app = server.app("shop", pushUrl=receiver.url)
    app.grant("alice")
    app.wait_until_verified()
    server.publish("lamp", "2.0")
    for did in ("d1", "d2"):
        server.device(did, "lamp", "1.0", "alice")
    receiver.behave = lambda push: (500, b"", {})
    server.admin.post("/orders", {"dids": ["d1", "d2"]}).expect(201)
    row = stage.wait_until(lambda: audit(server.admin, action="expireUpgrades"), "the sweep")[-1]
    assert row["actor"] == {"kind": "system", "name": "system"}
    assert (row["via"], row["ip"], row["requestId"]) == (None, None, None)
    assert "ended" in row["effect"]
    row = stage.wait_until(lambda: audit(server.admin, action="suspendPushUrl"), "the suspension")[-1]
    assert row["actor"]["kind"] == "system" and row["object"] == {"kind": "app", "id": app.appid}
    assert fields(row) == {"pushState": ("verified", "suspended")}
    assert row["effect"] == "2 attempts in a row failed"


def test_filters_select_and_pages_go_on(server):
    ann = client(server, "Ann", "releaser")
    for did in ("d1", "d2", "d3"):
        ann.put(f"/devices/{did}", {"deviceModel": "m", "firmwareVersion": "1"}).expect(201)
    ann.delete("/devices/d1").expect(204)
    admin = server.admin

    def objects(**filters):
        return [row["object"]["id"] for row in audit(admin, **filters)]
    assert objects(actor="ann") == ["d1", "d3", "d2", "d1"]
    assert objects(actor="ann", action="putDevice") == ["d3", "d2", "d1"]
    assert objects(object="d1") == ["d1", "d1"]
    assert objects(object="nothing") == []
    rows = audit(admin, actor="ann")
    middle = rows[1]["at"]
    expected = [row["id"] for row in rows if row["at"] >= middle]
    assert [row["id"] for row in audit(admin, actor="ann", since=middle)] == expected
    expected = [row["id"] for row in rows if row["at"] < middle]
    assert [row["id"] for row in audit(admin, actor="ann", until=middle)] == expected
    page = admin.get("/audit?limit=2").expect(200).json()
    rest = admin.get(f"/audit?limit=500&cursor={page['nextCursor']}").expect(200).json()
    assert page["items"] + rest["items"] == audit(admin)
    problem(admin.get("/audit?since=yesterday"), 422, "since")


def test_rows_are_removed_when_they_are_old(start_server):
    server = start_server({"audit": {"retention": "1s"}})
    for did in ("d1", "d2"):
        server.device(did)
    first = audit(server.admin)[-1]["id"]

    def forgotten():
        server.stop()
        server.start()  # The sweep runs at the start.
        return all(row["id"] != first for row in audit(server.admin))
    stage.wait_until(forgotten, "the sweep")
    server.device("d3")
    assert audit(server.admin)[0]["id"] > first


def test_ids_are_in_the_order_of_commits_whoever_writes(server):
    def write(number):
        for count in range(20):
            server.device(f"d-{number}-{count}")
    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = audit(server.admin, action="putDevice")
    assert len(rows) == 80
    numbers = [row["id"] for row in audit(server.admin)]
    assert numbers == list(range(len(numbers), 0, -1))


def test_each_role_reads_the_audit(shared_server):
    for role in ("viewer", "support"):
        client(shared_server, f"reader-{role}", role).get("/audit").expect(200)


@pytest.mark.parametrize("agent, via", [("updraft/0.1.0", "cli"), ("curl/8", "api")])
def test_the_command_line_is_told_from_other_programs(server, agent, via):
    server.admin.call("PUT", "/models/m", {}, {"User-Agent": agent}).expect(200)
    assert only(server.admin, action="putModel")["via"] == via
