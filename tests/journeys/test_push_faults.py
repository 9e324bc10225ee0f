"""Receivers that misbehave, all at the same time: each gets its documented treatment and delays no other.

Every row has its own app and its own device. A second app, the witness, has a correct receiver and
gets the messages of all these devices too. A message that a receiver did not acknowledge is sent
again, with the same id and bytes.
"""
import dataclasses
import datetime
import re
import typing

import fault_receiver as faults
import pytest
import stage
from authority import Authority

MODEL = "lamp"
VERSION = "2.0.0"
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"
LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"


@dataclasses.dataclass
class Row:
    """One kind of fault, and how the list of pushes shows it."""
    name: str
    fault: typing.Callable
    status: int | None       # None: there was no response.
    text: str                # A pattern of the attempt's `answer`, which is empty without a response.
    error: str | None = None  # The attempt's `error`.
    accepted: bool = False   # An unusual response that counts as an acknowledgement.
    pause: tuple = (0, 10)   # Seconds until the next attempt: (minimum, maximum).


def says(name, data, status, text, error=None, **more):
    return Row(name, faults.says(data), status, text, error, **more)


def told_to_wait(name, value, pause=(0, 10)):
    return Row(name, faults.retry_after(value), 429, "later", "status", pause=pause)


ROWS = [
    Row("slow", faults.answers_late, 200, "code", accepted=True),
    Row("drips", faults.drips(faults.answer(200, faults.ACCEPTED), 0.002), 200, "code",
        accepted=True),
    says("no-content", b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n", 204, "^$", accepted=True),
    says("answers-twice", faults.answer(200, faults.ACCEPTED) * 2, 200, "code", accepted=True),
    says("hints-first", b"HTTP/1.1 103 X\r\nLink: </a>\r\n\r\n" + faults.answer(200), 200, "^$",
         accepted=True),
    Row("hangs", faults.hangs, None, "^$", "timeout"),
    Row("drips-for-ever", faults.drips_for_ever, 200, "", "timeout"),
    Row("resets", faults.resets, None, "^$", "closed"),
    Row("closes", faults.closes, None, "^$", "closed"),
    says("500", faults.answer(500, b"broken"), 500, "broken", "status"),
    says("401", faults.answer(401, b"who?", "WWW-Authenticate: Basic\r\n"), 401, "who", "status"),
    says("wrong-code", faults.answer(200, b'{"code":1,"result":"no"}', faults.JSON), 200, "no", "code"),
    says("text", faults.answer(200, b"OK"), 200, "OK", "body"),
    says("array", faults.answer(200, b"[0]", faults.JSON), 200, r"\[0\]", "body"),
    says("half-an-answer", b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{", 200, "^{$", "closed"),
    says("gzip", faults.GZIPPED, 200, r"\?", "body"),
    says("no-http", b"SSH-2.0-OpenSSH_9.2\r\n", None, "^$", "closed"),
    says("redirect", faults.answer(302, b"there", "Location: {witness}\r\n"), 302, "there", "status"),
    says("redirect-308", faults.answer(308, b"there", "Location: {witness}\r\n"), 308, "there", "status"),
    says("long-body", faults.answer(200, b"x" * 70_000), 200, "^x{512}$", "body"),
    Row("endless-body", faults.never_ends(faults.CHUNKED_HEAD, b"4000\r\n" + b"x" * 0x4000 +
                                          b"\r\n"), 200, "^x{512}$", "body"),
    says("huge-header", faults.answer(200, faults.ACCEPTED, f"X: {'x' * 99_000}\r\n"), 200, "^$",
         "body"),
    Row("endless-headers", faults.never_ends(b"HTTP/1.1 200 X\r\n", b"X: x\r\n" * 999), 200,
        "^$", "body"),
    Row("endless-hints", faults.never_ends(b"", b"HTTP/1.1 103 X\r\nLink: </a>\r\n\r\n" * 99), 103,
        "^$", "body"),
    told_to_wait("retry-after-negative", "-5"),
    told_to_wait("retry-after-garbage", "soon"),
    told_to_wait("retry-after-long-ago", LONG_AGO),
    told_to_wait("retry-after-fraction", "1.5"),
    told_to_wait("retry-after-huge", "9" * 40, (3000, 3600)),
    told_to_wait("retry-after-far-date", "Fri, 01 Jan 2100 00:00:00 GMT", (3000, 3600)),
    told_to_wait("retry-after-two-hours", "7200", (3000, 3600)),
]


class Party:
    """All rows in action: one server, the witness, and an app, a device and a receiver for each row."""

    def __init__(self, server, rows):
        self.server = server
        self.witness = stage.Receiver()
        witness = server.app("witness", pushUrl=self.witness.url)
        self.receivers, self.apps = {}, {}
        server.publish(MODEL, VERSION)
        for row in rows:
            receiver = faults.FaultReceiver(self._aim(row.fault))
            app = server.app(row.name, pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
            self.receivers[row.name], self.apps[row.name] = receiver, app
            witness.grant(row.name)
            user = app.grant(row.name)
            server.device(row.name, MODEL, "1.0.0", row.name)
            self._bring_about_a_result(user, row.name)

    def _aim(self, fault):
        """Redirects lead to the witness, so the test notices a followed redirect."""
        def aimed(link, closed):
            fault(Aimed(link, f"http://127.0.0.1:{self.witness.port}/stolen"), closed)
        return aimed

    @staticmethod
    def _bring_about_a_result(user, did):
        code, order = user.upgrade_one(did)
        assert code == 0, order
        assert user.cancel(did)[0] == 0

    def push(self, name):
        """The row's message in the admin API, when it has an attempt."""
        listed = self.server.admin.every(f"/pushes?appid={self.apps[name].appid}")
        assert len(listed) == 1 and listed[0]["msgType"] == "ota_upgrade_result", listed
        return self.server.admin.get(f"/pushes/{listed[0]['webhookId']}").expect(200).json()

    def wait_for_attempt(self, name, count=1):
        return stage.wait_until(
            lambda: (push := self.push(name))["attempts"] >= count and push,
            f"{count} attempts for {name}")

    def wait_for_delivery(self, name):
        return stage.wait_until(
            lambda: (push := self.push(name))["state"] == "delivered" and push,
            f"the delivery to {name}")

    def close(self):
        for receiver in self.receivers.values():
            receiver.close()
        self.witness.close()


class Aimed:
    """A socket that replaces `{witness}` in the sent bytes by the address of the witness."""

    def __init__(self, link, witness):
        self._link, self._witness = link, witness.encode()

    def sendall(self, data):
        self._link.sendall(data.replace(b"{witness}", self._witness))

    def __getattr__(self, name):
        return getattr(self._link, name)


PUSH = {"timeout": "3s", "suspend_after": 100_000, "retry_schedule": ["200ms", "500ms", "1s"]}


@pytest.fixture(scope="module")
def party(module_server):
    made = Party(module_server({"push": PUSH}), ROWS)
    yield made
    made.close()


def seconds_between(earlier, later):
    read = datetime.datetime.fromisoformat
    return (read(later.replace("Z", "+00:00")) - read(earlier.replace("Z", "+00:00"))).total_seconds()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_fault_is_told_and_delays_nobody(party, row):
    receiver = party.receivers[row.name]
    # The witness gets the messages of this device while all receivers still misbehave.
    told = party.witness.wait_for(lambda push: push.body.get("did") == row.name
                                  and push.body["msgType"] == "ota_upgrade_result")
    assert told[0].path == "/push"
    shown = party.wait_for_attempt(row.name)
    first = shown["attemptLog"][0]
    said = first["answer"] or ""
    assert first["status"] == row.status and re.search(row.text, said), first
    assert first["error"] == row.error, first
    assert len(said.encode()) <= 512
    if row.accepted:
        assert shown["state"] == "delivered" and shown["attempts"] == 1
        assert shown["nextAttemptAt"] is None
        assert len(receiver.wait_for(1)) == 1
        return

    assert shown["state"] == "pending" and shown["deliveredAt"] is None
    low, high = row.pause
    assert low <= seconds_between(shown["attemptLog"][-1]["at"], shown["nextAttemptAt"]) <= high + 5
    receiver.relent()
    if low > 0:
        party.server.admin.post(f"/pushes/{shown['webhookId']}/replay").expect(202)
    shown = party.wait_for_delivery(row.name)
    assert shown["attempts"] == len(shown["attemptLog"]) >= 2
    assert (shown["attemptLog"][-1]["status"], shown["attemptLog"][-1]["answer"]) == (
        200, '{"code":0}')
    pushes = receiver.wait_for(2)
    assert {(push.id, push.raw) for push in pushes} == {(shown["webhookId"], pushes[0].raw)}
    assert not [push for push in party.witness.pushes if push.path != "/push"]


def test_a_receiver_that_takes_a_message_and_dies_hears_it_again(party):
    def take_and_die(link, closed):
        receiver.die()
    receiver = faults.FaultReceiver(take_and_die)
    try:
        app = party.server.app("dies", pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
        user = app.grant("dies")
        party.apps["dies"] = app
        party.server.device("dies", MODEL, "1.0.0", "dies")
        party._bring_about_a_result(user, "dies")
        shown = party.wait_for_attempt("dies", 2)
        assert [attempt["status"] for attempt in shown["attemptLog"][:2]] == [None, None]
        assert [attempt["error"] for attempt in shown["attemptLog"][:2]] == ["closed", "connect"]
        assert [attempt["answer"] for attempt in shown["attemptLog"][:2]] == [None, None]
        # What libcurl says, with host and port, stands in the log alone.
        stage.wait_until(lambda: f"port {receiver.port}" in party.server.process.errors(), "libcurl's words")
        receiver.relent()
        receiver.rise()
        shown = party.wait_for_delivery("dies")
        first, *_, last = receiver.wait_for(2)
        assert (first.id, first.raw) == (last.id, last.raw)
    finally:
        receiver.close()


# ---------------------------------------------------------------------------------------------
# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "ca")


@pytest.fixture(scope="module")
def tls_server(module_server, authority):
    return module_server({"push": {**PUSH, "allow_http": False, "ca_file": str(authority.roots)}})


@pytest.fixture(scope="module")
def good_tls(authority):
    return faults.tls_context(*authority.certify("good", "IP:127.0.0.1"))


def bad_certificate(kind, authority, folder):
    if kind == "wrong-name":
        return authority.certify(kind, "DNS:receiver.example")
    if kind == "expired":
        return authority.certify(kind, "IP:127.0.0.1", "20200101000000Z", "20200201000000Z")
    if kind == "not-yet-valid":
        return authority.certify(kind, "IP:127.0.0.1", "20980101000000Z", "20990101000000Z")
    return Authority(folder / "stranger").certify(kind, "IP:127.0.0.1")


@pytest.mark.parametrize("kind, said", [
    ("wrong-name", "(?i)subject ?name|alternative"), ("expired", "(?i)expired"),
    ("not-yet-valid", "(?i)not yet valid"), ("stranger", "(?i)issuer|self.signed"),
])
def test_a_certificate_that_does_not_vouch_is_not_talked_to(tls_server, authority, good_tls, kind,
                                                           said, tmp_path):
    context = faults.tls_context(*bad_certificate(kind, authority, tmp_path))
    receiver = faults.FaultReceiver(faults.closes, context)
    try:
        app = tls_server.app(kind, pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
        user = app.grant(kind)
        path = f"/apps/{app.appid}/push/verify"
        verdict = tls_server.admin.post(path).expect(200).json()
        assert verdict["pushState"] == "failed" and "certificate" in verdict["detail"], verdict
        assert not re.search("127.0.0.1|(?i:subject|expired|issuer)", verdict["detail"]), verdict
        stage.wait_until(lambda: any(app.appid in line and re.search(said, line)
                                     for line in tls_server.process.errors().splitlines()), said)
        if not tls_server.admin.get("/firmware?limit=1").json()["items"]:
            tls_server.publish(MODEL, VERSION)
        tls_server.device(kind, MODEL, "1.0.0", kind)
        Party._bring_about_a_result(user, kind)
        waiting = tls_server.admin.every(f"/pushes?appid={app.appid}&state=pending")
        assert [push["attempts"] for push in waiting] == [0]
        # The receiver read no byte: neither the Appkey nor a message.
        assert receiver.verifications == 0 and receiver.pushes == []
        # The same receiver is trusted with a matching certificate of the same authority.
        receiver.relent(good_tls)
        assert tls_server.admin.post(path).expect(200).json() == {"pushState": "verified"}
        assert [push.body["did"] for push in receiver.wait_for(1)] == [kind]
    finally:
        receiver.close()


def test_plain_http_behind_an_https_url_is_not_talked_to(tls_server):
    receiver = faults.FaultReceiver(faults.closes)
    try:
        app = tls_server.app("plain", pushUrl=receiver.url.replace("http:", "https:"))
        verdict = tls_server.admin.post(f"/apps/{app.appid}/push/verify").expect(200).json()
        assert verdict["pushState"] == "failed" and re.search("(?i)ssl|tls", verdict["detail"])
        assert receiver.verifications == 0
    finally:
        receiver.close()


def test_roots_that_cannot_be_read_are_refused_at_the_start(start_server, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for place in (empty, tmp_path / "missing.pem"):
        server = start_server(config={"push": {"ca_file": str(place)}}, start=False)
        with pytest.raises(AssertionError):
            server.start()
        assert server.process.wait() == 1
        said = "holds no certificate" if place == empty else "cannot be read: No such file"
        assert f"ca_file: {place} {said}" in server.process.errors()
