"""Operators with names: roles, tokens, and a way back in."""
import os
import subprocess

import pytest

import stage
from admin_stage import problem
from operator_stage import (PAGE, ROLES, Console, audit, client, make_token, operator, routes,
                            sign_in)

# What stands in the paths of the matrix: nothing of that name is there.
NAMES = {"appid": "0" * 24, "openId": "nobody", "did": "none", "deviceModel": "none", "id": "99999999",
         "webhookId": "none", "orderId": "none"}


@pytest.fixture(scope="module")
def crowd(shared_server):
    """A token for each role, and a session for each."""
    made = {}
    for role in ROLES:
        admin = client(shared_server, f"matrix-{role}", role)
        made[role] = admin.token, Console(shared_server, admin.token).cookie
    return made


def target(path, own):
    for name, value in NAMES.items():
        path = path.replace("{" + name + "}", value)
    # One's own tokens; those of others need the role admin.
    return path.replace("{name}", own if "/tokens" in path else "nobody")


GUARDED = [route for route in routes() if route[3]]


def ask(server, route, own, headers, source=None):
    method, path, _, _ = route
    body = None if method in ("GET", "DELETE") else {}
    return stage.request(server.url, method, target(path, own), body, headers, source=source)


@pytest.mark.parametrize("route", GUARDED, ids=[route[2] for route in GUARDED])
def test_each_call_takes_its_least_role_and_those_above_by_token_and_by_session(shared_server, crowd,
                                                                                route):
    least = ROLES.index(route[3])
    for place, role in enumerate(ROLES):
        token, cookie = crowd[role]
        own = f"matrix-{role}"
        bearer = {"Authorization": f"Bearer {token}"}
        session = {"Cookie": cookie, **PAGE}
        if route[2] == "signOut":  # It ends the session that it is called with.
            session["Cookie"] = Console(shared_server, token).cookie
        for headers in (bearer, session):
            answer = ask(shared_server, route, own, headers)
            if place < least:
                problem(answer, 403, route[3])
            else:
                assert answer.status not in (400, 401, 403), (role, answer.status, answer.body)
        both = ask(shared_server, route, own, {**bearer, **session})
        assert both.status == 400, both.body


