"""The device channel over real HTTP: cancelling, downloads and gateways (contract section 5)."""
import hashlib
import os
import re
import socket
import urllib.parse

import pytest

import stage
from ddi_stage import CONTENT, world, World, artifact_of  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Cancelling


def cancel(world, number, **fields):
    return world.server.admin.post(f"/upgrades/{number}/cancel", fields).expect(200, 202)


def test_a_cancelled_deployment_is_announced_and_acknowledged(world):
    device, deployment = world.ordered()
    number = deployment["id"]
    device.call("GET", f"/cancelAction/{number}").expect(404)
    device.report(number, "closed", "success", resource="cancelAction").expect(405)
    cancel(world, number)
    links = device.poll()["_links"]
    assert "deploymentBase" not in links
    assert device.call("GET", links["cancelAction"]["href"]).json() == {
        "id": number, "cancelAction": {"stopId": number}}
    device.call("GET", f"/deploymentBase/{number}").expect(404)
    device.report(number, "proceeding", resource="cancelAction").expect(200)
    assert world.state() == "cancelling"
    device.report(number, "closed", "success", resource="cancelAction").expect(200)
    assert world.state() == "cancelled"
    device.call("GET", f"/cancelAction/{number}").expect(404)
    device.report(number, "closed", "success", resource="cancelAction").expect(410)
    device.report("99", "closed", "success", resource="cancelAction").expect(404)


@pytest.mark.parametrize("execution,finished", [("rejected", "success"), ("closed", "failure")])
def test_a_refused_cancel_goes_on(world, execution, finished):
    device, deployment = world.ordered()
    number = deployment["id"]
    device.report(number, "download").expect(200)
    cancel(world, number)
    device.report(number, execution, finished, resource="cancelAction").expect(200)
    assert world.state() == "downloading"
    assert device.link("deploymentBase")
    device.report(number, "closed", "success").expect(200)
    assert world.state() == "succeeded"


def test_a_cancel_that_is_never_answered_ends(start_server):
    world = World(start_server({"upgrade": {"cancel_timeout": "1s"}}))
    device, deployment = world.ordered()
    device.report(deployment["id"], "proceeding").expect(200)
    cancel(world, deployment["id"])
    assert "cancelAction" in device.poll()["_links"]

    def ended():
        device.poll()
        return world.state() == "cancelled"
    stage.wait_until(ended, "the cancellation to end without an answer")
    assert world.upgrade("lamp-1")["cause"] == "cancelled"
    device.report(deployment["id"], "closed", "success", resource="cancelAction").expect(410)
    world.order("lamp-1")


def test_a_device_that_polls_and_never_works_ends(start_server):
    world = World(start_server({"upgrade": {"progress_timeout": "1s"}}))
    device, deployment = world.ordered()
    device.report(deployment["id"], "proceeding", details=["still here"]).expect(200)

    def ended():
        device.poll()
        return world.state() == "failed"
    stage.wait_until(ended, "the upgrade to end")
    assert world.upgrade("lamp-1")["cause"] == "timeout: no progress"


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("through_gateway", [False, True])
def test_the_target_version_stands_in_for_a_lost_closing_report(world, through_gateway, cancelled):
    gateway = world.lamp("gateway")
    device, deployment = world.ordered("sub", **({"gatewayDid": "gateway"} if through_gateway else {}))
    if through_gateway:
        device = stage.Device(world.server, "sub", gateway.token, "GatewayToken")
    number = deployment["id"]
    device.report(number, "downloaded").expect(200)
    device.report(number, "proceeding").expect(200)
    if cancelled:
        cancel(world, number)
    device.tell(firmwareVersion="1.0.0", serial="7").expect(200)
    assert world.state("sub") == ("cancelling" if cancelled else "installing")
    device.tell(firmwareVersion="v2.0.0").expect(200)
    assert world.state("sub") == "succeeded"
    assert world.upgrade("sub")["progress"] == 100
    device.report(number, "closed", "failure").expect(410)
    links = device.poll()["_links"]
    assert "deploymentBase" not in links and "cancelAction" not in links


def test_an_upgrade_that_stands_still_asks_for_the_version(world):
    world.server.admin.put("/models/lamp", {"pollingSeconds": 1}).expect(200, 201, 204)
    device, deployment = world.ordered()
    device.tell(firmwareVersion="1.0.0").expect(200)
    device.report(deployment["id"], "downloaded").expect(200)
    device.report(deployment["id"], "proceeding").expect(200)
    stage.wait_until(lambda: device.link("configData"), "the version to be asked for")
    device.tell(firmwareVersion="2.0.0").expect(200)
    assert world.state() == "succeeded"


