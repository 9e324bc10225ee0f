"""The admin API (docs/admin-api.md): query strings, filters of lists, models, orders, timelines."""
import datetime
import json
import re
import urllib.parse

import pytest

import stage
from admin_stage import TIME, admin, unique, problem  # noqa: F401

LISTS = ["/apps", "/devices", "/models", "/firmware", "/upgrades", "/orders", "/pushes"]


def dids(items):
    return [one["did"] for one in items]


# ---------------------------------------------------------------------------------------------
# Query strings


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query, words", [
    ("colour=red", ["colour", "not a parameter"]), ("limit=1&limit=1", ["limit", "twice"]),
    ("limit=", ["limit", "empty"]), ("cursor", ["cursor", "empty"]),
    ("cursor=%4", ["cursor", "decoded"]), ("cursor=%FF", ["cursor", "decoded"]),
    ("cursor=a%00", ["cursor", "decoded"]), ("=x", ["parameter"])])
def test_a_query_string_is_read_strictly(admin, path, query, words):
    problem(admin.get(f"{path}?{query}"), 422, *words)


def test_no_call_of_operators_takes_what_it_does_not_know(shared_server, admin):
    document = stage.request(shared_server.url, "GET", "/openapi.json").expect(200).json()
    asked = 0
    for path, calls in document["paths"].items():
        if path.startswith("/open/") or path == "/access_token":
            continue
        # With a body that is no JSON and an id that nothing has: the query string comes before both.
        target = re.sub(r"\{\w+\}", "none", path) + "?colour=red"
        for method in calls:
            body = None if method in ("get", "delete") else b"{"
            answer = stage.request(shared_server.url, method.upper(), target, body,
                                   {"Authorization": f"Bearer {admin.token}"})
            problem(answer, 422, "colour")
            asked += 1
    assert asked > 40
    answer = stage.request(shared_server.url, "GET", "/admin/v1/devices?colour=red",
                           source=stage.own_address())
    assert answer.status == 401, "the token comes before the query string"


@pytest.mark.parametrize("path, words", [
    ("/upgrades?state=nonsense", ["state", "queued"]), ("/upgrades?cause=nonsense", ["cause", "timeout"]),
    ("/upgrades?since=yesterday", ["since", "3339"]), ("/upgrades?until=2026-11-29", ["until"]),
    ("/upgrades?since=2026-11-29T00:00:00+08:00", ["since", "%2B"]),
    ("/pushes?state=nonsense", ["state", "pending"]), ("/pushes?msgType=result", ["msgType", "ota_"]),
    ("/devices?seen=often", ["seen", "on_time"]), ("/devices?active=yes", ["active", "true"]),
    ("/firmware?state=nonsense", ["state", "draft"])])
def test_a_value_outside_a_list_of_words_is_refused(admin, path, words):
    problem(admin.get(path), 422, *words)


@pytest.mark.parametrize("path", [
    "/upgrades?firmwareId=abc", "/upgrades?firmwareId=99999999999999999999", "/upgrades?rolloutId=7",
    "/upgrades?orderId=x", "/upgrades?openId=nobody", "/upgrades?model=" + "m" * 300,
    "/devices?tag=Not+A+Tag", "/devices?version=none", "/devices?q=%F0%9F%98%80", "/pushes?appid=x",
    "/pushes?did=" + "d" * 100, "/firmware?model=none",
    "/upgrades?since=2026-11-29T00:00:00Z&until=2026-11-29T00:00:00%2B01:00"])
def test_a_filter_that_nothing_fits_gives_an_empty_list(admin, path):
    assert admin.get(path).expect(200).json() == {"items": [], "nextCursor": None}


def test_a_cursor_belongs_to_its_list_and_filters(shared_server, admin, unique):
    for number in range(4):
        shared_server.device(f"{unique}-{number}", model=f"{unique} {number // 2}", tags=["t"])
    first = f"/devices?model={unique}+0&tag=t"
    cursor = admin.get(first + "&limit=1").expect(200).json()["nextCursor"]
    rest = admin.get(f"/devices?tag=t&model={unique}%200&limit=9&cursor={cursor}").expect(200).json()
    assert dids(rest["items"]) == [f"{unique}-1"]
    for other in (f"/devices?model={unique}+1&tag=t", f"/devices?model={unique}+0", "/devices?tag=t",
                  "/devices", "/firmware", "/models"):
        joint = "&" if "?" in other else "?"
        problem(admin.get(f"{other}{joint}cursor={cursor}"), 422, "cursor")


