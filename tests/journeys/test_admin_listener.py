"""[admin] listen: what operators use is on a listener of its own, and nowhere else (contract 6.10 and 7)."""
import signal
import socket
import subprocess
import urllib.parse

import pytest
import stage
from admin_stage import end_during_a_request
from test_containers import trusting
from test_process import certificate, run

APART = {"admin": {"listen": "127.0.0.1:0"}}


@pytest.fixture(scope="module")
def apart(module_server):
    return module_server(APART)


def bearer(server):
    return {"Authorization": f"Bearer {server.admin.token}"}


def ask(url, method, path, headers=None, body=None, source=None):
    return stage.request(url, method, path, body, headers, source=source)


def operators_calls(server):
    """(METHOD, path) of every call of operators, from the server's own description."""
    document = ask(server.admin_url, "GET", "/openapi.json").expect(200).json()
    calls = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods
             if not path.startswith("/open/") and path not in ("/access_token", "/healthz", "/readyz")]
    assert ("GET", "/admin/v1/apps") in calls and ("GET", "/metrics") in calls
    return calls


def test_operators_calls_are_on_their_listener_and_nowhere_else(apart):
    for method, path in operators_calls(apart):
        here = path.replace("{", "").replace("}", "")
        for headers in ({}, bearer(apart)):
            answer = ask(apart.url, method, here, headers)
            assert (answer.status, answer.json()["code"]) == (404, 301), (method, path)
        answer = ask(apart.admin_url, method, here, source=stage.own_address())
        assert answer.status == (200 if path == "/openapi.json" else 401), (method, path)
    apart.admin.get("/apps").expect(200)


def test_calls_of_devices_and_apps_are_not_on_the_operators_listener(apart):
    device = apart.device("lamp-1")
    app = apart.app()
    user = app.grant("alice")
    poll = {"Authorization": f"TargetToken {device.token}"}
    calls = [("GET", device.base, poll, None),
             ("POST", "/open/ota/query/firmware", user.headers(), {}),
             ("POST", "/open/account/access/get", app.keys(), {"accountId": "a"}),
             ("POST", "/access_token", {}, b"grant_type=refresh_token")]
    for method, path, headers, body in calls:
        answer = ask(apart.admin_url, method, path, headers, body)
        assert (answer.status, answer.json()["code"]) == (404, 301), path
        # Answered in its own way: the path is there.
        own = ask(apart.url, method, path, headers, body)
        assert own.status in (200, 400, 401) and "no such path" not in own.body.decode(), path


def test_health_is_on_both_listeners(apart):
    for url in (apart.url, apart.admin_url):
        for path in ("/healthz", "/readyz"):
            assert ask(url, "GET", path).status == 200
    stopped = ask(apart.url, "POST", "/readyz", body=b"")
    assert stopped.status == 405 and stopped.headers["Allow"] == "GET, HEAD"


def test_the_root_of_the_main_listener_is_nothing(apart):
    browser = {"Accept": "text/html"}
    for path in ("/", "/console", "/console/", "/admin", "/admin/", "/admin/v1"):
        answer = ask(apart.url, "GET", path, browser)
        assert (answer.status, answer.json()["code"]) == (404, 301), path


def test_the_main_listeners_lines_come_first(start_server):
    server = start_server(config={"server": {"listen": ["127.0.0.1:0", "127.0.0.1:0"]},
                                  "admin": {"listen": ["127.0.0.1:0", "127.0.0.1:0"]},
                                  "metrics": {"listen": "127.0.0.1:0"}})
    server.process.wait_for_line("metrics on http://")
    assert [line.rsplit(" ", 1)[0] for line in server.process.lines] == ["listening on"] * 4 + ["metrics on"]
    urls = server.origins()
    assert len(set(urls)) == 4
    paths = [ask(url, "GET", "/admin/v1/apps", bearer(server)).status for url in urls]
    assert paths == [404, 404, 200, 200]
    assert [ask(url, "POST", "/open/ota/query/firmware", body={}).status for url in urls] == [
        200, 200, 404, 404]


def test_metrics_are_on_the_operators_listener_or_on_their_own(apart, start_server):
    assert ask(apart.admin_url, "GET", "/metrics").status == 401
    assert b"# TYPE updraft_" in ask(apart.admin_url, "GET", "/metrics", bearer(apart)).expect(200).body
    three = start_server(config={**APART, "metrics": {"listen": "127.0.0.1:0"}})
    own = three.process.wait_for_line(r"metrics on (http://\S+)")[1]
    assert b"# TYPE updraft_" in ask(own, "GET", "/metrics").expect(200).body
    for url in (three.url, three.admin_url):
        assert ask(url, "GET", "/metrics", bearer(three)).status == 404


def connections(server):
    """The connections so far, this one included."""
    text = ask(server.admin_url, "GET", "/metrics", bearer(server)).expect(200).body.decode()
    (line,) = [line for line in text.splitlines() if line.startswith("updraft_http_connections_total ")]
    return int(line.split()[1])


