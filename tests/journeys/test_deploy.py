"""The files of deploy/: the unit, the package, and HAProxy in front of several instances."""
import contextlib
import hashlib
import http.client
import json
import os
import re
import subprocess
import threading

import pytest
import stage
from proxy_stage import Proxy, needs_haproxy

DEPLOY = stage.ROOT / "deploy"
pytestmark = pytest.mark.once


def run(*arguments, **more):
    return subprocess.run([str(one) for one in arguments], text=True, capture_output=True,
                          timeout=300, stdin=subprocess.DEVNULL, **more)


def done(*arguments, **more):
    answer = run(*arguments, **more)
    assert answer.returncode == 0, answer
    return answer.stdout


# ---------------------------------------------------------------------------------------------
# The unit and the package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    made = done(DEPLOY / "make-package", stage.binary(), folder,
                env={**os.environ, "UPDRAFT_PACKAGE_COMPRESSION": "none"}).strip()
    return made


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    done("dpkg-deb", "-x", package, root)
    return root


def test_the_unit_is_right_and_exposes_little(unpacked, tmp_path):
    text = (DEPLOY / "updraft.service").read_text()
    assert (unpacked / "lib/systemd/system/updraft.service").read_text() == text
    unit = tmp_path / "updraft.service"
    unit.write_text(text.replace("/usr/bin/updraft", str(unpacked / "usr/bin/updraft")))
    answer = run("systemd-analyze", "verify", "--man=no", unit)
    assert answer.returncode == 0, answer
    assert str(unit) not in answer.stderr, answer
    # In tenths, on a scale to 10.
    done("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", unit)


def test_the_unit_starts_what_the_package_installs(unpacked):
    text = (DEPLOY / "updraft.service").read_text()
    words = re.search(r"^ExecStart=(.*)$", text, re.M)[1].split()
    assert (unpacked / words[0].lstrip("/")).exists()
    assert (unpacked / words[words.index("--config") + 1].lstrip("/")).exists()
    config = unpacked / "etc/updraft/updraft.toml"
    example = (DEPLOY / "updraft.toml").read_text().splitlines()
    (different,) = [pair for pair in zip(example, config.read_text().splitlines()) if pair[0] != pair[1]]
    assert different == ('#listen = ["127.0.0.1:8081"]', 'listen = ["127.0.0.1:8081"]')


def test_debug_information_is_a_file_beside_the_package(tmp_path):
    program = tmp_path / "updraft"
    source = tmp_path / "updraft.cpp"
    source.write_text('#include <cstdio>\nint main() { std::puts("updraft 0.0.0"); }\n')
    done("g++", "-g", "-o", program, source)
    made = done(DEPLOY / "make-package", program, tmp_path,
                env={**os.environ, "UPDRAFT_PACKAGE_COMPRESSION": "none"}).strip()
    debug = made.removesuffix(".deb") + ".debug"
    assert ".debug_info" in done("readelf", "--sections", "--wide", debug)
    done("dpkg-deb", "-x", made, tmp_path / "root")
    installed = tmp_path / "root/usr/bin/updraft"
    assert ".debug_info" not in done("readelf", "--sections", "--wide", installed)
    # Behind the name stands a checksum, which is no text.
    link = done("readelf", "--string-dump=.gnu_debuglink", installed, errors="replace")
    assert os.path.basename(debug) in link


def test_the_package_says_what_it_needs_and_belongs_to_root(package):
    control = done("dpkg-deb", "-f", package)
    for needed in ("libsqlite3-0", "libcurl4", "libsodium23", "libc6", "adduser"):
        assert needed in re.search(r"^Depends: (.*)$", control, re.M)[1]
    assert "@" not in control.replace("updraft@localhost", "")
    lines = done("dpkg-deb", "-c", package).splitlines()
    assert {line.split()[1] for line in lines} == {"root/root"}
    assert any(line.startswith("-rwxr-xr-x") and line.endswith("./usr/bin/updraft")
               for line in lines)
    for script in ("postinst", "prerm", "postrm"):
        done("sh", "-n", DEPLOY / "debian" / script)


def test_the_packaged_binary_runs_on_the_packaged_configuration(unpacked, tmp_path):
    binary = unpacked / "usr/bin/updraft"
    config = unpacked / "etc/updraft/updraft.toml"
    done(binary, "config", "check", "--config", config)
    server = stage.Process([binary, "serve", "--config", config, "--data", tmp_path / "data",
                            "--listen", "127.0.0.1:0"], tmp_path / "log",
                           {"UPDRAFT_ADMIN_LISTEN": "127.0.0.1:0"})
    try:
        url = server.wait_for_line(r"listening on (http://\S+)")[1]
        assert stage.request(url, "GET", "/readyz").status == 200
        assert stage.request(url, "GET", "/admin/v1/apps").status == 404
        server.signal(15)
        assert server.wait() == 0
    finally:
        server.kill()


def test_containers_publish_what_operators_use_on_no_address_that_others_reach():
    image = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"^EXPOSE (.*)$", image, re.M) == ["8080"]
    assert re.search(r"^ +UPDRAFT_ADMIN_LISTEN=127\.0\.0\.1:8081$", image, re.M)
    compose = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r'^ +- "([\d.:]+)"$', compose, re.M) == ["8080:8080", "127.0.0.1:8081:8081"]
    assert "UPDRAFT_ADMIN_LISTEN: 0.0.0.0:8081\n" in compose


# ---------------------------------------------------------------------------------------------
# HAProxy


