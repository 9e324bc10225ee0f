"""Guessing secrets and dids: failing calls are counted, logged and slowed; honest ones are not."""
import re
import types
import urllib.parse

import pytest

import abuse_stage
import stage
from open_stage import GET, QUERY, QUERY_ONE

FREE_REFUSALS = 20  # Of an address in a minute.
FREE_DIDS = 60      # Of an app in a minute.
WAITING = "updraft_http_answers_waiting"


@pytest.fixture
def cast(server):
    """An app with a user and a device: honest clients."""
    app = server.app()
    user = app.grant("alice")
    server.publish("lamp", "2")
    return types.SimpleNamespace(server=server, app=app, user=user,
                                 device=server.device("d-1", "lamp", "1", "alice"))


def honest_calls(cast):
    """A call at each door."""
    assert cast.user.query()[0] == 0
    assert cast.device.poll()
    cast.server.admin.get("/apps").expect(200)
    assert stage.request(cast.server.url, "POST", GET, {"accountId": "a"},
                         cast.app.keys()).json()["code"] == 0


def guess(cast, door, reason, fields=None):
    """A call that this door refuses for this reason."""
    url, fields = cast.server.url, fields or {}
    keys = cast.app.keys()

    def open_api(headers, code):
        answer = stage.request(url, "POST", QUERY, {}, {**headers, **fields}).expect(200).json()
        assert answer["code"] == code, answer

    def form(expected, **members):
        body = urllib.parse.urlencode(members).encode()
        answer = stage.request(url, "POST", "/access_token", body, fields)
        assert (answer.status, answer.json()["error"]) == expected

    if (door, reason) == ("open_api", "missing"):
        open_api({}, 801)
    elif (door, reason) == ("open_api", "app"):
        open_api({**keys, "Appkey": "x" * 32, "Access-Token": "t"}, 801)
    elif (door, reason) == ("open_api", "token"):
        open_api({**keys, "Access-Token": "guessed"}, 805)
    elif (door, reason) == ("access_token", "app"):
        form((401, "invalid_client"), client_id=cast.app.appid, client_secret="x",
             grant_type="refresh_token", refresh_token="x")
    elif (door, reason) == ("access_token", "token"):
        form((400, "invalid_grant"), client_id=cast.app.appid, client_secret=cast.app.appkey,
             grant_type="refresh_token", refresh_token="guessed")
    elif (door, reason) == ("ddi", "missing"):
        stage.request(url, "GET", cast.device.base, None, fields).expect(401)
    elif (door, reason) == ("ddi", "token"):
        stage.request(url, "GET", cast.device.base, None,
                      {"Authorization": "TargetToken guessed", **fields}).expect(401)
    elif (door, reason) == ("admin", "missing"):
        stage.request(url, "GET", "/admin/v1/apps", None, fields).expect(401)
    elif (door, reason) == ("admin", "token"):
        stage.request(url, "GET", "/admin/v1/apps", None,
                      {"Authorization": "Bearer guessed", **fields}).expect(401)
    else:
        raise AssertionError((door, reason))


DOORS = [("open_api", "missing"), ("open_api", "app"), ("open_api", "token"),
         ("access_token", "app"), ("access_token", "token"), ("ddi", "missing"), ("ddi", "token"),
         ("admin", "missing"), ("admin", "token")]


def failures(server):
    counted = abuse_stage.metrics_of(server)
    return {(door, reason): counted[f'updraft_auth_failures_total{{door="{door}",reason="{reason}"}}']
            for door, reason in DOORS}


def logged(server, peer):
    """How many refused calls of this peer the log has told of, and in how many lines."""
    lines = re.findall(rf"not authenticated peer={re.escape(peer)} calls=(\d+)",
                       server.process.errors())
    return sum(map(int, lines)), len(lines)


@pytest.mark.parametrize("door,reason", DOORS)
def test_guesses_are_slowed_and_honest_calls_from_there_are_not(cast, door, reason):
    with abuse_stage.Attack(lambda: guess(cast, door, reason)) as attack:
        stage.wait_until(lambda: attack.answered > FREE_REFUSALS, "more guesses than are free")
        # An operator's honest call is answered while guesses wait.
        stage.wait_until(lambda: abuse_stage.metrics_of(cast.server)[WAITING] > 0,
                         "answers that wait")
        stage.wait_until(lambda: abuse_stage.overtakes(attack, lambda: honest_calls(cast)),
                         "honest calls between two guesses")
    assert failures(cast.server)[(door, reason)] >= attack.answered


def test_every_guess_is_counted_and_logged_with_its_address(cast):
    before = failures(cast.server)
    for door, reason in DOORS:
        guess(cast, door, reason)
    for _ in range(5):
        guess(cast, "ddi", "token")
    after = failures(cast.server)
    expected = {key: 6 if key == ("ddi", "token") else 1 for key in DOORS}
    assert {key: after[key] - before[key] for key in DOORS} == expected
    # Several guesses within a second are one line.
    total = len(DOORS) + 5
    stage.wait_until(lambda: logged(cast.server, "127.0.0.1")[0] == total, "the lines of the log")
    assert logged(cast.server, "127.0.0.1")[1] < total