def test_success_beats_a_cancel(world):
    device, deployment = world.ordered()
    cancel(world, deployment["id"])
    device.report(deployment["id"], "closed", "success").expect(200)
    assert world.state() == "succeeded"


# ---------------------------------------------------------------------------------------------
# Downloads


@pytest.fixture(scope="module")
def shelf(shared_server):
    """A device with a deployment; the tests request its file in many ways."""
    world = World(shared_server)
    device, deployment = world.ordered("reader")
    return device, artifact_of(deployment)["_links"]["download"]["href"]


SIZE = len(CONTENT)


@pytest.mark.parametrize("wanted,status,content_range,stretch", [
    (None, 200, None, (0, SIZE)),
    ("bytes=100000-", 206, f"bytes 100000-{SIZE - 1}/{SIZE}", (100_000, SIZE)),
    ("bytes=0-0", 206, f"bytes 0-0/{SIZE}", (0, 1)),
    ("bytes=-10", 206, f"bytes {SIZE - 10}-{SIZE - 1}/{SIZE}", (SIZE - 10, SIZE)),
    ("bytes=10-9999999", 206, f"bytes 10-{SIZE - 1}/{SIZE}", (10, SIZE)),
    ("bytes=0-9,5-19", 206, f"bytes 0-19/{SIZE}", (0, 20)),
    ("Bytes=0-9", 206, f"bytes 0-9/{SIZE}", (0, 10)),
    ("bytes=0-9,", 206, f"bytes 0-9/{SIZE}", (0, 10)),
    (f"bytes={SIZE}-", 416, f"bytes */{SIZE}", (0, 0)),
    ("bytes=9-0", 416, f"bytes */{SIZE}", (0, 0)),
    ("bytes=x", 416, f"bytes */{SIZE}", (0, 0)),
    ("pages=1-2", 200, None, (0, SIZE)),
])
def test_ranges(shelf, wanted, status, content_range, stretch):
    device, href = shelf
    answer = device.call("GET", href, headers={"Range": wanted} if wanted else {}).expect(status)
    assert answer.headers["Content-Range"] == content_range
    assert answer.body == CONTENT[slice(*stretch)]
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'


def test_several_ranges_come_in_parts(shelf):
    device, href = shelf
    answer = device.call("GET", href, headers={"Range": "bytes=0-9,100-119,-5"}).expect(206)
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\w+)",
                            answer.headers["Content-Type"])[1].encode()
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    parts = answer.body.split(b"\r\n--" + boundary)
    assert parts[0] == b"" and parts[-1] == b"--\r\n"
    found = [part.split(b"\r\n\r\n", 1) for part in parts[1:-1]]
    assert [content for _, content in found] == [CONTENT[:10], CONTENT[100:120], CONTENT[-5:]]
    assert f"Content-Range: bytes 100-119/{SIZE}".encode() in found[1][0]


@pytest.mark.parametrize("count,status", [(150, 206), (200, 206), (201, 200)])
def test_two_hundred_ranges_are_served_in_one_answer(shelf, count, status):
    device, href = shelf
    header = "bytes=" + ",".join(f"{7 * i}-{7 * i + 3}" for i in range(count))
    answer = device.call("GET", href, headers={"Range": header}).expect(status)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    if status == 200:
        assert answer.body == CONTENT
        return
    boundary = answer.headers["Content-Type"].split("boundary=")[1].encode()
    parts = answer.body.split(b"\r\n--" + boundary)[1:-1]
    assert [part.split(b"\r\n\r\n", 1)[1] for part in parts] == [
        CONTENT[7 * i:7 * i + 4] for i in range(count)]


def test_thousands_of_overlapping_ranges_are_never_more_than_the_file(shelf):
    device, href = shelf
    header = "bytes=" + ",".join(f"{i}-" for i in range(1_500))
    answer = device.call("GET", href, headers={"Range": header}).expect(200, 206)
    assert len(answer.body) <= SIZE + 1_000


@pytest.mark.parametrize("headers,status", [
    ({"If-Match": "TAG"}, 200), ({"If-Match": '"other"'}, 412), ({"If-Match": "*"}, 200),
    ({"If-None-Match": "TAG"}, 304), ({"If-None-Match": '"other"'}, 200),
    ({"If-Range": "TAG", "Range": "bytes=5-"}, 206),
    ({"If-Range": '"other"', "Range": "bytes=5-"}, 200),
    ({"If-Range": "DATE", "Range": "bytes=5-"}, 206),
], ids=str)
def test_conditions(shelf, headers, status):
    device, href = shelf
    first = device.call("HEAD", href).expect(200)
    known = {"TAG": first.headers["ETag"], "DATE": first.headers["Last-Modified"]}
    sent = {name: known.get(value, value) for name, value in headers.items()}
    device.call("GET", href, headers=sent).expect(status)


