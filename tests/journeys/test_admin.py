"""The admin API (docs/admin-api.md): every endpoint with its good request and its bad ones."""
import base64
import hashlib
import json
import re

import pytest

import stage

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
NAME64 = "n" * 64
TOO_LONG = "n" * 65


@pytest.fixture
def admin(shared_server):
    return shared_server.admin


@pytest.fixture
def unique(request):
    """A name that no other test of this file uses."""
    return "t" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


def problem(answer, status, *words):
    """The answer is a problem document whose detail says all those words."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["title"]
    for word in words:
        assert word in document["detail"], document
    return document


def draft(admin, model, version="1.0", **fields):
    wanted = {"deviceModel": model, "firmwareVersion": version, **fields}
    return admin.post("/firmware", wanted).expect(201).json()


# ---------------------------------------------------------------------------------------------
# Who may ask


@pytest.mark.parametrize("authorization", [
    None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic Zm9vOmJhcg==", "wrong"])
@pytest.mark.parametrize("method, path", [
    ("GET", "/admin/v1/apps"), ("POST", "/admin/v1/apps"), ("PUT", "/admin/v1/devices/x"),
    ("PUT", "/admin/v1/firmware/1/file"), ("POST", "/admin/v1/devices/import"),
    ("GET", "/metrics")])
def test_without_the_token_nothing_is_answered(shared_server, authorization, method, path):
    headers = {} if authorization is None else {"Authorization": authorization}
    body = None if method == "GET" else b"{}"
    answer = stage.request(shared_server.url, method, path, body, headers)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_read_in_any_case(shared_server):
    headers = {"Authorization": f"bearer {shared_server.admin.token}"}
    stage.request(shared_server.url, "GET", "/admin/v1/apps", None, headers).expect(200)


def test_unknown_paths_and_methods_are_problems_too(admin):
    problem(admin.get("/nowhere"), 404)
    answer = admin.call("DELETE", "/apps")
    problem(answer, 405)
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"{'name':'x'}", 400), (b"\xef\xbb\xbf{}", 400), (b'{"name":"\xff"}', 400),
    (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", 400),
    (b"[]", 422), (b'"x"', 422), (b"1", 422), (b"", 422), (b"{}", 422),
    (b'{"name":"a","name":"b"}', 422), (b'{"name":"a\\u0000b"}', 422),
    (b'{"name":"a","other":1e400}', 201), (b'{"name":"a","other":[{}],"other":null}', 201)])
def test_bodies_are_read_strictly_and_unknown_members_ignored(admin, body, status):
    answer = admin.post("/apps", body)
    if status == 201:
        answer.expect(201)
    else:
        problem(answer, status)


def test_a_body_of_over_a_mebibyte_is_too_large(admin):
    fits = json.dumps({"name": "x", "padding": "x" * (1024 * 1024 - 40)}).encode()
    admin.post("/apps", fits).expect(201)
    problem(admin.post("/apps", {"name": "x", "padding": "x" * 1024 * 1024}), 413)


# ---------------------------------------------------------------------------------------------
# Apps


def test_a_new_app_shows_its_secrets_once(admin):
    made = admin.post("/apps", {"name": "Käthe's app"}).expect(201).json()
    assert list(made) == ["appid", "appkey", "name", "pushUrl", "pushSecret", "pushState"]
    assert re.fullmatch(r"[0-9a-f]{24}", made["appid"])
    assert re.fullmatch(r"[A-Za-z0-9]{32}", made["appkey"])
    assert len(base64.b64decode(made["pushSecret"].removeprefix("whsec_"))) >= 24
    assert (made["pushUrl"], made["pushState"]) == (None, "none")

    shown = admin.get(f"/apps/{made['appid']}").expect(200).json()
    assert list(shown) == ["appid", "name", "disabled", "otaEnabled", "pushUrl", "pushEvents",
                           "pushState", "createdAt"]
    assert shown["name"] == "Käthe's app"
    assert (shown["disabled"], shown["otaEnabled"]) == (False, True)
    assert sorted(shown["pushEvents"]) == ["ota_new_firmware", "ota_upgrade_progress",
                                           "ota_upgrade_result"]
    assert TIME.match(shown["createdAt"])
    assert shown in admin.every("/apps")


@pytest.mark.parametrize("fields, word", [
    ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": 1}, "name"),
    ({"name": "x" * 129}, "name"), ({"name": ["x"]}, "name"),
    ({"pushUrl": 1}, "pushUrl"), ({"pushUrl": ""}, "pushUrl"),
    ({"pushUrl": "ftp://example.org/"}, "pushUrl"), ({"pushUrl": "example.org"}, "pushUrl"),
    ({"pushUrl": "https://a:b@example.org/"}, "pushUrl"),
    ({"pushUrl": "https://example.org/#f"}, "pushUrl"),
    ({"pushUrl": "https://exam ple.org/"}, "pushUrl"), ({"pushUrl": "https:///x"}, "pushUrl"),
    ({"pushEvents": "ota_upgrade_result"}, "pushEvents"), ({"pushEvents": ["x"]}, "pushEvents"),
    ({"pushEvents": [1]}, "pushEvents")])
def test_a_wrong_field_of_an_app_is_named(admin, fields, word):
    before = len(admin.every("/apps"))
    problem(admin.post("/apps", {"name": "app", **fields}), 422, word)
    assert len(admin.every("/apps")) == before, "nothing was made"


@pytest.mark.parametrize("fields, word", [
    ({"name": None}, "name"), ({"name": ""}, "name"), ({"disabled": "yes"}, "disabled"),
    ({"disabled": None}, "disabled"), ({"otaEnabled": 1}, "otaEnabled"),
    ({"pushUrl": "nonsense"}, "pushUrl"), ({"pushEvents": None}, "pushEvents"),
    ({"pushEvents": ["x"]}, "pushEvents")])
def test_a_wrong_change_of_an_app_changes_nothing(admin, fields, word):
    appid = admin.post("/apps", {"name": "app"}).expect(201).json()["appid"]
    before = admin.get(f"/apps/{appid}").json()
    problem(admin.patch(f"/apps/{appid}", {"otaEnabled": False, **fields}), 422, word)
    assert admin.get(f"/apps/{appid}").json() == before


def test_changing_an_app_changes_what_is_given(admin, receiver):
    appid = admin.post("/apps", {"name": "app"}).expect(201).json()["appid"]
    path = f"/apps/{appid}"
    assert admin.patch(path, {"name": "other"}).expect(200).json()["name"] == "other"
    assert admin.patch(path, {"disabled": True}).json()["disabled"] is True
    assert admin.patch(path, {"otaEnabled": False}).json()["otaEnabled"] is False
    changed = admin.patch(path, {"pushEvents": ["ota_upgrade_result"]}).json()
    assert changed["pushEvents"] == ["ota_upgrade_result"]
    changed = admin.patch(path, {"pushUrl": receiver.url}).json()
    assert changed["pushUrl"] == receiver.url
    assert changed["pushState"] in ("pending", "verified")
    changed = admin.patch(path, {"pushUrl": None}).json()
    assert (changed["pushUrl"], changed["pushState"]) == (None, "none")
    assert changed["name"] == "other" and changed["disabled"] is True
    assert admin.patch(path, {}).expect(200).json() == changed


def test_a_disabled_app_and_one_without_ota_are_refused(shared_server, admin):
    app = shared_server.app()
    user = app.grant("user-of-a-switched-app")
    assert user.query()[0] == 0
    admin.patch(f"/apps/{app.appid}", {"otaEnabled": False}).expect(200)
    assert user.query()[0] == 802
    admin.patch(f"/apps/{app.appid}", {"disabled": True}).expect(200)
    assert user.query()[0] == 801
    admin.patch(f"/apps/{app.appid}", {"disabled": False, "otaEnabled": True}).expect(200)
    assert user.query()[0] == 0


def test_a_removed_app_is_gone(shared_server, admin):
    app = shared_server.app()
    user = app.grant("user-of-a-removed-app")
    answer = admin.delete(f"/apps/{app.appid}").expect(204)
    assert answer.body == b""
    problem(admin.get(f"/apps/{app.appid}"), 404, app.appid)
    problem(admin.delete(f"/apps/{app.appid}"), 404)
    assert user.query()[0] == 801


@pytest.mark.parametrize("method, tail", [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/push/verify"),
    ("POST", "/push/replay"), ("POST", "/grants"), ("DELETE", "/grants/x")])
def test_an_unknown_app_is_not_found(admin, method, tail):
    body = {"openId": "x", "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    body = None if method in ("GET", "DELETE") else body
    problem(admin.call(method, f"/apps/{'0' * 24}{tail}", body), 404)


def test_rotation_ends_the_old_key_at_once_or_after_its_grace(shared_server, admin):
    app = shared_server.app()
    user = app.grant("user-of-a-rotated-app")
    first = app.appkey
    made = admin.post(f"/apps/{app.appid}/rotate").expect(200).json()
    assert made["appkey"] != first and made["pushSecret"] != app.push_secret
    assert user.query()[0] == 801
    app.appkey = made["appkey"]
    assert user.query()[0] == 0
    graceful = admin.post(f"/apps/{app.appid}/rotate", {"graceSeconds": 600}).expect(200).json()
    assert user.query()[0] == 0, "the old key works on"
    app.appkey = graceful["appkey"]
    assert user.query()[0] == 0
    app.appkey = first
    assert user.query()[0] == 801


@pytest.mark.parametrize("grace", [-1, "1", 1.5, 2592001, True])
def test_a_wrong_grace_rotates_nothing(shared_server, admin, grace):
    app = shared_server.app()
    problem(admin.post(f"/apps/{app.appid}/rotate", {"graceSeconds": grace}), 422, "graceSeconds")
    assert app.grant("user-of-no-rotation").query()[0] == 0


def test_verifying_a_url_answers_what_came_of_it(shared_server, admin, receiver):
    app = shared_server.app()
    path = f"/apps/{app.appid}/push/verify"
    problem(admin.post(path), 409)
    admin.patch(f"/apps/{app.appid}", {"pushUrl": receiver.url}).expect(200)
    assert admin.post(path).expect(200).json()["pushState"] == "verified"
    receiver.echo = lambda echostr: {"code": 0, "result": "something else"}
    answer = admin.post(path).expect(200).json()
    assert answer["pushState"] == "failed" and answer["detail"]


# ---------------------------------------------------------------------------------------------
# Devices and models


def test_a_new_device_is_given_a_token_once(admin, unique):
    wanted = {"deviceModel": "lamp", "firmwareVersion": "1.0"}
    made = admin.put(f"/devices/{unique}", wanted).expect(201).json()
    token = made.pop("deviceToken")
    assert len(token) >= 43
    assert list(made) == ["did", "name", "deviceModel", "firmwareVersion", "openId", "gatewayDid",
                          "lastSeen", "attributes", "activeUpgradeId", "createdAt"]
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


@pytest.mark.parametrize("did", [NAME64, "a b", "a/b", "€", "..", "%", "a?b#c", "import"])
def test_a_did_is_any_text_of_up_to_64_bytes(shared_server, admin, did):
    shared_server.device(did)
    path = "/devices/" + stage.urllib.parse.quote(did, safe="")
    assert admin.get(path).expect(200).json()["did"] == did
    admin.delete(path).expect(204)


@pytest.mark.parametrize("did", [TOO_LONG, "%FF%FE", "%00", "%ED%A0%80"])
def test_a_did_that_no_device_can_have_is_refused(admin, did):
    answer = admin.put(f"/devices/{did}", {"deviceModel": "m", "firmwareVersion": "1"})
    assert answer.status in (400, 404, 422)


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
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/token")])
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
                     "successCriterion": "report", "pollingSeconds": None, "chunkPart": "os"}
    wanted = {"displayName": "Lamp", "upgradable": False, "successCriterion": "version",
              "pollingSeconds": 86399, "chunkPart": "bApp"}
    assert admin.put(f"/models/{unique}", wanted).json() == {"deviceModel": unique, **wanted}


@pytest.mark.parametrize("field, value", [
    ("displayName", 1), ("displayName", "x" * 129), ("upgradable", "no"),
    ("successCriterion", "luck"), ("successCriterion", 1), ("pollingSeconds", 0),
    ("pollingSeconds", 86400), ("pollingSeconds", "5"), ("chunkPart", ""),
    ("chunkPart", "x" * 65)])
def test_a_wrong_field_of_a_model_is_named(admin, unique, field, value):
    problem(admin.put(f"/models/{unique}", {field: value}), 422, field)


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


# ---------------------------------------------------------------------------------------------
# Grants


def test_a_grant_gives_tokens_that_die_with_it(shared_server, admin, unique):
    app = shared_server.app()
    made = admin.post(f"/apps/{app.appid}/grants", {"openId": unique}).expect(201).json()
    assert list(made) == ["openId", "accessToken", "refreshToken", "expiresIn"]
    assert made["openId"] == unique and isinstance(made["expiresIn"], int)
    user = stage.OpenApi(app, unique, made["accessToken"], made["refreshToken"])
    assert user.query() == (0, [])
    admin.delete(f"/apps/{app.appid}/grants/{unique}").expect(204)
    assert user.query()[0] == 805
    problem(admin.delete(f"/apps/{app.appid}/grants/{unique}"), 404)
    assert app.grant(unique).query() == (0, [])


@pytest.mark.parametrize("value", [None, "", 1, TOO_LONG, ["x"]])
def test_a_grant_names_its_user(shared_server, admin, value):
    app = shared_server.app()
    problem(admin.post(f"/apps/{app.appid}/grants", {"openId": value}), 422, "openId")


def test_a_user_that_another_app_made_is_not_granted(shared_server, admin):
    owner, other = shared_server.app(), shared_server.app()
    made = owner.sign_in("account-1")
    problem(admin.post(f"/apps/{other.appid}/grants", {"openId": made.open_id}), 409)
    admin.post(f"/apps/{owner.appid}/grants", {"openId": made.open_id}).expect(201)


def test_an_authorization_code_is_redeemed_once(shared_server, admin, unique):
    app = shared_server.app()
    wanted = {"appid": app.appid, "openId": unique, "redirectUri": "https://example.org/cb?x=1",
              "state": "a b"}
    made = admin.post("/authorizations", wanted).expect(201).json()
    assert list(made) == ["code", "redirectTo"]
    parts = stage.urllib.parse.urlsplit(made["redirectTo"])
    query = stage.urllib.parse.parse_qs(parts.query)
    assert query == {"x": ["1"], "code": [made["code"]], "state": ["a b"]}


@pytest.mark.parametrize("fields, status, word", [
    ({"appid": None}, 422, "appid"), ({"openId": None}, 422, "openId"),
    ({"redirectUri": None}, 422, "redirectUri"), ({"redirectUri": "nonsense"}, 422, "redirectUri"),
    ({"redirectUri": "https://example.org/#x"}, 422, "redirectUri"),
    ({"redirectUri": "javascript:alert(1)"}, 422, "redirectUri"), ({"state": 1}, 422, "state"),
    ({"appid": "0" * 24}, 404, "")])
def test_a_wrong_authorization_is_refused(shared_server, admin, fields, status, word):
    wanted = {"appid": shared_server.app().appid, "openId": "x", "redirectUri": "https://e.org/"}
    problem(admin.post("/authorizations", {**wanted, **fields}), status, word)


# ---------------------------------------------------------------------------------------------
# Firmware


def test_the_course_of_a_firmware(admin, unique):
    made = draft(admin, unique, "2.0", updateLog="Better.", requiresVersion=["1.0", "1.1"],
                 fileName="lamp.bin")
    assert list(made) == ["id", "deviceModel", "firmwareVersion", "updateLog", "releaseDate",
                          "requiresVersion", "fileName", "fileSize", "sha256", "state",
                          "createdAt", "releasedAt"]
    assert isinstance(made["id"], str) and made["state"] == "draft"
    assert made["requiresVersion"] == ["1.0", "1.1"] and made["fileName"] == "lamp.bin"
    for absent in ("releaseDate", "fileSize", "sha256", "releasedAt"):
        assert made[absent] is None
    path = f"/firmware/{made['id']}"
    problem(admin.post(path + "/release"), 422, "file")

    content = b"firmware" * 1000
    filled = admin.put(path + "/file", content).expect(200).json()
    assert filled["fileSize"] == len(content)
    assert filled["sha256"] == hashlib.sha256(content).hexdigest()
    assert admin.put(path + "/file", b"other").expect(200).json()["fileSize"] == 5

    released = admin.post(path + "/release").expect(200).json()
    assert released["state"] == "released" and TIME.match(released["releasedAt"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", released["releaseDate"])
    assert admin.post(path + "/release").expect(200).json() == released
    problem(admin.put(path + "/file", b"third"), 409)
    problem(admin.delete(path), 409)

    withdrawn = admin.post(path + "/withdraw").expect(200).json()
    assert withdrawn["state"] == "withdrawn"
    assert admin.post(path + "/withdraw").expect(200).json() == withdrawn
    problem(admin.post(path + "/release"), 409)
    problem(admin.delete(path), 409)
    assert admin.get(path).expect(200).json() == withdrawn


def test_a_draft_goes_and_frees_its_version(admin, unique):
    made = draft(admin, unique)
    problem(admin.post("/firmware", {"deviceModel": unique, "firmwareVersion": "1.0"}), 409)
    problem(admin.post(f"/firmware/{made['id']}/withdraw"), 409)
    admin.delete(f"/firmware/{made['id']}").expect(204)
    problem(admin.get(f"/firmware/{made['id']}"), 404)
    draft(admin, unique)


@pytest.mark.parametrize("field, value", [
    ("deviceModel", None), ("deviceModel", ""), ("deviceModel", TOO_LONG), ("deviceModel", 1),
    ("firmwareVersion", None), ("firmwareVersion", ""), ("firmwareVersion", 2.0),
    ("firmwareVersion", TOO_LONG), ("updateLog", 1), ("updateLog", "x" * 8193),
    ("releaseDate", "2026-02-30"), ("releaseDate", "26-01-01"), ("releaseDate", 20260101),
    ("requiresVersion", "1.0"), ("requiresVersion", [1]), ("requiresVersion", [""]),
    ("requiresVersion", [TOO_LONG]), ("fileName", ""), ("fileName", "a/b"), ("fileName", ".."),
    ("fileName", "x" * 129), ("fileName", 1)])
def test_a_wrong_field_of_a_firmware_is_named(admin, unique, field, value):
    wanted = {"deviceModel": unique, "firmwareVersion": "1.0", field: value}
    problem(admin.post("/firmware", wanted), 422, field)
    assert admin.get(f"/firmware?model={unique}").json()["items"] == []


@pytest.mark.parametrize("field, value", [
    ("updateLog", "x" * 8192), ("releaseDate", "2024-02-29"), ("requiresVersion", []),
    ("fileName", "x" * 128), ("updateLog", None), ("requiresVersion", None)])
def test_limits_of_firmware_fields_are_inclusive(admin, unique, field, value):
    made = draft(admin, unique, **{field: value})
    assert made[field] == (value if value is not None else {"requiresVersion": []}.get(field))


@pytest.mark.parametrize("method, tail", [
    ("GET", ""), ("DELETE", ""), ("PUT", "/file"), ("POST", "/release"), ("POST", "/withdraw")])
@pytest.mark.parametrize("number", ["999999", "x", "-1", "1e3", "99999999999999999999"])
def test_an_unknown_firmware_is_not_found(admin, method, tail, number):
    body = b"bytes" if method == "PUT" else None
    problem(admin.call(method, f"/firmware/{number}{tail}", body), 404)


def digest(content):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(content).digest()).decode() + ":"


@pytest.mark.parametrize("headers, status", [
    ({"Repr-Digest": digest(b"bytes")}, 200), ({"Content-Digest": digest(b"bytes")}, 200),
    ({"Repr-Digest": "sha-512=:AAAA:, " + digest(b"bytes")}, 200),
    ({"Repr-Digest": "sha-512=:AAAA:"}, 200), ({"Repr-Digest": digest(b"other")}, 422),
    ({"Content-Digest": digest(b"other")}, 422), ({"Repr-Digest": "sha-256=nonsense"}, 422),
    ({"Repr-Digest": digest(b"bytes"), "Content-Digest": digest(b"other")}, 422)])
def test_an_upload_is_checked_against_its_digest(admin, unique, headers, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = admin.put(path + "/file", b"bytes", headers)
    if status == 200:
        answer.expect(200)
    else:
        problem(answer, 422)
        assert admin.get(path).json()["fileSize"] is None


@pytest.mark.parametrize("headers, status", [
    ({"Content-Range": "bytes 0-4/10"}, 400), ({"Content-Encoding": "gzip"}, 415),
    ({"Content-Encoding": "identity"}, 200)])
def test_a_file_is_uploaded_whole_and_as_it_is(admin, unique, headers, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = admin.put(path + "/file", b"bytes", headers)
    assert answer.status == status
    assert admin.get(path).json()["fileSize"] == (5 if status == 200 else None)


def test_an_empty_upload_is_refused(admin, unique):
    path = f"/firmware/{draft(admin, unique)['id']}"
    problem(admin.put(path + "/file", b""), 422, "file")


def chunked(admin, path, pieces, end=True):
    """An upload without Content-Length; `end` false breaks it off."""
    head = (f"PUT /admin/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").encode()
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return stage.raw_exchange(admin.url, head + body + (b"0\r\n\r\n" if end else b""))


def test_an_upload_may_come_in_chunks(admin, unique):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = chunked(admin, path + "/file", [b"firm", b"ware" * 5000])
    assert answer.startswith(b"HTTP/1.1 200")
    content = b"firm" + b"ware" * 5000
    assert admin.get(path).json()["sha256"] == hashlib.sha256(content).hexdigest()


def files_of(server):
    root = server.data / "firmware"
    return [path for path in root.rglob("*")
            if path.is_file() and path.parent.name != "checked"]


def test_a_broken_off_upload_leaves_nothing(start_server):
    server = start_server()
    path = f"/firmware/{draft(server.admin, 'lamp')['id']}"
    chunked(server.admin, path + "/file", [b"half" * 10000], end=False)
    stage.wait_until(lambda: not files_of(server), "the temporary file to go")
    assert server.admin.get(path).json()["fileSize"] is None


@pytest.mark.parametrize("how", ["announced", "chunked"])
def test_an_upload_over_max_size_is_too_large(start_server, how):
    server = start_server({"firmware": {"max_size": "64KiB"}})
    path = f"/firmware/{draft(server.admin, 'lamp')['id']}"
    server.admin.put(path + "/file", b"x" * 65536).expect(200)
    if how == "announced":
        problem(server.admin.put(path + "/file", b"y" * 65537), 413)
    else:
        answer = chunked(server.admin, path + "/file", [b"y" * 32768] * 3)
        assert answer.startswith(b"HTTP/1.1 413")
    kept = server.admin.get(path).json()
    assert kept["sha256"] == hashlib.sha256(b"x" * 65536).hexdigest(), "the old file stays"
    stage.wait_until(lambda: len(files_of(server)) == 1, "nothing else to be left")


def test_what_a_crash_left_of_an_upload_goes_at_the_next_start(start_server):
    server = start_server()
    left = server.data / "firmware" / "tmp" / "upload-aaaaaa"
    server.kill()
    left.write_bytes(b"half")
    server.start()
    assert not left.exists()


def test_lists_of_firmware_are_filtered_and_paged(shared_server, admin, unique):
    made = [draft(admin, unique, f"{number}.0")["id"] for number in range(3)]
    admin.put(f"/firmware/{made[1]}/file", b"x").expect(200)
    admin.post(f"/firmware/{made[1]}/release").expect(200)
    listed = admin.every(f"/firmware?model={unique}", 1)
    assert [one["id"] for one in listed] == made[::-1], "newest first"
    released = admin.every(f"/firmware?model={unique}&state=released")
    assert [one["id"] for one in released] == [made[1]]
    drafts = admin.every(f"/firmware?model={unique}&state=draft", 1)
    assert [one["id"] for one in drafts] == [made[2], made[0]]
    problem(admin.get("/firmware?state=nonsense"), 422, "state")


def test_withdrawing_ends_queued_upgrades(shared_server, admin, unique):
    released = shared_server.publish(unique, "2.0")
    user = shared_server.app().grant(unique)
    shared_server.device(unique, model=unique, version="1.0", open_id=unique)
    assert user.upgrade_one(unique)[0] == 0
    number = admin.get(f"/devices/{unique}").json()["activeUpgradeId"]
    admin.post(f"/firmware/{released['id']}/withdraw").expect(200)
    ended = stage.wait_until(
        lambda: (lambda one: one if one["finishedAt"] else None)(
            admin.get(f"/upgrades/{number}").json()), "the upgrade to end")
    assert (ended["state"], ended["cause"]) == ("cancelled", "withdrawn")
    assert user.query() == (0, [])


# ---------------------------------------------------------------------------------------------
# Orders and upgrades


def test_an_operator_orders_many_and_hears_of_each_refusal(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    admin.put(f"/models/{unique}-fixed", {"upgradable": False}).expect(200)
    shared_server.publish(f"{unique}-fixed", "2.0")
    dids = {}
    for name, model, version in (("good", unique, "1.0"), ("newest", unique, "2.0"),
                                 ("fixed", f"{unique}-fixed", "1.0")):
        dids[name] = f"{unique}-{name}"
        shared_server.device(dids[name], model=model, version=version)
    wanted = [*dids.values(), "nobody"]
    made = admin.post("/orders", {"dids": wanted}).expect(201).json()
    assert list(made) == ["orderId", "started", "refused"]
    assert re.fullmatch(r"[0-9A-Z]{26}", made["orderId"]) and made["started"] == 1
    refused = {one["did"]: one["code"] for one in made["refused"]}
    assert refused == {dids["newest"]: 901, dids["fixed"]: 912, "nobody": 604}
    assert all(one["detail"] for one in made["refused"])

    [listed] = admin.get(f"/upgrades?orderId={made['orderId']}").json()["items"]
    assert list(listed) == ["id", "orderId", "did", "deviceModel", "openId", "firmwareId",
                            "fromVersion", "firmwareVersion", "state", "progress", "cause",
                            "createdAt", "startedAt", "finishedAt"]
    assert listed["did"] == dids["good"] and listed["state"] == "queued"
    assert listed["openId"] is None and listed["cause"] is None and listed["startedAt"] is None
    assert 10 < listed["id"] < 2**31 and listed["id"] % 10 != 0
    again = admin.post("/orders", {"dids": [dids["good"]]}).expect(201).json()
    assert again["started"] == 0 and again["refused"][0]["code"] == 104


def test_an_operator_orders_one_firmware(shared_server, admin, unique):
    first = shared_server.publish(unique, "2.0")
    shared_server.publish(unique, "3.0")
    shared_server.device(unique, model=unique, version="1.0")
    made = admin.post("/orders", {"dids": [unique], "firmwareId": first["id"]}).expect(201).json()
    assert made["started"] == 1
    [listed] = admin.get(f"/upgrades?did={unique}").json()["items"]
    assert (listed["firmwareVersion"], listed["firmwareId"]) == ("2.0", first["id"])


@pytest.mark.parametrize("body, word", [
    ({}, "dids"), ({"dids": []}, "dids"), ({"dids": "x"}, "dids"), ({"dids": [1]}, "dids"),
    ({"dids": [""]}, "dids"), ({"dids": [TOO_LONG]}, "dids"),
    ({"dids": [str(number) for number in range(1001)]}, "dids"),
    ({"dids": ["x"], "firmwareId": "nonsense"}, "firmwareId"),
    ({"dids": ["x"], "firmwareId": "999999"}, "firmwareId"),
    ({"dids": ["x"], "firmwareId": []}, "firmwareId")])
def test_a_wrong_order_is_refused(admin, body, word):
    problem(admin.post("/orders", body), 422, word)


def test_the_timeline_tells_the_course_of_an_upgrade(shared_server, admin, unique):
    shared_server.publish(unique, "2.0", b"content")
    device = shared_server.device(unique, model=unique, version="1.0")
    admin.post("/orders", {"dids": [unique]}).expect(201)
    device.install()
    [listed] = admin.get(f"/upgrades?did={unique}&state=succeeded").json()["items"]
    shown = admin.get(f"/upgrades/{listed['id']}").expect(200).json()
    timeline = shown.pop("timeline")
    assert shown == listed
    assert (shown["progress"], shown["cause"]) == (100, None)
    assert TIME.match(shown["startedAt"]) and TIME.match(shown["finishedAt"])
    states = [entry["state"] for entry in timeline]
    assert states[0] == "queued" and states[-1] == "succeeded" and "installing" in states
    assert all(list(entry) == ["at", "state", "progress", "text"] for entry in timeline)
    assert admin.get(f"/devices/{unique}").json()["firmwareVersion"] == "2.0"


def test_an_operator_cancels_at_once_or_by_asking(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    device = shared_server.device(unique, model=unique, version="1.0")

    def order():
        admin.post("/orders", {"dids": [unique]}).expect(201)
        return admin.get(f"/devices/{unique}").json()["activeUpgradeId"]

    queued = order()
    ended = admin.post(f"/upgrades/{queued}/cancel").expect(200).json()
    assert (ended["state"], ended["cause"]) == ("cancelled", "cancelled")
    problem(admin.post(f"/upgrades/{queued}/cancel"), 409)

    asked = order()
    device.wait_for_deployment()
    assert admin.post(f"/upgrades/{asked}/cancel", {}).expect(200).json()["state"] == "cancelling"
    forced = admin.post(f"/upgrades/{asked}/cancel", {"force": True}).expect(200).json()
    assert forced["state"] == "cancelled"
    problem(admin.post(f"/upgrades/{order()}/cancel", {"force": "yes"}), 422, "force")


def test_lists_of_upgrades_are_filtered_and_paged(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    dids = [f"{unique}-{number}" for number in range(4)]
    for did in dids:
        shared_server.device(did, model=unique, version="1.0")
    order = admin.post("/orders", {"dids": dids}).expect(201).json()["orderId"]
    listed = admin.every(f"/upgrades?model={unique}", 1)
    assert sorted(one["did"] for one in listed) == dids
    assert [one["id"] for one in listed] == sorted((one["id"] for one in listed), reverse=True)
    assert admin.every(f"/upgrades?orderId={order}", 3) == listed
    admin.post(f"/upgrades/{listed[0]['id']}/cancel").expect(200)
    assert len(admin.every(f"/upgrades?model={unique}&state=queued", 2)) == 3
    assert len(admin.every(f"/upgrades?did={listed[0]['did']}&state=cancelled")) == 1
    assert admin.get("/upgrades?orderId=nonsense").json()["items"] == []
    problem(admin.get("/upgrades?state=nonsense"), 422, "state")


@pytest.mark.parametrize("number", ["999999999", "x", "0", "-3", "99999999999999999999"])
def test_an_unknown_upgrade_is_not_found(admin, number):
    problem(admin.get(f"/upgrades/{number}"), 404)
    problem(admin.post(f"/upgrades/{number}/cancel"), 404)


# ---------------------------------------------------------------------------------------------
# Pushes


def test_pushes_are_listed_shown_and_sent_again(shared_server, admin, receiver, unique):
    shared_server.publish(unique, "2.0", b"content")
    app = shared_server.app(pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
    user = app.grant(unique)
    device = shared_server.device(unique, model=unique, version="1.0", open_id=unique)
    assert user.upgrade_one(unique)[0] == 0
    device.install()
    [push] = receiver.wait_for_type("ota_upgrade_result", unique)
    stage.wait_until(lambda: admin.get(
        f"/pushes?appid={app.appid}&state=delivered").json()["items"], "the record")

    [listed] = admin.get(f"/pushes?did={unique}").json()["items"]
    assert list(listed) == ["webhookId", "appid", "did", "msgType", "state", "attempts",
                            "createdAt", "nextAttemptAt", "deliveredAt"]
    assert listed["webhookId"] == push.id and listed["attempts"] == 1
    assert listed["nextAttemptAt"] is None and TIME.match(listed["deliveredAt"])
    shown = admin.get(f"/pushes/{push.id}").expect(200).json()
    assert shown["body"].encode() == push.raw
    [attempt] = shown["attemptLog"]
    assert list(attempt) == ["at", "status", "durationMs", "answer"]
    assert attempt["status"] == 200 and attempt["answer"] == '{"code":0}'

    admin.post(f"/pushes/{push.id}/replay").expect(202)
    replayed = receiver.wait_for(lambda one: one.id == push.id, 2)
    assert replayed[1].raw == push.raw
    stage.wait_until(lambda: admin.get(f"/pushes/{push.id}").json()["state"] == "delivered",
                     "the second record")
    span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00+08:00"}
    answer = admin.post(f"/apps/{app.appid}/push/replay", span).expect(202).json()
    assert answer == {"replayed": 1}
    receiver.wait_for(lambda one: one.id == push.id, 3)
    assert admin.get(f"/pushes?appid={app.appid}&state=dead").json()["items"] == []


@pytest.mark.parametrize("fields, word", [
    ({"since": None}, "since"), ({"until": None}, "until"), ({"since": "yesterday"}, "since"),
    ({"until": 1}, "until"), ({"since": "2026-01-03T00:00:00Z"}, "until")])
def test_a_wrong_span_of_time_is_refused(shared_server, admin, fields, word):
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", **fields}
    problem(admin.post(f"/apps/{shared_server.app().appid}/push/replay", span), 422, word)


def test_an_unknown_push_is_not_found(admin):
    problem(admin.get("/pushes/msg_nobody"), 404)
    problem(admin.post("/pushes/msg_nobody/replay"), 404)
    problem(admin.get("/pushes?state=nonsense"), 422, "state")


# ---------------------------------------------------------------------------------------------
# Health


def test_health_is_asked_without_a_token(shared_server):
    for path in ("/healthz", "/readyz"):
        stage.request(shared_server.url, "GET", path).expect(200)


def test_metrics_are_prometheus_text(shared_server):
    headers = {"Authorization": f"Bearer {shared_server.admin.token}"}
    answer = stage.request(shared_server.url, "GET", "/metrics", None, headers).expect(200)
    assert answer.headers["Content-Type"].startswith("text/plain")
    for line in answer.body.decode().splitlines():
        assert re.match(r"^(# |[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? \S+$)", line), line


def routes_of(source):
    """(METHOD, path) of each line of a table of routes: {post, "/path", verb}."""
    words = {"del": "DELETE"}
    found = re.findall(r'\{\s*(?:http::)?(?:Method::)?(\w+),\s*"(/[^"]*)"', source)
    return {(words.get(method, method.upper()), path) for method, path in found}


def test_the_openapi_document_names_every_route_and_no_other(shared_server):
    document = stage.request(shared_server.url, "GET", "/openapi.json").expect(200).json()
    assert document["openapi"].startswith("3.1.")
    described = {(method.upper(), path)
                 for path, methods in document["paths"].items() for method in methods}
    sources = stage.ROOT / "src"
    operators = routes_of((sources / "admin" / "routes.cpp").read_text())
    assert len(operators) > 30
    assert {route for route in described if route[1].startswith("/admin")
            or route[1].count("/") == 1 and route[1] != "/access_token"} == operators
    for method, path in described - operators:
        assert path.startswith("/open/") or path == "/access_token"
        answer = stage.request(shared_server.url, method, path, {}).expect(200, 400, 401)
        assert answer.json().get("code") not in (301, 304), path


def test_every_reference_of_the_openapi_document_leads_somewhere(shared_server):
    text = stage.request(shared_server.url, "GET", "/openapi.json").expect(200).body.decode()
    document = json.loads(text)
    for reference in set(re.findall(r'"\$ref": ?"#/([^"]+)"', text)):
        node = document
        for part in reference.split("/"):
            node = node[part]
