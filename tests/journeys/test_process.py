"""The process: its output, its files, its refusals, and its end (contract section 7)."""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import urllib.parse

import pytest
import stage
from admin_stage import end_during_a_request


def run(*arguments, env=None, cwd=None, stdin=""):
    """Runs a command of the binary until it ends."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UPDRAFT_")}
    environment["XDG_CONFIG_HOME"] = "/nowhere"  # Not the login of whoever runs the tests.
    environment.update(env or {})
    return subprocess.run([stage.binary(), *map(str, arguments)], input=stdin, text=True,
                          capture_output=True, timeout=stage.PATIENCE, env=environment, cwd=cwd)


def run_again(server):
    """Runs `serve` a second time, with the settings of `server`, until it ends."""
    return run("serve", "--config", server.directory / "updraft.toml", "--data", server.data)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


# ---------------------------------------------------------------------------------------------
# Usage


def every_command():
    """All commands, read from the output of --help."""
    found, open_ends = [], [[]]
    while open_ends:
        words = open_ends.pop()
        text = run(*words, "--help").stdout
        found.append(words)
        _, _, below = text.partition("Subcommands:")
        for line in below.splitlines():
            if line.startswith("  ") and line[2:3].strip():
                open_ends.append([*words, line.split()[0]])
    return found


def test_a_configuration_that_a_flag_names_goes_before_the_url_of_a_variable(server):
    env = {"UPDRAFT_URL": server.url}
    assert run("health", env=env).returncode == 0
    answer = run("health", "--config", "/nope", env=env)
    assert answer.returncode != 0 and "/nope" in answer.stderr
    assert run("health", "--config", "/nope", "--url", server.url).returncode == 0


@pytest.mark.once
def test_every_command_has_help_and_exits_with_0():
    commands = every_command()
    assert ["serve"] in commands and ["firmware", "publish"] in commands
    for words in commands:
        answer = run(*words, "--help")
        assert answer.returncode == 0, words
        assert "--help" in answer.stdout, words


def test_the_version_is_told():
    answer = run("--version")
    assert answer.returncode == 0
    assert answer.stdout.startswith("updraft ")


@pytest.mark.parametrize("arguments", [
    [], ["fly"], ["serve", "--altitude", "3"], ["app"], ["app", "create"], ["device", "put", "d1"],
    ["serve", "--listen", "nonsense"], ["config"], ["app", "update", "a", "--disabled", "maybe"],
], ids=lambda words: " ".join(words) or "nothing")
def test_wrong_usage_exits_with_2(arguments):
    answer = run(*arguments)
    assert answer.returncode == 2, answer
    assert answer.stderr.strip()
    assert not answer.stdout


# ---------------------------------------------------------------------------------------------
# Configuration


def test_the_example_configuration_is_right_and_complete(tmp_path):
    example = stage.ROOT / "updraft.example.toml"
    assert run("config", "example").stdout == example.read_text()
    answer = run("config", "check", "--config", example)
    assert answer.returncode == 0, answer.stderr


def test_a_wrong_configuration_names_file_line_and_key(tmp_path):
    config = tmp_path / "updraft.toml"
    config.write_text('[server]\nlisten = ["127.0.0.1:0"]\n[push]\ntimeout = "soon"\n')
    for command in (["config", "check"], ["serve", "--data", tmp_path / "data"]):
        answer = run(*command, "--config", config)
        assert answer.returncode == 1
        assert f"{config}:4: [push] timeout" in answer.stderr
    assert not (tmp_path / "data").exists()


def test_a_wrong_variable_is_named():
    answer = run("config", "check", env={"UPDRAFT_PUSH_TIMEOUT": "soon"})
    assert answer.returncode == 1
    assert "UPDRAFT_PUSH_TIMEOUT" in answer.stderr


def test_the_environment_wins_over_the_file(start_server):
    server = start_server(env={"UPDRAFT_LOG_FORMAT": "json"}, config={"log": {"format": "text"}})
    server.stop()
    for line in server.process.errors().splitlines():
        assert "event" in json.loads(line)


# ---------------------------------------------------------------------------------------------
# The first start, and later ones


def test_the_first_start_makes_a_private_data_directory(server):
    assert mode(server.data) == 0o700
    assert mode(server.data / "secret.key") == 0o600
    assert mode(server.data / "admin-token") == 0o600


def test_the_first_start_says_where_the_admin_token_is_and_not_what_it_is(server):
    said = f"first start: this file has the admin token file={server.data / 'admin-token'}\n"
    server.stop()
    log = server.process.errors()
    assert log.count(said) == 1
    assert server.admin.token not in log
    server.start()
    server.stop()
    assert server.process.errors().count(said) == 1


@pytest.mark.embedded
def test_the_store_is_in_the_data_directory(server):
    assert (server.data / "updraft.db").exists()


def test_the_store_holds_no_token_in_the_clear(server):
    token = (server.data / "admin-token").read_text().strip()
    app = server.app()
    server.stop()
    if server.database:
        stored = [stage.cluster.dump(server.database)]
    else:
        stored = [path.read_bytes() for path in server.data.glob("updraft.db*")]
    assert any(app.appid.encode() in content for content in stored)
    for content in stored:
        for secret in (token, app.appkey, app.push_secret):
            assert secret.encode() not in content


def test_one_line_for_each_listener(start_server):
    server = start_server(config={"server": {"listen": ["127.0.0.1:0", "127.0.0.1:0"]}})
    lines = [line for line in server.process.lines if line.startswith("listening on ")]
    stage.wait_until(lambda: len(server.process.lines) >= 2, "the second listener's line")
    lines = list(server.process.lines)
    urls = [line.removeprefix("listening on ") for line in lines]
    assert len(set(urls)) == 2
    for url in urls:
        assert stage.request(url, "GET", "/healthz").status == 200


def test_keys_and_tokens_stay_over_a_restart(server):
    before = {name: (server.data / name).read_bytes() for name in ("secret.key", "admin-token")}
    app = server.app()
    server.stop()
    server.start()
    assert {name: (server.data / name).read_bytes() for name in before} == before
    assert server.admin.get(f"/apps/{app.appid}").status == 200
    user = app.sign_in("somebody")
    assert user.query() == (0, [])


def test_a_second_server_on_the_same_data_is_refused(server):
    answer = run("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert answer.returncode == 1
    assert "another server" in answer.stderr
    assert not answer.stdout
    assert server.admin.get("/apps").status == 200


@pytest.mark.embedded
def test_a_second_server_on_the_same_database_is_refused(server, tmp_path):
    answer = run("serve", "--data", tmp_path / "other", "--listen", "127.0.0.1:0",
                 "--store", f"sqlite:{server.data / 'updraft.db'}")
    assert answer.returncode == 1
    assert "updraft.db" in answer.stderr


def test_another_key_is_refused_and_says_why(server):
    server.stop()
    key = server.data / "secret.key"
    kept = key.read_bytes()
    key.write_text("0" * 64 + "\n")
    answer = run_again(server)
    assert answer.returncode == 1
    assert str(key) in answer.stderr
    key.write_bytes(kept)
    server.start()


def test_a_lost_key_is_not_made_anew(server):
    server.stop()
    key = server.data / "secret.key"
    kept = key.read_bytes()
    key.unlink()
    answer = run_again(server)
    assert answer.returncode == 1
    assert str(key) in answer.stderr
    assert not key.exists()
    key.touch(0o600)
    key.write_bytes(kept)
    server.start()


def test_an_address_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = run("serve", "--data", tmp_path / "data", "--listen", address)
    assert answer.returncode == 1
    assert address in answer.stderr


# ---------------------------------------------------------------------------------------------
# The end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_0(start_server, number):
    server = start_server()
    server.process.signal(number)
    assert server.process.wait() == 0


def test_what_runs_is_finished_before_the_end(server):
    """A request whose body is not complete when SIGTERM arrives is answered."""
    end_during_a_request(server, server.url)
    server.start()
    assert [app["name"] for app in server.admin.every("/apps")] == ["late"]


def test_a_request_that_never_ends_is_cut_off_after_drain_timeout(start_server):
    server = start_server(config={"server": {"drain_timeout": "200ms"}})
    parts = urllib.parse.urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=stage.PATIENCE) as link:
        link.sendall(b"POST /admin/v1/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                     b"Expect: 100-continue\r\n\r\n")
        assert link.recv(4096)
        server.process.signal(signal.SIGTERM)
        assert server.process.wait() == 0


def test_an_idle_connection_does_not_hold_up_the_end(server):
    parts = urllib.parse.urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=stage.PATIENCE) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
        server.process.signal(signal.SIGTERM)
        assert server.process.wait() == 0


def test_a_hang_up_does_not_end_it(server):
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "certificates" in server.process.errors(), "SIGHUP to be noticed")
    assert stage.request(server.url, "GET", "/healthz").status == 200


def test_closed_log_and_output_do_not_end_it(tmp_path):
    data = tmp_path / "data"
    child = subprocess.Popen([stage.binary(), "serve", "--data", data, "--listen", "127.0.0.1:0"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        url = child.stdout.readline().decode().split()[-1]
        child.stdout.close()
        child.stderr.close()
        for _ in range(3):
            assert stage.request(url, "POST", "/open/nowhere", {}).status == 404
        child.terminate()
        assert child.wait(stage.PATIENCE) == 0
    finally:
        child.kill()
        child.wait()


# ---------------------------------------------------------------------------------------------
# Health, metrics, logs


def test_it_is_ready_when_it_listens(server):
    assert stage.request(server.url, "GET", "/healthz").status == 200
    assert stage.request(server.url, "GET", "/readyz").status == 200


def test_metrics_are_for_operators_or_on_a_listener_of_their_own(start_server):
    server = start_server()
    assert stage.request(server.url, "GET", "/metrics").status == 401
    token = {"Authorization": f"Bearer {server.admin.token}"}
    text = stage.request(server.url, "GET", "/metrics", headers=token).expect(200)
    assert text.headers["Content-Type"].startswith("text/plain")
    assert b"# TYPE updraft_" in text.body

    apart = start_server(config={"metrics": {"listen": "127.0.0.1:0"}})
    url = apart.process.wait_for_line(r"metrics on (http://\S+)")[1]
    assert b"# TYPE updraft_" in stage.request(url, "GET", "/metrics").expect(200).body
    assert stage.request(url, "GET", "/healthz").status == 404
    token = {"Authorization": f"Bearer {apart.admin.token}"}
    assert stage.request(apart.url, "GET", "/metrics", headers=token).status == 404


def test_every_metric_is_documented(server):
    token = {"Authorization": f"Bearer {server.admin.token}"}
    text = stage.request(server.url, "GET", "/metrics", headers=token).expect(200).body.decode()
    told = set(re.findall(r"^# TYPE (updraft_\w+)", text, re.M))
    documented = set(re.findall(r"`(updraft_\w+)(?:\{\w+\})?`",
                                (stage.ROOT / "docs" / "operating.md").read_text()))
    # Metrics of a bucket exist only with a bucket: test_bucket.py; of TLS only with TLS: test_said.py.
    assert told == {name for name in documented
                    if not name.startswith(("updraft_bucket_", "updraft_tls_"))}


def test_each_call_is_a_line_with_its_request_id_and_no_secret(start_server):
    server = start_server(config={"log": {"format": "json"}})
    app = server.app()
    user = app.sign_in("somebody")
    user.raw("/open/ota/query/firmware", {}, {"X-Request-Id": "call-7"}).expect(200)
    server.stop()
    log = server.process.errors()
    lines = [json.loads(line) for line in log.splitlines()]
    (line,) = [line for line in lines if line.get("request") == "call-7"]
    assert line["path"] == "/open/ota/query/firmware"
    assert line["status"] == 200
    for secret in (app.appkey, app.push_secret, user.token, user.refresh_token,
                   server.admin.token):
        assert secret not in log


# ---------------------------------------------------------------------------------------------
# TLS


def certificate(folder, name):
    """Makes a new self-signed certificate for localhost; returns the paths of its file and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key,
                    "-out", cert, "-subj", f"/CN={name}", "-addext",
                    "subjectAltName=IP:127.0.0.1,DNS:localhost"], check=True, capture_output=True)
    return cert, key


