"""An implementation by others accepts our signatures: npm's `standardwebhooks`.

Its version and digests are in tests/webhooks/package-lock.json.
"""
import base64
import json
import os
import subprocess

import npm_stage
import pytest
import stage

MODEL = "lamp"
PROJECT = stage.ROOT / "tests" / "webhooks"


@pytest.fixture(scope="module")
def verify(tmp_path_factory):
    """verify([{"secret", "headers", "body"}…]) -> a verdict for each."""
    folder = tmp_path_factory.mktemp("webhooks")
    npm_stage.install(PROJECT, folder)

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
