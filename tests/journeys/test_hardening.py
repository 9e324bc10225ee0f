"""What protects secrets: header fields, files, tokens on the way, memory, and how the program is built."""
import contextlib
import http.server
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import threading

import pytest
import stage
from test_process import certificate, run

# ---------------------------------------------------------------------------------------------
# Header fields


def test_every_answer_forbids_sniffing_and_all_but_artifacts_forbid_storing(server):
    app = server.app()
    user = app.grant("u")
    server.publish("sensor-a", "2.0.0")
    device = server.device("d-1", open_id="u")
    assert user.upgrade_one("d-1")[0] == 0
    deployment = device.wait_for_deployment()
    keys = {"Appid": app.appid, "Appkey": app.appkey}

    def ask(method, path, body=None, headers=None):
        return stage.request(server.url, method, path, body, headers)

    private = [
        server.admin.get("/apps"), server.admin.get("/nowhere"), server.admin.post("/apps", b"{"),
        ask("GET", "/admin/v1/apps"), user.raw("/open/ota/query/firmware"), ask("GET", "/nowhere"),
        ask("POST", "/open/account/access/get", {"accountId": "a"}, keys),
        ask("POST", "/access_token", b"grant_type=refresh_token"), ask("GET", "/readyz"),
        ask("GET", "/metrics", None, {"Authorization": f"Bearer {server.admin.token}"}),
        device.call("GET", ""), device.call("GET", "/deploymentBase/1"),
        device.call("PUT", "/configData", {"data": {}}),
        ask("GET", "/DEFAULT/controller/v1/d-1"),
    ]
    for answer in private:
        assert answer.headers.get_all("Cache-Control") == ["no-store"], answer.body
    public = [device.download(deployment), device.download(deployment, {"Range": "bytes=0-1"}),
              device.download(deployment, {"Range": "bytes=99-"}), ask("GET", "/openapi.json")]
    assert [answer.status for answer in public] == [200, 206, 416, 200]
    for answer in public:
        assert answer.headers["Cache-Control"] is None
    for answer in private + public:
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"], answer.body
        assert answer.headers["Strict-Transport-Security"] is None, "not over plain HTTP"
    malformed = server.raw(b"GET / HTTP/1.1\r\n\r\n")
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in malformed
    assert b"\r\nCache-Control: no-store\r\n" in malformed


# ---------------------------------------------------------------------------------------------
# TLS


@pytest.fixture
def tls_server(tmp_path, start_server):
    cert, key = certificate(tmp_path, "server")
    server = start_server(config={"tls": {"cert": str(cert), "key": str(key)}}, start=False)
    config = server.directory / "updraft.toml"
    config.write_text(stage.toml(server.config))
    server.process = stage.Process([stage.binary(), "serve", "--config", config, "--data",
                                    server.data], server.log)
    server.url = server.process.wait_for_line(r"listening on (https://\S+)")[1]
    return server


def s_client(server, *words, sent=b""):
    address = server.url.removeprefix("https://")
    answer = subprocess.run(["openssl", "s_client", "-connect", address, *words], input=sent,
                            capture_output=True, timeout=stage.PATIENCE)
    return answer.stdout.decode(errors="replace") + answer.stderr.decode(errors="replace")


def test_tls_is_spoken_with_forward_secrecy_and_authenticated_encryption_only(tls_server):
    assert "Cipher is TLS_" in s_client(tls_server, "-tls1_3")
    for cipher in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        assert f"Cipher is {cipher}" in s_client(tls_server, "-no_tls1_3", "-cipher", cipher)
    for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
                   "ECDHE-ECDSA-AES128-SHA256"):
        said = s_client(tls_server, "-no_tls1_3", "-cipher", cipher)
        assert "Cipher is (NONE)" in said and "handshake failure" in said, said
    for version in ("-tls1", "-tls1_1"):
        assert "Cipher is (NONE)" in s_client(tls_server, version, "-cipher", "ALL:@SECLEVEL=0")


def test_tls_is_neither_renegotiated_nor_compressed_and_says_to_stay(tls_server):
    ask = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    said = s_client(tls_server, "-no_tls1_3", "-quiet", sent=ask)
    assert "Strict-Transport-Security: max-age=31536000" in said
    # s_client renegotiates at a line "R".
    said = s_client(tls_server, "-no_tls1_3", sent=b"R\n")
    assert "RENEGOTIATING" in said and "no renegotiation" in said, said
    assert "Compression: NONE" in said


