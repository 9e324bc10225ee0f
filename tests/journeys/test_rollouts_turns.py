"""Rollouts: whose turn it is. Late joiners, users' own orders, several rollouts, windows, the rate, families."""
import datetime
import time

import stage
from rollout_stage import (MODEL, fleet, members, offered_now, offers, plan, reach, released, shown, started)


def reason_of(server, did, firmware):
    return server.admin.get(f"/devices/{did}/why?firmwareId={firmware}").expect(200).json()["reason"]


def test_a_late_device_gets_it_from_a_dynamic_audience_and_not_from_a_frozen_one(server):
    for dynamic in (True, False):
        prefix = "open" if dynamic else "frozen"
        firmware = released(server, "2.0" if dynamic else "3.0")
        early = fleet(server, 1, prefix)
        audience = {"dynamic": dynamic, "include": [f"{prefix}-{n:02}" for n in range(2)]}
        rollout = started(server, firmware, plan=plan(), audience=audience)["id"]
        offers(early, 1)
        late = server.device(f"{prefix}-01", MODEL, "1.0")
        if dynamic:
            # The audience is counted once an hour, so the wave has no place for it before the end.
            assert reason_of(server, late.did, firmware) != "not_in_audience"
        else:
            assert reason_of(server, late.did, firmware) == "not_in_audience"
            assert offered_now([late]) == []
        assert shown(server, rollout)["counts"]["handedOut"] == 1


def query(user):
    return {one["did"]: one["upgradeFirmware"]["firmwareVersion"] for one in user.query()[1]}


def test_a_users_own_order_is_served_as_the_plan_says(server):
    app = server.app("app")
    firmware = released(server)
    fleet(server, 3)
    waves = [{"devices": 1, "soak": "1h"}, {"percent": 100}]
    rollout = started(server, firmware, plan=plan(waves=waves, userMayPull="never"))["id"]
    user = app.grant("user-lamp-00")
    assert query(user) == {}
    assert user.upgrade_one("lamp-00")[0] == 901
    server.admin.post(f"/rollouts/{rollout}/stop", {}).expect(200)
    reach(server, rollout, lambda now: now["state"] == "stopped")

    rollout = started(server, firmware, plan=plan(waves=waves, userMayPull="always"))["id"]
    assert query(user) == {"lamp-00": "2.0"}
    assert user.upgrade_one("lamp-00")[0] == 0
    device = stage.Device(server, "lamp-00", server.admin.post("/devices/lamp-00/token", {}).expect(200, 201)
                          .json()["deviceToken"])
    device.install()
    now = reach(server, rollout, lambda now: now["counts"]["good"] == 1, [device])
    # Its evidence counts; it took no place in the wave.
    assert now["counts"]["userPulled"] == 1 and now["waves"][0]["handedOut"] == 0
    assert now["gate"]["good"] == 1


def test_each_device_ends_on_the_newest_release_that_is_not_held_back(server):
    devices = fleet(server, 3)
    older = started(server, released(server, "2.0"), plan=plan())["id"]
    queued = devices[0]
    queued.poll()
    stage.wait_until(lambda: members(server, older) or queued.poll() and None, "the place")
    newer_firmware = released(server, "3.0")
    audience = {"include": [devices[0].did, devices[1].did]}
    newer = started(server, newer_firmware, plan=plan(), audience=audience)["id"]
    stage.wait_until(lambda: server.admin.get(f"/rollouts/{newer}").json()["wave"], "the first wave")
    for device in devices:
        device.install(offers([device], 1)[0][1])
    versions = [server.admin.get(f"/devices/{device.did}").json()["firmwareVersion"] for device in devices]
    assert versions == ["3.0", "3.0", "2.0"]
    assert set(members(server, newer)) == {devices[0].did, devices[1].did}
    assert set(members(server, older)) == {devices[2].did}


