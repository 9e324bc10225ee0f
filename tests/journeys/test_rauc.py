"""What rauc-hawkbit-updater sends, request by request as its sources say, and what becomes of it.

The client itself is in no package of Debian 12, so a journey cannot run it.
"""
import json

import pytest

import stage
from ddi_stage import CONTENT, world, artifact_of  # noqa: F401

MEDIA = "application/json;charset=UTF-8"

# The progress of RAUC's installer. The updater writes each step as "%3d%% %s".
STEPS = [
    "Installing", "Determining slot states", "Determining slot states done.", "Checking bundle",
    "Verifying signature", "Verifying signature done.", "Checking bundle done.",
    "Loading manifest file", "Loading manifest file done.", "Determining target install group",
    "Determining target install group done.", "Updating slots", "Checking slot rootfs.1",
    "Checking slot rootfs.1 done.", "Copying image to rootfs.1", "Copying image to rootfs.1 done.",
    "Updating slots done.",
]


def steps(last):
    """The texts of an installation, of which the last step is `last`."""
    all_steps = [*STEPS, last]
    return ["installing"] + [f"{(n + 1) * 100 // len(all_steps):3d}% {step}"
                             for n, step in enumerate(all_steps)]


class Updater:
    """A target of the updater, with an upgrade that it has taken."""

    def __init__(self, world):
        self.world = world
        self.device, self.deployment = world.ordered()
        self.id = self.deployment["id"]

    def feedback(self, execution, finished, detail, resource="deploymentBase"):
        body = {"id": self.id, "time": "20261123T174818",
                "status": {"result": {"finished": finished}, "execution": execution,
                           "details": [detail]}}
        return self.device.call("POST", f"/{resource}/{self.id}/feedback",
                                json.dumps(body).encode(),
                                {"Content-Type": MEDIA, "Accept": MEDIA})

    def proceeds(self, *details):
        """Reports each text by itself; answers state and progress after each."""
        seen = []
        for detail in details:
            assert self.feedback("proceeding", "none", detail).status == 200
            upgrade = self.shown()
            seen.append((upgrade["state"], upgrade["progress"]))
        return seen

    def closes(self, finished, detail):
        assert self.feedback("closed", finished, detail).status == 200
        return self.shown()

    def shown(self):
        return self.world.upgrade("lamp-1")

    def downloads(self):
        assert self.device.download(self.deployment).expect(200).body == CONTENT
        stage.wait_until(lambda: self.shown()["state"] == "downloaded", "the last byte to count")


def rises(seen):
    figures = [figure for _, figure in seen]
    assert figures == sorted(figures), figures
    return figures


def test_an_installation_of_a_downloaded_bundle_moves_from_80_to_99(world):
    updater = Updater(world)
    updater.downloads()
    assert updater.proceeds("Download complete. 2.38 MB/s") == [("downloaded", 80)]
    assert updater.proceeds("File checksum OK.")[0][0] == "installing"
    figures = rises(updater.proceeds(*steps("Installing done.")))
    assert len(set(figures)) > 10, "each step is seen"
    assert min(figures) > 80 and max(figures) == 99
    ended = updater.closes("success", "Software bundle installed successfully.")
    assert (ended["state"], ended["progress"], ended["cause"]) == ("succeeded", 100, None)


def test_a_bundle_that_came_by_a_proxy_is_downloaded_when_the_updater_says_so(world):
    updater = Updater(world)
    assert updater.proceeds("Download complete. 2.38 MB/s") == [("downloaded", 80)]
    assert updater.proceeds("File checksum OK.")[0][0] == "installing"
    figures = rises(updater.proceeds(*steps("Installing done.")))
    assert max(figures) == 99 and len(set(figures)) > 10
    assert updater.closes("success", "Software bundle installed successfully.")["state"] == "succeeded"


