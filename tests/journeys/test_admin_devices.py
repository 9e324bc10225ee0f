"""The admin API (docs/admin-api.md): devices and models."""
import json
import re

import pytest

import stage
from admin_stage import TIME, NAME64, TOO_LONG, admin, unique, problem  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Devices and models


def test_a_new_device_is_given_a_token_once(admin, unique):
    wanted = {"deviceModel": "lamp", "firmwareVersion": "1.0"}
    made = admin.put(f"/devices/{unique}", wanted).expect(201).json()
    token = made.pop("deviceToken")
    assert re.fullmatch("[A-Za-z0-9_-]{32}", token)
    assert list(made) == ["did", "name", "deviceModel", "firmwareVersion", "openId", "gatewayDid",
                          "lastSeen", "attributes", "activeUpgradeId", "offersAfter", "tags",
                          "createdAt"]
    assert made["did"] == unique and made["attributes"] == {}
    for absent in ("name", "openId", "gatewayDid", "lastSeen", "activeUpgradeId"):
        assert made[absent] is None
    assert TIME.match(made["createdAt"])
    assert admin.put(f"/devices/{unique}", wanted).expect(200).json() == made
    assert admin.get(f"/devices/{unique}").expect(200).json() == made


def test_put_replaces_and_patch_changes_what_is_given(admin, unique):
    path = f"/devices/{unique}"
    admin.put(path, {"deviceModel": "lamp", "firmwareVersion": "1", "name": "Lamp",
                     "openId": "alice", "gatewayDid": "gw"}).expect(201)
    changed = admin.patch(path, {"name": "Hall"}).expect(200).json()
    assert (changed["name"], changed["openId"], changed["gatewayDid"]) == ("Hall", "alice", "gw")
    changed = admin.patch(path, {"openId": None, "gatewayDid": None}).expect(200).json()
    assert (changed["openId"], changed["gatewayDid"]) == (None, None)
    changed = admin.patch(path, {"openId": "bob", "firmwareVersion": "2"}).json()
    assert (changed["openId"], changed["firmwareVersion"]) == ("bob", "2")
    replaced = admin.put(path, {"deviceModel": "lamp2", "firmwareVersion": "3"}).expect(200).json()
    assert (replaced["deviceModel"], replaced["openId"], replaced["name"]) == ("lamp2", None, None)


@pytest.mark.parametrize("field, value", [
    ("deviceModel", None), ("deviceModel", ""), ("deviceModel", 1), ("deviceModel", TOO_LONG),
    ("firmwareVersion", None), ("firmwareVersion", ""), ("firmwareVersion", 1.0),
    ("firmwareVersion", TOO_LONG), ("name", 1), ("name", "x" * 129), ("openId", ""),
    ("openId", 5), ("openId", TOO_LONG), ("gatewayDid", ""), ("gatewayDid", TOO_LONG),
    ("gatewayDid", {})])
def test_a_wrong_field_of_a_device_is_named(admin, unique, field, value):
    good = {"deviceModel": "lamp", "firmwareVersion": "1"}
    problem(admin.put(f"/devices/{unique}", {**good, field: value}), 422, field)
    problem(admin.get(f"/devices/{unique}"), 404)
    admin.put(f"/devices/{unique}-there", good)
    before = admin.get(f"/devices/{unique}-there").expect(200).json()
    if value is not None:
        problem(admin.patch(f"/devices/{unique}-there", {"name": "n", field: value}), 422, field)
    assert admin.get(f"/devices/{unique}-there").json() == before


@pytest.mark.parametrize("did", [NAME64, "a b", "a/b", "€", "...", ".d", "%", "a?b#c", "import"])
def test_a_did_is_any_text_of_up_to_64_bytes(shared_server, admin, did):
    shared_server.device(did)
    path = "/devices/" + stage.urllib.parse.quote(did, safe="")
    assert admin.get(path).expect(200).json()["did"] == did
    admin.delete(path).expect(204)


@pytest.mark.parametrize("did", [TOO_LONG, "%FF%FE", "%00", "%ED%A0%80"])
def test_a_did_that_no_device_can_have_is_refused(admin, did):
    answer = admin.put(f"/devices/{did}", {"deviceModel": "m", "firmwareVersion": "1"})
    assert answer.status in (400, 404, 422)


