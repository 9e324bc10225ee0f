"""`updraft simulate --bad-build`: builds that fail in every way, for rehearsals."""
import pytest
from test_process import run
from test_simulate import CONTENT, MODEL, FleetRun

DEVICES = 16


@pytest.fixture
def shop(server):
    """A server with a released build."""
    server.app("app").grant("alice")
    server.publish(MODEL, "1.1.0", CONTENT)
    return server


def upgrades_of(shop, **wanted):
    items = shop.admin.every("/upgrades?model=" + MODEL)
    return [item for item in items if all(item[name] == value for name, value in wanted.items())]


@pytest.mark.parametrize("how, word", [("fail", None), ("reject", "rejected"), ("download", "download_failed")])
def test_a_bad_build_fails_in_the_way_that_was_chosen_on_its_share(shop, tmp_path, how, word):
    fleet = FleetRun(shop, tmp_path, "--bad-build", f"1.1.0:how={how},share=50", "--order",
                     "--upgrades", DEVICES, "--seconds", 90, devices=DEVICES)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert 0 < counts["failed"] < DEVICES and counts["done"] == DEVICES - counts["failed"]
    failed = upgrades_of(shop, state="failed")
    assert len(failed) == counts["failed"]
    assert all(word is None or upgrade["cause"].split(":")[0] == word for upgrade in failed)


def test_a_bad_build_fails_again_on_the_same_devices_and_on_no_other(shop, tmp_path):
    kept = tmp_path / "devices.csv"
    flags = ["--bad-build", "1.1.0:share=50", "--order", "--seconds", 90]
    first = FleetRun(shop, tmp_path, *flags, "--upgrades", DEVICES, "--save-credentials", kept,
                     devices=DEVICES)
    bad = first.summary()["failed"]
    dids = {upgrade["did"] for upgrade in upgrades_of(shop, state="failed")}
    again = FleetRun(shop, tmp_path, *flags, "--upgrades", bad, "--credentials", kept, "--seed", 9,
                     prefix="again-", devices=DEVICES, create=False)
    counts = again.summary()
    assert again.status == 0, again.output()
    assert counts["failed"] == bad and counts["done"] == 0
    assert {upgrade["did"] for upgrade in upgrades_of(shop, state="failed")} == dids
    assert len(upgrades_of(shop, state="failed")) == 2 * bad


def test_a_bad_build_is_silent_by_attribute(shop, tmp_path):
    fleet = FleetRun(shop, tmp_path, "--bad-build", "1.1.0:how=silent,attribute.board=b",
                     "--attribute", "board=a", "--attribute", "board=b", "--order",
                     "--upgrades", DEVICES // 2, "--seconds", 90, devices=DEVICES)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["done"] == DEVICES // 2 and counts["failed"] == 0
    for upgrade in upgrades_of(shop, state="succeeded"):
        device = shop.admin.get("/devices/" + upgrade["did"]).expect(200).json()
        assert device["attributes"]["board"] == "a"


@pytest.mark.parametrize("how, said", [("silent,after=1s", "is never heard of again"),
                                       ("revert,after=1s", r"fell back to 1\.0\.0")])
def test_a_bad_build_fails_after_its_success(shop, tmp_path, how, said):
    fleet = FleetRun(shop, tmp_path, "--bad-build", f"1.1.0:how={how}", "--order", "--seconds", 90,
                     devices=1)
    fleet.process.wait_for_line(r"runs 1\.1\.0")
    fleet.process.wait_for_line(said)
    assert len(upgrades_of(shop, state="succeeded")) == 1
    fleet.process.kill()


def test_a_stalled_device_polls_on_until_its_upgrade_is_ended(shop, tmp_path):
    fleet = FleetRun(shop, tmp_path, "--bad-build", "1.1.0:how=stall", "--order", "--upgrades", 1,
                     "--seconds", 90, devices=1)
    fleet.process.wait_for_line("stops in the middle of its download")
    upgrade = upgrades_of(shop)[0]
    assert upgrade["state"] == "downloading"
    shop.admin.post(f"/upgrades/{upgrade['id']}/cancel").expect(200)
    counts = fleet.summary()
    assert fleet.status == 0, fleet.output()
    assert counts["cancelled"] == 1


@pytest.mark.parametrize("flags, said", [
    (["--bad-build", "2.0:share=200"], "--bad-build 2.0:share=200: share must be a percentage"),
    (["--bad-build", "2.0:how=burn"], "--bad-build 2.0:how=burn: how must be fail, silent,"),
    (["--bad-build", "2.0:how=stall,after=1h"], "after goes with how=fail, silent or revert only"),
    (["--attribute", "board"], '--attribute: "board" is no NAME=VALUE')])
def test_a_bad_value_is_named(flags, said):
    answer = run("simulate", "--create", "--model", "m", *flags, env={"UPDRAFT_ADMIN_TOKEN": "t" * 32})
    assert answer.returncode == 2
    assert said in answer.stderr