@pytest.mark.parametrize("route", GUARDED, ids=[route[2] for route in GUARDED])
def test_no_call_is_answered_without_a_valid_credential(shared_server, route):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"},
                    {"Cookie": "updraft=wrong", **PAGE}, {"Cookie": "__Host-updraft=wrong", **PAGE}):
        answer = ask(shared_server, route, "nobody", headers, source=stage.own_address())
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("route", GUARDED, ids=[route[2] for route in GUARDED])
def test_no_call_that_writes_takes_a_session_from_another_sites_page(shared_server, crowd, route):
    method = route[0]
    token, _ = crowd["admin"]
    cookie = Console(shared_server, token).cookie
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                    {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example"}):
        answer = ask(shared_server, route, "matrix-admin", {"Cookie": cookie, **headers})
        assert (answer.status == 403) == (method != "GET"), (headers, answer.status)
    own = ask(shared_server, route, "matrix-admin", {"Cookie": cookie, "Origin": shared_server.url})
    assert own.status not in (401, 403), own.body


def test_the_description_names_the_least_role_of_each_call(shared_server):
    document = stage.request(shared_server.url, "GET", "/openapi.json").expect(200).json()
    for method, path, operation, role in routes():
        described = document["paths"][path][method.lower()]
        assert described["operationId"] == operation
        if "x-role" in described:
            assert described["x-role"] == role, operation


def test_a_refused_call_is_answered_before_its_body_arrives(shared_server, crowd):
    token, _ = crowd["viewer"]
    for path in ("/admin/v1/devices/x", "/admin/v1/firmware/1/file"):
        head = (f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                "Content-Length: 900000\r\n\r\n").encode()
        answer = shared_server.raw(head)
        assert answer.startswith(b"HTTP/1.1 403 "), answer


def test_checks_are_made_in_the_order_of_the_contract(shared_server, crowd):
    viewer, cookie = crowd["viewer"]
    path = "/admin/v1/operators/nobody"
    def patch(body, headers):
        return stage.request(shared_server.url, "PATCH", path, body, headers,
                             source=stage.own_address()).status
    assert patch(b"{", {"Authorization": "Bearer wrong", "Cookie": cookie}) == 400
    assert patch(b"{", {"Authorization": "Bearer wrong"}) == 401
    assert patch(b"{", {"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}) == 403
    assert patch(b"{", {"Authorization": f"Bearer {viewer}"}) == 403
    admin = {"Authorization": f"Bearer {shared_server.admin.token}"}
    assert patch(b"{", admin) == 400
    assert patch({"role": "king"}, admin) == 422
    assert patch({"role": "viewer"}, admin) == 404


@pytest.mark.parametrize("body, word", [
    ({}, "name"), ({"name": "", "role": "viewer"}, "name"), ({"name": "a b", "role": "viewer"}, "name"),
    ({"name": "n" * 65, "role": "viewer"}, "name"), ({"name": "ä", "role": "viewer"}, "name"),
    ({"name": 1, "role": "viewer"}, "name"), ({"name": "ann"}, "role"),
    ({"name": "ann", "role": "king"}, "role"), ({"name": "ann", "role": None}, "role"),
    ({"name": "ann", "role": "viewer", "approve": "yes"}, "approve")])
def test_a_wrong_operator_is_refused_with_the_member_that_is_wrong(shared_server, body, word):
    problem(shared_server.admin.post("/operators", body), 422, word)


def test_operators_are_made_shown_changed_and_removed(server):
    made = server.admin.post("/operators", {"name": "Ann", "role": "support"}).expect(201).json()
    assert list(made) == ["name", "role", "approve", "disabled", "createdAt", "lastSeenAt"]
    assert (made["name"], made["role"], made["approve"], made["disabled"], made["lastSeenAt"]) == (
        "Ann", "support", False, False, None)
    problem(server.admin.post("/operators", {"name": "ANN", "role": "viewer"}), 409)
    assert server.admin.get("/operators/aNN").expect(200).json() == made
    assert [one["name"] for one in server.admin.every("/operators", limit=1)] == ["admin", "Ann"]
    changed = server.admin.patch("/operators/ann", {"role": "releaser", "approve": True}).expect(200)
    assert changed.json() == {**made, "role": "releaser", "approve": True}
    server.admin.delete("/operators/ANN").expect(204)
    problem(server.admin.get("/operators/ann"), 404)
    problem(server.admin.delete("/operators/ann"), 404)


def test_the_last_enabled_admin_stays(server):
    for refused in (server.admin.patch("/operators/admin", {"role": "viewer"}),
                    server.admin.patch("/operators/admin", {"disabled": True}),
                    server.admin.delete("/operators/admin")):
        problem(refused, 409, "admin")
    client(server, "spare", "admin")
    server.admin.delete("/operators/admin").expect(204)
    server.admin.get("/me").expect(401)


def test_everybody_sees_who_calls(server):
    ann = client(server, "ann", "releaser", role="support")
    assert ann.get("/me").expect(200).json() == {
        "name": "ann", "role": "support", "approve": False, "via": "token"}
    page = Console(server, ann.token)
    assert page.call("GET", "/me").expect(200).json() == {
        "name": "ann", "role": "support", "approve": False, "via": "session"}
    assert server.admin.get("/operators/ann").json()["lastSeenAt"]


def test_one_makes_tokens_for_oneself_and_an_admin_for_others(server):
    ann = client(server, "ann", "releaser")
    operator(server, "bob", "viewer")
    made = make_token(ann, "ANN", label="laptop", role="viewer", expiresInSeconds=3600)
    assert list(made) == ["id", "token", "label", "role", "expiresAt"]
    assert (made["label"], made["role"]) == ("laptop", "viewer")
    low = stage.Admin(server.url, made["token"])
    assert low.get("/me").json()["role"] == "viewer"
    problem(ann.post("/operators/bob/tokens", {}), 403, "admin")
    problem(ann.get("/operators/bob/tokens"), 403, "admin")
    problem(ann.delete("/operators/bob/tokens/x"), 403, "admin")
    problem(low.post("/operators/ann/tokens", {"role": "support"}), 403, "role")
    problem(ann.post("/operators/ann/tokens", {"role": "admin"}), 422, "role")
    assert low.post("/operators/ann/tokens", {}).expect(201).json()["role"] == "viewer"
    for wrong in ({"role": "king"}, {"expiresInSeconds": 0}, {"expiresInSeconds": "1h"}, {"label": 1}):
        problem(ann.post("/operators/ann/tokens", wrong), 422, next(iter(wrong)))
    problem(server.admin.post("/operators/nobody/tokens", {}), 404)
    listed = {one["id"]: one for one in ann.every("/operators/ann/tokens", limit=1)}
    assert len(listed) == 3
    shown = listed[made["id"]]
    assert set(shown) == {"id", "label", "role", "createdAt", "expiresAt", "lastUsedAt"}
    assert shown["expiresAt"] == made["expiresAt"]
    assert shown["lastUsedAt"].endswith(":00.000Z")


def test_a_removed_token_is_dead_at_once(server):
    ann = client(server, "ann", "support")
    stolen = make_token(ann, "ann", label="laptop")
    thief = stage.Admin(server.url, stolen["token"])
    page = Console(server, stolen["token"])
    thief.get("/devices").expect(200)
    page.call("GET", "/devices").expect(200)
    ann.delete(f"/operators/ann/tokens/{stolen['id']}").expect(204)
    problem(thief.get("/devices"), 401)
    assert page.call("GET", "/devices").status == 401
    problem(ann.delete(f"/operators/ann/tokens/{stolen['id']}"), 404)
    ann.get("/devices").expect(200)


def test_an_expired_or_a_disabled_credential_is_refused(server):
    ann = client(server, "ann", "support")
    short = stage.Admin(server.url, make_token(ann, "ann", expiresInSeconds=1)["token"])
    stage.wait_until(lambda: short.get("/me").status == 401, "the token to expire")
    server.admin.patch("/operators/ann", {"disabled": True}).expect(200)
    problem(ann.get("/me"), 401)
    assert sign_in(server, ann.token).status == 401
    server.admin.patch("/operators/ann", {"disabled": False}).expect(200)
    ann.get("/me").expect(200)


def reset(server, name):
    place = ["--config", server.directory / "updraft.toml", "--data", server.data]
    return subprocess.run([stage.binary(), "operator", "reset", name, *map(str, place)],
                          capture_output=True, text=True, timeout=stage.PATIENCE,
                          env={"PATH": os.environ["PATH"]}, check=False)


def test_who_lost_all_tokens_resets_the_operator_on_the_machine_while_the_server_runs(server):
    ann = client(server, "ann", "support")
    page = Console(server, ann.token)
    server.admin.patch("/operators/ann", {"disabled": True}).expect(200)
    for name in ("ann", "admin"):
        done = reset(server, name)
        assert done.returncode == 0, done.stderr
        fresh = stage.Admin(server.url, done.stdout.strip())
        assert fresh.get("/me").expect(200).json()["name"] == name
        if name == "admin":
            problem(server.admin.get("/me"), 401)
            assert (server.data / "admin-token").read_text() == done.stdout
            assert oct((server.data / "admin-token").stat().st_mode)[-3:] == "600"
            server.admin = fresh
    problem(ann.get("/me"), 401)
    assert page.call("GET", "/me").status == 401
    rows = audit(server.admin, action="resetOperator")
    assert [(row["object"]["id"], row["via"], row["actor"]["kind"]) for row in rows] == [
        ("admin", "host", "system"), ("ann", "host", "system")]
    unknown = reset(server, "nobody")
    assert unknown.returncode == 1 and "nobody" in unknown.stderr and not unknown.stdout
    server.stop()
    stopped = reset(server, "admin")
    assert stopped.returncode == 0, stopped.stderr
    server.start()
    assert server.admin.token == stopped.stdout.strip()
    server.admin.get("/me").expect(200)


def test_the_reset_brings_a_removed_admin_back(server):
    spare = client(server, "spare", "admin")
    server.admin.delete("/operators/admin").expect(204)
    done = reset(server, "admin")
    assert done.returncode == 0, done.stderr
    admin = stage.Admin(server.url, done.stdout.strip())
    assert admin.get("/me").expect(200).json() == {
        "name": "admin", "role": "admin", "approve": True, "via": "token"}
    spare.get("/me").expect(200)
