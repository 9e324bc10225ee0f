"""`updraft demo`: every printed command works, and the demo shows everything within a minute."""
import json
import re
import shlex
import signal
import subprocess

import pytest

import stage

pytestmark = pytest.mark.once


@pytest.fixture
def demo(tmp_path):
    process = stage.Process([stage.binary(), "demo", "--listen", "127.0.0.1:0"], tmp_path / "demo.log")
    process.wait_for_line("Ctrl-C ends it")
    yield process
    process.kill()


def curl_lines(demo):
    lines = [line for line in "\n".join(demo.lines).splitlines() if line.startswith("curl ")]
    by_path = {}
    for line in lines:
        by_path.setdefault(re.search(r"http://[^/]+(/\S+)", line)[1], line)
    return by_path


def paste(line):
    """Runs the line in a shell, as a person does."""
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=stage.PATIENCE, check=True)
    return json.loads(done.stdout)


def test_every_printed_line_works_and_the_pushes_appear(demo):
    lines = curl_lines(demo)
    ota = "/open/ota/"
    assert set(lines) == {ota + "query/firmware", ota + "query/firmware/selected",
                          ota + "upgrade/firmware", ota + "upgrade/firmware/selected",
                          ota + "query/upgrade", ota + "upgrade/cancel",
                          ota + "query/firmware/upgrade/history", "/open/account/access/get"}
    for line in lines.values():
        assert shlex.split(line)

    waiting = paste(lines[ota + "query/firmware"])
    assert waiting["code"] == 0
    dids = [element["did"] for element in waiting["result"]]
    assert dids == ["lamp-desk", "lamp-hall", "lamp-porch", "thermo-bed"]
    assert len(paste(lines[ota + "query/firmware/selected"])["result"]) == 1
    assert paste(lines["/open/account/access/get"])["code"] == 0

    ordered = paste(lines[ota + "upgrade/firmware/selected"])
    assert ordered["code"] == 0
    assert paste(lines[ota + "upgrade/firmware"])["code"] == 0
    assert len(paste(lines[ota + "query/upgrade"])["result"]) == 4
    assert paste(lines[ota + "upgrade/cancel"])["code"] == 0

    demo.wait_for_line(r"push\s+ota_new_firmware")
    demo.wait_for_line(r"push\s+ota_upgrade_progress\s+lamp-hall\s+1\.1\.0\s+[1-9]\d* %")
    demo.wait_for_line(r"push\s+ota_upgrade_result\s+lamp-hall\s+1\.1\.0\s+succeeded", patience=60)
    demo.wait_for_line(r"push\s+ota_upgrade_result\s+lamp-porch\s+1\.1\.0\s+failed: \w+", patience=60)
    demo.wait_for_line(r"push\s+ota_upgrade_result\s+lamp-desk\s+1\.1\.0\s+failed: cancelled", patience=60)
    assert not [line for line in demo.lines if "refused" in line]

    def ended():
        entries = paste(lines[ota + "query/firmware/upgrade/history"])["result"]
        return {entry["did"]: entry["upgradeResult"] for entry in entries}

    stage.wait_until(lambda: len(ended()) == 4, "four ended upgrades", patience=60)
    assert ended() == {"lamp-hall": "1", "lamp-porch": "0", "lamp-desk": "0", "thermo-bed": "1"}


def test_the_operators_commands_work_with_what_it_prints(demo):
    lines = "\n".join(demo.lines).splitlines()
    export = next(line for line in lines if line.startswith("export "))
    commands = [line for line in lines if line.endswith((" device list", " upgrade list", " push list"))]
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(["sh", "-c", f"{export}; {command} --json"], capture_output=True,
                              timeout=stage.PATIENCE, check=True)
        items = json.loads(done.stdout)["items"]
        assert len(items) == 24 or "device" not in command


def test_a_rollout_moves_within_a_minute_and_can_be_watched(demo):
    lines = "\n".join(demo.lines).splitlines()
    export = next(line for line in lines if line.startswith("export "))
    watch = next(line for line in lines if " rollout watch " in line)
    show = watch.replace(" watch ", " show ")

    def rollout():
        return paste(f"{export}; {show} --json")

    stage.wait_until(lambda: (rollout()["wave"] or 0) >= 2, "the second wave", patience=60, pause=1)
    stage.wait_until(lambda: rollout()["state"] == "finished", "the end of the rollout", patience=120,
                     pause=1)
    counts = rollout()["counts"]
    assert counts["handedOut"] == 16 and counts["good"] >= 14
    done = subprocess.run(["sh", "-c", f"{export}; {watch}"], capture_output=True, text=True,
                          timeout=stage.PATIENCE, check=True)
    assert done.stdout.startswith("finished;")


def test_it_ends_cleanly_on_ctrl_c(demo):
    demo.signal(signal.SIGINT)
    assert demo.wait() == 0
    assert "the demo has ended" in demo.lines


def test_a_taken_port_is_no_obstacle(demo, tmp_path):
    taken = demo.wait_for_line(r"listening on http://(\S+)")[1]
    second = stage.Process([stage.binary(), "demo", "--listen", taken], tmp_path / "second.log")
    try:
        second.wait_for_line(r"is taken .* free port")
        assert second.wait_for_line(r"listening on http://(\S+)")[1] != taken
        second.wait_for_line("Ctrl-C ends it")
        second.signal(signal.SIGTERM)
        assert second.wait() == 0
    finally:
        second.kill()


def test_it_leaves_nothing_behind_but_a_directory_that_was_named(tmp_path):
    home = tmp_path / "tmp"
    home.mkdir()
    process = stage.Process([stage.binary(), "demo", "--listen", "127.0.0.1:0"], tmp_path / "a.log",
                            {"TMPDIR": str(home)})
    process.wait_for_line("Ctrl-C ends it")
    process.signal(signal.SIGINT)
    assert process.wait() == 0
    assert list(home.iterdir()) == []

    named = tmp_path / "named"
    process = stage.Process([stage.binary(), "demo", "--listen", "127.0.0.1:0", "--data", named],
                            tmp_path / "b.log")
    process.wait_for_line("Ctrl-C ends it")
    process.signal(signal.SIGINT)
    assert process.wait() == 0
    assert (named / "updraft.db").exists()
    process = stage.Process([stage.binary(), "demo", "--data", named], tmp_path / "c.log")
    assert process.wait() == 1
    assert "not empty" in process.errors()
