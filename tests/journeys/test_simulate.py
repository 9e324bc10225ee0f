"""`updraft simulate` against `updraft serve`: a fleet that does what real devices do."""
import os
import re

import pytest

import stage
from test_process import run

MODEL = "lumen-a19"
CONTENT = os.urandom(300_000)


class FleetRun:
    """`updraft simulate` as a process."""

    def __init__(self, server, tmp_path, *flags, prefix="sim-", devices=4, create=True):
        arguments = [stage.binary(), "simulate", "--url", server.url, "--devices", devices,
                     "--polling", "0.1", "--ramp", "0", "--events"]
        if "--install-seconds" not in flags:
            arguments += ["--install-seconds", "0.4"]
        if create:
            arguments += ["--create", "--model", MODEL, "--open-id", "alice", "--did-prefix", prefix]
        env = {"UPDRAFT_ADMIN_TOKEN": server.admin.token}
        self.process = stage.Process([*arguments, *flags], tmp_path / f"{prefix}fleet.log", env)

    def summary(self):
        """Waits for the end; returns the counts of the last line by name."""
        self.status = self.process.wait(patience=120)
        lines = [line for line in self.process.lines if re.match(r"\d+ devices: ", line)]
        line = lines[-1] if lines else ""
        counts = {name.strip(): int(count) for count, name in re.findall(r"(\d+) ([a-z][a-z ]*)", line)}
        return counts

    def causes(self):
        """The table at the end: how many upgrades had which outcome."""
        start = self.process.lines.index("upgrades  cause")
        rows = [line.split(None, 1) for line in self.process.lines[start + 1:]]
        return {outcome: int(count) for count, outcome in rows}

    def output(self):
        return "\n".join(self.process.lines) + self.process.errors()


@pytest.fixture
def cast(server, receiver):
    app = server.app("app", pushUrl=receiver.url)
    return app.grant("alice")


def order_all(user, count):
    stage.wait_until(lambda: len(user.query()[1]) == count, f"{count} devices with an offer")
    code, order = user.upgrade()
    assert code == 0, order
    return order


def test_a_fleet_upgrades_and_the_history_tells_it(server, receiver, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--upgrades", 4, "--seconds", 90)
    order = order_all(cast, 4)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["done"] == 4 and counts["failed"] == 0
    results = receiver.wait_for_type("ota_upgrade_result", count=4)
    assert {push.body["upgradeResult"] for push in results} == {"1"}
    history = cast.history(orderId=order)[1]
    assert sorted(entry["did"] for entry in history) == ["sim-1", "sim-2", "sim-3", "sim-4"]
    assert {entry["upgradeResult"] for entry in history} == {"1"}


@pytest.mark.parametrize("flag, word", [("--failure-rate", None), ("--wrong-hash-rate", "verify_failed"),
                                        ("--rejection-rate", "rejected")])
def test_what_goes_wrong_is_told_with_its_cause(server, receiver, cast, tmp_path, flag, word):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, flag, 1, "--upgrades", 4, "--seconds", 90)
    order_all(cast, 4)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["failed"] == 4 and counts["done"] == 0
    assert sum(fleet.causes().values()) == 4
    assert all(outcome.startswith("failed: ") for outcome in fleet.causes())
    for push in receiver.wait_for_type("ota_upgrade_result", count=4):
        assert push.body["upgradeResult"] == "0"
        assert push.body["cause"]
        assert word is None or push.body["cause"].split(":")[0] == word


def test_a_run_orders_when_told_to_and_ends_with_a_table_by_cause(server, receiver, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--order", "--rejection-rate", 0.5, "--seed", 3,
                     "--upgrades", 20, "--seconds", 90, devices=20)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert "ordered: 20 upgrades" in fleet.process.errors()
    assert counts["done"] > 0 and counts["failed"] > 0
    assert fleet.causes() == {"succeeded": counts["done"], "failed: rejected": counts["failed"]}
    results = receiver.wait_for_type("ota_upgrade_result", count=20)
    assert sum(push.body["upgradeResult"] == "1" for push in results) == counts["done"]


def test_a_run_says_which_devices_cannot_be_ordered(server, cast, tmp_path):
    fleet = FleetRun(server, tmp_path, "--order", "--seconds", 1)
    fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert re.search(r"ordered: 0 upgrades; refused: 4, \w+", fleet.process.errors())