# ---------------------------------------------------------------------------------------------
# Devices


def test_devices_carry_the_tags_of_operators(admin, unique):
    path = f"/devices/{unique}"
    wanted = {"deviceModel": "lamp", "firmwareVersion": "1", "tags": ["site-1", "beta", "beta"]}
    assert admin.put(path, wanted).expect(201).json()["tags"] == ["beta", "site-1"]
    assert admin.patch(path, {"name": "Lamp"}).json()["tags"] == ["beta", "site-1"]
    assert dids(admin.every(f"/devices?tag=beta&q={unique}")) == [unique]
    assert admin.patch(path, {"tags": ["gamma"]}).expect(200).json()["tags"] == ["gamma"]
    assert admin.every(f"/devices?tag=beta&q={unique}") == []
    for wrong in ("x", [1], ["A"], [""], ["a b"], ["a" * 33], [str(n) for n in range(17)]):
        problem(admin.patch(path, {"tags": wrong}), 422, "tags")
    assert admin.get(path).json()["tags"] == ["gamma"]
    assert admin.patch(path, {"tags": None}).json()["tags"] == []
    line = json.dumps({"did": unique, **wanted, "tags": [str(n) for n in range(16)]}).encode()
    admin.post("/devices/import", line).expect(200)
    assert len(admin.get(path).json()["tags"]) == 16
    replaced = admin.put(path, {"deviceModel": "lamp", "firmwareVersion": "1"}).expect(200).json()
    assert replaced["tags"] == [], "PUT replaces"


def test_devices_are_found_by_version_beginning_and_activity(shared_server, admin, unique):
    shared_server.publish(unique, "3")
    for number in range(6):
        shared_server.device(f"{unique}-{number}", model=unique, version=str(1 + number % 2))
    order = admin.post("/orders", {"dids": [f"{unique}-1", f"{unique}-4"]}).expect(201).json()
    assert order["started"] == 2
    every = [f"{unique}-{number}" for number in range(6)]
    mine = f"model={unique}"
    assert dids(admin.every(f"/devices?{mine}&version=2", 2)) == every[1::2]
    assert dids(admin.every(f"/devices?q={unique}-3")) == [every[3]]
    assert dids(admin.every(f"/devices?q={unique}&active=true", 1)) == [every[1], every[4]]
    assert dids(admin.every(f"/devices?{mine}&active=false", 3)) == [
        did for did in every if did not in (every[1], every[4])]
    assert dids(admin.every(f"/devices?{mine}&version=2&active=true")) == [every[1]]


def test_devices_are_found_by_how_punctually_they_show_up(shared_server, admin, unique):
    admin.put(f"/models/{unique}", {"pollingSeconds": 86399}).expect(200)
    device = shared_server.device(f"{unique}-1", model=unique)
    shared_server.device(f"{unique}-2", model=unique)
    device.poll()
    # The sign of life counts before it is stored.
    assert dids(admin.every(f"/devices?model={unique}&seen=on_time")) == [f"{unique}-1"]
    assert admin.every(f"/devices?model={unique}&seen=late") == []
    assert dids(admin.every(f"/devices?q={unique}&seen=silent")) == [f"{unique}-2"]


def test_a_page_looks_at_a_limited_number_of_rows(admin, unique):
    count = 5200
    lines = b"".join(json.dumps({"did": f"{unique}-{number:05}", "deviceModel": unique,
                                 "firmwareVersion": "1" if number + 1 < count else "2"}).encode() + b"\n"
                     for number in range(count))
    assert admin.post("/devices/import", lines).expect(200).json()["imported"] == count
    path = f"/devices?q={unique}&active=true"
    page = admin.get(f"/devices?model={unique}&active=false&seen=on_time").expect(200).json()
    assert page["items"] == [] and page["nextCursor"], "5,000 of them were looked at"
    assert admin.every(path) == []
    last = admin.every(f"/devices?model={unique}&version=2")
    assert dids(last) == [f"{unique}-{count - 1:05}"]


