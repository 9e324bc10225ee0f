"""What an operator says is never dropped without a word, and libraries do not speak for themselves."""
import http.server
import os
import pty
import signal
import ssl
import subprocess
import threading
import urllib.request

import pytest
import stage
from authority import Authority
from test_process import certificate, run

WORD = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF"


# ---------------------------------------------------------------------------------------------
# Files that cannot be read


@pytest.mark.once
@pytest.mark.parametrize("command", [
    ["serve", "--listen", "127.0.0.1:0"], ["config", "check"], ["backup", "--to", "{}/to"], ["check"],
    ["health"], ["artifact", "copy", "--from", "/a", "--to", "/b"],
], ids=lambda words: words[0])
def test_a_configuration_that_is_a_directory_is_named_and_nothing_is_made(tmp_path, command):
    config = tmp_path / "updraft.toml"
    config.mkdir()
    words = [word.format(tmp_path) for word in command]
    answer = run(*words, "--config", config, *([] if "copy" in words else ["--data", tmp_path / "data"]))
    assert answer.returncode == 1, answer
    assert f"{config} cannot be read: Is a directory" in answer.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["updraft.toml"]


@pytest.mark.once
@pytest.mark.parametrize("name", ["TLS_CERT", "TLS_KEY", "PUSH_CA_FILE", "PUSH_PROXY",
                                  "FIRMWARE_SECRET_KEY_FILE", "SECRETS_KEY_FILE"])
def test_config_check_reads_the_files_that_are_named(tmp_path, name):
    cert, key = certificate(tmp_path, "server")
    word = tmp_path / "word"
    word.touch(0o600)
    word.write_text("secret\n")
    environment = {"UPDRAFT_TLS_CERT": str(cert), "UPDRAFT_TLS_KEY": str(key),
                   "UPDRAFT_FIRMWARE_STORE": "s3://bucket", "UPDRAFT_FIRMWARE_ACCESS_KEY": "a",
                   "UPDRAFT_FIRMWARE_SECRET_KEY_FILE": str(word)}
    good = run("config", "check", "--data", tmp_path / "data", env=environment)
    assert good.returncode == 0, good
    for place, said in ((str(tmp_path), "Is a directory"), ("/dev/null/x", "Not a directory")):
        answer = run("config", "check", "--data", tmp_path / "data",
                     env={**environment, f"UPDRAFT_{name}": place})
        assert answer.returncode == 1, answer
        assert f"{place} cannot be read: {said}" in answer.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.once
def test_config_check_names_a_data_directory_that_is_a_file(tmp_path):
    (tmp_path / "data").touch()
    answer = run("config", "check", "--data", tmp_path / "data")
    assert answer.returncode == 1 and str(tmp_path / "data") in answer.stderr


def test_a_token_file_that_cannot_be_used_is_named_and_nothing_is_sent(server, tmp_path):
    empty = tmp_path / "empty"
    empty.touch(0o600)
    for file in ("/nope", str(tmp_path), str(empty)):
        for words, env in ((["--token-file", file], {}), ([], {"UPDRAFT_ADMIN_TOKEN_FILE": file})):
            answer = run("app", "list", "--url", server.url, *words, env=env)
            assert answer.returncode == 2, answer
            assert file in answer.stderr and "401" not in answer.stderr
    server.stop()
    assert "/admin/v1/apps" not in server.process.errors()


