"""What a device reports of its upgrade: progress, ends, and proof by the version (contract section 4 and 5)."""
import pytest

import stage
from ddi_stage import World, attributes, world  # noqa: F401


def test_progress_is_the_best_that_is_known(world):
    device, deployment = world.ordered()
    number = deployment["id"]

    def progress():
        return world.upgrade("lamp-1")["progress"]

    device.report(number, "download", details=[" 12% Checking"]).expect(200)
    assert progress() == 12
    device.report(number, "download", progress=30).expect(200)
    assert progress() == 30
    device.report(number, "download", progress=20).expect(200)
    assert progress() == 30
    for odd in [{"cnt": 1, "of": 1}, {"cnt": 500, "of": 100}, {"cnt": "60", "of": 100}, "x", 7]:
        body = {"status": {"execution": "proceeding",
                           "result": {"finished": "none", "progress": odd}}}
        device.call("POST", f"/deploymentBase/{number}/feedback", body).expect(200)
        assert progress() == 30
    device.report(number, "proceeding", progress=100).expect(200)
    assert progress() == 99


def test_an_installation_that_counts_from_zero_goes_on_from_eighty(world):
    device, deployment = world.ordered()
    number = deployment["id"]
    device.report(number, "download", progress=60).expect(200)
    device.report(number, "downloaded").expect(200)
    shown = []
    for percent in (0, 10, 50, 70):
        device.report(number, "proceeding", progress=percent).expect(200)
        shown.append(world.upgrade("lamp-1")["progress"])
    assert shown == [80, 81, 89, 93]


def test_a_liar_gets_no_success_out_of_its_figures(world):
    device, deployment = world.ordered()
    device.report(deployment["id"], "proceeding", progress=100).expect(200)
    upgrade = world.upgrade("lamp-1")
    assert (upgrade["state"], upgrade["progress"]) == ("offered", 99)


@pytest.mark.parametrize("body", [
    b"", b"not json", b"[]", {}, {"status": {}}, {"status": {"execution": "closed"}},
    {"status": {"execution": "closed", "result": {}}},
    {"status": {"execution": "done", "result": {"finished": "success"}}},
    {"status": {"execution": "closed", "result": {"finished": "perhaps"}}},
    {"status": {"execution": "closed", "result": {"finished": "success"}, "details": [{}]}},
    b'{"status":' + b"[" * 40 + b"]" * 40 + b"}",
], ids=lambda body: str(body)[:50])
def test_malformed_feedback_is_refused_and_nothing_changes(world, body):
    device, deployment = world.ordered()
    path = f"/deploymentBase/{deployment['id']}/feedback"
    device.call("POST", path, body).expect(400)
    assert world.state() == "offered"


def reports_of(details, around=(b"", b"")):
    """A closing report of a failure with `details`, the bytes of a JSON list."""
    return (around[0] + b'{"status":{"execution":"closed","result":{"finished":"failure"},"details":' +
            details + b"}}" + around[1])


@pytest.mark.parametrize("body, cause", [
    (reports_of(b'["flash\tbroken"]'), "write_failed: flashbroken"),
    (reports_of(b'["\x1b[31mflash broken\x1b[0m"]'), "write_failed: [31mflash broken[0m"),
    (reports_of(b'["caf\xe9 burnt"]'), "device_error: caf\ufffd burnt"),
    (reports_of(b'["half \\ud83d"]'), "device_error: half \ufffd"),
    (reports_of(b'["C:\\app\\q.bin"]'), "device_error: C:\\app\\q.bin"),
    (reports_of(b'["boom"]', (b"\xef\xbb\xbf", b"")), "device_error: boom"),
    (reports_of(b'["boom"]', (b"", b"\0")), "device_error: boom"),
    (reports_of(b'["boom\0"]', (b"\0", b"\n\0\0")), "device_error: boom"),
    (reports_of(b"[" + b'"x",' * 1_499 + b'"the last"]'), "device_error: the last"),
    (reports_of(b'["the reason","\x1b","\\u0007\\n",""]'), "device_error: the reason"),
], ids=["tab", "colour", "latin1", "surrogate", "backslash", "mark", "nul", "nuls", "many", "blank"])
def test_a_bad_byte_does_not_lose_a_report(world, body, cause):
    device, deployment = world.ordered()
    device.call("POST", f"/deploymentBase/{deployment['id']}/feedback", body).expect(200)
    upgrade = world.upgrade("lamp-1")
    assert (upgrade["state"], upgrade["cause"]) == ("failed", cause)


