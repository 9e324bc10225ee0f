"""What firmware files say about themselves: operators see it, and a release is compared with it."""
import hashlib
import itertools
import struct
import subprocess
import zlib

import pytest

import stage

MODELS = itertools.count()
ZIGBEE = (bytes.fromhex("1ef1ee0b0001380000007c11012101370210") + b"\x02\x00" + b"lamp".ljust(32, b"\0")
          + (66).to_bytes(4, "little") + b"\0\0" + (4).to_bytes(4, "little") + b"imag")


@pytest.fixture
def admin(shared_server):
    return shared_server.admin


@pytest.fixture
def unique():
    """A model for one test only: the server is shared."""
    return f"image-{next(MODELS)}"


def draft(admin, model, version):
    wanted = {"deviceModel": model, "firmwareVersion": version}
    return f"/firmware/{admin.post('/firmware', wanted).expect(201).json()['id']}"


def refusal(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.expect(422).json()["detail"]


def test_a_file_that_says_another_version_is_not_released_unless_told_to(admin, unique):
    path = draft(admin, unique, "0x10023702")
    assert admin.get(path).json()["image"] is None
    image = admin.put(f"{path}/file", ZIGBEE).expect(200).json()["image"]
    assert image["format"] == "zigbee" and image["version"] == "0x10023701"
    assert (image["manufacturerCode"], image["imageType"]) == (0x117C, 0x2101)
    refused = refusal(admin.post(f"{path}/release"))
    assert "firmwareVersion is 0x10023702" in refused and "0x10023701" in refused
    assert "acceptMismatch" in refusal(admin.post(f"{path}/release", {"acceptMismatch": "yes"}))
    assert "firmwareVersion" in refusal(admin.post(f"{path}/release", {"acceptMismatch": False}))
    assert admin.get(path).json()["state"] == "draft"
    released = admin.post(f"{path}/release", {"acceptMismatch": True}).expect(200).json()
    assert (released["state"], released["image"]) == ("released", image)
    assert admin.get(path).json()["image"] == image


def test_a_file_of_no_known_format_is_raw_and_may_be_any_version(admin, unique):
    path = draft(admin, unique, "1.0")
    assert admin.put(f"{path}/file", b"x").expect(200).json()["image"] == {"format": "raw"}
    admin.post(f"{path}/release").expect(200)


def test_another_file_for_a_draft_says_what_it_says(admin, unique):
    path = draft(admin, unique, "0x10023701")
    admin.put(f"{path}/file", b"x").expect(200)
    assert admin.put(f"{path}/file", ZIGBEE).expect(200).json()["image"]["format"] == "zigbee"
    admin.post(f"{path}/release").expect(200)


def cpio(**members):
    archive = b""
    for name, content in [*members.items(), ("TRAILER!!!", b"")]:
        fields = [0, 0, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, sum(content)]
        head = b"070702" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        for part in (head, content):
            archive += part + bytes(-len(part) % 4)
    return archive


DESCRIPTION = b'software = { version = "2.0"; };'
SWU = cpio(**{"sw-description": DESCRIPTION, "rootfs.img": b"image" * 1000})
MCUBOOT = struct.pack("<IIHHIIBBHII", 0x96F3B83D, 0, 32, 0, 1000, 0, 2, 0, 0, 0, 0) + b"m" * 1000
MCUBOOT += struct.pack("<HHHH", 0x6907, 40, 0x10, 32) + hashlib.sha256(MCUBOOT).digest()
UIMAGE = struct.pack(">IIIIIIIBBBB32s", 0x27051956, 0, 0, 1000, 0, 0, zlib.crc32(b"k" * 1000), 5, 2,
                     2, 0, b"kernel") + b"k" * 1000
UIMAGE = UIMAGE[:4] + struct.pack(">I", zlib.crc32(UIMAGE[:64])) + UIMAGE[8:]
APP = struct.pack("<II8s32s32s16s16s32s112s", 0xABCD5432, 0, b"", b"2.0", b"lamp", b"", b"", b"", b"")
ESP = b"\xe9\x01" + bytes(21) + b"\x01" + struct.pack("<II", 0x3F400020, len(APP)) + APP
ESP += bytes(15 - len(ESP) % 16) + b"?"
ESP += hashlib.sha256(ESP).digest()


@pytest.mark.parametrize("version, whole", [
    ("2.0", SWU), ("2.0.0", MCUBOOT), ("2.0", UIMAGE), ("2.0", ESP), ("0x10023701", ZIGBEE)],
    ids=["swu", "mcuboot", "uimage", "esp-idf", "zigbee"])
def test_a_file_that_is_cut_short_is_not_released_unless_told_to(admin, unique, version, whole):
    path = draft(admin, unique, version)
    for bytes_left in (len(whole) - 5, len(whole) // 2 + 24):
        image = admin.put(f"{path}/file", whole[:bytes_left]).expect(200).json()["image"]
        assert image["damage"].startswith("cut short"), image
        refused = refusal(admin.post(f"{path}/release"))
        assert refused.startswith("file: it is cut short") and "acceptMismatch" in refused
    assert "damage" not in admin.put(f"{path}/file", whole).expect(200).json()["image"]
    admin.post(f"{path}/release").expect(200)

    other = draft(admin, f"{unique}-cut", version)
    admin.put(f"{other}/file", whole[:len(whole) // 2 + 24]).expect(200)
    admin.post(f"{other}/release", {"acceptMismatch": True}).expect(200)


@pytest.mark.parametrize("version, whole", [("2.0", SWU), ("2.0.0", MCUBOOT), ("2.0", UIMAGE),
                                            ("2.0", ESP)], ids=["swu", "mcuboot", "uimage", "esp-idf"])
def test_a_file_that_is_damaged_by_its_own_account_is_not_released(admin, unique, version, whole):
    path = draft(admin, unique, version)
    at = len(whole) // 2 + 40
    damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
    assert admin.put(f"{path}/file", damaged).expect(200).json()["image"]["damage"].startswith("damaged")
    assert "it is damaged" in refusal(admin.post(f"{path}/release"))


def test_a_zigbee_image_in_a_makers_container_is_recognised(admin, unique):
    path = draft(admin, unique, "0x10023702")
    container = b"NGIS" + bytes(1000) + ZIGBEE + b"signature" * 20
    image = admin.put(f"{path}/file", container).expect(200).json()["image"]
    assert (image["format"], image["version"], image["headerOffset"]) == ("zigbee", "0x10023701", 1004)
    assert "0x10023701" in refusal(admin.post(f"{path}/release"))


def test_a_bundle_for_swupdate_is_served_under_a_name_that_it_takes(shared_server, admin, unique):
    path = draft(admin, unique, "2.0")
    assert admin.put(f"{path}/file", b"x").expect(200).json()["fileName"] == "firmware.bin"
    assert admin.put(f"{path}/file", SWU).expect(200).json()["fileName"] == "firmware.swu"
    admin.post(f"{path}/release").expect(200)
    device = shared_server.device(unique, model=unique, version="1.0")
    admin.post("/orders", {"dids": [unique]}).expect(201)
    deployment = device.wait_for_deployment()
    [artifact] = deployment["deployment"]["chunks"][0]["artifacts"]
    assert artifact["filename"] == "firmware.swu"
    assert device.install(deployment) == SWU


@pytest.mark.parametrize("padding", [0, 9_000_000])
def test_a_bundle_tells_what_its_signature_contains(admin, unique, tmp_path, padding):
    """The signature as RAUC makes it: CMS with the manifest inside, behind a file system."""
    def run(*command):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=test")
    (tmp_path / "manifest").write_text("[update]\ncompatible=Gateway 2\nversion=7.1\n\n"
                                       "[bundle]\nformat=verity\nverity-hash=00\n")
    run("openssl", "cms", "-sign", "-binary", "-nodetach", "-in", "manifest", "-signer", "cert.pem",
        "-inkey", "key.pem", "-outform", "DER", "-out", "signature")
    signature = (tmp_path / "signature").read_bytes()
    bundle = b"hsqs" + bytes(4092 + padding) + signature + len(signature).to_bytes(8, "big")
    path = draft(admin, unique, "7.1")
    assert admin.put(f"{path}/file", bundle).expect(200).json()["image"] == {
        "format": "rauc", "version": "7.1", "bundleFormat": "verity", "compatible": "Gateway 2"}
    admin.post(f"{path}/release").expect(200)


def test_the_command_line_publishes_a_mismatch_only_when_told_to(server, tmp_path):
    (tmp_path / "lamp.ota").write_bytes(ZIGBEE)
    words = [stage.binary(), "firmware", "publish", tmp_path / "lamp.ota", "--model", "lamp",
             "--firmware-version", "7", "--url", server.url, "--token", server.admin.token]

    def run(*more):
        return subprocess.run([*words, *more], capture_output=True, text=True, timeout=60)
    refused = run()
    assert refused.returncode == 1 and "--firmware-version is 7" in refused.stderr
    assert "say --accept-mismatch to release it" in refused.stderr
    assert server.admin.get("/firmware").json()["items"] == []
    accepted = run("--accept-mismatch")
    assert accepted.returncode == 0, accepted.stderr
    assert "format=zigbee" in accepted.stdout