@pytest.mark.parametrize("did", [".", ".."])
def test_a_did_that_clients_drop_from_paths_is_refused_wherever_it_comes_in(admin, unique, did):
    good = {"deviceModel": "lamp", "firmwareVersion": "1"}
    for path in (did, did.replace(".", "%2E")):
        problem(admin.put(f"/devices/{path}", good), 422, "did")
    problem(admin.put(f"/devices/{unique}", {**good, "gatewayDid": did}), 422, "gatewayDid")
    admin.put(f"/devices/{unique}", good).expect(201)
    problem(admin.patch(f"/devices/{unique}", {"gatewayDid": did}), 422, "gatewayDid")
    answer = admin.post("/devices/import", json.dumps({**good, "did": did}).encode()).expect(200).json()
    assert (answer["imported"], answer["rejectedCount"]) == (0, 1)
    assert answer["rejected"][0]["detail"].startswith("did")
    problem(admin.get(f"/devices/{did}"), 404)


def test_an_operator_may_choose_the_token_of_a_device(shared_server, admin, unique):
    good = {"deviceModel": "lamp", "firmwareVersion": "1"}
    first, second, third = (f"token_of-{unique}-{n}".ljust(16, "x") for n in range(3))
    made = admin.put(f"/devices/{unique}", {**good, "deviceToken": first}).expect(201).json()
    assert made["deviceToken"] == first
    device = stage.Device(shared_server, unique, first)
    device.poll()
    assert "deviceToken" not in admin.put(f"/devices/{unique}", good).expect(200).json()
    device.poll()
    again = admin.put(f"/devices/{unique}", {**good, "deviceToken": second}).expect(200).json()
    assert "deviceToken" not in again
    assert device.call("GET", "").status == 401
    device.token = second
    device.poll()
    line = b"\xef\xbb\xbf" + json.dumps({**good, "did": unique, "deviceToken": third}).encode()
    assert admin.post("/devices/import", line).expect(200).json()["updated"] == 1
    device.token = third
    device.poll()
    assert "deviceToken" not in admin.patch(f"/devices/{unique}", {"deviceToken": first}).expect(200).json()
    device.token = first
    device.poll()
    for wrong in ("x" * 15, "x" * 129, "a b" * 8, "é" * 16, "a.b" * 8, "", 7):
        refused = admin.put(f"/devices/{unique}", {**good, "deviceToken": wrong})
        problem(refused, 422, "deviceToken")
        assert str(wrong) not in refused.json()["detail"] or wrong in ("", 7)
    device.poll()


def test_limits_of_device_fields_are_inclusive(admin, unique):
    admin.put(f"/devices/{unique}", {
        "deviceModel": NAME64, "firmwareVersion": NAME64, "openId": NAME64, "gatewayDid": NAME64,
        "name": "n" * 128}).expect(201)


def test_a_gateway_hangs_on_no_gateway(admin, unique):
    good = {"deviceModel": "gw", "firmwareVersion": "1"}
    problem(admin.put(f"/devices/{unique}", {**good, "gatewayDid": unique}), 422, "gatewayDid")
    admin.put(f"/devices/{unique}-1", {**good, "gatewayDid": f"{unique}-0"}).expect(201)
    problem(admin.put(f"/devices/{unique}-2", {**good, "gatewayDid": f"{unique}-1"}), 422,
            "gatewayDid")
    problem(admin.put(f"/devices/{unique}-0", {**good, "gatewayDid": f"{unique}-x"}), 422,
            "gatewayDid")


def test_a_new_token_ends_the_old_one(shared_server, admin, unique):
    device = shared_server.device(unique)
    device.poll()
    renewed = admin.post(f"/devices/{unique}/token").expect(200).json()["deviceToken"]
    assert device.call("GET", "").status == 401
    device.token = renewed
    device.poll()


