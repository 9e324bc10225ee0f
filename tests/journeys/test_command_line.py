"""The command line for people: tables, questions, logins and pages (docs/operating.md, Operator commands)."""
import json
import os
import stat
import subprocess
import threading

import pytest
import stage
from terminal_stage import PlayedServer, Terminal, columns_of, surroundings
from test_abuse_texts import HOSTILE, UNSAFE
from test_process import run

pytestmark = pytest.mark.once  # The server is played.

NAMES = ["客厅里的大灯和小灯", "Küche", "e\u0301te\u0301", "\U0001F469\u200D\U0001F466", "-"]
DEVICES = [{"did": f"lamp-{n}", "name": name, "deviceModel": "lamp with a long name",
            "firmwareVersion": "2026.11.29-rc1", "openId": None, "activeUpgradeId": 11 + n,
            "lastSeen": "2026-11-29T09:00:00.000Z", "tags": ["berlin", "beta"]}
           for n, name in enumerate(NAMES)]
ANNA = {"name": "anna", "role": "releaser", "approve": False, "via": "token"}


def env_for(server, **more):
    return surroundings(UPDRAFT_URL=server.url, UPDRAFT_ADMIN_TOKEN="token", **more)


def page_of_devices(*_):
    return 200, {"items": DEVICES, "nextCursor": None}


# ---------------------------------------------------------------------------------------------
# Tables


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_a_table_fits_the_terminal(columns):
    with PlayedServer(page_of_devices) as server:
        lines = Terminal("device", "list", env=env_for(server), columns=columns).end().splitlines()
    assert len(lines) == 1 + len(DEVICES)
    assert all(columns_of(line) <= columns for line in lines), lines
    assert all(line.startswith(item["did"]) for line, item in zip(lines[1:], DEVICES))
    if columns < 200:
        assert any(".." in line for line in lines), "what is left out is not said"


def test_where_no_terminal_is_a_table_is_complete_and_its_columns_are_aligned():
    with PlayedServer(page_of_devices) as server:
        head, *lines = run("device", "list", env={**env_for(server), "COLUMNS": "20"}).stdout.splitlines()
    assert ".." not in "".join([head, *lines])
    for line, item in zip(lines, DEVICES):
        assert line.endswith("berlin, beta")
        before = line[:line.index("lamp with")]
        # A family of emojis takes two columns, which Python's tables do not know.
        assert "\u200d" in line or columns_of(before) == columns_of(head[:head.index("deviceModel")])


def test_no_text_of_a_server_controls_a_terminal():
    hostile = {**DEVICES[0], "name": HOSTILE, HOSTILE: HOSTILE}

    def answer(method, path, _):
        if path.startswith("/admin/v1/devices/gone"):
            return 404, {"detail": HOSTILE, "title": HOSTILE}
        if path.startswith("/admin/v1/devices/raw"):
            return 200, b"<html>\x1b[2J\xc2\x9b\xff</html>"
        if path.startswith("/admin/v1/devices/"):
            return 200, hostile
        return 200, {"items": [hostile], "nextCursor": HOSTILE}

    with PlayedServer(answer) as server:
        for words, status in ((["device", "show", "d"], 0), (["device", "show", "gone"], 1),
                              (["device", "show", "raw"], 0), (["device", "list"], 0),
                              (["device", "list", "--json"], 0), (["device", "list", "--all"], 1),
                              (["device", "list", "--all", "--json"], 1),
                              (["device", "show", "raw", "--json"], 0)):
            shown = Terminal(*words, env=env_for(server), columns=500).end(status)
            assert not UNSAFE.search(shown), (words, shown)
            if "raw" not in words:
                assert "\\u001b[31m" in shown, "the reader does not see that something was there"
        refused = Terminal("device", "show", "d", "--ca", HOSTILE, env=env_for(server)).end(1)
        assert not UNSAFE.search(refused)


def as_bytes(server, *words):
    return subprocess.run([stage.binary(), *words], env=env_for(server), capture_output=True, check=True,
                          timeout=stage.PATIENCE).stdout


