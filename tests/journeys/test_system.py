"""GET /system: what operators see of the process that answers (contract 6.10)."""
import datetime
import os
import subprocess
import time

import bucket_server
import pytest
import stage
from bucket_stage import Place, skip_reason
from test_containers import trusting
from test_process import certificate

MEMBERS = ["version", "instance", "startedAt", "store", "artifacts", "tlsNotAfter", "links"]


def system(server, headers=None):
    return server.admin.get("/system", headers).expect(200).json()


def test_it_shows_version_instance_and_sizes(server):
    shown = system(server)
    assert list(shown) == MEMBERS
    told = subprocess.run([stage.binary(), "--version"], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["updraft", shown["version"]]
    started = datetime.datetime.fromisoformat(shown["startedAt"].replace("Z", "+00:00")).timestamp()
    assert os.stat(server.directory / "updraft.toml").st_mtime - 1 <= started <= time.time()
    assert shown["tlsNotAfter"] is None
    assert shown["store"]["kind"] == ("postgresql" if server.database else "sqlite")
    assert shown["store"]["bytes"] > 10_000
    assert shown["artifacts"] == {"kind": "folder", "bytes": 0}
    server.publish("lamp", "1.0", b"x" * 70_000)
    server.publish("lamp", "2.0", b"x" * 70_000)
    server.publish("lamp", "3.0", b"y" * 5)
    assert system(server)["artifacts"]["bytes"] == 70_005, "the same bytes are stored once"


@pytest.mark.embedded
def test_the_stores_bytes_are_those_of_its_files(server):
    def files():
        return sum((server.data / name).stat().st_size
                   for name in ("updraft.db", "updraft.db-wal", "updraft.db-shm"))

    # The server may write meanwhile.
    before = files()
    shown = system(server)["store"]["bytes"]
    assert before <= shown <= files()


def test_an_instance_is_another_one_after_a_restart(server):
    first = system(server)
    assert system(server)["instance"] == first["instance"]
    server.stop()
    server.start()
    second = system(server)
    assert second["instance"] != first["instance"]
    assert second["startedAt"] > first["startedAt"]


def test_the_base_is_what_a_device_is_told_for_that_host(start_server):
    server = start_server(config={"server": {"trusted_proxies": ["127.0.0.1"]}})
    device = server.device("lamp-1")
    hosts = [{}, {"Host": "ota.example.net"}, {"Host": "ota.example.net:8443"},
             {"Host": "inside", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "ota.example.net",
              "X-Forwarded-Prefix": "/updates"}]
    bases = []
    for headers in hosts:
        base = system(server, headers)["links"]["base"]
        link = device.call("GET", "", headers=headers).expect(200).json()["_links"]["configData"]["href"]
        assert link == base + device.base + "/configData"
        bases.append(base)
    assert bases == [server.url, "http://ota.example.net", "http://ota.example.net:8443",
                     "https://ota.example.net/updates"]


def test_the_end_of_the_certificate_is_shown(tmp_path, start_server):
    cert, key = certificate(tmp_path, "server")
    server = start_server(config={"tls": {"cert": str(cert), "key": str(key)}}, start=False)
    server.trust = trusting()
    server.start()
    told = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-enddate", "-dateopt", "iso_8601"],
                          capture_output=True, text=True, check=True).stdout
    shown = system(server)
    assert shown["tlsNotAfter"].replace(".000Z", "Z") == told.strip().split("=")[1].replace(" ", "T")
    assert shown["links"]["base"] == server.url


@pytest.mark.once
@pytest.mark.skipif(skip_reason() is not None, reason=str(skip_reason()))
def test_sizes_that_cannot_be_read_now_are_null(start_server, tmp_path):
    bucket = bucket_server.Bucket(tmp_path / "s3")
    try:
        server = start_server(Place(bucket, tmp_path).config())
        for number in range(4):  # More than one page of the bucket's list.
            server.publish("lamp", f"{number}.0", b"x" * (1_000 + number))
        assert system(server)["artifacts"] == {"kind": "bucket", "bytes": 4_006}
    finally:
        bucket.stop()
    assert system(server)["artifacts"] == {"kind": "bucket", "bytes": None}


def test_strangers_are_told_nothing(server):
    answer = stage.request(server.url, "GET", "/admin/v1/system")
    assert answer.status == 401 and "version" not in answer.body.decode()