def peer_of(url):
    """The common name in the certificate of the server at that address."""
    parts = urllib.parse.urlsplit(url)
    answer = subprocess.run(["openssl", "s_client", "-connect", f"{parts.hostname}:{parts.port}"],
                            input=b"", capture_output=True, timeout=stage.PATIENCE)
    return answer.stdout.decode(errors="replace")


def test_certificates_are_read_again_on_sighup(tmp_path, start_server):
    cert, key = certificate(tmp_path, "first")
    server = start_server(config={"tls": {"cert": str(cert), "key": str(key)}}, start=False)
    config = server.directory / "updraft.toml"
    config.write_text(stage.toml(server.config))
    server.process = stage.Process([stage.binary(), "serve", "--config", config, "--data",
                                    server.data], server.log)
    server.url = server.process.wait_for_line(r"listening on (https://\S+)")[1]
    assert "CN = first" in peer_of(server.url)

    again, new_key = certificate(tmp_path, "second")
    cert.write_bytes(again.read_bytes())
    key.write_bytes(new_key.read_bytes())
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "read again" in server.process.errors(), "the reload")
    assert "CN = second" in peer_of(server.url)

    cert.write_text("no certificate")
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "the old ones stay" in server.process.errors(), "the refusal")
    assert "CN = second" in peer_of(server.url)


def test_a_certificate_that_cannot_be_read_is_named(tmp_path):
    cert, key = certificate(tmp_path, "server")
    answer = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                 env={"UPDRAFT_TLS_CERT": "/nowhere/cert.pem", "UPDRAFT_TLS_KEY": str(key)})
    assert answer.returncode == 1
    assert "/nowhere/cert.pem" in answer.stderr
