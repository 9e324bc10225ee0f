"""Artifacts in an S3-compatible bucket: the real binary against a real S3 that checks signatures."""
import concurrent.futures
import datetime
import hashlib
import os
import re
import shutil
import signal
import threading
import urllib.parse
from unittest import mock

import pytest

import bucket_server
import stage
from bucket_stage import Place, skip_reason
from ddi_stage import CONTENT, World, artifact_of
from test_keeping import done, run
from test_swupdate import Cast, CuttingProxy, image  # noqa: F401

pytestmark = pytest.mark.skipif(skip_reason() is not None, reason=str(skip_reason()))

SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    made = bucket_server.Bucket(tmp_path_factory.mktemp("s3"))
    yield made
    made.stop()


@pytest.fixture
def place(s3, tmp_path):
    return Place(s3, tmp_path)


@pytest.fixture
def world(place, start_server):
    return World(start_server(config=place.config()))


def metrics_of(server):
    answer = stage.request(server.url, "GET", "/metrics",
                           headers={"Authorization": f"Bearer {server.admin.token}"}).expect(200)
    pairs = (line.rsplit(" ", 1) for line in answer.body.decode().splitlines() if line[0] != "#")
    return {name: float(value) for name, value in pairs}


def links_of(deployment):
    return {name: link["href"] for name, link in artifact_of(deployment)["_links"].items()}


def fetch(url, method="GET", headers=None):
    """A request without a token."""
    parts = urllib.parse.urlsplit(url)
    return stage.request(f"{parts.scheme}://{parts.netloc}", method, f"{parts.path}?{parts.query}",
                         headers=headers)


def empty_cache(server):
    """Makes the cache empty, as on a new instance; the server is not running."""
    shutil.rmtree(server.data / "firmware-cache")


# ---------------------------------------------------------------------------------------------
# Devices


def test_a_device_is_sent_to_the_bucket_with_an_address_that_needs_no_token(world, place):
    device, deployment = world.ordered()
    links = links_of(deployment)
    assert links["download"] == links["download-http"] + "?via=bucket"
    assert links["md5sum"] == links["md5sum-http"] and "via" not in links["md5sum"]

    before = device.call("HEAD", links["download"]).expect(302)
    assert before.headers["Content-Length"] == "0" and world.state() == "offered"
    answer = device.call("GET", links["download"]).expect(302)
    assert (answer.body, answer.headers["Content-Length"]) == (b"", "0")
    assert answer.headers["Cache-Control"] == "no-store"
    stage.wait_until(lambda: world.state() == "downloading", "the beginning of the download")

    got = fetch(answer.headers["Location"]).expect(200)
    assert got.body == CONTENT
    assert got.headers["Content-Disposition"] == 'attachment; filename="lamp 2.0.swu"'
    part = fetch(answer.headers["Location"], headers={"Range": "bytes=100-199"}).expect(206)
    assert part.body == CONTENT[100:200]
    size = fetch(before.headers["Location"], "HEAD").expect(200)
    assert int(size.headers["Content-Length"]) == len(CONTENT)
    device.report(deployment["id"], "closed", "success").expect(200)
    assert world.state() == "succeeded"
    assert device.call("GET", links["md5sum"]).expect(200).body.startswith(
        hashlib.md5(CONTENT).hexdigest().encode())
    assert bucket_server.SECRET_KEY not in world.server.process.errors()


def test_only_who_may_download_is_sent_to_the_bucket(world):
    _, deployment = world.ordered()
    href = links_of(deployment)["download"]
    world.lamp("stranger").call("GET", href.replace("lamp-1", "stranger")).expect(404)
    fetch(href).expect(401)


def test_an_altered_address_opens_nothing(world):
    device, deployment = world.ordered()
    url = device.call("GET", links_of(deployment)["download"]).headers["Location"]
    other = world.server.publish("lamp", "3.0.0", b"another firmware")["sha256"]
    for altered in (url.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200"),
                    url.replace(SHA256, other).replace(f"/{SHA256[:2]}/", f"/{other[:2]}/"),
                    url.replace("lamp%202.0", "lamp%202.1"), url[:-1] + ("0" if url[-1] != "0" else "1"),
                    url.split("&X-Amz-Signature")[0]):
        assert altered != url
        assert fetch(altered).status in (400, 403), altered
    fetch(url, "HEAD").expect(403)
    fetch(url).expect(200)


def test_an_address_ends(place, start_server):
    world = World(start_server(config=place.config(url_ttl="1s")))
    device, deployment = world.ordered()
    url = device.call("GET", links_of(deployment)["download"]).headers["Location"]
    stage.wait_until(lambda: fetch(url).status == 403, "the address to end")