def test_a_bundle_that_is_streamed_past_us_shows_the_installers_own_figures(world):
    updater = Updater(world)
    texts = steps("Installing done.")
    assert updater.proceeds(texts[0]) == [("offered", 0)]
    assert updater.proceeds(*texts[1:4]) == [("downloaded", 5), ("installing", 11), ("installing", 16)]
    figures = rises(updater.proceeds(*texts[4:]))
    assert figures[-2:] == [94, 99]
    assert updater.closes("success", "Software bundle installed successfully.")["state"] == "succeeded"


@pytest.mark.parametrize("last_error, word", [
    ("Installation error: Failed updating slot rootfs.1: Failed to run resize2fs: "
     "Child process exited with code 1", "device_error"),
    ("Installation error: Failed updating slot rootfs.1: No space left on device", "no_space"),
    ("signature verification failed: certificate verify error", "verify_failed"),
])
def test_the_reason_comes_one_report_before_the_fixed_closing_sentence(world, last_error, word):
    updater = Updater(world)
    updater.downloads()
    updater.proceeds("Download complete. 2.38 MB/s", "File checksum OK.",
                     *steps("Installing failed."), f"LastError: {last_error}")
    ended = updater.closes("failure", "Failed to install software bundle.")
    assert (ended["state"], ended["cause"]) == ("failed", f"{word}: LastError: {last_error}")
    # What the installer says afterwards comes too late.
    assert updater.feedback("proceeding", "none", "idle").status == 410


def test_a_failure_without_a_reason_keeps_the_closing_sentence(world):
    ended = Updater(world).closes("failure", "Failed to install software bundle.")
    assert ended["cause"] == "device_error: Failed to install software bundle."


@pytest.mark.parametrize("sentence, word", [
    ("File size 300000 exceeds available space 0", "no_space"),
    ("Download failed: HTTP request failed: 404", "download_failed"),
    ("Download failed: Timeout was reached", "download_failed"),
    ("Software: lamp V2.0.0. Invalid checksum: 0a4d expected 1b5e", "verify_failed"),
    ("Deployment 11 unsupported: cannot handle multiple chunks.", "unsupported_image"),
    ("Deployment 11 unsupported: cannot handle multiple artifacts.", "unsupported_image"),
    ("Failed to calculate free space for /tmp/none: No such file or directory", "device_error"),
])
def test_each_closing_sentence_has_its_cause(world, sentence, word):
    assert Updater(world).closes("failure", sentence)["cause"] == f"{word}: {sentence}"


def test_a_cancel_before_the_installation_is_acknowledged(world):
    updater = Updater(world)
    world.server.admin.post(f"/upgrades/{updater.id}/cancel", {}).expect(200)
    assert updater.device.link("cancelAction")
    assert updater.feedback("closed", "success", "Action canceled.", "cancelAction").status == 200
    assert updater.shown()["state"] == "cancelled"


def test_a_cancel_during_the_installation_is_refused_and_the_upgrade_goes_on(world):
    updater = Updater(world)
    updater.proceeds("Download complete. 2.38 MB/s", "File checksum OK.", "installing")
    world.server.admin.post(f"/upgrades/{updater.id}/cancel", {}).expect(200)
    refused = updater.feedback("rejected", "success", "Cancelation impossible, installation started already.",
                               "cancelAction")
    assert refused.status == 200
    assert updater.shown()["state"] == "installing"
    assert updater.closes("success", "Software bundle installed successfully.")["state"] == "succeeded"


def test_attributes_come_with_a_status(world):
    body = {"time": "20261123T174816",
            "status": {"result": {"finished": "success"}, "execution": "closed"},
            "data": {"product": "Terminator", "firmwareVersion": "1.0.0"}}
    device = world.lamp()
    answer = device.call("PUT", "/configData", json.dumps(body).encode(), {"Content-Type": MEDIA})
    assert answer.status == 200
    kept = world.server.admin.get("/devices/lamp-1").json()["attributes"]
    assert kept == {"product": "Terminator", "firmwareVersion": "1.0.0"}