@pytest.mark.parametrize("method, tail", [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/token"), ("POST", "/refresh")])
def test_an_unknown_device_is_not_found(admin, method, tail):
    body = {} if method in ("PATCH", "POST") else None
    problem(admin.call(method, "/devices/nobody" + tail, body), 404)


def test_removing_a_device_forgets_it(shared_server, admin, unique):
    device = shared_server.device(unique)
    admin.delete(f"/devices/{unique}").expect(204)
    problem(admin.get(f"/devices/{unique}"), 404)
    assert device.call("GET", "").status == 401


def test_a_device_shows_its_attributes_and_sign_of_life(shared_server, admin, unique):
    device = shared_server.device(unique)
    device.tell(serial="0815", firmwareVersion="9.9").expect(200)
    device.poll()
    shown = admin.get(f"/devices/{unique}").json()
    assert shown["attributes"]["serial"] == "0815"
    assert shown["firmwareVersion"] == "9.9"
    seen = stage.wait_until(lambda: admin.get(f"/devices/{unique}").json()["lastSeen"],
                            "the sign of life")
    assert TIME.match(seen)


def test_lists_of_devices_are_filtered_and_paged(shared_server, admin, unique):
    for number in range(7):
        shared_server.device(f"{unique}-{number}", model=f"{unique}-{number % 2}",
                             open_id=f"{unique}-{number % 3}", gatewayDid=f"{unique}-gw")
    everything = [f"{unique}-{number}" for number in range(7)]
    assert [d["did"] for d in admin.every(f"/devices?gatewayDid={unique}-gw", 2)] == everything
    assert [d["did"] for d in admin.every(f"/devices?model={unique}-1", 1)] == everything[1::2]
    assert [d["did"] for d in admin.every(f"/devices?openId={unique}-2")] == everything[2::3]
    both = admin.every(f"/devices?openId={unique}-0&model={unique}-0", 1)
    assert [d["did"] for d in both] == [everything[0], everything[6]]
    first = admin.get(f"/devices?gatewayDid={unique}-gw&limit=3").json()
    assert list(first) == ["items", "nextCursor"] and len(first["items"]) == 3
    last = admin.get(f"/devices?gatewayDid={unique}-gw&limit=500").json()
    assert last["nextCursor"] is None
    assert admin.get("/devices?model=nobody").json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize("path", ["/apps", "/devices", "/firmware", "/upgrades", "/pushes"])
@pytest.mark.parametrize("query, word", [
    ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("limit=-1", "limit"),
    ("limit=", "limit"), ("cursor=x", "cursor"), ("cursor=!!", "cursor")])
def test_pages_out_of_bounds_are_refused(admin, path, query, word):
    problem(admin.get(f"{path}?{query}"), 422, word)


@pytest.mark.parametrize("path", ["/apps", "/devices", "/firmware", "/upgrades", "/pushes"])
def test_every_list_takes_limits_up_to_500(admin, path):
    for limit in (1, 500):
        answer = admin.get(f"{path}?limit={limit}").expect(200).json()
        assert list(answer) == ["items", "nextCursor"]


def test_an_import_counts_what_became_of_each_line(shared_server, admin, unique):
    shared_server.device(f"{unique}-known")
    lines = [
        {"did": f"{unique}-a", "deviceModel": "m", "firmwareVersion": "1"},
        "",
        {"did": f"{unique}-known", "deviceModel": "m", "firmwareVersion": "2"},
        "not json",
        {"deviceModel": "m", "firmwareVersion": "1"},
        {"did": f"{unique}-b", "deviceModel": "m"},
        {"did": f"{unique}-c", "deviceModel": "m", "firmwareVersion": "1", "gatewayDid":
            f"{unique}-c"},
        "x" * 70000,
        [1],
        {"did": f"{unique}-a", "deviceModel": "m", "firmwareVersion": "3", "openId": unique},
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    answer = admin.post("/devices/import", text.encode()).expect(200).json()
    assert (answer["imported"], answer["updated"], answer["rejectedCount"]) == (1, 2, 6)
    assert [one["line"] for one in answer["rejected"]] == [4, 5, 6, 7, 8, 9]
    details = {one["line"]: one["detail"] for one in answer["rejected"]}
    assert "did" in details[5] and "firmwareVersion" in details[6] and "gatewayDid" in details[7]
    shown = admin.get(f"/devices/{unique}-a").json()
    assert (shown["firmwareVersion"], shown["openId"]) == ("3", unique)
    assert admin.get(f"/devices/{unique}-known").json()["deviceModel"] == "m"


def test_an_import_may_be_of_any_length(admin, unique):
    count = 5000
    lines = b"".join(json.dumps({"did": f"{unique}-{number:05}", "deviceModel": unique,
                                 "firmwareVersion": "1", "padding": "x" * 300}).encode() + b"\r\n"
                     for number in range(count)) + b"{}\n" * 150
    answer = admin.post("/devices/import", lines).expect(200).json()
    assert (answer["imported"], answer["updated"], answer["rejectedCount"]) == (count, 0, 150)
    assert len(answer["rejected"]) == 100
    assert len(admin.every(f"/devices?model={unique}")) == count


def test_an_empty_import_is_fine(admin):
    answer = admin.post("/devices/import", b"").expect(200).json()
    assert answer == {"imported": 0, "updated": 0, "rejectedCount": 0, "rejected": []}


def test_a_model_is_declared_with_defaults(admin, unique):
    model = admin.put(f"/models/{unique}", {}).expect(200).json()
    assert model == {"deviceModel": unique, "displayName": None, "upgradable": True,
                     "successCriterion": "report", "pollingSeconds": None, "chunkPart": "os",
                     "releasePlan": None, "minApprovals": 0, "mqttOperation": "install",
                     "declared": True, "newestVersion": None}
    wanted = {"displayName": "Lamp", "upgradable": False, "successCriterion": "version",
              "pollingSeconds": 86399, "chunkPart": "bApp"}
    assert admin.put(f"/models/{unique}", wanted).json() == {**model, **wanted}
    again = admin.put(f"/models/{unique}", wanted | {"pollingSeconds": 60.0}).json()
    assert again["pollingSeconds"] == 60


@pytest.mark.parametrize("field, value", [
    ("displayName", 1), ("displayName", "x" * 129), ("upgradable", "no"),
    ("successCriterion", "luck"), ("successCriterion", 1), ("pollingSeconds", 0),
    ("pollingSeconds", 86400), ("pollingSeconds", "5"), ("chunkPart", ""),
    ("chunkPart", "x" * 65)])
def test_a_wrong_field_of_a_model_is_named(admin, unique, field, value):
    problem(admin.put(f"/models/{unique}", {field: value}), 422, field)


def test_a_model_is_patched_where_it_is_named(admin, unique):
    path = f"/models/{unique}"
    defaults = {"deviceModel": unique, "displayName": None, "upgradable": True,
                "successCriterion": "report", "pollingSeconds": None, "chunkPart": "os",
                     "releasePlan": None, "minApprovals": 0, "mqttOperation": "install",
                     "declared": True, "newestVersion": None}
    assert admin.patch(path, {}).expect(200).json() == defaults
    known = defaults
    for field, value in (("upgradable", False), ("successCriterion", "version"),
                         ("pollingSeconds", 60), ("chunkPart", "bApp"), ("displayName", "Lamp")):
        known = {**known, field: value}
        assert admin.patch(path, {field: value}).expect(200).json() == known
    for field, value in (("upgradable", None), ("successCriterion", None), ("chunkPart", None),
                         ("upgradable", "no"), ("pollingSeconds", 0), ("displayName", 1)):
        problem(admin.patch(path, {field: value}), 422, field)
    assert admin.patch(path, {}).json() == known, "a refused change left something"
    cleared = admin.patch(path, {"displayName": None, "pollingSeconds": None}).expect(200).json()
    assert cleared == {**known, "displayName": None, "pollingSeconds": None}
    problem(admin.patch("/models/" + "x" * 65, {}), 422, "deviceModel")


def test_unbinding_ends_an_active_upgrade_in_the_old_users_history(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    app = shared_server.app()
    for how in ("patch", "put", "rebind", "delete"):
        user = app.grant(f"{unique}-{how}")
        did = f"{unique}-{how}"
        shared_server.device(did, model=unique, version="1.0", open_id=user.open_id)
        assert user.upgrade_one(did)[0] == 0
        active = admin.get(f"/devices/{did}").json()["activeUpgradeId"]
        assert isinstance(active, int)
        if how == "patch":
            admin.patch(f"/devices/{did}", {"openId": None}).expect(200)
        elif how == "put":
            admin.put(f"/devices/{did}",
                      {"deviceModel": unique, "firmwareVersion": "1.0"}).expect(200)
        elif how == "rebind":
            admin.patch(f"/devices/{did}", {"openId": f"{unique}-other"}).expect(200)
        else:
            admin.delete(f"/devices/{did}").expect(204)
        ended = admin.get(f"/upgrades/{active}").expect(200).json()
        assert (ended["state"], ended["cause"]) == ("cancelled", "unbound"), how
        assert ended["openId"] == user.open_id
        code, history = user.history()
        assert code == 0 and [entry["cause"] for entry in history] == ["unbound"], how


def test_binding_gives_an_operators_upgrade_to_the_new_user(shared_server, admin, receiver, unique):
    app = shared_server.app(unique, pushUrl=receiver.url)
    user = app.grant(unique)
    device = shared_server.device(unique, unique)
    shared_server.publish(unique, "2.0")
    order = admin.post("/orders", {"dids": [unique]}).expect(201).json()["orderId"]
    assert user.running() == (0, [])
    admin.patch(f"/devices/{unique}", {"openId": unique}).expect(200)
    assert [one["orderId"] for one in user.running()[1]] == [order]
    device.install()
    result = receiver.wait_for_type("ota_upgrade_result", unique)[0].body
    assert result["upgradeResult"] == "1"
    assert user.history()[1][0]["orderId"] == order


def test_a_device_of_another_model_is_not_handed_what_was_ordered_before(shared_server, admin,
                                                                         unique):
    shared_server.publish(unique, "2.0")
    user = shared_server.app().grant(unique)
    device = shared_server.device(unique, model=unique, version="1.0", open_id=user.open_id)
    assert user.upgrade_one(unique)[0] == 0
    admin.patch(f"/devices/{unique}", {"deviceModel": f"{unique}-b"}).expect(200)
    code, history = user.history()
    assert code == 0
    assert [entry["cause"].split(":")[0] for entry in history] == ["cancelled"]
    assert "deploymentBase" not in device.poll()["_links"]