def test_botocore_signs_the_same_address(world):
    from botocore.auth import S3SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    device, deployment = world.ordered()
    url = device.call("GET", links_of(deployment)["download"]).headers["Location"]
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    moment = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    plain = urllib.parse.urlencode({name: value for name, value in query.items()
                                    if not name.startswith("X-Amz-")}, quote_via=urllib.parse.quote)
    request = AWSRequest("GET", f"{parts.scheme}://{parts.netloc}{parts.path}?{plain}")
    with mock.patch("botocore.auth.datetime") as clock:
        clock.datetime.utcnow.return_value = moment
        keys = Credentials(bucket_server.ACCESS_KEY, bucket_server.SECRET_KEY)
        S3SigV4QueryAuth(keys, "s3", bucket_server.REGION, expires=3600).add_auth(request)
    theirs = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
    assert theirs == query


def test_downloads_through_the_instance_have_ranges_and_come_from_its_cache(world):
    device, deployment = world.ordered()
    world.server.stop()
    empty_cache(world.server)
    world.server.start()
    href = links_of(deployment)["download-http"]
    assert device.call("HEAD", href).expect(200).headers["Content-Length"] == str(len(CONTENT))
    assert device.call("GET", href, headers={"Range": "bytes=5-"}).expect(206).body == CONTENT[5:]
    answer = device.call("GET", href, headers={"Range": "bytes=0-9,100-119"}).expect(206)
    assert answer.headers["Content-Type"].startswith("multipart/byteranges")
    end = {"Range": f"bytes={len(CONTENT)}-"}
    device.call("GET", href, headers=end).expect(416)
    assert device.call("GET", href).expect(200).body == CONTENT
    counted = metrics_of(world.server)
    told = {name.split("{")[0] for name in counted if name.startswith("updraft_bucket_")}
    documented = (stage.ROOT / "docs" / "operating.md").read_text()
    assert told == set(re.findall(r"`(updraft_bucket_\w+)", documented))
    assert counted['updraft_bucket_cache_total{from="bucket"}'] == 1
    assert counted['updraft_bucket_cache_total{from="cache"}'] == 3
    assert counted["updraft_bucket_cache_bytes"] == len(CONTENT)


def test_a_fetch_that_breaks_off_is_gone_on_with(place, start_server):
    server = start_server(config=place.config())
    device, deployment = World(server).ordered()
    server.stop()
    empty_cache(server)
    proxy = CuttingProxy(place.server.url, cut_after=200_000)
    server.config = stage.merged(server.config, place.config(endpoint=proxy.url))
    server.start()
    assert device.call("GET", links_of(deployment)["download-http"]).expect(200).body == CONTENT
    proxy.close()
    assert proxy.was_cut and b"\r\nRange: bytes=" in proxy.asked


class Gate(CuttingProxy):
    """A proxy in front of the bucket that holds back every response until it is opened."""

    def __init__(self, target):
        self.opened = threading.Event()
        super().__init__(target, cut_after=1 << 40)

    def _pass(self, source, sink, answers):
        if answers:
            self.opened.wait(stage.PATIENCE)
        super()._pass(source, sink, answers)


def test_one_fetch_serves_all_who_wait_and_holds_up_nobody_else(place, start_server):
    server = start_server(config=place.config())
    world = World(server)
    lamps = [world.lamp(f"lamp-{number}") for number in range(6)]
    world.order(*(lamp.did for lamp in lamps))
    hrefs = [links_of(lamp.wait_for_deployment())["download-http"] for lamp in lamps]
    server.stop()
    empty_cache(server)
    gate = Gate(place.server.url)
    server.config = stage.merged(server.config, {"server": {"threads": 1},
                                                 **place.config(endpoint=gate.url)})
    server.start()
    with concurrent.futures.ThreadPoolExecutor(len(lamps)) as pool:
        got = [pool.submit(lamp.call, "GET", href) for lamp, href in zip(lamps, hrefs)]
        try:
            misses = 'updraft_bucket_cache_total{from="bucket"}'
            stage.wait_until(lambda: metrics_of(server)[misses] == len(lamps), "all to wait")
            # The only I/O thread serves other requests meanwhile.
            assert lamps[0].poll()["_links"]
            assert not any(one.done() for one in got)
        finally:
            gate.opened.set()
        assert all(one.result().expect(200).body == CONTENT for one in got)
    gate.close()
    assert gate.asked.count(f"GET /{place.name}/{place.key(SHA256)}".encode()) == 1