def test_a_run_without_an_order_says_so(server, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--seconds", 1)
    fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert "--order" in fleet.process.errors()
    assert "no device was given an upgrade" in fleet.process.errors()
    assert "upgrades  cause" not in fleet.process.lines


def test_cut_downloads_are_resumed(server, receiver, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--cut-rate", 1, "--upgrades", 4, "--seconds", 90)
    order_all(cast, 4)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["done"] == 4 and counts["downloads resumed"] == 4
    receiver.wait_for_type("ota_upgrade_result", count=4)


def test_a_device_that_falls_back_is_offered_the_upgrade_again(server, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--fallback-rate", 1, "--seconds", 90, devices=1)
    order_all(cast, 1)
    fleet.process.wait_for_line(r"fell back to 1\.0\.0")
    stage.wait_until(lambda: cast.query()[1], "the upgrade to be offered again")
    assert cast.query()[1][0]["firmwareVersion"] == "1.0.0"
    fleet.process.kill()


def test_a_running_install_can_be_cancelled(server, receiver, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--install-seconds", 60, "--upgrades", 1, "--seconds", 90,
                     devices=1)
    order_all(cast, 1)
    stage.wait_until(lambda: [u for u in cast.running()[1] if u["state"] == "installing"],
                     "the device to install")
    assert cast.cancel("sim-1")[0] == 0
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["cancelled"] == 1
    result = receiver.wait_for_type("ota_upgrade_result", "sim-1")[0].body
    assert result["cause"].split(":")[0] == "cancelled"


def test_a_fleet_outlives_a_crash_of_the_server(server, receiver, cast, tmp_path):
    server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--install-seconds", 3, "--upgrades", 4, "--seconds", 90)
    order_all(cast, 4)
    stage.wait_until(lambda: [u for u in cast.running()[1] if u["state"] == "installing"],
                     "a device to install")
    server.kill()
    server.start()
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["done"] == 4
    receiver.wait_for_type("ota_upgrade_result", count=4)


def test_sub_devices_upgrade_through_their_gateway(server, receiver, cast, tmp_path):
    server.publish(MODEL, "1.1.0", CONTENT)
    fleet = FleetRun(server, tmp_path, "--gateways", 2, "--upgrades", 6, "--seconds", 90)
    order_all(cast, 6)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["done"] == 6
    receiver.wait_for_type("ota_upgrade_result", count=6)


def test_credentials_are_kept_in_a_file_for_the_next_run(server, cast, tmp_path):
    kept = tmp_path / "devices.csv"
    first = FleetRun(server, tmp_path, "--save-credentials", kept, "--seconds", 1)
    first.summary()
    assert first.status == 0, first.output()
    assert kept.stat().st_mode & 0o777 == 0o600
    second = FleetRun(server, tmp_path, "--credentials", kept, "--seconds", 1, prefix="again-",
                      create=False)
    counts = second.summary()
    assert second.status == 0, second.output()
    assert counts["devices"] == 4 and counts["polls"] >= 4


def test_a_wrong_credential_is_a_failed_run(server, tmp_path):
    server.device("sim-1")
    kept = tmp_path / "devices.csv"
    kept.touch(0o600)
    kept.write_text("# did,token\nsim-1,wrong\n")
    fleet = FleetRun(server, tmp_path, "--credentials", kept, "--seconds", 1, create=False)
    fleet.summary()
    assert fleet.status == 1
    assert "refused (401)" in fleet.output()


def test_a_server_that_is_not_there_is_a_failed_run(tmp_path, server):
    server.stop()
    fleet = FleetRun(server, tmp_path, "--seconds", 1)
    fleet.summary()
    assert fleet.status == 1


@pytest.mark.parametrize("flags", [(), ("--create",), ("--create", "--model", "x"),
                                   ("--order", "--credentials", "x"),
                                   ("--failure-rate", "2", "--credentials", "x"),
                                   ("--devices", "0", "--credentials", "x")])
def test_wrong_usage_ends_with_2(tmp_path, flags):
    process = stage.Process([stage.binary(), "simulate", *flags], tmp_path / "log")
    assert process.wait() == 2
    assert process.errors() or process.lines


@pytest.mark.once
@pytest.mark.parametrize("words, says", [
    (["--credentials", "f", "--model", "lamp"], "--model goes with --create only"),
    (["--credentials", "f", "--open-id", "alice"], "--open-id goes with --create only"),
    (["--credentials", "f", "--gateways", "2"], "--gateways goes with --create only"),
    (["--credentials", "f", "--did-prefix", "x-"], "--did-prefix goes with --create only"),
    (["--credentials", "f", "--firmware-version", "2"], "--firmware-version goes with --create only"),
    (["--credentials", "f", "--save-credentials", "g"], "--save-credentials goes with --create only"),
    (["--create", "--model", "lamp", "--gateway-token", "t"], "--gateway-token goes with --credentials only"),
    (["--credentials", "f", "--download-rate", "foo"], "--download-rate"),
])
def test_flags_without_effect_and_wrong_values_are_wrong_usage(words, says):
    answer = run("simulate", *words)
    assert answer.returncode == 2 and says in answer.stderr, answer


def test_no_device_is_made_whose_credentials_cannot_be_saved(server):
    answer = run("simulate", "--url", server.url, "--create", "--model", MODEL, "--save-credentials", "/nope/x",
                 env={"UPDRAFT_ADMIN_TOKEN": server.admin.token})
    assert answer.returncode == 1 and "/nope/x cannot be written" in answer.stderr, answer
    assert server.admin.every("/devices") == []