def test_a_key_with_a_pass_phrase_is_refused_and_not_asked_about(tmp_path):
    cert, key = certificate(tmp_path, "server")
    closed = tmp_path / "closed.key"
    subprocess.run(["openssl", "ec", "-in", key, "-out", closed, "-aes256", "-passout", "pass:x"],
                   check=True, capture_output=True)
    closed.chmod(0o600)
    answer = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                 env={"UPDRAFT_TLS_CERT": str(cert), "UPDRAFT_TLS_KEY": str(closed)})
    assert answer.returncode == 1 and str(closed) in answer.stderr
    assert "pass phrase" not in answer.stdout


# ---------------------------------------------------------------------------------------------
# Files with secrets


@pytest.mark.parametrize("name", ["secret.key", "admin-token"])
def test_a_secret_file_that_others_may_read_is_refused(tmp_path, start_server, name):
    server = start_server()
    server.stop()
    if name == "admin-token":
        (server.data / "updraft.db").unlink(missing_ok=True)
        if server.database:
            pytest.skip("a new store reads the token")
        (server.data / "secret.key").unlink()
    (server.data / name).chmod(0o644)
    config = server.directory / "updraft.toml"
    answer = run("serve", "--config", config, "--data", server.data)
    assert answer.returncode == 1, answer.stderr
    assert str(server.data / name) in answer.stderr and "0600" in answer.stderr


def test_a_tls_key_that_others_may_read_is_refused(tmp_path):
    cert, key = certificate(tmp_path, "server")
    key.chmod(0o604)
    answer = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                 env={"UPDRAFT_TLS_CERT": str(cert), "UPDRAFT_TLS_KEY": str(key)})
    assert answer.returncode == 1
    assert str(key) in answer.stderr and "0600" in answer.stderr


def test_a_token_file_that_others_may_read_is_refused(server, tmp_path):
    token = tmp_path / "token"
    token.write_text(server.admin.token + "\n")
    words = ("app", "list", "--url", server.url, "--token-file", token)
    token.chmod(0o644)
    refused = run(*words)
    assert refused.returncode == 2 and str(token) in refused.stderr and "0600" in refused.stderr
    assert server.admin.token not in refused.stderr
    token.chmod(0o600)
    assert run(*words).returncode == 0
    token.unlink()
    missing = run(*words)
    assert missing.returncode == 2 and str(token) in missing.stderr


# ---------------------------------------------------------------------------------------------
# The operator's token on its way


class Ear(http.server.ThreadingHTTPServer):
    """A proxy, or another machine: keeps the requests that it hears. Redirects them to `to`."""

    def __init__(self, to=None):
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                heard.append((self.requestline, dict(self.headers)))
                self.send_response(307 if to else 200)
                if to:
                    self.send_header("Location", to)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = do_PUT = do_CONNECT = answer

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def ear():
    made = Ear()
    yield made
    made.shutdown()


def with_proxy(ear, **more):
    return {"http_proxy": ear.url, "https_proxy": ear.url, "all_proxy": ear.url,
            "HTTPS_PROXY": ear.url, "ALL_PROXY": ear.url, **more}


def test_no_proxy_is_used_for_this_machine(server, ear):
    port = server.url.rsplit(":", 1)[1]
    env = with_proxy(ear, UPDRAFT_ADMIN_TOKEN=server.admin.token)
    for host in ("127.0.0.1", "localhost", "127.1"):
        for words in (("app", "list"), ("health",)):
            answer = run(*words, "--url", f"http://{host}:{port}", env=env)
            assert answer.returncode == 0, answer.stderr
    simulated = run("simulate", "--create", "--model", "m", "--devices", "1", "--seconds", "1",
                    "--polling", "0.2", "--url", server.url, env=env)
    assert simulated.returncode == 0, simulated.stderr
    assert ear.heard == []