def test_an_expired_token_is_honest(start_server):
    server = start_server({"tokens": {"access_ttl": "1ms"}})
    user = server.app().sign_in("a")
    stage.wait_until(lambda: user.query()[0] == 806, "the token to expire")
    for _ in range(2 * FREE_REFUSALS):
        assert user.query()[0] == 806
    counted = abuse_stage.metrics_of(server)
    assert counted['updraft_auth_failures_total{door="open_api",reason="expired"}'] > FREE_REFUSALS
    assert logged(server, "127.0.0.1") == (0, 0)


def test_behind_a_proxy_the_client_is_slowed_and_not_the_proxy(start_server):
    server = start_server({"server": {"trusted_proxies": ["127.0.0.1"]}})
    app = server.app()
    cast = types.SimpleNamespace(server=server, app=app, device=server.device("d-1"))
    # What the client says of itself is to the left of what the proxy says.
    attacker = {"X-Forwarded-For": "192.0.2.1, 203.0.113.66"}
    with abuse_stage.Attack(lambda: guess(cast, "ddi", "token", attacker)) as attack:
        stage.wait_until(lambda: attack.answered > FREE_REFUSALS, "more guesses than are free")
        # Another client's wrong call is not slowed: it is answered between two guesses.
        other = {"X-Forwarded-For": "192.0.2.1"}
        stage.wait_until(lambda: abuse_stage.overtakes(
            attack, lambda: guess(cast, "ddi", "token", other)), "the other client's answer")
    stage.wait_until(lambda: logged(server, "203.0.113.66")[0] > FREE_REFUSALS, "its lines")
    stage.wait_until(lambda: re.search(r"status=401 .*peer=203\.0\.113\.66", server.process.errors()),
                     "the line of a refused request")
    assert logged(server, "127.0.0.1") == (0, 0)


def test_probing_for_dids_is_slowed_for_the_app_that_does_it(cast):
    other = cast.server.app("other").grant("alice")
    before = abuse_stage.metrics_of(cast.server)["updraft_unknown_dids_total"]

    def probe():
        assert cast.user.query_one("guessed")[0] == 604

    with abuse_stage.Attack(probe) as attack:
        stage.wait_until(lambda: attack.answered > FREE_DIDS, "more probes than are free")
        stage.wait_until(lambda: abuse_stage.metrics_of(cast.server)[WAITING] > 0,
                         "answers that wait")

        def honest():
            assert cast.user.query_one("d-1")[0] == 0
            assert other.query_one("guessed")[0] == 604

        stage.wait_until(lambda: abuse_stage.overtakes(attack, honest), "calls between two probes")
    counted = abuse_stage.metrics_of(cast.server)["updraft_unknown_dids_total"] - before
    assert counted > attack.answered
    stage.wait_until(lambda: f"unknown dids appid={cast.app.appid} calls=" in
                     cast.server.process.errors(), "the line that names the app")


@pytest.mark.parametrize("call", ["query_one", "upgrade_one", "cancel"])
def test_a_did_of_somebody_else_and_one_of_nobody_look_alike(cast, call):
    cast.server.device("b-1", "lamp", "1", "bob")
    cast.server.device("free", "lamp", "1")
    answers = {getattr(cast.user, call)(did) for did in ("b-1", "free", "nothing")}
    assert {code for code, _ in answers} == {604}
    assert len(answers) == 1


def test_a_wrong_token_is_refused_before_the_body_arrives(cast):
    device, keys = cast.device, cast.app.keys()
    for method, path, fields, told in [
            ("POST", "/admin/v1/apps", {}, b'"status":401'),
            ("POST", "/admin/v1/apps", {"Authorization": "Bearer guessed"}, b'"status":401'),
            ("PUT", "/admin/v1/firmware/1/file", {"Authorization": "Bearer guessed"},
             b'"status":401'),
            ("POST", "/admin/v1/devices/import", {}, b'"status":401'),
            ("PUT", device.base + "/configData", {}, b"updraft.unauthorized"),
            ("PUT", device.base + "/configData", {"Authorization": "Basic eDp5"},
             b"updraft.unauthorized"),
            ("POST", device.base + "/deploymentBase/11/feedback",
             {"Authorization": "TargetToken guessed"}, b"updraft.unauthorized"),
            ("POST", QUERY, {}, b'"code":801'),
            ("POST", QUERY_ONE, {**keys, "Appkey": "x" * 32}, b'"code":801')]:
        with abuse_stage.connect(cast.server) as link:
            link.sendall(abuse_stage.head(method, path, fields, length=60_000))
            _, front, body = abuse_stage.answer_of(link)
            assert told in body, (path, body)
            assert "Connection: close" in front
            link.shutdown(1)
            assert abuse_stage.ended(link)
