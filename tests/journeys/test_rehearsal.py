"""The rehearsal of docs/rollouts.md: what it prints is run, and the bad build is halted in time."""
import re
import signal

import pytest
import stage

pytestmark = pytest.mark.once

HARMED_MAX = 40  # Fewer, as the page says.


def commands():
    """The blocks of the rehearsal after the start of the server: the fleet, the release, and the look."""
    page = (stage.ROOT / "docs/rollouts.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh rehearsal\n(.*?)^```$", page, re.M | re.S)


@pytest.fixture
def shell(start_server, tmp_path):
    """shell(script, name) -> a process in a folder as that of the page."""
    server = start_server()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "updraft").symlink_to(stage.binary())
    (tmp_path / "rehearsal").symlink_to(server.data)
    started = []

    def start(script, name):
        script = f'set -u\ncd "{tmp_path}"\nPATH="{programs}:$PATH"\n{script}'
        process = stage.Process(["sh", "-c", script], tmp_path / f"{name}.log", {"UPDRAFT_URL": server.url})
        started.append(process)
        return process

    start.server = server
    yield start
    for process in started:
        process.kill()


def test_a_silent_build_is_halted_before_forty_devices_are_hurt(shell):
    fleet_block, release_block, look_block = commands()
    # In place of the shell, so that the end of the test ends the fleet.
    fleet = shell(fleet_block.replace("updraft simulate", "exec updraft simulate"), "fleet")
    stage.wait_until(lambda: "orders no upgrade" in fleet.errors(), "all devices to be enrolled", patience=240)
    release = shell(release_block, "release")
    assert release.wait(patience=240) == 3, release.errors()
    assert re.search(r"^halted: failing.*silent", "\n".join(release.lines), re.M), release.lines[-3:]

    rollout = shell.server.admin.get("/rollouts/1").expect(200).json()
    counts = rollout["counts"]
    assert 0 < counts["silent"] + counts["failed"] + counts["reverted"] < HARMED_MAX
    # And those that nobody knows of yet.
    fleet.signal(signal.SIGINT)
    fleet.wait()
    silent = re.findall(r"(\d+) silent", "\n".join(fleet.lines))
    assert int(silent[-1]) < HARMED_MAX

    export = release_block.splitlines()[0]  # The page stays in the third terminal.
    look = shell(f"set -e\n{export}\n{look_block}", "look")
    assert look.wait(patience=60) == 0, look.errors()
    # The silent devices do not answer that they stop.
    state = shell.server.admin.get("/rollouts/1").expect(200).json()["state"]
    assert state in ("stopping", "stopped")