def test_a_simulated_fleet_downloads_from_the_bucket(world, tmp_path):
    server = world.server
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", server.url, "--devices", 4, "--create", "--model",
         "lamp", "--polling", "0.1", "--install-seconds", "0.3", "--cut-rate", "1", "--ramp", "0",
         "--did-prefix", "d-"], tmp_path / "fleet.log", {"UPDRAFT_ADMIN_TOKEN": server.admin.token})
    try:
        devices = stage.wait_until(
            lambda: len(found := server.admin.every("/devices")) == 4 and found, "the devices")
        world.order(*(device["did"] for device in devices))
        stage.wait_until(lambda: {upgrade["state"] for upgrade in server.admin.every("/upgrades")}
                         == {"succeeded"}, "the fleet")
        fleet.signal(signal.SIGTERM)
        assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
    finally:
        fleet.kill()
    assert metrics_of(server)['updraft_bucket_cache_total{from="cache"}'] == 0


@pytest.fixture
def cast(place, start_server, receiver, image, tmp_path):
    """swupdate reaches the bucket at an address where a proxy cuts the download."""
    proxy = CuttingProxy(place.server.url, cut_after=200_000)
    server = start_server(config=place.config(public_url=proxy.url))
    made = Cast(server, receiver, image, tmp_path)
    made.proxy = proxy
    yield made
    if made.client:
        made.client.stop()
    proxy.close()


@pytest.mark.skipif(not shutil.which("swupdate") or not shutil.which("cpio"),
                    reason="swupdate and cpio are not installed")
def test_swupdate_follows_to_the_bucket_and_resumes_there(cast):
    cast.publish(cast.image.bytes)
    assert cast.user.upgrade_one("board-7")[0] == 0
    cast.start_client()
    cast.wait_until_installed()
    cast.client.restart(state=2)
    assert cast.result()["upgradeResult"] == "1"
    asked = cast.proxy.asked
    assert b"X-Amz-Signature=" in asked and b"\r\nRange: bytes=" in asked
    # swupdate sends its token only to Updraft: it drops it even for another port.
    assert b"authorization" not in asked.lower()
    assert metrics_of(cast.server)['updraft_bucket_cache_total{from="cache"}'] == 0


# ---------------------------------------------------------------------------------------------
# Instances, outages, damage


def test_what_one_instance_takes_in_another_serves(place, cluster, start_server):
    name = "journey_bucket_" + os.urandom(4).hex()
    first = start_server(config={"store": {"url": cluster.create(name)}, **place.config()})
    second = start_server(config=place.config(), beside=first)
    try:
        world = World(first)
        device, _ = world.ordered()
        device.server = second
        deployment = device.deployment()
        links = links_of(deployment)
        assert links["download"].startswith(second.url)
        assert device.call("GET", links["download-http"]).expect(200).body == CONTENT
        url = device.call("GET", links["download"]).expect(302).headers["Location"]
        assert fetch(url).expect(200).body == CONTENT
        assert not (first.data / "firmware").exists() and not (second.data / "firmware").exists()
    finally:
        second.stop()
        first.stop()
        cluster.drop(name)


def readiness(server):
    return stage.request(server.url, "GET", "/readyz").expect(200).json().get("detail", "")


def test_a_bucket_that_is_away_is_told_of_and_comes_back_by_itself(tmp_path, start_server):
    s3 = bucket_server.Bucket(tmp_path / "s3")
    place = Place(s3, tmp_path)
    server = start_server(config=place.config())
    world = World(server)
    device, deployment = world.ordered()
    links = links_of(deployment)
    other = server.publish("lamp", "3.0.0", b"another firmware")
    server.stop()
    os.unlink(server.data / "firmware-cache" / other["sha256"][:2] / other["sha256"])
    s3.stop()
    try:
        server.start()
        stage.wait_until(lambda: "bucket" in readiness(server), "the hint")
        draft = server.admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": "4"})
        file = f"/firmware/{draft.expect(201).json()['id']}/file"
        refused = server.admin.put(file, b"a third firmware").expect(503)
        assert "the bucket cannot be reached" in refused.json()["detail"]
        assert list((server.data / "firmware-cache" / "tmp").iterdir()) == []
        # Downloads of cached files continue; others have to wait.
        assert device.call("GET", links["download-http"]).expect(200).body == CONTENT
        late = world.lamp("late")
        world.order("late")
        href = links_of(late.wait_for_deployment())["download-http"]
        assert int(late.call("GET", href).expect(503).headers["Retry-After"]) > 0
        s3.start()
        assert late.call("GET", href).expect(200).body == b"another firmware"
        server.admin.put(file, b"a third firmware").expect(200)
        assert readiness(server) == ""
        counted = metrics_of(server)
        assert counted['updraft_bucket_requests_total{outcome="unavailable"}'] > 0
        log = server.process.errors()
        assert log.count("watch the bucket") <= 2, log
        server.stop()
    finally:
        s3.stop()


