"""Debian's swupdate, unmodified, in suricatta mode, against the real server."""
import hashlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading

import pytest

import stage

pytestmark = pytest.mark.skipif(not shutil.which("swupdate") or not shutil.which("cpio"),
                                reason="swupdate and cpio are not installed")

CONTENT = os.urandom(600_000)


class Image:
    """A signed .swu that installs one file. Debian's swupdate accepts only signed files."""

    def __init__(self, folder):
        self.folder = folder
        self.installed = folder / "installed.bin"
        self.certificate = folder / "cert.pem"
        key = folder / "key.pem"
        self._run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                  "-out", self.certificate, "-days", "2", "-subj", "/CN=test",
                  "-addext", "extendedKeyUsage=emailProtection")
        (folder / "payload.bin").write_bytes(CONTENT)
        (folder / "sw-description").write_text(
            'software = { version = "1.1.0"; hardware-compatibility: [ "1.0" ]; files: ( { '
            f'filename = "payload.bin"; path = "{self.installed}"; '
            f'sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"; }} ); }}')
        self._run("openssl", "cms", "-sign", "-in", "sw-description", "-out", "sw-description.sig",
                  "-signer", self.certificate, "-inkey", key, "-outform", "DER", "-nosmimecap",
                  "-binary")
        names = b"sw-description\nsw-description.sig\npayload.bin\n"
        self.bytes = self._run("cpio", "-o", "-H", "crc", input=names)

    def _run(self, *command, **more):
        return subprocess.run([str(word) for word in command], cwd=self.folder, check=True,
                              capture_output=True, **more).stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return Image(tmp_path_factory.mktemp("image"))


class Swupdate:
    """The client as a process. `state` 2 tells a new start that the last update succeeded."""

    def __init__(self, image, url, device, folder):
        self.image, self.url, self.device, self.folder = image, url, device, folder
        self.log = folder / "swupdate.log"
        self.config = folder / "swupdate.cfg"
        self.config.write_text(
            f'globals: {{ }};\nsuricatta: {{ tenant = "DEFAULT"; id = "{device.did}"; '
            f'url = "{url}"; polldelay = 1; targettoken = "{device.token}"; retry = 3; '
            'retrywait = 1; };\nidentify: ( { name = "serialNo"; value = "board-7"; } );\n')
        self.child = None

    def start(self, state=None):
        sources = f"-t DEFAULT -u {self.url} -i {self.device.did} -k {self.device.token} -p 1"
        if state is not None:
            sources += f" -c {state}"
        self.run(["swupdate", "-v", "-f", self.config, "-H", "board:1.0", "-k",
                  self.image.certificate, "-u", sources])

    def run(self, command):
        env = {**os.environ, "TMPDIR": str(self.folder), "RUNTIME_DIRECTORY": str(self.folder)}
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def restart(self, state):
        """Restarts the client as a board does after an update; swupdate then learns the result."""
        self.stop()
        self.start(state)


class Cast:
    def __init__(self, server, receiver, image, folder):
        self.server, self.receiver, self.image, self.folder = server, receiver, image, folder
        app = server.app("app", pushUrl=receiver.url)
        self.user = app.grant("alice")
        self.device = server.device("board-7", "board", "1.0.0", "alice")
        self.client = None
        image.installed.unlink(missing_ok=True)

    def publish(self, content, **how):
        self.server.publish("board", "1.1.0", content, fileName="firmware-1.1.0.swu", **how)

    def start_client(self, url=None):
        self.client = Swupdate(self.image, url or self.server.url, self.device, self.folder)
        self.client.start()

    def events(self):
        """The texts of the upgrade's timeline."""
        upgrade = self.server.admin.get("/upgrades?did=board-7").expect(200).json()["items"][0]
        alone = self.server.admin.get(f"/upgrades/{upgrade['id']}").expect(200).json()
        return [(entry["state"], entry["text"] or "") for entry in alone["timeline"]]

    def wait_until_installed(self):
        stage.wait_until(lambda: self.image.installed.exists()
                         and self.image.installed.read_bytes() == CONTENT
                         and "All Chunks Installed" in "".join(text for _, text in self.events()),
                         "swupdate to install")

    def result(self):
        return self.receiver.wait_for_type("ota_upgrade_result", "board-7")[0].body


@pytest.fixture
def cast(start_server, receiver, image, tmp_path):
    # With the limit that is the default: a real client never meets it.
    server = start_server({"limits": {"requests_per_minute_per_device": 120}})
    made = Cast(server, receiver, image, tmp_path)
    yield made
    if made.client:
        made.client.stop()


def test_what_a_real_image_says_of_itself(start_server, image):
    server = start_server()
    made = server.admin.post("/firmware", {"deviceModel": "board", "firmwareVersion": "1.2.0"})
    path = f"/firmware/{made.expect(201).json()['id']}"
    said = server.admin.put(f"{path}/file", image.bytes).expect(200).json()["image"]
    assert said == {"format": "swu", "version": "1.1.0", "hardwareCompatibility": ["1.0"],
                    "signature": "present"}
    server.admin.post(f"{path}/release").expect(422)


