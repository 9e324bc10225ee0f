"""The operator commands: each one call of the admin API (docs/operating.md)."""
import json
import os
import pty
import subprocess

import stage
from test_images import ZIGBEE
from test_process import run


class Operator:
    """The command line, as an operator of `server` uses it."""

    def __init__(self, server):
        self.env = {"UPDRAFT_URL": server.url, "UPDRAFT_ADMIN_TOKEN": server.admin.token}

    def plain(self, *words, status=0):
        answer = run(*words, env=self.env)
        assert answer.returncode == status, (words, answer.stdout, answer.stderr)
        return answer

    def json(self, *words, status=0):
        text = self.plain(*words, "--json", status=status).stdout
        return json.loads(text) if text.strip() else None


def test_an_operator_can_do_everything_from_the_command_line(server, tmp_path):
    operator = Operator(server)
    app = operator.json("app", "create", "Phone app")
    assert len(app["appid"]) == 24 and len(app["appkey"]) == 32
    assert operator.json("app", "show", app["appid"])["name"] == "Phone app"
    assert operator.json("app", "update", app["appid"], "--disabled", "true")["disabled"] is True
    operator.json("app", "update", app["appid"], "--disabled", "false")
    assert operator.json("app", "rotate", app["appid"])["appkey"] != app["appkey"]

    device = operator.json("device", "put", "lamp/1", "--model", "lamp", "--firmware-version",
                           "1.0", "--open-id", "user-1", "--name", "Lamp")
    assert device["deviceToken"]
    assert operator.json("device", "refresh", "lamp/1")["did"] == "lamp/1"
    assert operator.json("device", "token", "lamp/1")["deviceToken"] != device["deviceToken"]
    (tmp_path / "more.ndjson").write_text("\n".join(
        json.dumps({"did": f"lamp/{n}", "deviceModel": "lamp", "firmwareVersion": "1.0"})
        for n in range(2, 5)))
    assert operator.json("device", "import", tmp_path / "more.ndjson")["imported"] == 3
    assert len(operator.json("device", "list", "--model", "lamp")["items"]) == 4
    operator.json("model", "set", "lamp", "--display-name", "Lamp", "--polling-seconds", "60")
    assert operator.json("grant", "create", app["appid"], "user-1")["accessToken"]

    (tmp_path / "lamp.bin").write_bytes(b"firmware of a lamp")
    released = operator.json("firmware", "publish", tmp_path / "lamp.bin", "--model", "lamp",
                             "--firmware-version", "2.0", "--update-log", "Brighter.")
    assert released["state"] == "released"
    assert released["fileName"] == "lamp.bin"
    assert released["fileSize"] == 18

    order = operator.json("order", "create", "lamp/1", "lamp/2")
    assert order["started"] == 2
    upgrades = operator.json("upgrade", "list", "--order-id", order["orderId"])["items"]
    assert {upgrade["state"] for upgrade in upgrades} == {"queued"}
    operator.json("upgrade", "cancel", str(upgrades[0]["id"]))
    shown = operator.json("upgrade", "show", str(upgrades[0]["id"]))
    assert shown["state"] == "cancelled" and shown["timeline"]
    assert operator.json("push", "list")["items"] == []
    assert operator.json("firmware", "withdraw", released["id"])["state"] == "withdrawn"
    operator.plain("grant", "delete", app["appid"], "user-1")
    operator.plain("device", "delete", "lamp/4")
    operator.plain("app", "delete", app["appid"])
    operator.plain("health")


def test_answers_for_people_are_aligned(server):
    operator = Operator(server)
    operator.plain("device", "put", "d1", "--model", "m", "--firmware-version", "1")
    operator.plain("device", "put", "longer-did", "--model", "m", "--firmware-version", "1")
    head, *lines = operator.plain("device", "list").stdout.splitlines()
    assert head.startswith("did         name")
    assert [line.split()[0] for line in lines] == ["d1", "longer-did"]


def test_lists_go_on_where_they_ended(server):
    operator = Operator(server)
    for n in range(3):
        operator.plain("device", "put", f"d{n}", "--model", "m", "--firmware-version", "1")
    first = operator.plain("device", "list", "--limit", "2")
    assert len(first.stdout.splitlines()) == 3, "a reader of the lines gets something else too"
    cursor = first.stderr.splitlines()[-1].removeprefix("more: --cursor ")
    rest = operator.json("device", "list", "--limit", "2", "--cursor", cursor)
    assert [device["did"] for device in rest["items"]] == ["d2"]


def test_a_problem_is_told_and_exits_with_1(server):
    operator = Operator(server)
    answer = operator.plain("device", "show", "nowhere", status=1)
    assert "404" in answer.stderr and not answer.stdout
    answer = operator.plain("device", "put", "d" * 65, "--model", "m", "--firmware-version", "1",
                            status=1)
    assert "did" in answer.stderr
    operator.env["UPDRAFT_ADMIN_TOKEN"] = "x" * 43
    assert "401" in operator.plain("app", "list", status=1).stderr


def test_a_server_that_is_not_there_is_named():
    answer = run("app", "list", "--url", "http://127.0.0.1:9", "--token", "x")
    assert answer.returncode == 1
    assert "http://127.0.0.1:9" in answer.stderr


def test_an_import_with_bad_lines_tells_which_and_exits_with_1(server, tmp_path):
    lines = tmp_path / "devices.ndjson"
    lines.write_text('{"did":"a","deviceModel":"m","firmwareVersion":"1"}\nnonsense\n')
    answer = Operator(server).json("device", "import", lines, status=1)
    assert answer["imported"] == 1
    assert answer["rejectedCount"] == 1
    assert answer["rejected"][0]["line"] == 2