def test_a_directory_as_a_file_to_send_is_named(server, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    access = ["--url", server.url, "--token", server.admin.token]
    draft = server.admin.post("/firmware", {"deviceModel": "m", "firmwareVersion": "1"}).json()
    for words in (["device", "import", folder], ["firmware", "upload", draft["id"], folder],
                  ["firmware", "publish", folder, "--model", "m", "--firmware-version", "2"]):
        answer = run(*words, *access)
        assert answer.returncode == 2, answer
        assert f"{folder} cannot be read" in answer.stderr and "Content-Length" not in answer.stderr
    descriptor = os.open(folder, os.O_RDONLY)
    answer = subprocess.run([stage.binary(), "device", "import", "-", *access], stdin=descriptor,
                            capture_output=True, text=True, timeout=stage.PATIENCE)
    os.close(descriptor)
    assert answer.returncode == 1 and "standard input cannot be read" in answer.stderr
    assert [one["id"] for one in server.admin.every("/firmware")] == [draft["id"]]


def test_certificates_to_trust_that_cannot_be_read_are_named(server):
    answer = run("app", "list", "--url", server.url, "--token", server.admin.token, "--ca", "/nope")
    assert answer.returncode == 1 and "/nope cannot be read" in answer.stderr


@pytest.mark.once
def test_a_directory_of_credentials_is_named(tmp_path):
    answer = run("simulate", "--credentials", tmp_path, "--seconds", "1")
    assert answer.returncode == 1 and f"{tmp_path} cannot be read" in answer.stderr
    file = tmp_path / "credentials"
    file.write_text("d,token\n")
    file.chmod(0o644)
    answer = run("simulate", "--credentials", file, "--seconds", "1")
    assert answer.returncode == 1 and f"others may read {file}" in answer.stderr


@pytest.mark.once
@pytest.mark.parametrize("name", ["TLS_CERT", "TLS_KEY", "PUSH_CA_FILE", "SECRETS_KEY_FILE",
                                  "admin-token"])
def test_a_pipe_that_nobody_writes_into_is_named_and_not_waited_for(tmp_path, name):
    cert, key = certificate(tmp_path, "server")
    data = tmp_path / "data"
    data.mkdir(0o700)
    pipe = data / "admin-token" if name == "admin-token" else tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    named = {} if name == "admin-token" else {f"UPDRAFT_{name}": str(pipe)}
    for command in CHECKS:
        answer = run(*command, "--data", data, env={"UPDRAFT_TLS_CERT": str(cert),
                                                    "UPDRAFT_TLS_KEY": str(key), **named})
        assert answer.returncode == 1, answer
        assert f"{pipe} cannot be read: nobody writes into this pipe" in answer.stderr


@pytest.mark.once
def test_files_of_the_other_kind_of_place_are_checked_too(tmp_path):
    place = tmp_path / "file"
    place.touch()
    for name, value, said in (("SECRET_KEY_FILE", "/nope", "/nope is missing"),
                              ("SECRET_KEY_FILE", str(tmp_path), f"{tmp_path} cannot be read"),
                              ("CACHE_DIR", str(place), f"{place} is no folder"),
                              ("DIR", str(place), f"{place} is no folder")):
        for command in CHECKS:
            answer = run(*command, "--data", tmp_path / "data", env={f"UPDRAFT_FIRMWARE_{name}": value})
            assert answer.returncode == 1 and said in answer.stderr, answer
    assert not (tmp_path / "data").exists()


@pytest.mark.once
def test_config_check_refuses_a_store_that_serve_refuses(tmp_path):
    text = tmp_path / "text"
    text.write_text("this is no database, and is longer than a header of one\n" * 20)
    data = ["--data", tmp_path / "data"]
    for place, said in ((tmp_path, str(tmp_path)), (text, f"{text}"), ("/nope/x.db", "/nope"),
                        (f"{text}/x.db", str(text))):
        for command in CHECKS:
            answer = run(*command, *data, "--store", f"sqlite:{place}")
            assert answer.returncode == 1 and said in answer.stderr, answer
    answer = run("config", "check", *data, env={"UPDRAFT_SECRETS_KEY_FILE": "/nope/key"})
    assert answer.returncode == 1 and "/nope/key cannot be made: /nope" in answer.stderr
    if os.geteuid() != 0:
        text.chmod(0)
        assert run("config", "check", *data, "--store", f"sqlite:{text}").returncode == 1


@pytest.mark.once
def test_relative_folders_without_a_slash_are_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    process = stage.Process([stage.binary(), "serve", "--listen", "127.0.0.1:0"], tmp_path / "log",
                            env={"UPDRAFT_FIRMWARE_DIR": "artifacts"})
    process.wait_for_line("listening on")
    process.signal(signal.SIGTERM)
    assert process.wait() == 0 and (tmp_path / "artifacts" / "tmp").is_dir()
    copied = run("artifact", "copy", "--from", "artifacts", "--to", "copy", cwd=tmp_path)
    assert copied.returncode == 0, copied
    failed = run("artifact", "copy", "--from", "nothing", "--to", "other", cwd=tmp_path)
    assert failed.returncode == 1 and not (tmp_path / "other").exists()


@pytest.mark.once
def test_a_folder_of_a_demo_that_cannot_be_used_is_named_with_the_reason(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    answer = run("demo", "--data", file, "--listen", "127.0.0.1:0")
    assert answer.returncode == 1 and f"{file} cannot be read: Not a directory" in answer.stderr


def test_a_new_word_in_the_token_file_is_told_of_and_not_valid(server):
    server.stop()
    file = server.data / "admin-token"
    good = file.read_text()
    said = "the token in this file is not valid, and is ignored"
    assert said not in server.process.errors()
    file.write_text(WORD + "\n")
    token = server.admin.token
    server.start()
    assert server.admin.get("/apps").status == 401
    server.admin.token = token
    assert server.admin.get("/apps").status == 200
    server.stop()
    log = server.process.errors()
    assert log.count(said) == 1 and f"file={file}" in log
    assert WORD not in log
    answer = run("config", "check", "--config", server.directory / "updraft.toml", "--data", server.data)
    if server.database is None:
        assert said in answer.stderr
    file.write_text("two words\n")
    for command in (["config", "check"], ["serve"]):
        answer = run(*command, "--config", server.directory / "updraft.toml", "--data", server.data)
        assert answer.returncode == 1 and str(file) in answer.stderr
    file.write_text(good)
    server.start()


@pytest.mark.once
@pytest.mark.parametrize("name", ["UPDRAFT_PUHS_TIMEOUT", "UPDRAFT_SERVR_LISTEN", "UPDRAFT_LISTEN"])
def test_a_variable_without_meaning_is_an_error_that_names_it(tmp_path, name):
    for command in (["serve", "--listen", "127.0.0.1:0"], ["config", "check"],
                    ["demo", "--listen", "127.0.0.1:0"]):
        where = [] if command[0] == "config" else ["--data", tmp_path / "data"]
        answer = run(*command, *where, env={name: "5s"})
        assert answer.returncode == 1 and f"{name}: is no setting" in answer.stderr, answer
    assert not (tmp_path / "data").exists()


@pytest.mark.once
def test_a_demo_refuses_the_variables_of_settings(tmp_path):
    for value, said in (("xx", "must be a duration"), ("5s", "a demo has settings of its own")):
        answer = run("demo", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                     env={"UPDRAFT_PUSH_TIMEOUT": value})
        assert answer.returncode == 1, answer
        assert "UPDRAFT_PUSH_TIMEOUT" in answer.stderr and said in answer.stderr


@pytest.mark.once
def test_whole_numbers_of_the_file_may_have_a_fraction_of_zero(tmp_path):
    file = tmp_path / "updraft.toml"
    for number, code in (("2.0", 0), ("1e1", 0), ("1.5", 1), ("1e300", 1), ("nan", 1)):
        file.write_text(f"[server]\nthreads = {number}\n")
        answer = run("config", "check", "--config", file)
        assert answer.returncode == code, answer


# ---------------------------------------------------------------------------------------------
# The command line's address and token


def test_white_space_around_the_variables_of_the_command_line_is_ignored(server):
    answer = run("app", "list", env={"UPDRAFT_URL": f" {server.url}/\r\n",
                                     "UPDRAFT_ADMIN_TOKEN": f"\t{server.admin.token}\r\n"})
    assert answer.returncode == 0, answer
    answer = run("app", "list", "--url", server.url, env={"UPDRAFT_ADMIN_TOKEN": "two words"})
    assert answer.returncode == 2 and "one word" in answer.stderr and "two words" not in answer.stderr


def test_a_flag_goes_before_a_variable_and_two_tokens_are_refused(server):
    file = str(server.data / "admin-token")
    wrong = {"UPDRAFT_ADMIN_TOKEN": "x" * 43}
    answer = run("app", "list", "--url", server.url, "--token-file", file, env=wrong)
    assert answer.returncode == 0, answer
    answer = run("app", "list", "--url", server.url, "--token-file", file, "--token", "x" * 43)
    assert answer.returncode == 2 and "--token-file" in answer.stderr


@pytest.mark.once
def test_the_command_line_uses_no_proxy_for_this_machine_and_sends_paths_as_they_are():
    asked = []

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
    try:
        nobody = "http://127.0.0.1:9"
        for host in ("127.0.0.1", "localhost", "app.localhost", "0.0.0.0"):
            answer = run("device", "show", "..", "--token", "t",
                         "--url", f"http://{host}:{listener.server_address[1]}/base",
                         env={"http_proxy": nobody, "HTTP_PROXY": nobody, "all_proxy": nobody})
            assert answer.returncode == 0, answer
        assert asked == ["/base/admin/v1/devices/.."] * 4
    finally:
        listener.shutdown()
        listener.server_close()


# ---------------------------------------------------------------------------------------------
# The database's password


@pytest.mark.once
@pytest.mark.parametrize("password", ["pa@hush", "pa/hush", "pa#hush", "pa?hush", "pa hush", "hush%"])
def test_a_password_that_is_not_percent_encoded_is_refused_and_not_shown(tmp_path, password):
    url = f"postgresql://updraft:{password}@127.0.0.1:1/updraft"
    place = ["--data", tmp_path / "data"]
    for words, env in ((["config", "check", *place], {"UPDRAFT_STORE_URL": url}),
                       (["serve", *place], {"UPDRAFT_STORE_URL": url}),
                       (["serve", *place, "--store", url], {}), (["check", *place, "--store", url], {}),
                       (["store", "copy", "--from", url, "--to", "sqlite:/nowhere/x"], {})):
        answer = run(*words, env=env)
        assert answer.returncode in (1, 2), answer
        assert "percent-encoded" in answer.stderr
        assert "hush" not in answer.stderr + answer.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.once
def test_a_configuration_with_a_password_is_refused_when_others_may_read_it(tmp_path):
    file = tmp_path / "updraft.toml"
    for line in ('[store]\nurl = "postgresql://u:hush@127.0.0.1:1/d"\n',
                 '[store]\nurl = "postgresql://u@127.0.0.1:1/d?password=hush"\n',
                 '[push]\nproxy = "http://u:hush@127.0.0.1:1"\n'):
        file.write_text(line)
        for mode, code in ((0o644, 1), (0o600, 0)):
            file.chmod(mode)
            answer = run("config", "check", "--config", file)
            assert answer.returncode == code, answer
            assert (f"others may read {file}" in answer.stderr) == (code == 1)
            assert "hush" not in answer.stderr
    file.write_text('[store]\nurl = "postgresql://u@127.0.0.1:1/d"\n')
    file.chmod(0o644)
    assert run("config", "check", "--config", file).returncode == 0


# ---------------------------------------------------------------------------------------------
# What the database's URL names

CHECKS = (["config", "check"], ["serve", "--listen", "127.0.0.1:0"])


def of_url(tmp_path, parameters, env=None):
    """What each command says of a URL with these parameters."""
    url = f"postgresql://updraft@127.0.0.1:1/updraft?{parameters}"
    return [run(*command, "--data", tmp_path / "data", env={"UPDRAFT_STORE_URL": url, **(env or {})})
            for command in CHECKS]


@pytest.mark.once
@pytest.mark.parametrize("parameters, said", [
    ("sslmode=require&sslrootcert=/nope", "sslrootcert of the database's URL: /nope cannot be read"),
    ("sslcert=/nope", "sslcert of the database's URL: /nope cannot be read"),
    ("sslkey=/nope", "sslkey of the database's URL: /nope is missing"),
    ("sslcrl=/nope", "sslcrl of the database's URL: /nope cannot be read"),
    ("sslcrldir=/nope", "sslcrldir of the database's URL: /nope cannot be read"),
    ("passfile=/nope", "passfile of the database's URL: /nope is missing"),
    ("passfile=/tmp", "passfile of the database's URL: /tmp cannot be read: Is a directory"),
    ("service=xx", "definition of service"),
    ("sslmode=foo", "invalid sslmode value"),
])
def test_what_a_database_url_names_and_cannot_be_used_is_an_error(tmp_path, parameters, said):
    for answer in of_url(tmp_path, parameters):
        assert answer.returncode == 1 and said in answer.stderr, answer
    assert not (tmp_path / "data").exists()


@pytest.mark.once
def test_a_variable_of_libpq_that_names_a_missing_file_is_an_error(tmp_path):
    for answer in of_url(tmp_path, "sslmode=require", {"PGSSLROOTCERT": "/nope"}):
        assert answer.returncode == 1 and "/nope cannot be read" in answer.stderr, answer


@pytest.mark.once
def test_a_password_file_that_others_may_read_is_refused_in_our_words_only(tmp_path):
    file = tmp_path / "passwords"
    file.write_text("*:*:*:*:hush\n")
    file.chmod(0o644)
    for answer in of_url(tmp_path, f"passfile={file}"):
        assert answer.returncode == 1 and f"others may read {file}" in answer.stderr, answer
        assert "WARNING" not in answer.stderr and "hush" not in answer.stderr
    (tmp_path / ".pgpass").write_text("*:*:*:*:hush\n")
    (tmp_path / ".pgpass").chmod(0o644)
    for answer in of_url(tmp_path, "sslmode=disable", {"HOME": str(tmp_path)}):
        assert answer.returncode == 1 and "WARNING" not in answer.stderr, answer
        assert f"others may read {tmp_path / '.pgpass'}" in answer.stderr
    file.chmod(0o600)
    assert of_url(tmp_path, f"passfile={file}")[0].returncode == 0


# ---------------------------------------------------------------------------------------------
# TLS


def encrypted(key):
    """The same key, with a pass phrase."""
    closed = key.with_name("closed.key")
    subprocess.run(["openssl", "pkey", "-in", key, "-out", closed, "-aes256", "-passout", "pass:x"],
                   check=True, capture_output=True)
    closed.chmod(0o600)
    return closed


@pytest.mark.once
@pytest.mark.parametrize("of", ["listener", "database"])
def test_an_encrypted_key_is_refused_and_the_terminal_is_not_asked(tmp_path, of):
    cert, key = certificate(tmp_path, "server")
    closed = encrypted(key)
    url = f"postgresql://u@127.0.0.1:1/d?sslmode=require&sslcert={cert}&sslkey={closed}"
    environment = ({"UPDRAFT_STORE_URL": url} if of == "database" else
                   {"UPDRAFT_TLS_CERT": str(cert), "UPDRAFT_TLS_KEY": str(closed)})
    control, terminal = pty.openpty()
    try:
        for command in CHECKS:
            # OpenSSL asks on /dev/tty: the process gets a terminal of its own.
            answer = subprocess.run([stage.binary(), *command, "--data", tmp_path / "data"], text=True,
                                    stdin=terminal, stdout=terminal, stderr=subprocess.PIPE,
                                    start_new_session=True, timeout=stage.PATIENCE,
                                    env=environment)
            assert answer.returncode == 1
            assert f"{closed} has a pass phrase" in answer.stderr
        os.set_blocking(control, False)
        with pytest.raises(BlockingIOError):
            os.read(control, 1)
    finally:
        os.close(control)
        os.close(terminal)


def test_an_encrypted_key_after_sighup_leaves_the_old_one_and_sigterm_is_heard(tmp_path, start_server):
    cert, key = certificate(tmp_path, "server")
    server = start_server(config={"tls": {"cert": str(cert), "key": str(key)}})
    key.write_bytes(encrypted(key).read_bytes())
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "the old ones stay" in server.process.errors(), "the refusal")
    assert "has a pass phrase" in server.process.errors()
    server.process.signal(signal.SIGTERM)
    assert server.process.wait() == 0


# openssl wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ.
ENDED, LATER = "20200201000000Z", "20991231235959Z"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "ca")


