"""The admin API (docs/admin-api.md): firmware, orders and upgrades."""
import base64
import hashlib
import re
import subprocess

import pytest

import stage
from admin_stage import TIME, TOO_LONG, admin, unique, problem, draft  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Firmware


def test_the_course_of_a_firmware(admin, unique):
    made = draft(admin, unique, "2.0", updateLog="Better.", requiresVersion=["1.0", "1.1"],
                 fileName="lamp.bin")
    assert list(made) == ["id", "deviceModel", "firmwareVersion", "updateLog", "releaseDate",
                          "requiresVersion", "reportedAs", "fileName", "fileSize", "sha256", "state",
                          "availability", "createdAt", "releasedAt"]
    assert isinstance(made["id"], str) and made["state"] == "draft"
    assert made["requiresVersion"] == ["1.0", "1.1"] and made["fileName"] == "lamp.bin"
    for absent in ("releaseDate", "fileSize", "sha256", "releasedAt"):
        assert made[absent] is None
    path = f"/firmware/{made['id']}"
    problem(admin.post(path + "/release"), 422, "file")

    content = b"firmware" * 1000
    filled = admin.put(path + "/file", content).expect(200).json()
    assert filled["fileSize"] == len(content)
    assert filled["sha256"] == hashlib.sha256(content).hexdigest()
    assert admin.put(path + "/file", b"other").expect(200).json()["fileSize"] == 5

    released = admin.post(path + "/release").expect(200).json()
    assert released["state"] == "released" and TIME.match(released["releasedAt"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", released["releaseDate"])
    assert admin.post(path + "/release").expect(200).json() == released
    problem(admin.put(path + "/file", b"third"), 409)
    problem(admin.delete(path), 409)

    withdrawn = admin.post(path + "/withdraw").expect(200).json()
    assert withdrawn["state"] == "withdrawn"
    assert admin.post(path + "/withdraw").expect(200).json() == withdrawn
    problem(admin.post(path + "/release"), 409)
    problem(admin.delete(path), 409)
    stopped = {name: withdrawn.pop(name) for name in ("ended", "asked")}
    assert stopped == {"ended": 0, "asked": 0}
    assert admin.get(path).expect(200).json() == withdrawn


def test_a_draft_goes_and_frees_its_version(admin, unique):
    made = draft(admin, unique)
    problem(admin.post("/firmware", {"deviceModel": unique, "firmwareVersion": "1.0"}), 409)
    problem(admin.post(f"/firmware/{made['id']}/withdraw"), 409)
    admin.delete(f"/firmware/{made['id']}").expect(204)
    problem(admin.get(f"/firmware/{made['id']}"), 404)
    draft(admin, unique)


@pytest.mark.parametrize("field, value", [
    ("deviceModel", None), ("deviceModel", ""), ("deviceModel", TOO_LONG), ("deviceModel", 1),
    ("firmwareVersion", None), ("firmwareVersion", ""), ("firmwareVersion", 2.0),
    ("firmwareVersion", TOO_LONG), ("updateLog", 1), ("updateLog", "x" * 8193),
    ("releaseDate", "2026-02-30"), ("releaseDate", "26-01-01"), ("releaseDate", 20260101),
    ("requiresVersion", "1.0"), ("requiresVersion", [1]), ("requiresVersion", [""]),
    ("requiresVersion", [TOO_LONG]), ("fileName", ""), ("fileName", "a/b"), ("fileName", ".."),
    ("fileName", "x" * 129), ("fileName", 1)])
def test_a_wrong_field_of_a_firmware_is_named(admin, unique, field, value):
    wanted = {"deviceModel": unique, "firmwareVersion": "1.0", field: value}
    problem(admin.post("/firmware", wanted), 422, field)
    assert admin.get(f"/firmware?model={unique}").json()["items"] == []


@pytest.mark.parametrize("field, value", [
    ("updateLog", "x" * 8192), ("releaseDate", "2024-02-29"), ("requiresVersion", []),
    ("fileName", "x" * 128), ("updateLog", None), ("requiresVersion", None)])
def test_limits_of_firmware_fields_are_inclusive(admin, unique, field, value):
    made = draft(admin, unique, **{field: value})
    assert made[field] == (value if value is not None else {"requiresVersion": []}.get(field))


@pytest.mark.parametrize("method, tail", [
    ("GET", ""), ("DELETE", ""), ("PUT", "/file"), ("POST", "/release"), ("POST", "/withdraw")])
@pytest.mark.parametrize("number", ["999999", "x", "-1", "1e3", "99999999999999999999"])
def test_an_unknown_firmware_is_not_found(admin, method, tail, number):
    body = b"bytes" if method == "PUT" else None
    problem(admin.call(method, f"/firmware/{number}{tail}", body), 404)


def digest(content):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(content).digest()).decode() + ":"


@pytest.mark.parametrize("headers, status", [
    ({"Repr-Digest": digest(b"bytes")}, 200), ({"Content-Digest": digest(b"bytes")}, 200),
    ({"Repr-Digest": "sha-512=:AAAA:, " + digest(b"bytes")}, 200),
    ({"Repr-Digest": "sha-512=:AAAA:"}, 422), ({"Repr-Digest": digest(b"other")}, 422),
    ({"Repr-Digest": digest(b"other") + ", " + digest(b"bytes")}, 422),
    ({"Repr-Digest": ""}, 422), ({"Content-Digest": "md5=:S1s+wL3B1Xzyv4S5s1cqow==:"}, 422),
    ({"Content-Digest": "SHA-256=:" + digest(b"bytes")[9:]}, 422),
    ({"Digest": "SHA-256=" + digest(b"bytes")[9:-1]}, 422), ({"Digest": digest(b"bytes")}, 422),
    ({"Content-MD5": base64.b64encode(hashlib.md5(b"bytes").digest()).decode()}, 422),
    ({"Content-MD5": "x", "Repr-Digest": digest(b"bytes")}, 422),
    ({"Trailer": "X-Other, content-digest"}, 422), ({"Trailer": "X-Other"}, 200),
    ({"Want-Repr-Digest": "sha-256=1", "Want-Content-Digest": "sha-512=1"}, 200),
    ({"Content-Digest": digest(b"other")}, 422), ({"Repr-Digest": "sha-256=nonsense"}, 422),
    ({"Repr-Digest": digest(b"bytes"), "Content-Digest": digest(b"other")}, 422)])
def test_an_upload_is_checked_against_its_digest(admin, unique, headers, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = admin.put(path + "/file", b"bytes", headers)
    if status == 200:
        answer.expect(200)
    else:
        problem(answer, 422)
        assert admin.get(path).json()["fileSize"] is None


@pytest.mark.parametrize("content_type, status", [
    ("multipart/form-data; boundary=x", 415), ("Multipart/Mixed", 415),
    ("application/x-www-form-urlencoded", 415),
    ("APPLICATION/X-WWW-FORM-URLENCODED ; charset=utf-8", 415),
    ("application/octet-stream", 200), ("application/x-tar", 200), ("nonsense", 200)])
def test_a_form_is_no_file(admin, unique, content_type, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = admin.put(path + "/file", b"bytes", {"Content-Type": content_type})
    if status == 415:
        problem(answer, 415, "Content-Type")
        assert answer.headers["Connection"] == "close"
    assert answer.status == status
    assert admin.get(path).json()["fileSize"] == (5 if status == 200 else None)


def test_curl_uploads_a_file_and_no_form(admin, unique, tmp_path):
    (tmp_path / "fw.bin").write_bytes(b"bytes")
    path = f"/firmware/{draft(admin, unique)['id']}"

    def upload(*words):
        words = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT", "-H",
                 f"Authorization: Bearer {admin.token}", f"{admin.url}/admin/v1{path}/file", *words]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout
    assert upload("-F", "file=@fw.bin") == "415"
    assert upload("--data-binary", "@fw.bin") == "415"
    assert admin.get(path).json()["sha256"] is None
    assert upload("-T", "fw.bin") == "200"
    assert admin.get(path).json()["sha256"] == hashlib.sha256(b"bytes").hexdigest()


def test_a_file_without_a_name_is_named_when_it_is_there(admin, unique):
    made = draft(admin, unique)
    assert made["fileName"] is None
    path = f"/firmware/{made['id']}"
    assert admin.put(path + "/file", b"bytes").expect(200).json()["fileName"] == "firmware.bin"
    assert admin.post(path + "/release").expect(200).json()["fileName"] == "firmware.bin"


@pytest.mark.parametrize("headers, status", [
    ({"Content-Range": "bytes 0-4/10"}, 400), ({"Content-Encoding": "gzip"}, 415),
    ({"Content-Encoding": "identity"}, 200)])
def test_a_file_is_uploaded_whole_and_as_it_is(admin, unique, headers, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = admin.put(path + "/file", b"bytes", headers)
    assert answer.status == status
    assert admin.get(path).json()["fileSize"] == (5 if status == 200 else None)


def test_an_empty_upload_is_refused(admin, unique):
    path = f"/firmware/{draft(admin, unique)['id']}"
    problem(admin.put(path + "/file", b""), 422, "file")


def chunked(admin, path, pieces, end=True):
    """An upload without Content-Length; `end` false breaks it off."""
    head = (f"PUT /admin/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").encode()
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return stage.raw_exchange(admin.url, head + body + (b"0\r\n\r\n" if end else b""))


def test_an_upload_may_come_in_chunks(admin, unique):
    path = f"/firmware/{draft(admin, unique)['id']}"
    answer = chunked(admin, path + "/file", [b"firm", b"ware" * 5000])
    assert answer.startswith(b"HTTP/1.1 200")
    content = b"firm" + b"ware" * 5000
    assert admin.get(path).json()["sha256"] == hashlib.sha256(content).hexdigest()


def files_of(server):
    root = server.data / "firmware"
    return [path for path in root.rglob("*")
            if path.is_file() and path.parent.name != "checked"]


def test_a_broken_off_upload_leaves_nothing(start_server):
    server = start_server()
    path = f"/firmware/{draft(server.admin, 'lamp')['id']}"
    chunked(server.admin, path + "/file", [b"half" * 10000], end=False)
    stage.wait_until(lambda: not files_of(server), "the temporary file to go")
    assert server.admin.get(path).json()["fileSize"] is None


@pytest.mark.parametrize("how", ["announced", "chunked"])
def test_an_upload_over_max_size_is_too_large(start_server, how):
    server = start_server({"firmware": {"max_size": "64KiB"}})
    path = f"/firmware/{draft(server.admin, 'lamp')['id']}"
    server.admin.put(path + "/file", b"x" * 65536).expect(200)
    if how == "announced":
        problem(server.admin.put(path + "/file", b"y" * 65537), 413)
    else:
        answer = chunked(server.admin, path + "/file", [b"y" * 32768] * 3)
        assert answer.startswith(b"HTTP/1.1 413")
    kept = server.admin.get(path).json()
    assert kept["sha256"] == hashlib.sha256(b"x" * 65536).hexdigest(), "the old file stays"
    stage.wait_until(lambda: len(files_of(server)) == 1, "nothing else to be left")


def test_a_chunk_beyond_max_size_is_answered_at_once(start_server):
    server = start_server({"firmware": {"max_size": "64KiB"}, "limits": {"transfer_stall": "1h",
                                                                        "body_timeout": "1h"}})
    for release, status in ((draft(server.admin, "lamp")["id"], b"413"), ("999999", b"404")):
        head = (f"PUT /admin/v1/firmware/{release}/file HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {server.admin.token}\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = stage.raw_exchange(server.url, head.encode() + b"3\r\nabc\r\nFFFFFFFFFFFFFFFF\r\n")
        assert answer.startswith(b"HTTP/1.1 " + status), answer
    stage.wait_until(lambda: not files_of(server), "the temporary file to go")


@pytest.mark.parametrize("framing", ["Content-Length: 5242880\r\n\r\nabc",
                                     "Transfer-Encoding: chunked\r\n\r\n500000\r\nabc"])
def test_a_body_little_beyond_max_size_is_not_waited_for(start_server, framing):
    server = start_server({"firmware": {"max_size": "4MiB"}, "limits": {"transfer_stall": "1h",
                                                                       "body_timeout": "1h"}})
    release = draft(server.admin, "lamp")["id"]
    head = (f"PUT /admin/v1/firmware/{release}/file HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {server.admin.token}\r\n{framing}")
    assert stage.raw_exchange(server.url, head.encode()).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("field,status", [("content-DIGEST", b"422"), ("Digest", b"422"), ("X-Other", b"200")])
def test_a_digest_in_a_trailer_that_nobody_announced_is_refused(admin, unique, field, status):
    path = f"/firmware/{draft(admin, unique)['id']}"
    head = (f"PUT /admin/v1{path}/file HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n"
            f"X-One: 1\r\n{field}: sha-256=:abc:\r\n\r\n")
    answer = stage.raw_exchange(admin.url, head.encode())
    assert answer.startswith(b"HTTP/1.1 " + status), answer
    assert (admin.get(path).json()["fileSize"] == 3) == (status == b"200")


@pytest.mark.parametrize("fields", [{"firmwareVersion": "  "}, {"firmwareVersion": "\u00201", "reportedAs": [" "]},
                                    {"firmwareVersion": "1", "requiresVersion": ["  "]}])
def test_a_version_has_more_than_blanks(admin, unique, fields):
    answer = admin.post("/firmware", {"deviceModel": unique, **fields})
    assert "blanks" in problem(answer, 422)["detail"]
    problem(admin.put(f"/devices/{unique}", {"deviceModel": unique, "firmwareVersion": " "}), 422)


def test_what_a_crash_left_of_an_upload_goes_at_the_next_start(start_server):
    server = start_server()
    left = server.data / "firmware" / "tmp" / "upload-aaaaaa"
    server.kill()
    left.write_bytes(b"half")
    server.start()
    assert not left.exists()


def test_lists_of_firmware_are_filtered_and_paged(shared_server, admin, unique):
    made = [draft(admin, unique, f"{number}.0")["id"] for number in range(3)]
    admin.put(f"/firmware/{made[1]}/file", b"x").expect(200)
    admin.post(f"/firmware/{made[1]}/release").expect(200)
    listed = admin.every(f"/firmware?model={unique}", 1)
    assert [one["id"] for one in listed] == made[::-1], "newest first"
    released = admin.every(f"/firmware?model={unique}&state=released")
    assert [one["id"] for one in released] == [made[1]]
    drafts = admin.every(f"/firmware?model={unique}&state=draft", 1)
    assert [one["id"] for one in drafts] == [made[2], made[0]]
    problem(admin.get("/firmware?state=nonsense"), 422, "state")


def test_withdrawing_ends_queued_upgrades(shared_server, admin, unique):
    released = shared_server.publish(unique, "2.0")
    user = shared_server.app().grant(unique)
    shared_server.device(unique, model=unique, version="1.0", open_id=unique)
    assert user.upgrade_one(unique)[0] == 0
    number = admin.get(f"/devices/{unique}").json()["activeUpgradeId"]
    admin.post(f"/firmware/{released['id']}/withdraw").expect(200)
    ended = stage.wait_until(
        lambda: (lambda one: one if one["finishedAt"] else None)(
            admin.get(f"/upgrades/{number}").json()), "the upgrade to end")
    assert (ended["state"], ended["cause"]) == ("cancelled", "withdrawn")
    assert user.query() == (0, [])


def test_a_device_that_has_taken_a_withdrawn_firmware_carries_on(shared_server, admin, unique):
    released = shared_server.publish(unique, "2.0", b"image" * 100)
    user = shared_server.app().grant(unique)
    device = shared_server.device(unique, model=unique, version="1.0", open_id=unique)
    late = shared_server.device(f"{unique}-late", model=unique, version="1.0", open_id=unique)
    assert user.upgrade_one(unique)[0] == 0
    deployment = device.wait_for_deployment()
    admin.post(f"/firmware/{released['id']}/withdraw").expect(200)
    assert user.upgrade_one(late.did)[0] == 901 and late.deployment() is None
    assert device.install(deployment) == b"image" * 100
    history = user.history()[1]
    assert [(one["did"], one["upgradeResult"]) for one in history] == [(unique, "1")]
    assert user.query() == (0, [])


# ---------------------------------------------------------------------------------------------
# Orders and upgrades


def test_an_operator_orders_many_and_hears_of_each_refusal(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    admin.put(f"/models/{unique}-fixed", {"upgradable": False}).expect(200)
    shared_server.publish(f"{unique}-fixed", "2.0")
    dids = {}
    for name, model, version in (("good", unique, "1.0"), ("newest", unique, "2.0"),
                                 ("fixed", f"{unique}-fixed", "1.0")):
        dids[name] = f"{unique}-{name}"
        shared_server.device(dids[name], model=model, version=version)
    wanted = [*dids.values(), "nobody"]
    made = admin.post("/orders", {"dids": wanted}).expect(201).json()
    assert list(made) == ["orderId", "started", "refused"]
    assert re.fullmatch(r"[0-9A-Z]{26}", made["orderId"]) and made["started"] == 1
    refused = {one["did"]: one["code"] for one in made["refused"]}
    assert refused == {dids["newest"]: 901, dids["fixed"]: 912, "nobody": 604}
    assert all(one["detail"] for one in made["refused"])

    [listed] = admin.get(f"/upgrades?orderId={made['orderId']}").json()["items"]
    assert list(listed) == ["id", "orderId", "did", "deviceModel", "openId", "firmwareId",
                            "fromVersion", "firmwareVersion", "state", "progress", "cause",
                            "origin", "rolloutId", "waitingFor", "createdAt", "startedAt",
                            "finishedAt"]
    assert listed["did"] == dids["good"] and listed["state"] == "queued"
    assert listed["openId"] is None and listed["cause"] is None and listed["startedAt"] is None
    assert 10 < listed["id"] < 2**31 and listed["id"] % 10 != 0
    again = admin.post("/orders", {"dids": [dids["good"]]}).expect(201).json()
    assert again["started"] == 0 and again["refused"][0]["code"] == 104


def test_an_operator_orders_one_firmware(shared_server, admin, unique):
    first = shared_server.publish(unique, "2.0")
    shared_server.publish(unique, "3.0")
    shared_server.device(unique, model=unique, version="1.0")
    made = admin.post("/orders", {"dids": [unique], "firmwareId": first["id"]}).expect(201).json()
    assert made["started"] == 1
    [listed] = admin.get(f"/upgrades?did={unique}").json()["items"]
    assert (listed["firmwareVersion"], listed["firmwareId"]) == ("2.0", first["id"])
    number = float(first["id"])  # Written with ".0", a whole number all the same.
    again = admin.post("/orders", {"dids": [unique], "firmwareId": number}).expect(201).json()
    assert [one["code"] for one in again["refused"]] == [104]
    problem(admin.post("/orders", {"dids": [unique], "firmwareId": number + 0.5}), 422, "firmwareId")


@pytest.mark.parametrize("body, word", [
    ({}, "dids"), ({"dids": []}, "dids"), ({"dids": "x"}, "dids"), ({"dids": [1]}, "dids"),
    ({"dids": [""]}, "dids"), ({"dids": [TOO_LONG]}, "dids"),
    ({"dids": [str(number) for number in range(1001)]}, "dids"),
    ({"dids": ["x"], "firmwareId": "nonsense"}, "firmwareId"),
    ({"dids": ["x"], "firmwareId": "999999"}, "firmwareId"),
    ({"dids": ["x"], "firmwareId": []}, "firmwareId")])
def test_a_wrong_order_is_refused(admin, body, word):
    problem(admin.post("/orders", body), 422, word)


def test_the_timeline_tells_the_course_of_an_upgrade(shared_server, admin, unique):
    shared_server.publish(unique, "2.0", b"content")
    device = shared_server.device(unique, model=unique, version="1.0")
    admin.post("/orders", {"dids": [unique]}).expect(201)
    device.install()
    [listed] = admin.get(f"/upgrades?did={unique}&state=succeeded").json()["items"]
    shown = admin.get(f"/upgrades/{listed['id']}").expect(200).json()
    timeline = shown.pop("timeline")
    assert shown == listed
    assert (shown["progress"], shown["cause"]) == (100, None)
    assert TIME.match(shown["startedAt"]) and TIME.match(shown["finishedAt"])
    states = [entry["state"] for entry in timeline]
    assert states[0] == "queued" and states[-1] == "succeeded" and "installing" in states
    assert all(list(entry) == ["at", "state", "progress", "text"] for entry in timeline)
    assert admin.get(f"/devices/{unique}").json()["firmwareVersion"] == "2.0"


def test_an_operator_cancels_at_once_or_by_asking(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    device = shared_server.device(unique, model=unique, version="1.0")

    def order():
        admin.post("/orders", {"dids": [unique]}).expect(201)
        return admin.get(f"/devices/{unique}").json()["activeUpgradeId"]

    queued = order()
    ended = admin.post(f"/upgrades/{queued}/cancel").expect(200).json()
    assert (ended["state"], ended["cause"]) == ("cancelled", "cancelled")
    problem(admin.post(f"/upgrades/{queued}/cancel"), 409)

    asked = order()
    device.wait_for_deployment()
    assert admin.post(f"/upgrades/{asked}/cancel", {}).expect(200).json()["state"] == "cancelling"
    forced = admin.post(f"/upgrades/{asked}/cancel", {"force": True}).expect(200).json()
    assert forced["state"] == "cancelled"
    problem(admin.post(f"/upgrades/{order()}/cancel", {"force": "yes"}), 422, "force")


def test_lists_of_upgrades_are_filtered_and_paged(shared_server, admin, unique):
    shared_server.publish(unique, "2.0")
    dids = [f"{unique}-{number}" for number in range(4)]
    for did in dids:
        shared_server.device(did, model=unique, version="1.0")
    order = admin.post("/orders", {"dids": dids}).expect(201).json()["orderId"]
    listed = admin.every(f"/upgrades?model={unique}", 1)
    assert sorted(one["did"] for one in listed) == dids
    assert [one["id"] for one in listed] == sorted((one["id"] for one in listed), reverse=True)
    assert admin.every(f"/upgrades?orderId={order}", 3) == listed
    admin.post(f"/upgrades/{listed[0]['id']}/cancel").expect(200)
    assert len(admin.every(f"/upgrades?model={unique}&state=queued", 2)) == 3
    assert len(admin.every(f"/upgrades?did={listed[0]['did']}&state=cancelled")) == 1
    assert admin.get("/upgrades?orderId=nonsense").json()["items"] == []
    problem(admin.get("/upgrades?state=nonsense"), 422, "state")


@pytest.mark.parametrize("number", ["999999999", "x", "0", "-3", "99999999999999999999"])
def test_an_unknown_upgrade_is_not_found(admin, number):
    problem(admin.get(f"/upgrades/{number}"), 404)
    problem(admin.post(f"/upgrades/{number}/cancel"), 404)