def test_damaged_bytes_are_never_served_through_the_instance_and_uploading_again_heals(world, place):
    device, deployment = world.ordered()
    server = world.server
    server.stop()
    empty_cache(server)
    place.put(SHA256, CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    server.start()
    href = links_of(deployment)["download-http"]
    device.call("GET", href).expect(500)
    assert place.keys() == [f"damaged/{SHA256}"]
    device.call("GET", href).expect(500)
    draft = server.admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": "9"})
    server.admin.put(f"/firmware/{draft.expect(201).json()['id']}/file", CONTENT).expect(200)
    assert set(place.keys()) == {f"{SHA256[:2]}/{SHA256}", f"checked/{SHA256}"}
    assert device.call("GET", href).expect(200).body == CONTENT


def test_damage_is_found_by_reading_everything_in_turn(place, start_server):
    world = World(start_server(config=place.config(scrub_period="1s")))
    place.put(SHA256, b"something else")
    stage.wait_until(lambda: place.keys() == [f"damaged/{SHA256}"], "the damage to be found")
    stage.wait_until(lambda: "an artifact is damaged" in world.server.process.errors(), "the line")


# ---------------------------------------------------------------------------------------------
# Operators


def configuration(folder, config):
    path = folder / "commands.toml"
    path.write_text(stage.toml(config))
    return path


@pytest.mark.embedded
def test_artifacts_move_between_folder_and_bucket_and_are_checked_there(place, start_server, tmp_path):
    server = start_server()
    world = World(server)
    device, deployment = world.ordered()
    server.publish("lamp", "3.0.0", b"another firmware")
    server.stop()
    folder = server.data / "firmware"
    config = configuration(tmp_path, place.config())
    copy = ("artifact", "copy", "--config", config, "--data", server.data)

    assert "2 artifacts" in done(*copy, "--from", folder, "--to", place.url)
    again = done(*copy, "--from", folder, "--to", place.url)
    assert "0 artifacts" in again and "2 were there already" in again
    check = ("check", "--config", config, "--data", server.data)
    assert "0 findings" in done(*check) and "0 findings" in done(*check, "--deep")

    place.put(SHA256, b"x" * len(CONTENT))
    assert "0 findings" in done(*check)
    assert "is damaged" in run(*check, "--deep").stdout
    place.delete(SHA256)
    assert f"is not in {place.url}" in run(*check).stdout
    assert "1 artifacts" in done(*copy, "--from", folder, "--to", place.url)

    back = tmp_path / "back"
    assert "2 artifacts" in done(*copy, "--from", place.url, "--to", back)
    assert (back / SHA256[:2] / SHA256).read_bytes() == CONTENT
    place.put(SHA256, b"x" * len(CONTENT))
    shutil.rmtree(back)
    damaged = run(*copy, "--from", place.url, "--to", back)
    assert damaged.returncode == 1 and SHA256 in damaged.stderr and "1 artifacts" in damaged.stdout

    # The server that used a folder now uses the bucket.
    done(*copy, "--from", folder, "--to", place.url)
    place.put(SHA256, CONTENT)
    server.config = stage.merged(server.config, place.config())
    server.start()
    device.server = server
    href = links_of(device.deployment() or deployment)["download"]
    assert fetch(device.call("GET", href).expect(302).headers["Location"]).body == CONTENT


@pytest.mark.embedded
def test_a_backup_takes_artifacts_out_of_the_bucket_or_leaves_them(world, place, tmp_path):
    server = world.server
    config = configuration(tmp_path, place.config())
    backup = ("backup", "--config", config, "--data", server.data)
    done(*backup, "--to", tmp_path / "whole")
    done(*backup, "--to", tmp_path / "slim", "--without-artifacts")
    done("restore", "--from", tmp_path / "whole", "--data", tmp_path / "a")
    assert (tmp_path / "a" / "firmware" / SHA256[:2] / SHA256).read_bytes() == CONTENT
    told = done("restore", "--from", tmp_path / "slim", "--data", tmp_path / "b")
    assert "no artifacts" in told and not (tmp_path / "b" / "firmware").exists()
    assert "0 findings" in done("check", "--config", config, "--data", tmp_path / "b")


def test_a_secret_that_others_may_read_is_refused(place, tmp_path):
    place.secret_file.chmod(0o644)
    config = configuration(tmp_path, place.config())
    refused = run("serve", "--config", config, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert refused.returncode == 1 and "0600" in refused.stderr
    assert bucket_server.SECRET_KEY not in refused.stderr


def test_wrong_keys_and_missing_buckets_are_named(place, start_server, tmp_path):
    place.secret_file.write_text("wrong-but-one-word\n")
    server = start_server(config=place.config())
    stage.wait_until(lambda: "SignatureDoesNotMatch" in readiness(server), "the hint")
    place.secret_file.write_text(bucket_server.SECRET_KEY + "\n")
    other = start_server(config=place.config(store="s3://no-such-bucket"))
    stage.wait_until(lambda: "NoSuchBucket" in readiness(other), "the hint")
