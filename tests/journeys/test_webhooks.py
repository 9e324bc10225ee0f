"""An implementation by others accepts our signatures: npm's `standardwebhooks`.

Its version and digests are in tests/webhooks/package-lock.json. npm installs it when npm is there.
Otherwise this file fetches it from the registry and compares it with the same digests.
"""
import base64
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request

import pytest
import stage

MODEL = "lamp"
PROJECT = stage.ROOT / "tests" / "webhooks"
FETCH_SECONDS = 30


def registry():
    """As npm would choose it."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    for file in (pathlib.Path.home() / ".npmrc", pathlib.Path("/etc/npmrc")):
        if file.exists() and (found := re.search(r"^registry\s*=\s*(\S+)", file.read_text(), re.M)):
            return found[1].rstrip("/")
    return "https://registry.npmjs.org"


def fetch(folder):
    """Every package of the lock file, checked against its digest, into node_modules."""
    lock = json.loads((PROJECT / "package-lock.json").read_text())
    for place, package in lock["packages"].items():
        if not place:
            continue
        name = place.removeprefix("node_modules/")
        file = f"{name.rsplit('/', 1)[-1]}-{package['version']}.tgz"
        with urllib.request.urlopen(f"{registry()}/{name}/-/{file}", timeout=FETCH_SECONDS) as got:
            packed = got.read(10_000_000)
        digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
        assert package["integrity"] == f"sha512-{digest}", f"{file} is not what was locked"
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive.getmembers():
                inside = pathlib.PurePosixPath(*pathlib.PurePosixPath(member.name).parts[1:])
                if not member.isfile() or ".." in inside.parts:
                    continue
                target = folder / place / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())


def install(folder):
    for file in ("package.json", "package-lock.json", "verify.js"):
        shutil.copy(PROJECT / file, folder)
    if shutil.which("npm"):
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                              cwd=folder, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode == 0:
            return
        assert "EINTEGRITY" not in done.stderr, done.stderr
    fetch(folder)


@pytest.fixture(scope="module")
def verify(tmp_path_factory):
    """verify([{"secret", "headers", "body"}…]) -> a verdict for each."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("webhooks")
    try:
        install(folder)
    except (urllib.error.URLError, OSError, subprocess.TimeoutExpired) as trouble:
        pytest.skip(f"the npm registry {registry()} cannot be reached: {trouble}")

    def ask(questions):
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run(["node", "verify.js"], cwd=folder, input=lines, text=True,
                              capture_output=True, timeout=stage.PATIENCE, check=True)
        return done.stdout.splitlines()
    return ask


def question(secret, push, **headers):
    return {"secret": secret, "headers": {**push.headers, **headers}, "body": push.raw.decode()}


def test_a_foreign_implementation_accepts_what_we_sign_and_nothing_else(server, receiver, verify):
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0", updateLog="heller, größer, 更亮")
    lamp = server.device("lamp-ä", MODEL, "1.0.0", "alice")
    assert user.upgrade_one(lamp.did)[0] == 0
    lamp.install(finished="failure", details=["kein Platz: größer"])
    receiver.wait_for_type("ota_upgrade_result")
    new = server.admin.post(f"/apps/{app.appid}/rotate", {"graceSeconds": 600}).expect(200).json()
    server.device("lamp-2", MODEL, "1.0.0", "alice")
    assert user.upgrade_one("lamp-2")[0] == 0 and user.cancel("lamp-2")[0] == 0
    rotated = receiver.wait_for_type("ota_upgrade_result", "lamp-2")[0]
    receiver.wait_for_type("ota_new_firmware", "lamp-2")

    signed = [push for push in receiver.verifications + receiver.pushes if push.id != rotated.id]
    kinds = {push.body.get("msgType") for push in signed}
    assert kinds == {None, "ota_upgrade_progress", "ota_upgrade_result", "ota_new_firmware"}
    assert verify([question(app.push_secret, push) for push in signed]) == ["ok"] * len(signed)
    # During the grace period both secrets are valid.
    assert verify([question(secret, rotated) for secret in (app.push_secret, new["pushSecret"])]) \
        == ["ok", "ok"]

    stranger = "whsec_" + base64.b64encode(os.urandom(24)).decode()
    other = dict(question(app.push_secret, rotated), body=rotated.raw.decode().replace("0", "1", 1))
    refused = verify([question(stranger, rotated), other,
                      question(app.push_secret, rotated, **{"webhook-id": signed[0].id}),
                      question(app.push_secret, rotated, **{"webhook-timestamp": "1700000000"})])
    assert len(refused) == 4
    assert all(one.startswith("WebhookVerificationError") for one in refused), refused