def test_json_is_the_bytes_of_the_answer_on_a_terminal_too():
    body = '{ "items" :[{"n":1.50,"t":"\\u001b 灯 \\/"}],\n\t"nextCursor":null }'
    with PlayedServer(lambda *_: (200, body.encode())) as server:
        assert as_bytes(server, "device", "list", "--json") == body.encode() + b"\n"
        assert Terminal("device", "list", "--json", env=env_for(server), columns=10).end() == body + "\n"


def test_what_controls_a_terminal_keeps_its_meaning_in_json():
    body = '{"items":[{"t":"\x9b\u202e"}],"nextCursor":null}'
    with PlayedServer(lambda *_: (200, body.encode())) as server:
        shown = as_bytes(server, "device", "list", "--json").decode()
        assert not UNSAFE.search(shown) and json.loads(shown) == json.loads(body)


# ---------------------------------------------------------------------------------------------
# Pages


def pages(*sizes, stop_at=None, before=lambda page: None):
    """A list in pages of those sizes; asked for the page `stop_at`, the server hangs up."""
    def answer(_, path, __):
        number = int(path.split("cursor=")[1].split("&")[0]) if "cursor=" in path else 0
        if number == stop_at:
            return None
        before(number)
        items = [{**DEVICES[0], "did": f"d-{number}-{n}"} for n in range(sizes[number])]
        return 200, {"items": items, "nextCursor": str(number + 1) if number + 1 < len(sizes) else None}
    return answer


def test_all_goes_through_every_page():
    with PlayedServer(pages(3, 0, 2)) as server:  # A page may be empty and not the last.
        lines = run("device", "list", "--model", "lamp", "--all", env=env_for(server)).stdout.splitlines()
        assert [line.split()[0] for line in lines] == ["did", "d-0-0", "d-0-1", "d-0-2", "d-2-0", "d-2-1"]
        assert all("model=lamp" in path and "limit=500" in path for path in server.asked)
        answer = run("device", "list", "--all", "--json", "--limit", "7", env=env_for(server))
        assert [json.loads(line)["did"] for line in answer.stdout.splitlines()] == [
            "d-0-0", "d-0-1", "d-0-2", "d-2-0", "d-2-1"]
        assert "limit=7" in server.asked[-1] and answer.stderr == ""
        answer = run("audit", "export", env=env_for(server))
        assert len(answer.stdout.splitlines()) == 5


def test_a_page_is_printed_before_the_next_one_is_asked_for():
    seen = threading.Event()
    with PlayedServer(pages(1, 1, before=lambda page: page and seen.wait(stage.PATIENCE))) as server:
        process = subprocess.Popen([stage.binary(), "device", "list", "--all", "--json"],
                                   env=env_for(server), stdout=subprocess.PIPE, text=True)
        assert json.loads(process.stdout.readline())["did"] == "d-0-0"
        seen.set()
        assert json.loads(process.stdout.read())["did"] == "d-1-0"
        assert process.wait(stage.PATIENCE) == 0


@pytest.mark.parametrize("words", [["--json"], []])
def test_a_list_that_breaks_off_is_an_error_that_says_how_to_go_on(words):
    with PlayedServer(pages(2, 2, 1, stop_at=2)) as server:
        broken = run("device", "list", "--all", *words, env=env_for(server))
        assert broken.returncode == 1 and "the list goes on at --cursor 2" in broken.stderr
        assert broken.stdout.count("d-1-1") == 1, "what came is lost"
    with PlayedServer(pages(2, 2, 1)) as server:
        rest = run("device", "list", "--all", "--cursor", "2", *words, env=env_for(server))
        assert rest.returncode == 0 and "d-2-0" in rest.stdout and "d-1-1" not in rest.stdout