def test_the_checksum_file(shelf):
    device, href = shelf
    answer = device.call("GET", href + ".MD5SUM").expect(200)
    assert answer.body.decode().split() == [hashlib.md5(CONTENT).hexdigest(), "lamp", "2.0.swu"]


@pytest.mark.parametrize("path", ["other.swu", "..%2F..%2Fsecret.key", "%2e%2e", "lamp%202.0.swu%00"])
def test_no_other_file_is_reached(shelf, path):
    device, href = shelf
    device.call("GET", href.rsplit("/", 1)[0] + "/" + path).expect(404)


def test_only_devices_with_an_upgrade_of_it_get_a_file(world):
    stranger = world.lamp("stranger")
    path = f"/softwaremodules/{world.release['id']}/artifacts"
    stranger.call("GET", path).expect(404)
    stranger.call("GET", path + "/lamp%202.0.swu").expect(404)


def test_a_cut_download_is_resumed_and_counts(world):
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download"]["href"]
    device.call("GET", href, headers={"Range": "bytes=0-149999"}).expect(206)
    stage.wait_until(lambda: world.state() == "downloading", "the first byte to count")
    assert world.upgrade("lamp-1")["progress"] == 40
    rest = device.call("GET", href, headers={"Range": "bytes=150000-"}).expect(206).body
    assert rest == CONTENT[150_000:]
    stage.wait_until(lambda: world.state() == "downloaded", "the last byte to count")
    assert world.upgrade("lamp-1")["progress"] == 80
    device.call("GET", href, headers={"Range": f"bytes={SIZE}-"}).expect(416)


def test_halves_in_reverse_are_a_whole(world):
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download"]["href"]
    device.call("GET", href, headers={"Range": "bytes=150000-"}).expect(206)
    stage.wait_until(lambda: world.state() == "downloading", "the first byte to count")
    for _ in range(2):
        device.call("GET", href, headers={"Range": "bytes=100000-299999"}).expect(206)
    assert world.state() == "downloading" and world.upgrade("lamp-1")["progress"] < 80
    device.call("GET", href, headers={"Range": "bytes=0-150000"}).expect(206)
    stage.wait_until(lambda: world.state() == "downloaded", "the last lacking byte to count")
    assert world.upgrade("lamp-1")["progress"] == 80


def test_the_last_byte_alone_is_no_download(world):
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download"]["href"]
    device.call("GET", href, headers={"Range": "bytes=-1"}).expect(206)
    stage.wait_until(lambda: world.state() == "downloading", "the first byte to count")
    assert world.upgrade("lamp-1")["progress"] == 0
    device.call("GET", href, headers={"Range": f"bytes=0-{SIZE - 3}"}).expect(206)
    device.call("GET", href, headers={"Range": "bytes=-1"}).expect(206)
    assert world.state() == "downloading"
    device.call("GET", href, headers={"Range": f"bytes={SIZE - 2}-{SIZE - 2}"}).expect(206)
    stage.wait_until(lambda: world.state() == "downloaded", "the lacking byte to count")


def test_two_hundred_ranges_in_one_request_count_each_byte_once(world):
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download"]["href"]
    odd = [f"{i * 1500}-{i * 1500 + 749}" for i in range(200)]
    even = [f"{i * 1500 + 700}-{i * 1500 + 1499}" for i in reversed(range(200))]
    device.call("GET", href, headers={"Range": "bytes=" + ",".join(even)}).expect(206)
    stage.wait_until(lambda: world.state() == "downloading", "the first byte to count")
    device.call("GET", href, headers={"Range": "bytes=" + ",".join(odd)}).expect(206)
    stage.wait_until(lambda: world.state() == "downloaded", "the last lacking byte to count")


def test_what_was_served_before_a_restart_counts_after_it(world):
    device, deployment = world.ordered()
    path = urllib.parse.urlsplit(artifact_of(deployment)["_links"]["download"]["href"]).path

    def fetch(wanted):
        url = f"{world.server.url}{path}"
        return device.call("GET", url, headers={"Range": f"bytes={wanted}"}).expect(206)
    fetch("200000-")
    fetch("0-9999")
    fetch("20000-99999")
    world.server.stop()
    world.server.start()
    assert world.state() == "downloading"
    fetch("100000-199999")
    assert world.state() == "downloading"
    fetch("10000-19999")
    stage.wait_until(lambda: world.state() == "downloaded", "the last lacking byte to count")


