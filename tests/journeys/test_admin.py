"""The admin API (docs/admin-api.md): who may ask, apps, grants, pushes and health."""
import base64
import json
import re

import pytest

import stage
from admin_stage import TIME, TOO_LONG, admin, unique, problem  # noqa: F401


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
    answer = stage.request(shared_server.url, method, path, body, headers,
                           source=stage.own_address())
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
    assert list(attempt) == ["at", "status", "durationMs", "answer", "error"]
    assert attempt["status"] == 200 and attempt["answer"] == '{"code":0}'
    assert attempt["error"] is None

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