def test_a_timeline_tells_what_happened_to_a_device(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    device = shared_server.device(unique, model=unique, version="1.0")
    order = admin.post("/orders", {"dids": [unique]}).expect(201).json()["orderId"]
    device.install(percents=[50], details=["done well"])
    events = admin.every(f"/devices/{unique}/timeline")
    times = [event["at"] for event in events]
    assert times == sorted(times, reverse=True) and all(map(TIME.match, times))
    assert events[-1] == {"at": times[-1], "kind": "enrolled", "text": f"enrolled as {unique}"}
    [ordered] = [event for event in events if event["kind"] == "order"]
    assert ordered["orderId"] == order and ordered["text"] == "1.0 to 2.0"
    states = [event["text"] for event in events if event["kind"] == "state"]
    assert states[0] == "succeeded, 100 %: done well" and any("downloading" in one for one in states)
    assert {event["upgradeId"] for event in events[:-1]} == {ordered["upgradeId"]}
    assert admin.every(f"/devices/{unique}/timeline", 1) == events, "page by page"
    problem(admin.get("/devices/none/timeline"), 404)


# ---------------------------------------------------------------------------------------------
# Models


def test_models_are_those_that_anything_names(shared_server, admin, unique):
    names = [f"{unique}-{letter}" for letter in "abcd"]
    admin.put(f"/models/{names[0]}", {"displayName": "A"}).expect(200)
    shared_server.device(unique, model=names[1])
    shared_server.publish(names[2], "1.0")
    newest = shared_server.publish(names[2], "2.0")
    admin.post("/firmware", {"deviceModel": names[3], "firmwareVersion": "1"}).expect(201)
    listed = {one["deviceModel"]: one for one in admin.every("/models", 2)}
    mine = [listed[name] for name in names]
    assert list(listed) == sorted(listed)
    assert [one["declared"] for one in mine] == [True, False, False, False]
    assert [one["newestVersion"] for one in mine] == [None, None, "2.0", None]
    for one in mine:
        assert admin.get(f"/models/{one['deviceModel']}").expect(200).json() == one
    admin.post(f"/firmware/{newest['id']}/withdraw").expect(200)
    assert admin.get(f"/models/{names[2]}").json()["newestVersion"] == "1.0"
    problem(admin.get(f"/models/{unique}"), 404, unique)


def test_a_model_keeps_its_settings_for_rollouts_and_mqtt(admin, unique):
    path = f"/models/{unique}"
    plan = {"mode": "install", "plan": {"preset": "careful", "window": "any",
                                        "waves": [{"percent": 0.50}, {"percent": 100}]}}
    wanted = {"releasePlan": plan, "minApprovals": 1, "mqttOperation": "update"}
    model = admin.put(path, wanted).expect(200).json()
    assert {name: model[name] for name in wanted} == wanted
    assert admin.patch(path, {"upgradable": False}).json() == {**model, "upgradable": False}
    assert admin.patch(path, {"releasePlan": None}).json()["releasePlan"] is None
    assert admin.put(path, {}).json()["mqttOperation"] == "install"
    for field, wrong in (("releasePlan", "careful"), ("releasePlan", {}), ("releasePlan", {"mode": "x"}),
                         ("releasePlan", {"mode": "offer", "plan": 1}),
                         ("releasePlan", {"mode": "offer", "wave": 1}), ("releasePlan", {"mode": "install"}),
                         ("releasePlan", {"mode": "offer", "plan": {"maxPerMinute": 0}}),
                         ("minApprovals", 2), ("minApprovals", -1), ("mqttOperation", "")):
        problem(admin.put(path, {field: wrong}), 422, field)
        problem(admin.patch(path, {field: wrong}), 422, field)


# ---------------------------------------------------------------------------------------------
# Orders, upgrades, pushes, grants


def test_orders_name_who_gave_them_and_how_far_they_are(shared_server, admin, unique):
    firmware = shared_server.publish(unique, "2.0")
    for number in range(3):
        shared_server.device(f"{unique}-{number}", model=unique, version="1.0", open_id=unique)
    wanted = {"dids": [f"{unique}-0", f"{unique}-1"], "firmwareId": firmware["id"]}
    given = admin.post("/orders", wanted).expect(201).json()["orderId"]
    app = shared_server.app()
    code, asked = app.grant(unique).upgrade_one(f"{unique}-2")
    assert code == 0
    upgrade = admin.every(f"/upgrades?did={unique}-0")[0]
    admin.post(f"/upgrades/{upgrade['id']}/cancel").expect(200)

    order = admin.get(f"/orders/{given}").expect(200).json()
    assert TIME.match(order.pop("createdAt"))
    assert order == {"orderId": given, "origin": "operator", "by": "admin", "openId": None,
                     "firmwareId": firmware["id"], "counts": {"queued": 1, "cancelled": 1},
                     "causes": {"cancelled": 1}}
    users = admin.get(f"/orders/{asked}").expect(200).json()
    assert (users["origin"], users["by"], users["openId"], users["firmwareId"]) == (
        "user", app.appid, unique, None)
    listed = admin.every("/orders", 1)
    ids = [one["orderId"] for one in listed]
    assert ids == sorted(ids, reverse=True) and {given, asked} <= set(ids)
    assert users in listed
    origins = {one["did"]: one["origin"] for one in admin.every(f"/upgrades?model={unique}")}
    assert origins == {f"{unique}-0": "operator", f"{unique}-1": "operator", f"{unique}-2": "user"}
    problem(admin.get("/orders/none"), 404, "none")


def test_upgrades_are_found_by_cause_firmware_user_and_time(shared_server, admin, unique):
    before = admin.put(f"/devices/{unique}-first",
                       {"deviceModel": "m", "firmwareVersion": "1"}).json()["createdAt"]
    firmware = shared_server.publish(unique, "2.0")
    names = [f"{unique}-{number}" for number in range(4)]
    for did in names:
        shared_server.device(did, model=unique, version="1.0", open_id=f"{unique}-{did[-1] in '01'}")
    admin.post("/orders", {"dids": names}).expect(201)
    [failing] = admin.every(f"/upgrades?did={names[0]}")
    admin.post(f"/upgrades/{failing['id']}/cancel").expect(200)
    mine = f"model={unique}"

    def found(query):
        return sorted(dids(admin.every("/upgrades?" + query, 2)))

    assert found(f"{mine}&cause=cancelled") == [names[0]]
    assert found(f"firmwareId={firmware['id']}") == names
    assert found(f"openId={unique}-True") == names[:2]
    assert found(f"firmwareId={firmware['id']}&state=queued") == names[1:]
    assert found(f"since={before}&{mine}") == names
    assert found(f"until={before}&{mine}") == []
    created = failing["createdAt"]
    after = datetime.datetime.fromisoformat(created[:-1]) + datetime.timedelta(milliseconds=1)
    until = after.isoformat(timespec="milliseconds") + "Z"
    assert found(f"since={created}&until={until}&{mine}") == names, "since is in it, until is not"
    assert found(f"since={until}&{mine}") == []
    for one in admin.every(f"/upgrades?{mine}"):
        assert (one["rolloutId"], one["waitingFor"]) == (None, None)


def test_pushes_are_found_by_type_and_time(shared_server, admin, unique):
    app = shared_server.app(pushUrl="https://receiver.example/push")
    app.grant(unique)
    shared_server.publish(unique, "2.0")
    shared_server.device(unique, model=unique, version="1.0", open_id=unique)
    mine = f"/pushes?did={unique}"
    stage.wait_until(lambda: admin.every(mine), "the notice of new firmware")
    [notice] = admin.every(mine)
    assert admin.every(mine + "&msgType=ota_new_firmware") == [notice]
    assert admin.every(mine + "&msgType=ota_upgrade_result") == []
    at = urllib.parse.quote(notice["createdAt"])
    for path in (mine, f"/pushes?appid={app.appid}", f"/pushes?appid={app.appid}&state=pending"):
        assert [one["webhookId"] for one in admin.every(f"{path}&since={at}")] == [notice["webhookId"]]
        assert admin.every(f"{path}&until={at}") == []
    assert notice["webhookId"] in [one["webhookId"] for one in admin.every(f"/pushes?since={at}")]


def test_the_users_of_an_app_are_listed(shared_server, admin, unique):
    app = shared_server.app()
    assert admin.get(f"/apps/{app.appid}/grants").expect(200).json()["items"] == []
    for number in (2, 1, 3):
        app.grant(f"{unique}-{number}")
    listed = admin.every(f"/apps/{app.appid}/grants", 1)
    assert [one["openId"] for one in listed] == [f"{unique}-{number}" for number in (1, 2, 3)]
    assert all(list(one) == ["openId", "createdAt"] and TIME.match(one["createdAt"]) for one in listed)
    admin.delete(f"/apps/{app.appid}/grants/{unique}-2").expect(204)
    assert len(admin.every(f"/apps/{app.appid}/grants")) == 2
    problem(admin.get("/apps/none/grants"), 404)