def test_what_a_device_does_not_read_is_not_served(start_server):
    world = World(start_server({"limits": {"transfer_stall": "1s"}}))
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download-http"]["href"]
    url = urllib.parse.urlsplit(href)
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect((url.hostname, url.port))
        idle.sendall(f"GET {url.path} HTTP/1.1\r\nHost: x\r\nAuthorization: TargetToken {device.token}\r\n\r\n"
                     .encode())
        stage.wait_until(lambda: world.state() == "downloading", "what the kernel holds to count")
        idle.recv(1)
        stage.wait_until(lambda: read_to_the_end(idle), "the connection to end after the stall")
    upgrade = world.upgrade("lamp-1")
    assert upgrade["state"] == "downloading" and upgrade["progress"] < 40
    device.report(deployment["id"], "proceeding", details=["retrying"]).expect(200)
    assert world.state() == "downloading"
    device.call("GET", href).expect(200)
    stage.wait_until(lambda: world.state() == "downloaded", "the whole file to count")


def read_to_the_end(connection):
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def test_three_thousand_pieces_with_gaps_are_a_whole(start_server):
    server = start_server()
    server.publish("lamp", "2.0", os.urandom(60_000))
    device = server.device("lamp-1", "lamp", "1.0", "alice")
    server.admin.post("/orders", {"dids": ["lamp-1"]}).expect(201)
    href = artifact_of(device.wait_for_deployment())["_links"]["download-http"]["href"]
    state = lambda: server.admin.get("/upgrades?did=lamp-1").json()["items"][0]["state"]  # noqa: E731
    for first in (0, 10):
        for begin in range(0, 60_000, 3_000):
            pieces = ",".join(f"{at + first}-{at + first + 9}" for at in range(begin, begin + 3_000, 20))
            device.call("GET", href, headers={"Range": "bytes=" + pieces}).expect(206)
        if first == 0:
            stage.wait_until(lambda: state() == "downloading", "the pieces to count")
    stage.wait_until(lambda: state() == "downloaded", "the last lacking piece to count")


def test_too_many_downloads_are_asked_to_come_back(start_server):
    server = start_server({"firmware": {"max_downloads": 1}})
    server.publish("lamp", "2.0.0", os.urandom(20_000_000))
    device = server.device("lamp-1", "lamp", "1.0.0")
    server.admin.post("/orders", {"dids": ["lamp-1"]}).expect(201)
    href = artifact_of(device.wait_for_deployment())["_links"]["download"]["href"]
    parts = urllib.parse.urlsplit(href)
    with socket.create_connection((parts.hostname, parts.port)) as slow:
        slow.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                     f"Authorization: TargetToken {device.token}\r\n\r\n".encode())
        assert slow.recv(1)
        answer = device.call("GET", href).expect(503)
        assert int(answer.headers["Retry-After"]) > 0
        device.call("HEAD", href).expect(200)
    stage.wait_until(lambda: device.call("GET", href, headers={"Range": "bytes=0-0"}).status == 206,
                     "the place to be free again")


# ---------------------------------------------------------------------------------------------
# Gateways


def test_a_gateway_speaks_for_what_hangs_on_it(world):
    gateway = world.lamp("gateway")
    world.lamp("sub", gatewayDid="gateway")
    world.lamp("stranger")
    through = stage.Device(world.server, "sub", gateway.token, "GatewayToken")
    through.poll()
    stage.Device(world.server, "gateway", gateway.token, "GatewayToken").poll()
    stage.Device(world.server, "stranger", gateway.token, "GatewayToken").call("GET", "").expect(401)
    stage.Device(world.server, "sub", gateway.token, "TargetToken").call("GET", "").expect(401)


def test_a_gateway_and_its_sub_devices_take_turns(world):
    family = [world.lamp("gateway"), world.lamp("sub-1", gatewayDid="gateway"),
              world.lamp("sub-2", gatewayDid="gateway")]
    for device in family:
        device.poll()
    world.order("sub-1", "sub-2", "gateway")

    def invited():
        return [device.did for device in family if device.link("deploymentBase")]

    for did in ["gateway", "sub-1", "sub-2"]:
        assert invited() == [did]
        next(device for device in family if device.did == did).install()
    assert invited() == []
    assert {world.state(device.did) for device in family} == {"succeeded"}


def test_a_silent_sub_device_gives_way(world):
    gateway = world.lamp("gateway")
    gateway.tell(any="thing").expect(200)
    late = world.lamp("sub-2", gatewayDid="gateway")
    world.lamp("sub-1", gatewayDid="gateway")
    world.order("sub-1", "sub-2")
    late.install(late.wait_for_deployment())
    assert world.state("sub-1") == "queued"
    assert world.state("sub-2") == "succeeded"