def test_metrics_count_the_connections_of_both_listeners(start_server):
    server = start_server(config=APART)
    before = connections(server)
    for url in (server.url, server.url, server.admin_url):
        ask(url, "GET", "/healthz").expect(200)
    assert connections(server) == before + 4


def test_a_whole_upgrade_with_operators_apart(start_server):
    server = start_server(config=APART)
    user = server.app().grant("alice")
    device = server.device("lamp-1", "lamp", "1.0", "alice")
    server.publish("lamp", "2.0", b"new firmware")
    assert user.upgrade_one("lamp-1")[0] == 0
    deployment = device.wait_for_deployment()
    links = deployment["deployment"]["chunks"][0]["artifacts"][0]["_links"]
    assert all(link["href"].startswith(server.url + "/") for link in links.values())
    assert device.install(deployment) == b"new firmware"
    (ended,) = server.admin.get("/upgrades?state=succeeded").expect(200).json()["items"]
    assert ended["did"] == "lamp-1"


def test_devices_cannot_take_the_operators_connections(start_server):
    server = start_server(config={**APART, "limits": {"connections": 1}})
    parts = urllib.parse.urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=stage.PATIENCE) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
        assert ask(server.url, "GET", "/healthz").status == 503
        server.admin.get("/apps").expect(200)
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 200"), "the device's connection is still open"


def test_what_runs_on_the_operators_listener_is_finished_before_the_end(start_server):
    server = start_server(config=APART)
    end_during_a_request(server, server.admin_url)


def test_health_asks_the_main_listener_also_when_operators_are_apart(start_server):
    server = start_server(config=APART)
    config = server.directory / "health.toml"
    listen = [server.url.split("//")[1]]
    config.write_text(stage.toml(stage.merged(server.config, {"server": {"listen": listen}})))
    answer = run("health", "--config", config)
    assert answer.returncode == 0 and "ready" in answer.stdout, answer
    answer = run("health", "--config", server.directory / "updraft.toml")
    assert answer.returncode == 1 and "port 0" in answer.stderr, answer


# ---------------------------------------------------------------------------------------------
# TLS


def peer_of(url):
    parts = urllib.parse.urlsplit(url)
    return subprocess.run(["openssl", "s_client", "-connect", f"{parts.hostname}:{parts.port}"], input="",
                          text=True, capture_output=True, timeout=stage.PATIENCE).stdout


def test_the_operators_listener_speaks_tls_and_asks_for_no_client_certificate(tmp_path, start_server):
    cert, key = certificate(tmp_path, "first")
    server = start_server(config={**APART, "tls": {"cert": str(cert), "key": str(key)}}, start=False)
    server.trust = trusting()
    server.start()
    assert server.admin_url.startswith("https://")
    server.admin.get("/apps").expect(200)
    plain = stage.raw_exchange(server.admin_url, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not plain.startswith(b"HTTP/")
    met = peer_of(server.admin_url)
    assert "CN = first" in met and "No client certificate CA names sent" in met

    again, new_key = certificate(tmp_path, "second")
    cert.write_bytes(again.read_bytes())
    key.write_bytes(new_key.read_bytes())
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "read again" in server.process.errors(), "the reload")
    for url in (server.url, server.admin_url):
        assert "CN = second" in peer_of(url)


# ---------------------------------------------------------------------------------------------
# The setting


@pytest.mark.once
@pytest.mark.parametrize("written, said", [
    ('"127.0.0.1:8080"', "[admin] listen has 127.0.0.1:8080, which is in [server] listen"),
    ("[]", "[admin] listen must not be empty"),
    ('"nonsense"', "[admin] listen"),
    ("8081", "[admin] listen"),
    ('["127.0.0.1:8081", 8082]', "[admin] listen"),
], ids=["taken", "empty", "nonsense", "number", "mixed"])
def test_an_address_that_cannot_be_right_is_refused(tmp_path, written, said):
    config = tmp_path / "updraft.toml"
    config.write_text(f"[admin]\nlisten = {written}\n")
    answer = run("config", "check", "--config", config)
    assert answer.returncode == 1
    assert f"{config}:2: " in answer.stderr and said in answer.stderr, answer


@pytest.mark.once
def test_addresses_come_from_a_text_a_list_or_a_variable(tmp_path):
    config = tmp_path / "updraft.toml"
    for written in ('"127.0.0.1:8081"', '["127.0.0.1:8081"]', '["127.0.0.1:8081", "[::1]:8081"]'):
        config.write_text(f"[admin]\nlisten = {written}\n")
        assert run("config", "check", "--config", config).returncode == 0, written
    for value in ("127.0.0.1:8081", "127.0.0.1:8081,[::1]:8081"):
        assert run("config", "check", env={"UPDRAFT_ADMIN_LISTEN": value}).returncode == 0, value


def test_an_operators_address_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                     env={"UPDRAFT_ADMIN_LISTEN": address})
    assert answer.returncode == 1 and address in answer.stderr
    assert not answer.stdout