def test_a_reader_that_goes_away_ends_the_walk():
    with PlayedServer(lambda *_: (200, {"items": DEVICES * 100, "nextCursor": os.urandom(4).hex()})) as server:
        process = subprocess.Popen([stage.binary(), "device", "list", "--all"], env=env_for(server),
                                   stdout=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(stage.PATIENCE) == 1


def test_the_same_page_again_is_an_error_and_no_endless_list():
    with PlayedServer(lambda *_: (200, {"items": [], "nextCursor": "x"})) as server:
        answer = run("device", "list", "--all", env=env_for(server))
        assert answer.returncode == 1 and "the same page again" in answer.stderr
        assert len(server.calls) == 2


def deleted(*_):
    return 204, b""


def test_flags_that_exclude_each_other_are_wrong_usage_and_nothing_is_sent():
    with PlayedServer(deleted) as server:
        for one, other in (["--open-id=a", "--unbind"], ["--gateway-did=g", "--no-gateway"],
                           ["--tags=t", "--no-tags"]):
            answer = run("device", "set", "lamp-1", one, other, env=env_for(server))
            assert answer.returncode == 2, answer
            assert f"give either {one.split('=')[0]} or {other}, not both" in answer.stderr
        assert server.calls == []


@pytest.mark.parametrize("flags, variables", [
    (["--token", ""], {}), (["--token", "  "], {}), (["--token-file", ""], {}),
    ([], {"UPDRAFT_ADMIN_TOKEN": "  "}), ([], {"UPDRAFT_ADMIN_TOKEN_FILE": " "})])
def test_a_blank_token_is_wrong_usage_and_nothing_is_sent(flags, variables):
    with PlayedServer(deleted) as server:
        env = {name: value for name, value in env_for(server).items() if "TOKEN" not in name}
        answer = run("app", "list", *flags, env={**env, **variables})
        assert answer.returncode == 2 and "token" in answer.stderr.lower(), answer
        assert server.calls == []


def test_a_token_of_a_flag_goes_before_both_variables():
    with PlayedServer(deleted) as server:
        variables = {**env_for(server), "UPDRAFT_ADMIN_TOKEN": "word", "UPDRAFT_ADMIN_TOKEN_FILE": "/nope"}
        run("device", "refresh", "lamp-1", "--token", "word", env=variables)
        assert len(server.calls) == 1
        answer = run("device", "refresh", "lamp-1", env=variables)
        assert answer.returncode == 2 and "are both set" in answer.stderr


def test_the_progress_of_a_publication_is_removed_before_its_result_is_shown(tmp_path):
    def published(method, path, *_):
        return 200, {"id": "11", "firmwareVersion": "2.0"}
    file = tmp_path / "lamp.bin"
    file.write_bytes(os.urandom(3_000_000))
    with PlayedServer(published) as server:
        shown = Terminal("firmware", "publish", file, "--model", "lamp", "--firmware-version", "2.0",
                         env=env_for(server)).end()
    assert "lamp.bin  [" in shown
    assert "2.0" in shown[shown.rindex("\x1b[K"):], "the last thing shown is the result"


# ---------------------------------------------------------------------------------------------
# Questions


@pytest.mark.parametrize("typed,agrees", [("y\n", True), ("YES\n", True), (" y \n", True), ("n\n", False),
                                          ("\n", False), ("yep\n", False), ("\x04", False)])
def test_a_person_is_asked_before_what_cannot_be_undone(typed, agrees):
    with PlayedServer(deleted) as server:
        command = Terminal("device", "delete", "lamp\x1b[2J-1", env=env_for(server))
        command.wait_for(r"Remove device lamp\\u001b\[2J-1 .*\? This cannot be undone. \[y/N\] ")
        assert server.calls == [], "the call came before the answer"
        command.type(typed)
        shown = command.end(0 if agrees else 1)
        assert len(server.calls) == (1 if agrees else 0)
        assert ("done" if agrees else "nothing was changed") in shown


def test_nothing_is_asked_with_yes_or_where_nobody_can_answer():
    with PlayedServer(deleted) as server:
        words = ["device", "delete", "lamp-1"]
        for flag in ("--yes", "-y"):
            assert "?" not in Terminal(*words, flag, env=env_for(server)).end()
        assert "?" not in Terminal(*words, env=env_for(server), stdin=subprocess.DEVNULL).end()
        assert "?" not in Terminal(*words, env=env_for(server), stderr=subprocess.DEVNULL).end()
        assert run(*words, env=env_for(server)).stderr == ""
        assert len(server.calls) == 5
        # What can be undone is not asked about.
        assert "?" not in Terminal("device", "refresh", "lamp-1", env=env_for(server)).end()


@pytest.mark.parametrize("words", [
    ["app", "delete", "a"], ["app", "rotate", "a"], ["device", "import", __file__], ["grant", "delete", "a", "u"], ["device", "token", "d"],
    ["firmware", "delete", "11"], ["firmware", "withdraw", "11"], ["hold", "delete", "1"],
    ["order", "cancel", "o", "--cancel", "all"], ["upgrade", "cancel", "11"], ["operator", "remove", "anna"],
    ["token", "revoke", "anna", "1"]], ids=" ".join)
def test_every_command_that_cannot_be_undone_asks(words):
    with PlayedServer(deleted) as server:
        command = Terminal(*words, env=env_for(server))
        command.wait_for(r"\[y/N\] ")
        command.type("n\n")
        command.end(1)
        assert server.calls == []


# ---------------------------------------------------------------------------------------------
# Logins


def me(token):
    """Answers as a server that knows one token."""
    def answer(*_):
        return (200, ANNA) if server.tokens[-1] == token else (401, {"title": "Unauthorized"})
    server = PlayedServer(answer)
    return server


@pytest.fixture
def home(tmp_path):
    """The configuration folder of a user who did not sign in."""
    return surroundings(XDG_CONFIG_HOME=str(tmp_path / "config"))


def kept_in(home):
    return os.path.join(home["XDG_CONFIG_HOME"], "updraft", "context.json")


def sign_in(server, home, token="s3cret"):
    answer = subprocess.run([stage.binary(), "login", server.url], input=token + "\n", text=True, env=home,
                            capture_output=True, timeout=stage.PATIENCE)
    assert answer.returncode == 0, answer.stderr
    return answer


def ask(home, *words):
    """A command without variables that name a server or a token."""
    return subprocess.run([stage.binary(), *words], text=True, env=home, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=stage.PATIENCE)


def test_a_login_asks_for_the_token_without_showing_it_and_keeps_it(home):
    with me("s3cret") as server:
        command = Terminal("login", server.url, env=home)
        command.wait_for_secret(f"Token for {server.url}: ")
        command.type("s3cret\n")
        shown = command.end()
        assert f"signed in to {server.url} as anna (releaser)" in shown and "s3cret" not in shown
        assert stat.S_IMODE(os.stat(kept_in(home)).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(os.path.dirname(kept_in(home))).st_mode) == 0o700
        assert ask(home, "operator", "me").returncode == 0
        assert server.tokens == ["s3cret", "s3cret"]


def test_a_login_may_be_interrupted_and_then_keeps_nothing(home):
    with me("s3cret") as server:
        command = Terminal("login", server.url, env=home)
        command.wait_for_secret("Token for ")
        command.type("s3c\x03")
        while command._read():
            pass
        assert command.process.wait(stage.PATIENCE) != 0
        assert not os.path.exists(kept_in(home)) and server.calls == []


def test_a_token_that_the_server_refuses_is_not_kept(home):
    with me("s3cret") as server:
        sign_in(server, home)
        answer = subprocess.run([stage.binary(), "login", server.url], input="wrong\n", text=True, env=home,
                                capture_output=True)
        assert answer.returncode == 1 and "refuses this token" in answer.stderr
        assert "wrong" not in answer.stderr + answer.stdout
        assert ask(home, "operator", "me").returncode == 0, "the login before is lost"
    with PlayedServer(lambda *_: (200, b"<html>hello</html>")) as other:
        answer = subprocess.run([stage.binary(), "login", other.url], input="s3cret\n", text=True, env=home,
                                capture_output=True)
        assert answer.returncode == 1 and "does not answer as an Updraft server" in answer.stderr


def test_the_token_of_a_login_goes_to_no_other_server(home):
    with me("s3cret") as server, me("s3cret") as other:
        sign_in(server, home)
        ask(home, "operator", "me", "--url", other.url)
        ask({**home, "UPDRAFT_URL": other.url}, "operator", "me")
        assert other.tokens == ["", ""]
        # One that redirects to another is not followed.
    with PlayedServer(lambda *_: (307, b"")) as server:
        assert ask({**home, "UPDRAFT_URL": server.url}, "operator", "me").returncode == 1


def test_flags_and_variables_go_before_a_login(home):
    with me("s3cret") as server:
        answer = sign_in(server, {**home, "UPDRAFT_ADMIN_TOKEN": "other"})
        assert "UPDRAFT_ADMIN_TOKEN is set, and goes before this login" in answer.stderr
        ask({**home, "UPDRAFT_ADMIN_TOKEN": "of-variable"}, "operator", "me")
        ask({**home, "UPDRAFT_ADMIN_TOKEN": "of-variable"}, "operator", "me", "--token", "of-flag")
        ask(home, "operator", "me")
        assert server.tokens[1:] == ["of-variable", "of-flag", "s3cret"]


def test_a_login_that_others_may_read_is_refused(home):
    with me("s3cret") as server:
        sign_in(server, home)
        os.chmod(kept_in(home), 0o644)
        answer = ask(home, "operator", "me")
        assert answer.returncode == 2 and kept_in(home) in answer.stderr
        os.chmod(kept_in(home), 0o600)
        os.chmod(os.path.dirname(kept_in(home)), 0o755)
        assert ask(home, "operator", "me").returncode == 2
        assert len(server.calls) == 1
        sign_in(server, home)  # Which puts it right.
        assert ask(home, "operator", "me").returncode == 0


def test_a_logout_removes_what_was_kept(home):
    with me("s3cret") as server:
        sign_in(server, home)
        assert "stays valid until it is revoked" in ask(home, "logout").stdout
        assert not os.path.exists(kept_in(home))
        assert ask(home, "logout").stdout == "nobody was signed in\n"


def test_no_token_is_asked_for_that_would_travel_in_the_open(home):
    for url, said in (("http://updraft.example", "--insecure-http"), ("updraft.example", "https://"),
                      ("ftp://h", "https://")):
        command = Terminal("login", url, env=home)
        shown = command.end(2)
        assert said in shown and "Token" not in shown


# ---------------------------------------------------------------------------------------------
# Every call


def test_every_call_says_which_program_makes_it(tmp_path):
    (tmp_path / "f").write_text("{}")
    with PlayedServer(lambda *_: (200, {"id": "11", "items": []})) as server:
        for words in (["app", "list"], ["device", "import", tmp_path / "f"], ["device", "set", "d"],
                      ["firmware", "publish", tmp_path / "f", "--model", "m", "--firmware-version", "1"],
                      ["device", "put", "d", "--model", "m", "--firmware-version", "1"], ["health"]):
            run(*words, env=env_for(server))
        version = run("--version").stdout.split()[1]
        assert len(server.calls) == 9
        assert {headers["User-Agent"] for _, _, headers, _ in server.calls} == {f"updraft/{version}"}


def test_a_message_that_is_not_acknowledged_ends_with_1():
    for acknowledged, status in ((True, 0), (False, 1)):
        with PlayedServer(lambda *_: (200, {"acknowledged": acknowledged, "status": 500})) as server:
            answer = run("push", "test", "a", "--msg-type", "ota_upgrade_result", env=env_for(server))
            assert answer.returncode == status and "acknowledged" in answer.stdout


def test_verbs_have_the_names_that_people_try():
    with PlayedServer(lambda *_: (200, {})) as server:
        for words in (["operator", "change", "anna"], ["operator", "remove", "anna"], ["hold", "remove", "1"],
                      ["model", "patch", "m"], ["token", "delete", "anna", "1"], ["app", "remove", "a"]):
            assert run(*words, env=env_for(server)).returncode == 0, words
        assert server.asked == ["PATCH /admin/v1/operators/anna", "DELETE /admin/v1/operators/anna",
                                "DELETE /admin/v1/holds/1", "PATCH /admin/v1/models/m",
                                "DELETE /admin/v1/operators/anna/tokens/1", "DELETE /admin/v1/apps/a"]


@pytest.mark.parametrize("typed,completed", [
    ("dev", "device"), ("device re", "remove refresh"), ("device list --mo", "--model"),
    ("device list lamp --a", "--active --all"), ("device remove --y", "--yes"), ("completion ", "bash")])
def test_bash_completes_commands_and_flags(typed, completed):
    *before, last = ("updraft " + typed).split(" ")
    script = (f"source <('{stage.binary()}' completion bash); COMP_WORDS=({' '.join(before)} '{last}'); "
              f"COMP_CWORD={len(before)}; _updraft; echo \"${{COMPREPLY[*]}}\"")
    shell = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=surroundings())
    assert (shell.stdout.strip(), shell.stderr) == (completed, "")