def test_a_whole_cycle(cast):
    cast.publish(cast.image.bytes)
    order = cast.user.upgrade_one("board-7")[1]
    cast.start_client()
    cast.wait_until_installed()
    # swupdate reports success only after its restart; until then the upgrade is active.
    assert cast.user.running()[1][0]["state"] == "installing"
    assert cast.receiver.bodies("ota_upgrade_result") == []
    cast.client.restart(state=2)
    assert cast.result()["upgradeResult"] == "1"
    history = stage.wait_until(lambda: cast.user.history()[1], "the history")
    assert (history[0]["orderId"], history[0]["upgradeResult"]) == (order, "1")
    device = cast.server.admin.get("/devices/board-7").json()
    assert device["firmwareVersion"] == "1.1.0"
    assert device["attributes"]["serialNo"] == "board-7"
    progress = [body["progress"] for body in cast.receiver.bodies("ota_upgrade_progress")]
    assert progress == sorted(progress) and progress


def test_an_image_that_does_not_verify(cast):
    spoiled = bytearray(cast.image.bytes)
    spoiled[len(spoiled) // 2] ^= 1
    cast.publish(bytes(spoiled), accept_mismatch=True)
    assert cast.user.upgrade_one("board-7")[0] == 0
    cast.start_client()
    result = cast.result()
    assert result["upgradeResult"] == "0" and result["cause"]
    assert cast.server.admin.get("/devices/board-7").json()["firmwareVersion"] == "1.0.0"


def test_a_cancel_that_it_acknowledges(cast):
    cast.publish(cast.image.bytes)
    order = cast.user.upgrade_one("board-7")[1]
    cast.start_client()
    cast.wait_until_installed()
    assert cast.user.cancel("board-7") == (0, order)
    assert cast.result()["cause"].split(":")[0] == "cancelled"


class PrintedSwupdate(Swupdate):
    """The client with the settings and the commands that docs/device-ddi.md prints."""

    def __init__(self, image, url, device, folder):
        super().__init__(image, url, device, folder)
        page = (stage.ROOT / "docs" / "device-ddi.md").read_text(encoding="utf-8")
        self.printed = re.search(r"```conf swupdate\n(.*?)```", page, re.S)[1]
        for name, value in (("DID", device.did), ("https://HOST", url), ("TOKEN", device.token),
                            ("/etc/swupdate/cert.pem", str(image.certificate))):
            assert f'"{name}"' in self.printed, name
            self.printed = self.printed.replace(f'"{name}"', f'"{value}"')
        lines = re.search(r"```sh swupdate\n(.*?)```", page, re.S)[1].splitlines()
        self.every_start, self.first_start_of_a_firmware = (
            shlex.split(line.replace("/etc/swupdate.cfg", str(self.config)), comments=True)
            for line in lines)

    def start_with(self, command, version):
        """Starts the client in a firmware of that version: `identify` is part of the firmware."""
        assert 'value = "1.2.0"' in self.printed
        self.config.write_text(self.printed.replace('"1.2.0"', f'"{version}"'))
        self.stop()
        self.run(command)


def test_the_settings_of_the_document_work_as_printed(cast):
    cast.server.admin.put("/models/board", {"successCriterion": "version"}).expect(200)
    cast.publish(cast.image.bytes)
    assert cast.user.upgrade_one("board-7")[0] == 0
    cast.client = PrintedSwupdate(cast.image, cast.server.url, cast.device, cast.folder)
    cast.client.start_with(cast.client.every_start, "1.0.0")
    cast.wait_until_installed()
    assert cast.user.running()[1][0]["state"] == "installing"
    cast.client.start_with(cast.client.first_start_of_a_firmware, "1.1.0")
    assert cast.result()["upgradeResult"] == "1"
    device = cast.server.admin.get("/devices/board-7").expect(200).json()
    assert device["attributes"]["hwRevision"] == "1.0"
    assert device["firmwareVersion"] == "1.1.0"


class CuttingProxy:
    """Passes bytes in both directions, and cuts the first long response in the middle."""

    def __init__(self, target, cut_after):
        host, port = target.removeprefix("http://").split(":")
        self.target = (host, int(port))
        self.cut_after = cut_after
        self.was_cut = False
        self.asked = b""  # All bytes that clients sent.
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source, sink, answers):
        passed = 0
        try:
            while piece := source.recv(16384):
                passed += len(piece)
                if not answers:
                    self.asked += piece
                if answers and not self.was_cut and passed > self.cut_after:
                    self.was_cut = True
                    break
                sink.sendall(piece)
        except OSError:
            pass
        for link in (source, sink):
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def test_a_download_that_is_cut_and_resumed(cast):
    cast.publish(cast.image.bytes)
    assert cast.user.upgrade_one("board-7")[0] == 0
    proxy = CuttingProxy(cast.server.url, cut_after=200_000)
    try:
        cast.start_client(proxy.url)
        cast.wait_until_installed()
        assert proxy.was_cut
        cast.client.restart(state=2)
        assert cast.result()["upgradeResult"] == "1"
    finally:
        proxy.close()
    assert b"\r\nRange: bytes=" in proxy.asked
