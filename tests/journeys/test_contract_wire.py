"""Details of the contract on the wire that no other journey tests."""
import pathlib
import urllib.parse

import pytest

import stage

QUERY = "/open/ota/query/firmware"
HISTORY = "/open/ota/query/firmware/upgrade/history"


@pytest.mark.parametrize("path", [QUERY, "/admin/v1/apps", "/DEFAULT/controller/v1/x", "/nowhere"])
@pytest.mark.parametrize("twice", ["Appid", "appkey", "ACCESS-TOKEN", "Openid", "Authorization",
                                   "Host", "Content-Length"])
def test_a_refused_head_keeps_its_request_id(shared_server, path, twice):
    fields = {"Host": "h", "Content-Length": "2"}
    fields.setdefault(twice, "0")
    lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
    head = (f"POST {path} HTTP/1.1\r\nX-Request-Id: mine-1\r\n{''.join(lines)}"
            f"{twice.swapcase()}: 2\r\n\r\n")
    answer = shared_server.raw(head.encode() + b"{}")
    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nX-Request-Id: mine-1\r\n" in head + b"\r\n"
    assert b"\r\nConnection: close" in head
    assert body.startswith(b'{"code":302,"result":"')


@pytest.mark.parametrize("count", ["-0", "-1", "+1", " 1", "1.0", "", "1e1"])
def test_a_count_is_an_integer_or_its_decimal_digits(shared_server, count):
    user = shared_server.app().grant("counts")
    code, detail = user.history(startCount=count)
    assert (code, "startCount" in str(detail)) == (302, True)


def test_lifetimes_below_a_second_are_lifetimes(start_server):
    server = start_server({"tokens": {"access_ttl": "300ms"}})
    app = server.app()
    made = stage.request(server.url, "POST", "/open/account/access/get", {"accountId": "a"},
                         app.keys()).json()["result"]
    assert made["expires_in"] == 1
    user = stage.OpenApi(app, made["openId"], made["accessToken"])
    stage.wait_until(lambda: user.query()[0] == 806, "the token to expire")


def test_a_client_without_a_secret_has_not_authenticated(shared_server):
    body = urllib.parse.urlencode({"client_id": shared_server.app().appid, "refresh_token": "x",
                                   "grant_type": "refresh_token"}).encode()
    answer = stage.request(shared_server.url, "POST", "/access_token", body,
                           {"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_artifact_is_neither_served_nor_said_to_be_there(start_server, damage):
    server = start_server()
    content = b"good" * 1000
    server.publish("lamp", "2", content, fileName="lamp.bin")
    device = server.device("lamp-1", "lamp", "1")
    server.admin.post("/orders", {"dids": ["lamp-1"]}).expect(201)
    artifact = device.wait_for_deployment()["deployment"]["chunks"][0]["artifacts"][0]
    href = artifact["_links"]["download"]["href"]
    device.call("GET", href).expect(200)
    for path in pathlib.Path(server.data / "firmware").rglob("*"):
        if path.is_file() and path.stat().st_size == len(content):
            if damage == "gone":
                path.unlink()
            else:
                path.chmod(0o600)
                path.write_bytes(b"evil" * 1000)
    for method in ("HEAD", "GET"):
        assert device.call(method, href).status == 500