def test_nothing_starts_outside_the_window(server):
    devices = fleet(server, 2)
    firmware = released(server)
    now = datetime.datetime.now(datetime.timezone.utc)
    def clock(minutes):
        return f"{now + datetime.timedelta(minutes=minutes):%H:%M}"
    window = {"from": clock(120), "to": clock(180), "zone": "device"}
    rollout = started(server, firmware, plan=plan(window=window))["id"]
    for device, zone in zip(devices, ("+00:00", "+02:00")):
        device.tell(timezone=zone).expect(200)
    # Of the second device it is two hours later.
    assert [device.did for device, _ in offers(devices, 1)] == [devices[1].did]
    assert offered_now(devices[:1]) == []
    why = server.admin.get(f"/devices/{devices[0].did}/why?firmwareId={firmware}").json()
    assert why["reason"] == "window" and why["next"].startswith(
        f"{now + datetime.timedelta(minutes=120):%Y-%m-%dT%H:%M}")
    assert shown(server, rollout)["counts"]["handedOut"] == 1


def test_no_more_start_in_a_minute_than_the_rate_allows(server):
    devices = fleet(server, 30)
    began = time.monotonic()
    rollout = started(server, released(server), plan=plan(maxPerMinute=60, firstUnproven=100))["id"]
    taken = offers(devices, 12)
    # A sixth of a minute's at once, then one a second.
    assert len(taken) <= 10 + (time.monotonic() - began) + 1
    assert shown(server, rollout)["counts"]["handedOut"] == len(taken)


def test_a_user_and_a_gateway_have_one_place_in_a_count_wave(server):
    waves = [{"devices": 3, "soak": "1h"}, {"percent": 100}]
    of_one_user = fleet(server, 3, "hers", open_id="alice")
    server.device("gateway", MODEL, "2.0", "carol")
    subs = fleet(server, 3, "sub", open_id=None, gatewayDid="gateway")
    rollout = started(server, released(server), plan=plan(waves=waves))["id"]
    devices = of_one_user + subs
    offers(devices, 2)
    for _ in range(3):
        offered_now(devices)
    taken = members(server, rollout)
    assert len(taken) == 2
    assert {did.split("-")[0] for did in taken} == {"hers", "sub"}


def test_canaries_come_first(server):
    devices = fleet(server, 4)
    canary = devices[3]
    waves = [{"devices": 1, "soak": "1h"}, {"percent": 100}]
    rollout = started(server, released(server), plan=plan(waves=waves),
                      audience={"canaries": {"dids": [canary.did]}})["id"]
    assert offered_now(devices[:3]) == []
    assert [device.did for device, _ in offers(devices, 1)] == [canary.did]
    assert set(members(server, rollout)) == {canary.did}


def test_an_offer_goes_to_devices_of_open_waves_and_users_decide(server):
    app = server.app("app")
    fleet(server, 4, open_id="alice")
    user = app.grant("alice")
    firmware = released(server)
    waves = [{"devices": 2, "soak": "1h"}, {"percent": 100}]
    rollout = started(server, firmware, "offer", plan={"waves": waves})["id"]
    listed = query(user)
    assert len(listed) == 2 and set(listed.values()) == {"2.0"}
    assert shown(server, rollout)["counts"]["handedOut"] == 0
    assert user.upgrade_one(sorted(listed)[0])[0] == 0
    others = sorted({f"lamp-{n:02}" for n in range(4)} - set(listed))
    assert user.upgrade_one(others[0])[0] == 901
    assert reason_of(server, others[0], firmware) == "wave_not_yet"


def test_a_place_that_is_not_used_goes_back(server):
    devices = fleet(server, 2)
    waves = [{"devices": 1, "soak": "1h"}, {"percent": 100}]
    rollout = started(server, released(server), plan=plan(waves=waves))["id"]
    stage.wait_until(lambda: devices[0].link("deploymentBase"), "its turn")
    # It does not fetch it and does not come back: after three intervals another device gets the place.
    assert [device.did for device, _ in offers(devices[1:], 1)] == [devices[1].did]
    assert set(members(server, rollout)) == {devices[1].did}
    assert server.admin.get(f"/upgrades?did={devices[0].did}").json()["items"] == []
