"""`updraft rollout`: the commands, and the picture of a rollout, on a terminal and without one."""
import json
import os
import subprocess

import pytest
import stage
from terminal_stage import PlayedServer, Terminal, columns_of, surroundings
from test_commands import Operator
from test_process import run

PICTURE_LINES = 9  # Of the rollout below.


def rollout(state="running", handed_out=2, **fields):
    """A rollout as the admin API shows it."""
    return {"id": "7", "name": "Lamps", "firmwareId": "f1", "deviceModel": "lamp", "firmwareVersion": "2.0",
            "mode": "install", "state": state, "reason": None, "wave": 1,
            "waves": [{"name": "lab", "target": 10, "handedOut": handed_out, "good": 1, "bad": 0, "silent": 0,
                       "unreached": 0, "neutral": 0, "state": "open", "soakUntil": None}],
            "counts": {"audience": 10, "handedOut": handed_out, "inFlight": 1, "unproven": 1, "good": 1,
                       "failed": 0, "silent": 0, "reverted": 0, "unreached": 0, "neutral": 0,
                       "userPulled": 0},
            "gate": {"evidence": 0, "haltAt": 100, "good": 1, "bad": 0, "haltsAtBad": 3},
            "nextStep": {"what": "finish", "when": None,
                         "because": "wave 1 of 1: no device has fetched the release"}, **fields}