def test_a_bad_byte_loses_no_reply_to_a_cancel_and_no_attributes(world):
    gateway = world.lamp("hub")
    device = world.lamp(gatewayDid="hub")
    device.token, device.scheme = gateway.token, "GatewayToken"
    device.call("PUT", "/configData", b'\xef\xbb\xbf{"data":{"ort":"K\xf6ln","n":"a\tb\0"}}\0').expect(200)
    assert attributes(world) == {"ort": "K\ufffdln", "n": "a\tb"}
    world.order("lamp-1")
    number = device.wait_for_deployment()["id"]
    world.server.admin.post(f"/upgrades/{number}/cancel").expect(200)
    body = b'{"status":{"execution":"closed","result":{"finished":"success"},"details":["\x1b\xff"]}}\0'
    device.call("POST", f"/cancelAction/{number}/feedback", body).expect(200)
    assert world.state() == "cancelled"


def test_feedback_over_its_limit_is_refused(world):
    device, deployment = world.ordered()
    device.report(deployment["id"], "proceeding", details=["x" * 60_000]).expect(200)
    device.report(deployment["id"], "proceeding", details=["x" * 66_000]).expect(413)
    assert world.state() == "offered"


@pytest.mark.parametrize("execution,finished,details,state,cause", [
    ("closed", "failure", ["boom"], "failed", "device_error: boom"),
    ("closed", "failure", ["write error: No space left on device", ""], "failed",
     "no_space: write error: No space left on device"),
    ("closed", "failure", ["bad checksum\x1b[0m"], "failed", "verify_failed: bad checksum[0m"),
    ("closed", "failure", [], "failed", "device_error"),
    ("closed", "none", [], "succeeded", None),
    ("closed", "success", ["Skipped Update."], "failed", "skipped: Skipped Update."),
    ("rejected", "none", ["not now"], "failed", "rejected: not now"),
    ("canceled", "success", [], "cancelled", "cancelled"),
])
def test_closing_reports(world, execution, finished, details, state, cause):
    device, deployment = world.ordered()
    device.report(deployment["id"], execution, finished, details=details).expect(200)
    upgrade = world.upgrade("lamp-1")
    assert (upgrade["state"], upgrade["cause"]) == (state, cause)


def test_the_same_report_twice_is_heard_once(world):
    device, deployment = world.ordered()
    for _ in range(3):
        device.report(deployment["id"], "proceeding", progress=40, details=["step"]).expect(200)
    assert len(world.upgrade("lamp-1")["timeline"]) == 3


def test_reports_are_limited_but_the_last_word_is_always_heard(world):
    device, deployment = world.ordered()
    number = deployment["id"]
    for i in range(1_000):
        device.report(number, "proceeding", details=[f"line {i}"]).expect(200)
    device.report(number, "proceeding", details=["one more"]).expect(429)
    device.report(number, "closed", "success").expect(200)
    assert world.state() == "succeeded"


def test_success_is_proven_by_the_version_where_the_model_says_so(world):
    world.server.admin.put("/models/lamp", {"successCriterion": "version"}).expect(200, 201, 204)
    device, deployment = world.ordered()
    device.tell(firmwareVersion="1.0.0").expect(200)
    device.install(deployment)
    assert world.state() == "verifying"
    links = device.poll()["_links"]
    assert "deploymentBase" not in links and "configData" in links
    device.tell(firmwareVersion="1.0.0").expect(200)
    assert world.state() == "verifying"
    device.tell(firmwareVersion="2.0.0").expect(200)
    assert world.state() == "succeeded"


def test_a_third_version_disproves_it(world):
    world.server.admin.put("/models/lamp", {"successCriterion": "version"}).expect(200, 201, 204)
    device, deployment = world.ordered()
    device.install(deployment)
    device.tell(firmwareVersion="1.9.9").expect(200)
    upgrade = world.upgrade("lamp-1")
    assert upgrade["state"] == "failed"
    assert upgrade["cause"].startswith("version_mismatch")


def test_the_old_version_is_waited_out(start_server):
    world = World(start_server({"upgrade": {"verify_timeout": "300ms"}}))
    # Three polling intervals are the least.
    world.server.admin.put("/models/lamp", {"successCriterion": "version", "pollingSeconds": 1}).expect(
        200, 201, 204)
    device, deployment = world.ordered()
    device.install(deployment)
    device.tell(firmwareVersion="1.0.0").expect(200)
    stage.wait_until(lambda: world.state() == "failed", "the verification to time out")
    assert world.upgrade("lamp-1")["cause"].startswith("version_mismatch")