def test_no_token_leaves_this_machine_unencrypted(ear):
    env = with_proxy(ear, UPDRAFT_ADMIN_TOKEN="t0ken")
    far = ("--url", "http://updraft.invalid:8080")
    for words in (("app", "list"), ("device", "show", "d"), ("firmware", "publish", "/bin/true", "--model", "m",
                                                                 "--firmware-version", "1"),
                  ("simulate", "--create", "--model", "m", "--devices", "1")):
        refused = run(*words, *far, env=env)
        assert refused.returncode == 2 and "--insecure-http" in refused.stderr, refused.stderr
        assert "t0ken" not in refused.stderr
    assert ear.heard == []
    # Encrypted it may go through the proxy, which sees no token; in the clear only when it was said.
    run("app", "list", "--url", "https://updraft.invalid", env=env)
    [(line, fields)] = ear.heard
    assert line.startswith("CONNECT ") and "Authorization" not in fields
    run("app", "list", *far, "--insecure-http", env=env)
    assert ear.heard[-1][1]["Authorization"] == "Bearer t0ken"
    # A call that needs no token sends none.
    run("health", *far, env=env)
    assert "readyz" in ear.heard[-1][0] and "Authorization" not in ear.heard[-1][1]


def test_redirects_are_not_followed(ear):
    first = Ear(to=ear.url + "/admin/v1/apps")
    try:
        answer = run("app", "list", "--url", first.url, env={"UPDRAFT_ADMIN_TOKEN": "t0ken"})
        assert answer.returncode == 1 and "307" in answer.stderr
        assert len(first.heard) == 1 and ear.heard == []
    finally:
        first.shutdown()


# ---------------------------------------------------------------------------------------------
# Users


def test_an_app_makes_no_more_users_than_it_may(start_server):
    server = start_server(config={"limits": {"users_per_app": 2}})
    app, other = server.app("one"), server.app("two")

    def get(app, account):
        return stage.request(server.url, "POST", "/open/account/access/get", {"accountId": account},
                             app.keys())

    first = app.sign_in("a")
    app.sign_in("b")
    refused = get(app, "c")
    assert (refused.status, refused.json()["code"]) == (429, 104) and refused.headers["Retry-After"]
    assert app.sign_in("a").open_id == first.open_id
    other.sign_in("c")
    server.kill()
    server.start()
    assert get(app, "c").json()["code"] == 104, "the count survives"


# ---------------------------------------------------------------------------------------------
# Memory, and how the program is built


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a server as another user")
def test_the_memory_of_a_server_is_open_to_root_only(tmp_path):
    nobody = pwd.getpwnam("nobody").pw_uid
    # The program's own folder may be closed to that user.
    program = pathlib.Path(shutil.copy(stage.binary(), tmp_path / "updraft"))
    with contextlib.ExitStack() as opened:
        for folder in [tmp_path, *tmp_path.parents][:4]:
            mode = folder.stat().st_mode
            opened.callback(folder.chmod, mode)
            folder.chmod(mode | 0o055)
        data = tmp_path / "data"
        data.mkdir()
        os.chown(data, nobody, -1)
        arguments = [program, "serve", "--data", data, "--listen", "127.0.0.1:0"]
        child = subprocess.Popen(arguments, user=nobody, stdout=subprocess.PIPE, text=True)
        try:
            assert "listening on" in child.stdout.readline()
            # The kernel gives /proc/PID of what cannot be dumped to root.
            assert pathlib.Path(f"/proc/{child.pid}/environ").stat().st_uid == 0
        finally:
            child.terminate()
            assert child.wait(stage.PATIENCE) == 0


def elf(*words):
    return subprocess.run(["readelf", "--wide", *words, stage.binary()], check=True,
                          capture_output=True, text=True).stdout


@pytest.mark.once
def test_the_program_is_built_against_errors_in_memory():
    if stage.sanitized():
        pytest.skip("sanitizers have their own protection")
    assert re.search(r"Type:\s+DYN", elf("--file-header")), "position independent"
    assert "GNU_RELRO" in elf("--program-headers")
    assert re.search(r"GNU_STACK.* RW ", elf("--program-headers")), "no code on the stack"
    assert re.search(r"\(FLAGS(_1)?\).*\bNOW\b", elf("--dynamic")), "all symbols bound at the start"
    symbols = elf("--dyn-syms")
    assert "__stack_chk_fail" in symbols
    cache = pathlib.Path(stage.binary()).parent / "CMakeCache.txt"
    if cache.exists() and "CMAKE_BUILD_TYPE:STRING=Release" not in cache.read_text():
        return  # Checked library calls need optimisation.
    assert re.search(r"__(memcpy|read|fdelt|snprintf|vsnprintf)_chk", symbols)