class Course:
    """A server whose rollout is another one at each look; the last one stays. None: no answer."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def __call__(self, method, path, body):
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, int):
            return look, {"title": "not now"}
        return None if look is None else (200, look)


def played(server):
    return surroundings(UPDRAFT_URL=server.url, UPDRAFT_ADMIN_TOKEN="t" * 32)


WATCH = ("rollout", "watch", "7", "--interval", "0.1")


@pytest.mark.parametrize("end, status", [("finished", 0), ("halted", 3), ("stopped", 3)])
def test_watch_draws_over_its_last_picture_until_the_rollout_ends(end, status):
    course = Course(rollout(), rollout(), rollout(handed_out=3), rollout(end, 3))
    with PlayedServer(course) as server:
        terminal = Terminal(*WATCH, env=played(server), columns=72)
        shown = terminal.end(status)
    # Drawn three times, since one look brought nothing new, and each time over the last one.
    assert shown.count("rollout 7: lamp 2.0") == 3
    assert shown.count(f"\x1b[{PICTURE_LINES}A\r\x1b[J") == 2
    assert all(columns_of(line.replace("\x1b[J", "")) <= 72 for line in shown.splitlines()
               if "\x1b[" not in line)
    assert "0 of 1 failed, halts at 3" in shown
    assert f"state    {end}" in shown


def test_watch_prints_a_line_for_each_change_where_no_terminal_is():
    course = Course(rollout(), rollout(), rollout(handed_out=3), rollout("halted", 3, reason="failing"))
    with PlayedServer(course) as server:
        done = run(*WATCH, env=played(server))
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and "\x1b" not in done.stdout
    assert lines[0].startswith("running, wave 1 of 1; 2 handed out, 1 good; 0 of 1 failed, halts at 3")
    assert lines[2].startswith("halted: failing, more of the judged devices failed than the limit allows")


def test_watch_prints_what_the_server_says_with_json():
    with PlayedServer(Course(rollout(), rollout(), rollout("finished"))) as server:
        done = run(*WATCH, "--json", env=played(server))
    assert done.returncode == 0
    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == ["running", "finished"]


def test_watch_asks_again_when_the_server_was_away():
    with PlayedServer(Course(rollout(), None, 503, rollout("finished"))) as server:
        done = run(*WATCH, env=played(server))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("asking again") == 1
    assert done.stdout.splitlines()[-1].startswith("finished;")


@pytest.mark.parametrize("looks", [(None,), (404,), (503,), (rollout(), 403)])
def test_watch_fails_when_asking_again_is_no_use(looks):
    with PlayedServer(Course(*looks)) as server:
        assert run(*WATCH, env=played(server)).returncode == 1


def test_a_picture_keeps_the_terminal_from_what_others_named():
    with PlayedServer(Course(rollout(name="\x1b[2J\u202e"))) as server:
        done = run("rollout", "show", "7", env=played(server))
    assert done.returncode == 0
    assert "\\u001b[2J\\u202e" in done.stdout and "\x1b" not in done.stdout


def test_a_person_is_asked_before_a_rollout_is_ended():
    with PlayedServer(lambda *_: (200, rollout("stopped"))) as server:
        terminal = Terminal("rollout", "stop", "7", env=played(server))
        terminal.wait_for(r"End rollout 7, .*\[y/N\] ")
        terminal.type("n\n")
        terminal.end(1)
        assert server.asked == []


def test_parts_of_a_plan_come_from_files_and_the_standard_input(tmp_path):
    (tmp_path / "dids").write_text("lamp-1\nlamp-2\n")
    with PlayedServer(lambda *_: (201, rollout("draft"))) as server:
        done = subprocess.run(
            [stage.binary(), "rollout", "create", "--firmware-id", "f1", "--mode", "install", "--plan", "-",
             "--preset", "careful", "--include", tmp_path / "dids", "--start-at", "2026-12-01T00:00:00Z"],
            input='{"window": "any", "maxHarmed": 5}', env={**os.environ, **played(server)}, text=True,
            capture_output=True, timeout=stage.PATIENCE)
        assert done.returncode == 0, done.stderr
        assert json.loads(server.calls[0][3]) == {
            "firmwareId": "f1", "mode": "install", "startAt": "2026-12-01T00:00:00Z",
            "plan": {"window": "any", "maxHarmed": 5, "preset": "careful"},
            "audience": {"include": ["lamp-1", "lamp-2"]}}


@pytest.mark.parametrize("words, said", [
    (("create", "--firmware-id", "f", "--waves", "many"), '--waves "many" is no wave'),
    (("create", "--firmware-id", "f", "--window", "nights"), "--window must be any, or"),
    (("create", "--firmware-id", "f", "--plan", "/nowhere"), "/nowhere cannot be read"),
    (("preview", "7", "--firmware-id", "f"), "--firmware-id does not go with --id"),
    (("watch",), "id is required"), (("watch", "7", "--interval", "0"), "--interval")])
def test_wrong_words_are_named_and_nothing_is_asked(words, said):
    with PlayedServer(lambda *_: (200, rollout())) as server:
        done = run("rollout", *words, env=played(server))
        assert done.returncode == 2
        assert said in done.stderr
        assert server.asked == []


def test_a_rollout_is_steered_from_the_command_line(server):
    operator = Operator(server)
    for number in range(3):
        server.device(f"lamp-{number}", "lamp", "1.0")
    release = server.publish("lamp", "2.0")
    described = ["--firmware-id", release["id"], "--mode", "install", "--preset", "careful", "--window",
                 "any"]
    seen = operator.json("rollout", "preview", *described)
    assert seen["audience"] == seen["eligible"] == 3
    made = operator.json("rollout", "create", *described, "--waves", "1:1h,100%:1h")
    rollout = made["id"]
    assert made["state"] == "draft" and made["plan"]["preset"] == "careful"
    assert operator.json("rollout", "preview", rollout)["waves"][0]["devices"] == 1
    assert operator.json("rollout", "set", rollout, "--name", "All lamps")["name"] == "All lamps"
    operator.json("rollout", "start", rollout, "--note", "at last")
    stage.wait_until(lambda: operator.json("rollout", "show", rollout)["wave"] == 1, "the first wave",
                     pause=0.5)
    assert "state    running, wave 1 of 2" in operator.plain("rollout", "show", rollout).stdout
    assert operator.json("rollout", "pause", rollout)["state"] == "paused"
    assert "409" in operator.plain("rollout", "pause", rollout, status=1).stderr
    assert operator.json("rollout", "resume", rollout)["state"] == "running"
    operator.plain("rollout", "next-wave", rollout, status=1)
    opened = operator.json("rollout", "next-wave", rollout, "--acknowledge", "--note", "the lab is away")
    assert opened["wave"] == 2
    listed = operator.json("rollout", "list", "--state", "running", "--model", "lamp")["items"]
    assert [one["id"] for one in listed] == [rollout]
    assert operator.json("rollout", "devices", rollout)["items"] == []
    assert operator.json("rollout", "timeline", rollout)["items"]
    assert operator.json("rollout", "stop", rollout)["state"] in ("stopping", "stopped")
    watched = run("rollout", "watch", rollout, env=operator.env)
    assert watched.returncode == 3 and watched.stdout.splitlines()[-1].startswith("stopped")


def test_a_release_begins_with_its_rollout_or_expressly_without_one(server, tmp_path):
    operator = Operator(server)
    file = tmp_path / "lamp.bin"
    file.write_bytes(b"firmware of a lamp")
    published = ["firmware", "publish", file, "--model", "lamp", "--firmware-version"]
    made = operator.json(*published, "2.0", "--rollout", "urgent", "--mode", "install", "--window",
                         "mon-fri,22:00-06:00,+08:00")
    assert made["availability"] == "rollout"
    rollout = operator.json("rollout", "list", "--firmware-id", made["id"])["items"][0]
    assert rollout["plan"]["preset"] == "urgent"
    assert rollout["plan"]["window"] == {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "22:00",
                                         "to": "06:00", "zone": "+08:00"}
    refused = operator.plain(*published, "2.1", "--rollout", "none", status=1)
    assert "--note" in refused.stderr
    made = operator.json(*published, "2.1", "--rollout", "none", "--note", "a hole")
    assert made["availability"] == "everyone"


def test_somebody_else_approves_from_the_command_line(server):
    operator = Operator(server)
    operator.json("model", "set", "lamp", "--min-approvals", "1")
    release = server.publish("lamp", "2.0")
    made = operator.json("rollout", "create", "--firmware-id", release["id"], "--mode", "offer")
    assert operator.json("rollout", "submit", made["id"])["state"] == "waiting_approval"
    operator.plain("rollout", "approve", made["id"], status=1)
    operator.json("operator", "create", "eve", "--role", "releaser", "--approve")
    token = operator.json("token", "create", "eve")["token"]
    operator.env["UPDRAFT_ADMIN_TOKEN"] = token
    assert operator.json("rollout", "deny", made["id"], "--note", "not on Friday")["state"] == "draft"
    operator.json("rollout", "submit", made["id"])
    approved = operator.json("rollout", "approve", made["id"])
    assert approved["state"] == "running" and approved["approvedBy"] == "eve"