def test_a_certificate_that_has_expired_or_will_soon_is_warned_of(tmp_path, authority, start_server):
    expired, old_key = authority.certify("old", "IP:127.0.0.1", end=ENDED)
    good, good_key = authority.certify("good", "IP:127.0.0.1", end=LATER)
    soon, soon_key = certificate(tmp_path, "soon")  # 2 days.
    for file in (old_key, good_key, soon_key):
        file.chmod(0o600)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    key.touch(0o600)

    def put(a_cert, a_key):
        cert.write_bytes(a_cert.read_bytes())
        key.write_bytes(a_key.read_bytes())

    tls = {"tls": {"cert": str(cert), "key": str(key)}}
    environment = {"UPDRAFT_TLS_CERT": str(cert), "UPDRAFT_TLS_KEY": str(key)}

    def checked():
        answer = run("config", "check", env=environment)
        assert answer.returncode == 0, answer
        return answer.stderr

    put(expired, old_key)
    assert "the TLS certificate has expired (notAfter 2020-02-01T00:00:00" in checked()
    server = start_server(config={**tls, "metrics": {"listen": "127.0.0.1:0"}})
    metrics = server.process.wait_for_line(r"metrics on (https://\S+)")[1]
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE

    def not_after():
        with urllib.request.urlopen(f"{metrics}/metrics", context=unverified) as answer:
            text = answer.read().decode()
        (line,) = [line for line in text.splitlines() if line.startswith("updraft_tls_not_after_seconds ")]
        return float(line.split()[1])

    stage.wait_until(lambda: "the TLS certificate has expired" in server.process.errors(), "the warning")
    assert "notAfter=2020-02-01T00:00:00" in server.process.errors()
    assert not_after() == 1580515200

    put(soon, soon_key)
    assert "expires within 21 days" in checked()
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "the TLS certificate expires within 21 days" in server.process.errors(),
                     "the warning")

    put(good, good_key)
    assert "certificate" not in checked()
    warnings = server.process.errors().count("the TLS certificate")
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: server.process.errors().count("read again") == 2, "the reload")
    assert not_after() == 4102444799
    assert server.process.errors().count("the TLS certificate") == warnings == 2


def test_without_tls_there_is_no_figure_of_a_certificate(server):
    token = {"Authorization": f"Bearer {server.admin.token}"}
    text = stage.request(server.url, "GET", "/metrics", headers=token).expect(200).body.decode()
    assert "updraft_tls_not_after" not in text