@needs_haproxy
def test_a_whole_upgrade_through_haproxy(start_server, certificate, tmp_path):
    server = start_server(config={"server": {"trusted_proxies": ["127.0.0.1"]}})
    token = server.device("d1").token
    content = os.urandom(3_000_000)
    with Proxy(tmp_path, certificate, [server] * 3) as proxy:
        operator = {"Authorization": f"Bearer {server.admin.token}",
                    "Content-Type": "application/json"}
        made = proxy.request("POST", "/admin/v1/firmware", json.dumps(
            {"deviceModel": "sensor-a", "firmwareVersion": "2.0"}), operator).expect(201).json()
        proxy.request("PUT", f"/admin/v1/firmware/{made['id']}/file", content,
                      operator).expect(200)
        proxy.request("POST", f"/admin/v1/firmware/{made['id']}/release", b"", operator).expect()
        proxy.request("POST", "/admin/v1/orders", json.dumps({"dids": ["d1"]}),
                      operator).expect(201)
        device = {"Authorization": f"TargetToken {token}"}
        base = proxy.request("GET", "/DEFAULT/controller/v1/d1", headers=device).expect().json()
        link = base["_links"]["deploymentBase"]["href"]
        origin = proxy.url
        assert link.startswith(origin + "/DEFAULT/"), link
        deployment = proxy.request("GET", link.removeprefix(origin), headers=device).expect().json()
        artifact = deployment["deployment"]["chunks"][0]["artifacts"][0]
        href = artifact["_links"]["download"]["href"]
        assert href.startswith(origin + "/DEFAULT/"), href
        got = proxy.request("GET", href.removeprefix(origin), headers=device).expect().body
        assert hashlib.sha256(got).hexdigest() == hashlib.sha256(content).hexdigest()


@needs_haproxy
def test_operating_through_haproxy_is_for_some_only(server, certificate, tmp_path):
    with Proxy(tmp_path, certificate, [server] * 3, operators="198.51.100.0/24") as proxy:
        for path in ("/admin/v1/apps", "/metrics", "/openapi.json"):
            answer = proxy.request("GET", path,
                                   headers={"Authorization": f"Bearer {server.admin.token}"})
            assert answer.status == 404, path
        assert proxy.request("GET", "/healthz").status == 200


@needs_haproxy
def test_one_of_three_ends_and_a_client_that_asks_once_more_sees_no_error(start_server, certificate, tmp_path):
    # The calls are refused (801). Each has an address of its own, which the proxy names, so that
    # they are not slowed down.
    servers = [start_server({"server": {"trusted_proxies": ["127.0.0.1"]}}) for _ in range(3)]
    with Proxy(tmp_path, certificate, servers) as proxy:
        bad, asked = [], []
        ended = threading.Event()

        def status():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return proxy.request("POST", "/open/ota/query/firmware", b"{}",
                                     source=stage.own_address()).status
            return 0

        def ask():
            while not ended.is_set():
                # A request that was running when its instance ended may be repeated.
                answer = status()
                if answer != 200:
                    answer = status()
                asked.append(answer)
                if answer != 200:
                    bad.append(answer)

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        stage.wait_until(lambda: len(asked) > 40, "requests before")
        servers[1].stop()  # As an upgrade of the program does it.
        before = len(asked)
        stage.wait_until(lambda: len(asked) > before + 200, "requests after")
        servers[2].kill()  # As a power cut does it.
        before = len(asked)
        stage.wait_until(lambda: len(asked) > before + 200, "requests after")
        ended.set()
        for thread in threads:
            thread.join(stage.PATIENCE)
        assert bad == []


@needs_haproxy
def test_three_instances_on_one_postgresql_lose_nothing_when_two_of_them_end(
        database, start_server, certificate, tmp_path):
    here = {"trusted_proxies": ["127.0.0.1"]}
    servers = [start_server(config={"store": {"url": database}, "server": here})]
    servers += [start_server(config={"server": here}, beside=servers[0]) for _ in range(2)]
    user = servers[0].app("app").grant("alice")
    dids = [f"d{number}" for number in range(300)]
    lines = "\n".join(json.dumps({"did": did, "deviceModel": "sensor-a", "firmwareVersion": "1.0",
                                  "openId": "alice"}) for did in dids)
    imported = servers[0].admin.post("/devices/import", lines.encode()).expect(200).json()
    assert imported["imported"] == len(dids)
    servers[0].publish("sensor-a", "2.0")
    with Proxy(tmp_path, certificate, servers) as proxy:
        waiting, acknowledged, bad = list(dids), {}, []
        lock = threading.Lock()

        def order(did, refusals):
            try:
                answer = proxy.request("POST", "/open/ota/upgrade/firmware/selected",
                                       json.dumps({"did": did}), user.headers())
            except (OSError, http.client.HTTPException) as trouble:
                refusals.append(repr(trouble))
                return None
            if answer.status == 200 and answer.json()["code"] == 0:
                return answer.json()["result"]
            refusals.append((answer.status, answer.body))
            return None

        def run():
            while True:
                with lock:
                    if not waiting:
                        return
                    did = waiting.pop()
                refusals = []
                number = order(did, refusals) or order(did, refusals)
                with lock:
                    if number:
                        acknowledged[did] = number
                    else:
                        bad.append((did, refusals))

        threads = [threading.Thread(target=run, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        stage.wait_until(lambda: len(acknowledged) > 50, "orders before")
        servers[1].kill()  # As a power cut does it.
        stage.wait_until(lambda: len(acknowledged) > 150, "orders after the first")
        servers[2].stop()  # As an upgrade of the program does it.
        for thread in threads:
            thread.join(stage.PATIENCE)
        assert bad == []
        assert len(acknowledged) == len(dids)
    stored = {one["did"]: one["orderId"] for one in servers[0].admin.every("/upgrades")}
    assert stored == acknowledged
