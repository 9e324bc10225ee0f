"""Sessions of the console: signing in, the cookie, and who may send it."""
import http.client
import urllib.parse

import pytest

import stage
from admin_stage import problem
from operator_stage import PAGE, Console, audit, client, cookie_in, sign_in


def test_a_token_signs_in_and_the_cookie_is_hidden_from_scripts(server):
    answer = sign_in(server, server.admin.token).expect(200)
    assert answer.json() == {"name": "admin", "role": "admin", "approve": True, "via": "session"}
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("updraft=") and len(name) > 40
    assert attributes == ["HttpOnly", "SameSite=Strict", "Path=/"]
    assert server.admin.token not in str(answer.headers)
    page = Console(server, server.admin.token)
    page.call("PUT", "/devices/d", {"deviceModel": "m", "firmwareVersion": "1"}).expect(201)
    row = audit(server.admin, object="d")[0]
    assert (row["via"], row["actor"]["name"], row["action"]) == ("console", "admin", "putDevice")


def test_a_session_survives_a_restart_and_ends_when_it_signs_out(server):
    page = Console(server, server.admin.token)
    other = Console(server, server.admin.token)
    server.stop()
    server.start()
    page.call("GET", "/me").expect(200)
    answer = page.call("DELETE", "/session").expect(204)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert page.call("GET", "/me").status == 401
    other.call("GET", "/me").expect(200)
    problem(server.admin.delete("/session"), 409)


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"[]", 422), ({"token": 1}, 422), ({"token": ""}, 401), ({"token": "wrong"}, 401),
    ({}, 401), ({"token": None}, 401)])
def test_a_wrong_sign_in_is_refused_with_one_text(shared_server, body, status):
    answer = stage.request(shared_server.url, "POST", "/admin/v1/session", body,
                           source=stage.own_address())
    document = problem(answer, status)
    assert "Set-Cookie" not in answer.headers
    if status == 401:
        assert document["detail"] == (
            "not signed in: the token is not valid, or there is no identity")


@pytest.mark.parametrize("site, status", [
    ("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("", 403)])
def test_no_other_sites_page_signs_in(shared_server, site, status):
    answer = sign_in(shared_server, shared_server.admin.token, {"Sec-Fetch-Site": site})
    assert answer.status == status, answer.body


def test_signing_in_ignores_cookies(shared_server):
    for headers in ({"Cookie": "updraft=x; updraft=y"}, {"Cookie": "__Host-updraft=x"},
                    {"Cookie": "updraft=x", "Authorization": "Bearer x"}):
        sign_in(shared_server, shared_server.admin.token, headers).expect(200)


def test_over_plain_http_only_the_machine_itself_signs_in(shared_server):
    token = shared_server.admin.token
    problem(sign_in(shared_server, token, {"Host": "ota.example"}), 403, "HTTPS")
    problem(sign_in(shared_server, token, {"Host": "ota.example", "X-Forwarded-Proto": "https"}), 403)
    cookie = cookie_in(sign_in(shared_server, token).expect(200))
    answer = stage.request(shared_server.url, "GET", "/admin/v1/me", None,
                           {"Host": "ota.example", "Cookie": cookie}, source=stage.own_address())
    problem(answer, 401)


def test_a_session_ends_when_it_is_not_used_and_at_the_latest_after_its_time(start_server):
    server = start_server({"console": {"session_idle": "2s", "session_max": "6s"}})
    unused = [Console(server, server.admin.token) for _ in range(150)]
    used = Console(server, server.admin.token)
    used.call("GET", "/me").expect(200)
    # Each is asked once: a request would keep it alive.
    stage.wait_until(lambda: unused.pop().call("GET", "/me").status == 401, "an unused session to end")
    stage.wait_until(lambda: used.call("GET", "/me").status == 401, "the longest time of a session")


@pytest.fixture
def proxied(start_server):
    """Behind a single-sign-on proxy at 127.0.0.1."""
    return start_server({"server": {"trusted_proxies": ["127.0.0.1"]},
                         "console": {"identity_header": "X-Forwarded-User"}})


HTTPS = {"Host": "ota.example", "X-Forwarded-Proto": "https"}


def test_a_trusted_proxy_signs_in_whom_it_names(proxied):
    client(proxied, "ann", "support")
    answer = sign_in(proxied, None, {**HTTPS, "X-Forwarded-User": "ANN"}).expect(200)
    assert answer.json()["name"] == "ann"
    assert answer.headers["Set-Cookie"].startswith("__Host-updraft=")
    assert "; Secure; " in answer.headers["Set-Cookie"]
    me = stage.request(proxied.url, "GET", "/admin/v1/me", None,
                       {**HTTPS, "Cookie": cookie_in(answer)}).expect(200).json()
    assert me == {"name": "ann", "role": "support", "approve": False, "via": "session"}
    assert sign_in(proxied, None, {**HTTPS, "X-Forwarded-User": "bob"}).status == 401
    assert sign_in(proxied, None, HTTPS).status == 401
    # A token that is given counts, not the header.
    both = sign_in(proxied, proxied.admin.token, {**HTTPS, "X-Forwarded-User": "ann"})
    assert both.expect(200).json()["name"] == "admin"


def test_an_identity_header_from_a_stranger_is_not_believed(proxied):
    client(proxied, "ann", "support")
    stranger = sign_in(proxied, None, {"X-Forwarded-User": "ann"}, source=stage.own_address())
    problem(stranger, 401)


def test_an_identity_header_that_is_given_twice_is_refused(proxied):
    parts = urllib.parse.urlsplit(proxied.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=stage.PATIENCE)
    connection.putrequest("POST", "/admin/v1/session")
    for name in ("ann", "admin"):
        connection.putheader("X-Forwarded-User", name)
    connection.putheader("X-Forwarded-Proto", "https")
    connection.putheader("Content-Length", "2")
    connection.endheaders(b"{}")
    assert connection.getresponse().status == 400
    connection.close()


def test_sessions_can_be_turned_off(start_server):
    server = start_server({"console": {"enabled": False}})
    assert sign_in(server, server.admin.token).status in (404, 405)


def test_a_session_reads_with_get_from_anywhere_and_writes_from_its_own_pages_only(server):
    page = Console(server, server.admin.token)
    page.call("GET", "/devices", headers={}).expect(200)
    problem(page.call("DELETE", "/devices/x", headers={}), 403, "Sec-Fetch-Site")
    problem(page.call("DELETE", "/devices/x", headers=PAGE), 404)