def test_a_publication_that_fails_leaves_no_draft(start_server, tmp_path):
    server = start_server(config={"firmware": {"max_size": "1KiB"}})
    operator = Operator(server)
    (tmp_path / "big.bin").write_bytes(b"x" * 2000)
    words = ["firmware", "publish", tmp_path / "big.bin", "--model", "m"]
    answer = operator.plain(*words, "--firmware-version", "1", status=1)
    assert "413" in answer.stderr
    assert operator.json("firmware", "list")["items"] == []
    missing = operator.plain("firmware", "publish", tmp_path / "none.bin", "--model", "m",
                             "--firmware-version", "1", status=1)
    assert "none.bin" in missing.stderr
    assert operator.json("firmware", "list")["items"] == []


def test_a_model_is_changed_only_where_it_is_named(server):
    operator = Operator(server)
    operator.plain("model", "set", "lamp", "--upgradable", "false", "--chunk-part", "bApp",
                   "--polling-seconds", "60")
    changed = operator.json("model", "set", "lamp", "--display-name", "Lamp")
    assert changed == {"deviceModel": "lamp", "displayName": "Lamp", "upgradable": False,
                       "successCriterion": "report", "pollingSeconds": 60, "chunkPart": "bApp",
                       "releasePlan": None, "minApprovals": 0, "mqttOperation": "install",
                       "declared": True, "newestVersion": None}
    changed = operator.json("model", "set", "lamp", "--default-polling")
    assert changed["pollingSeconds"] is None and changed["upgradable"] is False


def test_a_device_is_not_replaced_without_being_told_to(server, tmp_path):
    operator = Operator(server)
    words = ["device", "put", "lamp-1", "--model", "lamp", "--firmware-version", "1.0"]
    operator.plain(*words, "--open-id", "alice", "--name", "Desk")
    server.publish("lamp", "2.0")
    operator.plain("order", "create", "lamp-1")
    before = operator.json("device", "show", "lamp-1")
    refused = operator.plain(*words, status=1)
    for said in ("unbind it from user alice", f"end its upgrade {before['activeUpgradeId']}",
                 "remove its name", "updraft device set", "--replace"):
        assert said in refused.stderr
    assert operator.json("device", "show", "lamp-1") == before
    operator.plain(*words, "--open-id", "alice", "--name", "Hall")  # Takes nothing away.
    operator.plain("device", "set", "lamp-1", "--firmware-version", "1.1")
    kept = operator.json("device", "show", "lamp-1")
    assert kept["openId"] == "alice" and kept["activeUpgradeId"] == before["activeUpgradeId"]
    assert kept["firmwareVersion"] == "1.1" and kept["name"] == "Hall"
    operator.plain(*words, "--replace")
    replaced = operator.json("device", "show", "lamp-1")
    assert replaced["openId"] is None and replaced["activeUpgradeId"] is None


def test_errors_name_flags_and_not_members_of_the_api(server, tmp_path):
    operator = Operator(server)
    (tmp_path / "lamp.ota").write_bytes(ZIGBEE)
    words = ["firmware", "publish", tmp_path / "lamp.ota", "--model", "m"]
    refused = operator.plain(*words, "--firmware-version", "7", status=1).stderr
    assert "--accept-mismatch" in refused and "--firmware-version is 7" in refused
    assert "acceptMismatch" not in refused and "firmwareVersion" not in refused
    refused = operator.plain("app", "create", "a", "--push-url", "ftp://x/", status=1).stderr
    assert "--push-url" in refused and "pushUrl" not in refused


def test_unknown_words_are_named_with_the_nearest_known_one(server):
    for words, near in ((["devic", "list"], "device"), (["device", "lst"], "list"),
                        (["device", "list", "--modl", "x"], "--model"), (["config", "chek"], "check")):
        answer = run(*words)
        assert answer.returncode == 2 and f"did you mean {near}?" in answer.stderr, answer.stderr


def on_a_terminal(server, *words):
    """What a command writes to stderr when that is a terminal."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "UPDRAFT_URL": server.url, "UPDRAFT_ADMIN_TOKEN": server.admin.token}
    process = subprocess.Popen([stage.binary(), *map(str, words)], env=env, stderr=theirs,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # The other end is closed.
        pass
    os.close(ours)
    process.stdout.read()
    assert process.wait(stage.PATIENCE) == 0, written
    return written.decode()


def test_sending_a_file_shows_a_progress_bar_on_a_terminal_only(server, tmp_path):
    firmware = tmp_path / "lamp.bin"
    firmware.write_bytes(os.urandom(3 << 20))
    words = ["firmware", "publish", firmware, "--model", "lamp", "--firmware-version"]
    devices = tmp_path / "devices.ndjson"
    devices.write_text("".join(f'{{"did":"d{n}","deviceModel":"m","firmwareVersion":"1"}}\n'
                               for n in range(2000)))
    for file, words in ((firmware, [*words, "1"]), (devices, ["device", "import", devices])):
        shown = on_a_terminal(server, *words)
        assert f"{file}  [" in shown and " %, " in shown and "/s" in shown
        assert shown.endswith("\r\x1b[K"), "the bar is left behind"
    quiet = Operator(server).plain("device", "import", devices)
    assert quiet.stderr == "" and "%" not in quiet.stdout


def test_the_token_is_found_where_the_server_left_it(server, tmp_path):
    (tmp_path / "updraft-data").symlink_to(server.data)
    answer = run("app", "list", "--url", server.url, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
